//! What a difference between state and configuration means for credentials. Pure, and the heart of the
//! resource: plan shows its answer, apply carries it out.

use super::memory::{Action, Decision, Memory};
use super::schema::Model;
use crate::api;
use crate::findings;
use crate::fingerprint::Fingerprint;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::model::Attr;
use crate::oci::server;
use crate::resources::api_errors;
use crate::secret::Secret;

/// The credentials that the configuration asks for, compared with those it asked for before.
enum Wanted {
    /// The ones it had.
    Same,
    /// Those of another version that is retained.
    Version(i64),
    /// Ones that no version holds.
    New,
    /// Not known yet.
    Unknown,
}

/// The password of a configuration, whichever argument it is in.
pub fn configured_password(config: &Model) -> &Attr<Secret> {
    if config.password.is_null() {
        &config.password_wo
    } else {
        &config.password
    }
}

/// How the configured credentials differ from those that were configured before.
#[derive(Debug)]
pub enum Change<'a> {
    /// Not at all.
    Unchanged,
    /// It depends on values that are not known yet.
    Unknown,
    /// Something changed that needs a password, and there is none.
    PasswordMissing,
    /// They may be others: their fingerprint will tell.
    Perhaps {
        /// The configured ones.
        credentials: api::Credentials<'a>,
        /// Server and user name are what they were.
        same_place: bool,
    },
}

/// Compares what shows of the credentials. An ephemeral source may give another `password_wo` on every run, and the
/// plan has to converge: without a new trigger it is never looked at.
pub fn change<'a>(prior: &'a Model, config: &'a Model, memory: &Memory) -> Change<'a> {
    let same_server = same_server(prior, config, memory);
    // As the plan will have it.
    let server = if same_server {
        &prior.server
    } else {
        &config.server
    };
    let same_place = same_server && prior.username == config.username;
    let same_trigger = prior.password_wo_version == config.password_wo_version;
    let same_password = if config.password.is_null() {
        prior.password.is_null() || config.password_wo.is_null()
    } else {
        prior.password == config.password
    };
    if same_place && same_password && same_trigger {
        return Change::Unchanged;
    }
    let trigger = &config.password_wo_version;
    let password = configured_password(config);
    let missing = password.is_null() && (!same_place || trigger.known().is_some() && !same_trigger);
    if missing && !config.server.is_unknown() && !config.username.is_unknown() {
        return Change::PasswordMissing;
    }
    if [&config.server, &config.username, trigger]
        .into_iter()
        .any(Attr::is_unknown)
        || password.is_unknown()
    {
        return Change::Unknown;
    }
    match (server.known(), config.username.known(), password.known()) {
        (Some(server), Some(username), Some(password)) => Change::Perhaps {
            credentials: api::Credentials {
                server,
                username,
                password,
            },
            same_place,
        },
        _ => Change::Unchanged,
    }
}

/// Whether the configured server is the one that there was: as the user wrote it before, since a registry looks
/// credentials up by the very name. Where nobody knows how it was written, its meaning decides.
pub fn same_server(prior: &Model, config: &Model, memory: &Memory) -> bool {
    match (&prior.server, &config.server) {
        (Attr::Known(prior), Attr::Known(config)) => {
            server::same(prior, config) && memory.server.as_ref().is_none_or(|was| was == config)
        }
        (prior, config) => prior == config,
    }
}

/// What a plan of an update compares, and what there is to say of it.
pub struct Case<'a> {
    /// The registry as it is.
    pub prior: &'a Model,
    /// Its configuration.
    pub config: &'a Model,
    /// What is remembered of it.
    pub memory: &'a Memory,
    /// What the user is told.
    pub told: Diagnostics,
}

impl Case<'_> {
    /// Decides what happens to the credentials. `hashes` are their fingerprints in [`Change::Perhaps`].
    pub fn decide(&mut self, hashes: Vec<Fingerprint>) -> Decision {
        let known = self.memory.configured;
        let (action, configured) = match (&self.config.active_version, self.wanted(&hashes)) {
            (Attr::Unknown, _) | (_, Wanted::Unknown) => (Action::Undecided, known),
            (Attr::Known(pin), wanted) => self.pinned(*pin, &wanted),
            (Attr::Null, Wanted::New) => (Action::Rotate, None),
            (Attr::Null, Wanted::Version(version)) => (self.activate(version), Some(version)),
            (Attr::Null, Wanted::Same) => (self.unpinned(), known),
        };
        Decision {
            action,
            configured,
            write_only: !self.config.password_wo.is_null(),
            hashes,
            server: self.config.server.known().cloned(),
        }
    }

    fn wanted(&mut self, hashes: &[Fingerprint]) -> Wanted {
        let (prior, config, memory) = (self.prior, self.config, self.memory);
        let (credentials, same_place) = match change(prior, config, memory) {
            Change::Unchanged => return Wanted::Same,
            Change::Unknown => return Wanted::Unknown,
            Change::PasswordMissing => {
                let missing = findings::password_missing_to_rotate();
                self.told.error(missing.at("password"));
                return Wanted::Same;
            }
            Change::Perhaps {
                credentials,
                same_place,
            } => (credentials, same_place),
        };
        // Held credentials at another place than configured were changed there by somebody else.
        let held = memory.held.as_ref();
        let held = held.is_some_and(|held| hashes.contains(held));
        if same_place && (held || prior.password.known() == Some(credentials.password)) {
            let trigger = &config.password_wo_version;
            let another = prior.password_wo_version.known().is_some();
            if another && prior.password_wo_version != *trigger && !trigger.is_null() {
                let same = findings::same_password().at("password_wo_version");
                self.told.warning(same);
            }
            return Wanted::Same;
        }
        memory
            .version_with(hashes)
            .map_or(Wanted::New, Wanted::Version)
    }

    fn pinned(&mut self, pin: i64, wanted: &Wanted) -> (Action, Option<i64>) {
        let configured = match wanted {
            Wanted::Version(version) if *version == pin => Some(pin),
            Wanted::Version(_) | Wanted::New => {
                let found = findings::pinned_against_change(pin);
                self.told.error(found.at("active_version"));
                return (Action::Keep, self.memory.configured);
            }
            Wanted::Same | Wanted::Unknown => self.memory.configured,
        };
        let Some(&current) = self.prior.current_version.known() else {
            let found = findings::versions_without_numbers();
            self.told.error(found.at("active_version"));
            return (Action::Keep, configured);
        };
        let was_pinned = self.prior.active_version.known() == Some(&pin);
        if was_pinned && current != pin {
            let undone = findings::drift_is_undone(current, pin);
            self.told.warning(undone.at("current_version"));
        }
        (self.activate(pin), configured)
    }

    fn unpinned(&mut self) -> Action {
        let (prior, memory) = (self.prior, self.memory);
        let (current, id) = (
            prior.current_version.known(),
            prior.currentversionid.known(),
        );
        if !memory.is_drift(current.copied(), id) {
            return Action::Keep;
        }
        // A version without a number is called by its id.
        let label = |number: Option<i64>, id: Option<&String>| {
            let number = number.map(|number| number.to_string());
            number.or(id.cloned()).unwrap_or_default()
        };
        let current = label(current.copied(), id);
        let expected = label(memory.configured, memory.configured_id.as_ref());
        let outside = prior.active_version.is_null();
        if outside && self.config.on_drift.known().map(String::as_str) != Some("restore") {
            let drifted = findings::drifted(current, expected);
            self.told.warning(drifted.at("current_version"));
            return Action::Keep;
        }
        let retained = memory.configured.filter(|one| memory.retains(*one));
        let retained = retained.filter(|_| !memory.whole_writes);
        if outside {
            let undone = match retained {
                Some(_) => findings::drift_is_undone(current, &expected),
                None => findings::drift_is_undone_anew(current, &expected),
            };
            self.told.warning(undone.at("current_version"));
        }
        match (retained, configured_password(self.config)) {
            (Some(version), _) => Action::Activate(version),
            (None, Attr::Known(_)) => Action::Rotate,
            (None, Attr::Unknown) => Action::Undecided,
            (None, Attr::Null) => {
                let missing = findings::password_missing_to_restore(expected);
                self.told.error(missing.at("on_drift"));
                Action::Keep
            }
        }
    }

    fn activate(&mut self, version: i64) -> Action {
        if self.prior.current_version.known() == Some(&version) {
            return Action::Keep;
        }
        let impossible = if self.memory.whole_writes {
            findings::version_without_activation(version)
        } else if !self.memory.retains(version) {
            let retained = self.memory.retained.as_deref().unwrap_or_default();
            findings::version_not_retained(version, api_errors::retained(retained))
        } else {
            return Action::Activate(version);
        };
        self.told.error(impossible.at("active_version"));
        Action::Keep
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
