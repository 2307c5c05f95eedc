//! What the provider remembers of a registry beside its state: private bytes, in the clear, never a secret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::decide::Credentials;
use crate::api;
use crate::fingerprint::{Fingerprint, Hasher, Salt};
use crate::framework::private;
use crate::resources::home::Home;

/// The private data of one registry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Where it was seen last.
    #[serde(flatten)]
    pub home: Home,
    /// The server as the user wrote it last; `None` while only the API's spelling is known.
    pub server: Option<String>,
    /// The salt of all fingerprints.
    pub salt: Option<Salt>,
    /// The fingerprint of the configured credentials.
    pub held: Option<Fingerprint>,
    /// The version that holds them, where the API shows numbers.
    pub configured: Option<i64>,
    /// The fingerprints of the versions that this provider made, by number.
    pub fingerprints: BTreeMap<i64, Fingerprint>,
    /// The retained versions in ascending order, as last seen; `None` while that is not known.
    pub retained: Option<Vec<i64>>,
    /// A change of credentials whose outcome nobody saw.
    pub intent: Option<Intent>,
    /// It was imported and nothing has been applied since.
    pub imported: bool,
    /// Metadata cannot be written without credentials: the API speaks the *put* dialect.
    pub whole_writes: bool,
    /// What the apply of a plan has to know; never stored with an object.
    pub plan: Option<PlanNote>,
}

/// A write of credentials that may or may not have landed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// What was written.
    pub fingerprint: Fingerprint,
    /// The newest version before; 0 for a create.
    pub before: i64,
}

/// What a plan leaves for the calls that follow it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlanNote {
    /// An update of the registry with this handle. If a replace follows, its second half sees this.
    Change {
        /// The handle of the registry as it is.
        of: String,
        /// What the update has to do.
        #[serde(default)]
        decision: Option<Decided>,
    },
    /// A create. If it is the second half of a replace, the deletion of the first half sees this.
    Create {
        /// The handle of the new registry, if it is known.
        handle: Option<String>,
        /// The handle of the registry that a requested change replaces.
        replaces: Option<String>,
        /// The plan saw a write-only password.
        #[serde(default)]
        write_only: bool,
    },
}

/// What the last plan before an update decided: the update does that and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// What happens to the credentials.
    pub credentials: Credentials,
    /// The version that holds the configured credentials afterwards.
    pub configured: Option<i64>,
    /// The plan saw a write-only password. One that it did not see is not used.
    pub write_only: bool,
    /// The fingerprints of the credentials for which this was decided, where they mattered.
    pub hashes: Vec<Fingerprint>,
    /// The server as the configuration has it.
    pub server: Option<String>,
}

impl PlanNote {
    /// Whether credentials would be written, or another version activated, where the earlier plan did not show it.
    pub fn asks_for_more_than(&self, earlier: &Self) -> bool {
        let decided = |note: &Self| match note {
            Self::Change { decision, .. } => decision.as_ref().map(|one| one.credentials.clone()),
            Self::Create { .. } => None,
        };
        match (decided(self), decided(earlier)) {
            (_, Some(Credentials::Rotate | Credentials::Undecided))
            | (Some(Credentials::Keep), _) => false,
            (now, before) => now != before,
        }
    }
}

impl Memory {
    /// Reads private bytes; foreign or empty ones hold nothing.
    pub fn decode(bytes: &[u8]) -> Self {
        private::decode(bytes)
    }

    /// The bytes to hand to the apply of a plan.
    pub fn encode(&self) -> Vec<u8> {
        private::encode(self)
    }

    /// The bytes to store with the object.
    pub fn stored(mut self) -> Vec<u8> {
        self.plan = None;
        self.encode()
    }

    /// Every fingerprint that there is.
    pub fn fingerprints(&self) -> impl Iterator<Item = &Fingerprint> {
        self.fingerprints.values().chain(&self.held)
    }

    /// What credentials would have been remembered as, in every way in which this registry's were.
    pub async fn hashes(
        &self,
        hasher: &Hasher,
        credentials: api::Credentials<'_>,
    ) -> Vec<Fingerprint> {
        match &self.salt {
            Some(salt) => hasher.like(self.fingerprints(), salt, credentials).await,
            None => Vec::new(),
        }
    }

    /// The fingerprints that a plan is told, at once, for tests of what is pure.
    #[cfg(test)]
    pub fn hashes_now(
        &self,
        prior: &super::schema::Model,
        config: &super::schema::Model,
    ) -> Vec<Fingerprint> {
        match super::decide::change(prior, config, self) {
            super::decide::Change::Perhaps { credentials, .. } if self.salt.is_some() => self
                .clone()
                .fingerprint_now(
                    credentials.server,
                    credentials.username,
                    credentials.password,
                )
                .into_iter()
                .collect(),
            _ => Vec::new(),
        }
    }

    /// A new fingerprint, at once and cheap, for tests of what is pure.
    #[cfg(test)]
    pub fn fingerprint_now(
        &mut self,
        server: &str,
        username: &str,
        password: &crate::secret::Secret,
    ) -> Option<Fingerprint> {
        let salt = self.salt.get_or_insert_with(Salt::random);
        let cost = crate::fingerprint::Cost {
            memory: 64,
            passes: 1,
        };
        let credentials = api::Credentials {
            server,
            username,
            password,
        };
        Hasher::new(cost).at_once(salt, credentials)
    }

    /// The fingerprint of credentials, under a salt that is made now if there is none yet.
    pub async fn new_fingerprint(
        &mut self,
        hasher: &Hasher,
        credentials: api::Credentials<'_>,
    ) -> Option<Fingerprint> {
        let salt = self.salt.get_or_insert_with(Salt::random);
        hasher.fingerprint(salt, credentials).await
    }

    /// Takes note that a version holds the configured credentials.
    pub fn hold(&mut self, version: Option<i64>, fingerprint: Option<Fingerprint>) {
        self.configured = version;
        self.held.clone_from(&fingerprint);
        if let (Some(version), Some(fingerprint)) = (version, fingerprint) {
            self.fingerprints.insert(version, fingerprint);
        }
        self.intent = None;
        self.imported = false;
    }

    /// Whether a version can still be activated. Without a list there is no reason to doubt it.
    pub fn retains(&self, version: i64) -> bool {
        self.retained
            .as_ref()
            .is_none_or(|retained| retained.contains(&version))
    }

    /// The newest retained version that holds the credentials with these fingerprints, if the API can activate one.
    pub fn version_with(&self, hashes: &[Fingerprint]) -> Option<i64> {
        if self.whole_writes {
            return None;
        }
        self.fingerprints
            .iter()
            .rev()
            .find(|(version, known)| hashes.contains(known) && self.retains(**version))
            .map(|(version, _)| *version)
    }
}

impl Memory {
    /// Takes note of what a read has seen: which version is current, and through `retained` which exist.
    pub fn settle(&mut self, current: Option<i64>) {
        if let Some(intent) = &self.intent
            && let Some(newest) = self.retained.as_ref().and_then(|all| all.last().copied())
        {
            // One version more than before: the write whose answer was lost has landed. None more: it has not.
            if newest == intent.before + 1 {
                self.fingerprints.insert(newest, intent.fingerprint.clone());
            }
            self.intent = None;
        }
        if let Some(retained) = &self.retained {
            self.fingerprints
                .retain(|version, _| retained.contains(version));
        }
        // After an import, a switch from another provider, or a create that could not be read back,
        // what is current now is taken as right.
        if self.configured.is_none() {
            self.configured = current;
            if let (Some(version), Some(held)) = (current, &self.held) {
                self.fingerprints.insert(version, held.clone());
            }
        }
    }
}
