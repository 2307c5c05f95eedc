//! What a plan says of a change of metadata, and of the versions that a change evicts.

use super::decide;
use super::memory::{Decision, Memory};
use super::name_of;
use super::schema::Model;
use crate::findings;
use crate::framework::diagnostics::Diagnostics;

/// How many versions the API retains when nobody says.
const DEFAULT_MAXVERSIONS: i64 = 5;

/// Says what a change of metadata does where the API only takes a registry as a whole.
pub fn written_as_a_whole(
    prior: &Model,
    config: &Model,
    memory: &Memory,
    decision: &Decision,
    diagnostics: &mut Diagnostics,
) {
    let name = name_of(prior);
    let rotates = decision.rotates();
    let held = |held| decision.hashes.is_empty() || decision.hashes.contains(held);
    if decide::configured_password(config).is_null() {
        diagnostics.error(findings::password_missing_to_change(name).at("password"));
    } else if !rotates && !memory.held.as_ref().is_none_or(held) {
        let found = findings::password_other_than_held(name);
        diagnostics.error(found.at(config.password_argument()));
    } else if !rotates {
        let drift = match (prior.current_version.known(), memory.configured) {
            (Some(current), Some(configured)) if *current != configured => format!(
                " They are those of version {configured}, so that version {current}, which became current outside \
                 Terraform, would be current no more."
            ),
            _ => String::new(),
        };
        let found = findings::may_get_a_version(name, drift);
        diagnostics.warning(found.at(config.password_argument()));
    }
}

/// Warns while there is room for no further version beside a pinned one.
pub fn eviction_ahead(
    prior: &Model,
    config: &Model,
    rotates: bool,
    memory: &Memory,
    diagnostics: &mut Diagnostics,
) {
    let (pin, when) = if rotates {
        (&prior.active_version, "This rotation")
    } else {
        (&config.active_version, "The next rotation")
    };
    let (Some(pin), Some(retained)) = (pin.known(), &memory.retained) else {
        return;
    };
    let limit = config.maxversions.known().or(prior.maxversions.known());
    let limit = limit.copied().unwrap_or(DEFAULT_MAXVERSIONS);
    // A list holds far fewer versions than any integer type can count.
    if retained.first() == Some(pin) && retained.len() as i64 >= limit {
        let found = findings::pinned_version_evicted(pin, when, limit);
        diagnostics.warning(found.at("active_version"));
    }
}

/// Names the versions that a lower `maxversions` evicts: the oldest ones, and never the current one.
pub fn fewer_versions(
    prior: &Model,
    planned: &Model,
    rotates: bool,
    memory: &Memory,
    diagnostics: &mut Diagnostics,
) {
    let (Some(limit), Some(retained)) = (planned.maxversions.known(), &memory.retained) else {
        return;
    };
    if prior.maxversions == planned.maxversions {
        return;
    }
    let current = prior.current_version.known().filter(|_| !rotates);
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
        diagnostics.warning(found.at("maxversions"));
    }
}
