//! What a difference between state and configuration means for credentials. Pure, and the heart of the
//! resource: plan shows its answer, apply carries it out.

use super::memory::Memory;
use super::schema::Model;
use crate::framework::model::Attr;
use crate::oci::server;
use crate::secret::Secret;

/// What has to happen to the credentials of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Nothing.
    Keep,
    /// This retained version becomes current.
    Activate(i64),
    /// The configured credentials become a new version.
    Rotate,
    /// It depends on values that are not known yet.
    Undecided,
}

/// The outcome of comparing state, configuration and memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What has to happen.
    pub credentials: Credentials,
    /// The version that holds the configured credentials afterwards; `None` if a rotation will tell, or
    /// if the API shows no numbers.
    pub configured: Option<i64>,
    /// What the user should hear about it.
    pub findings: Vec<Finding>,
}

/// Something about the credentials that deserves a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Server or user name changed and no password is there to go with them.
    PasswordMissing,
    /// Credentials changed while a version is pinned that does not hold them.
    PinnedAgainstChange {
        /// The pinned version.
        pin: i64,
    },
    /// A version is pinned and the API shows no numbers.
    PinWithoutNumbers,
    /// The version to activate is no longer retained.
    Evicted {
        /// The version.
        version: i64,
        /// What is retained, in ascending order.
        retained: Vec<i64>,
    },
    /// The API has no way to activate a version.
    NoActivation {
        /// The version.
        version: i64,
    },
    /// Another version than the expected one is current, because of somebody else.
    Drift {
        /// What is current.
        current: i64,
        /// What was expected.
        expected: i64,
        /// Whether this plan puts the expected one back.
        restored: bool,
    },
    /// The configured version was evicted, and no password is there to make it anew.
    RestoreNeedsPassword {
        /// The version.
        version: i64,
    },
}

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

/// Compares an existing registry with its configuration.
pub fn decide(prior: &Model, config: &Model, memory: &Memory) -> Decision {
    let mut findings = Vec::new();
    let wanted = wanted(prior, config, memory, &mut findings);
    let (credentials, configured) = match (&config.active_version, wanted) {
        (Attr::Unknown, _) | (_, Wanted::Unknown) => (Credentials::Undecided, memory.configured),
        (Attr::Known(pin), wanted) => pinned(*pin, &wanted, prior, memory, &mut findings),
        (Attr::Null, Wanted::New) => (Credentials::Rotate, None),
        (Attr::Null, Wanted::Version(version)) => {
            let target = activate(version, prior, memory, &mut findings);
            (target, Some(version))
        }
        (Attr::Null, Wanted::Same) => {
            let target = unpinned(prior, config, memory, &mut findings);
            (target, memory.configured)
        }
    };
    Decision {
        credentials,
        configured,
        findings,
    }
}

/// Fingerprints are compared only when the trigger or a visible argument changed. They are never used to
/// notice a change: an ephemeral source may give another value on every run, and the plan has to settle.
fn wanted(prior: &Model, config: &Model, memory: &Memory, findings: &mut Vec<Finding>) -> Wanted {
    let same_server = match (&prior.server, &config.server) {
        (Attr::Known(prior), Attr::Known(config)) => server::same(prior, config),
        (prior, config) => prior == config,
    };
    let same_place = same_server && prior.username == config.username;
    let same_password = if config.password.is_null() {
        prior.password.is_null() || config.password_wo.is_null()
    } else {
        prior.password == config.password
    };
    if same_place && same_password && prior.password_wo_version == config.password_wo_version {
        return Wanted::Same;
    }
    let password = configured_password(config);
    let trigger_unknown = config.password_wo_version.is_unknown();
    if config.server.is_unknown() || config.username.is_unknown() || password.is_unknown() {
        return Wanted::Unknown;
    }
    let (Some(server), Some(username), Some(password)) = (
        config.server.known(),
        config.username.known(),
        password.known(),
    ) else {
        if !same_place {
            findings.push(Finding::PasswordMissing);
        }
        return Wanted::Same;
    };
    if trigger_unknown {
        return Wanted::Unknown;
    }
    if same_place && prior.password.known() == Some(password) {
        return Wanted::Same;
    }
    match memory.fingerprint(server, username, password) {
        // Held credentials at another place than configured were changed there by somebody else.
        Some(fingerprint) if same_place && memory.held.as_ref() == Some(&fingerprint) => {
            Wanted::Same
        }
        Some(fingerprint) => memory
            .version_with(&fingerprint)
            .map_or(Wanted::New, Wanted::Version),
        None => Wanted::New,
    }
}

fn pinned(
    pin: i64,
    wanted: &Wanted,
    prior: &Model,
    memory: &Memory,
    findings: &mut Vec<Finding>,
) -> (Credentials, Option<i64>) {
    let configured = match wanted {
        Wanted::Version(version) if *version == pin => Some(pin),
        Wanted::Version(_) | Wanted::New => {
            findings.push(Finding::PinnedAgainstChange { pin });
            return (Credentials::Keep, memory.configured);
        }
        Wanted::Same | Wanted::Unknown => memory.configured,
    };
    let Some(&current) = prior.current_version.known() else {
        findings.push(Finding::PinWithoutNumbers);
        return (Credentials::Keep, configured);
    };
    let was_pinned = prior.active_version.known() == Some(&pin);
    if was_pinned && current != pin {
        findings.push(Finding::Drift {
            current,
            expected: pin,
            restored: true,
        });
    }
    (activate(pin, prior, memory, findings), configured)
}

fn unpinned(
    prior: &Model,
    config: &Model,
    memory: &Memory,
    findings: &mut Vec<Finding>,
) -> Credentials {
    let (Some(&current), Some(expected)) = (prior.current_version.known(), memory.configured)
    else {
        return Credentials::Keep;
    };
    if current == expected {
        return Credentials::Keep;
    }
    let unpinned_now = !prior.active_version.is_null();
    let restored = config
        .on_drift
        .known()
        .is_some_and(|choice| choice == "restore");
    if !unpinned_now {
        findings.push(Finding::Drift {
            current,
            expected,
            restored,
        });
        if !restored {
            return Credentials::Keep;
        }
    }
    if memory.retains(expected) && !memory.whole_writes {
        return Credentials::Activate(expected);
    }
    match configured_password(config) {
        Attr::Known(_) => Credentials::Rotate,
        Attr::Unknown => Credentials::Undecided,
        Attr::Null => {
            findings.push(Finding::RestoreNeedsPassword { version: expected });
            Credentials::Keep
        }
    }
}

fn activate(
    version: i64,
    prior: &Model,
    memory: &Memory,
    findings: &mut Vec<Finding>,
) -> Credentials {
    if prior.current_version.known() == Some(&version) {
        return Credentials::Keep;
    }
    if memory.whole_writes {
        findings.push(Finding::NoActivation { version });
        return Credentials::Keep;
    }
    if !memory.retains(version) {
        findings.push(Finding::Evicted {
            version,
            retained: memory.retained.clone().unwrap_or_default(),
        });
        return Credentials::Keep;
    }
    Credentials::Activate(version)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
