//! What a plan says of a change of metadata, and of the versions that a change evicts.

use super::decide::{self, Case};
use super::memory::Decision;
use super::name_of;
use super::schema::Model;
use crate::findings;

/// How many versions the API retains when nobody says.
const DEFAULT_MAXVERSIONS: i64 = 5;

impl Case<'_> {
    /// Says what a change of metadata does where the API only takes a registry as a whole.
    pub fn written_as_a_whole(&mut self, decision: &Decision) {
        let (prior, config, memory) = (self.prior, self.config, self.memory);
        let name = name_of(prior);
        let rotates = decision.rotates();
        let held = |held| decision.hashes.is_empty() || decision.hashes.contains(held);
        if decide::configured_password(config).is_null() {
            self.told
                .error(findings::password_missing_to_change(name).at("password"));
        } else if !rotates && !memory.held.as_ref().is_none_or(held) {
            let found = findings::password_other_than_held(name);
            self.told.error(found.at(config.password_argument()));
        } else if !rotates {
            let drift = match (prior.current_version.known(), memory.configured) {
                (Some(current), Some(configured)) if *current != configured => format!(
                    " They are those of version {configured}, so that version {current}, which became current outside \
                 Terraform, would be current no more."
                ),
                _ => String::new(),
            };
            let found = findings::may_get_a_version(name, drift);
            self.told.warning(found.at(config.password_argument()));
        }
    }

    /// Warns while there is room for no further version beside a pinned one.
    pub fn eviction_ahead(&mut self, rotates: bool) {
        let (prior, config) = (self.prior, self.config);
        let (pin, when) = if rotates {
            (&prior.active_version, "This rotation")
        } else {
            (&config.active_version, "The next rotation")
        };
        let (Some(pin), Some(retained)) = (pin.known(), &self.memory.retained) else {
            return;
        };
        let limit = config.maxversions.known().or(prior.maxversions.known());
        let limit = limit.copied().unwrap_or(DEFAULT_MAXVERSIONS);
        // A list holds far fewer versions than any integer type can count.
        if retained.first() == Some(pin) && retained.len() as i64 >= limit {
            let found = findings::pinned_version_evicted(pin, when, limit);
            self.told.warning(found.at("active_version"));
        }
    }

    /// Names the versions that a lower `maxversions` evicts: the oldest ones, and never the current one.
    pub fn fewer_versions(&mut self, planned: &Model, rotates: bool) {
        let (Some(limit), Some(retained)) = (planned.maxversions.known(), &self.memory.retained)
        else {
            return;
        };
        if self.prior.maxversions == planned.maxversions {
            return;
        }
        let current = self.prior.current_version.known().filter(|_| !rotates);
        let others = retained.iter().filter(|one| Some(*one) != current);
        let kept = usize::try_from(*limit - 1).unwrap_or_default();
        let evicted = others.clone().count().saturating_sub(kept);
        let names: Vec<_> = others.take(evicted).map(ToString::to_string).collect();
        if !names.is_empty() {
            let retained = match retained.len() {
                1 => "1 version is".to_owned(),
                many => format!("{many} versions are"),
            };
            let found = findings::fewer_versions(limit, retained, names.join(", "));
            self.told.warning(found.at("maxversions"));
        }
    }
}
