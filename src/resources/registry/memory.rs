//! What the provider remembers of a registry beside its state: private bytes, in the clear, never a secret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api::{self, Baseline, Look, Made, Proof, Registry, Version};
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
    /// The id of that version, where the API shows ids. It may be known before the number is.
    pub configured_id: Option<String>,
    /// The fingerprints of the versions that this provider made, by number.
    pub fingerprints: BTreeMap<i64, Fingerprint>,
    /// The ids of the versions by number, where the API shows them: a number of another id is another version.
    pub ids: BTreeMap<i64, String>,
    /// The retained versions in ascending order, as last seen; `None` while that is not known.
    pub retained: Option<Vec<i64>>,
    /// A change of credentials whose outcome nobody saw.
    pub intent: Option<Intent>,
    /// The version that is taken for the one of a write whose answer was lost.
    pub unproved: Option<Unproved>,
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
    /// By this it is found.
    #[serde(default)]
    pub baseline: Baseline,
    /// The newest version before, as version 0.4.0 kept it in place of a baseline.
    #[serde(default, skip_serializing)]
    before: Option<i64>,
}

impl Intent {
    /// An intent to store what has this fingerprint.
    pub fn new(fingerprint: Fingerprint, baseline: Baseline) -> Self {
        Self {
            fingerprint,
            baseline,
            before: None,
        }
    }
}

/// A version that fits a write whose answer was lost, and that was not there before. Since another client may
/// have made it, it has no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unproved {
    /// Its number, where shown.
    pub version: Option<i64>,
    /// What was written.
    pub sent: Fingerprint,
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
        decision: Option<Decision>,
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

/// What has to happen to the credentials of a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Nothing.
    Keep,
    /// This retained version becomes current.
    Activate(i64),
    /// The configured credentials become a new version.
    Rotate,
    /// It depends on values that are not known yet.
    Undecided,
}

/// What the last plan before an update decided: the update does that and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What happens to the credentials.
    pub action: Action,
    /// The version that holds the configured credentials afterwards.
    pub configured: Option<i64>,
    /// The plan saw a write-only password. One that it did not see is not used.
    pub write_only: bool,
    /// The fingerprints of the credentials for which this was decided, where they mattered.
    pub hashes: Vec<Fingerprint>,
    /// The server as the configuration has it.
    pub server: Option<String>,
}

impl Decision {
    /// Whether the configured credentials become a new version.
    pub fn rotates(&self) -> bool {
        self.action == Action::Rotate
    }
}

impl PlanNote {
    /// Whether credentials would be written, or another version activated, where the earlier plan did not show it.
    pub fn asks_for_more_than(&self, earlier: &Self) -> bool {
        let decided = |note: &Self| match note {
            Self::Change { decision, .. } => decision.as_ref().map(|one| one.action.clone()),
            Self::Create { .. } => None,
        };
        match (decided(self), decided(earlier)) {
            (_, Some(Action::Rotate | Action::Undecided)) | (Some(Action::Keep), _) => false,
            (now, before) => now != before,
        }
    }
}

impl Memory {
    /// Reads private bytes; foreign or empty ones hold nothing.
    pub fn decode(bytes: &[u8]) -> Self {
        let mut memory: Self = private::decode(bytes);
        if let Some(intent) = &mut memory.intent
            && let Some(before) = intent.before.take()
        {
            intent.baseline = Baseline::after(before);
        }
        memory
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
    pub fn all_fingerprints(&self) -> impl Iterator<Item = &Fingerprint> {
        let unproved = self.unproved.iter().map(|one| &one.sent);
        self.fingerprints.values().chain(&self.held).chain(unproved)
    }

    /// What credentials would have been remembered as, in every way in which this registry's were.
    pub async fn fingerprints_of(
        &self,
        hasher: &Hasher,
        credentials: api::Credentials<'_>,
    ) -> Vec<Fingerprint> {
        match &self.salt {
            Some(salt) => {
                hasher
                    .like(self.all_fingerprints(), salt, credentials)
                    .await
            }
            None => Vec::new(),
        }
    }

    /// The fingerprint of credentials, under a salt that is made now if there is none yet; `in_sight` if the password
    /// stands in the state as well. `None` without randomness or a thread: nothing is recognised then.
    pub async fn new_fingerprint(
        &mut self,
        hasher: &Hasher,
        credentials: api::Credentials<'_>,
        in_sight: bool,
    ) -> Option<Fingerprint> {
        self.salt = self.salt.take().or_else(Salt::random);
        let salt = self.salt.as_ref()?;
        match in_sight {
            true => hasher.in_sight(salt, credentials).await,
            false => hasher.fingerprint(salt, credentials).await,
        }
    }

    /// Before a password leaves the state, what was made beside it is made again at full cost. `leaving` are the credentials
    /// in the state; what was made of others has lost its password already, and is forgotten.
    pub async fn out_of_sight(&mut self, hasher: &Hasher, leaving: Option<api::Credentials<'_>>) {
        let (Some(salt), true) = (
            &self.salt,
            self.all_fingerprints().any(Fingerprint::is_in_sight),
        ) else {
            return;
        };
        let (mut old, mut new) = (None, None);
        if let Some(credentials) = leaving {
            old = hasher.in_sight(salt, credentials).await;
            new = hasher.fingerprint(salt, credentials).await;
        }
        let anew = |known: Fingerprint| match known.is_in_sight() {
            false => Some(known),
            true => new.clone().filter(|_| old.as_ref() == Some(&known)),
        };
        self.held = self.held.take().and_then(anew);
        self.unproved = self.unproved.take().and_then(|one| {
            let (version, sent) = (one.version, anew(one.sent)?);
            Some(Unproved { version, sent })
        });
        self.fingerprints = std::mem::take(&mut self.fingerprints)
            .into_iter()
            .filter_map(|(version, known)| Some((version, anew(known)?)))
            .collect();
    }

    /// Takes note that a write made a version of the configured credentials. It may be another client's if it is known
    /// by its result alone.
    pub fn record_write(&mut self, made: Made, proof: Proof, fingerprint: Option<Fingerprint>) {
        (self.held, self.unproved) = (None, None);
        self.set_configured(made);
        match (fingerprint, proof) {
            (Some(sent), Proof::OnlyCandidate) => {
                let version = self.configured;
                self.unproved = Some(Unproved { version, sent });
            }
            (Some(held), _) => self.record_fingerprint(held),
            (None, _) => {}
        }
    }

    /// Takes note that the configured credentials are those of a version that was there before.
    pub fn record_activation(&mut self, version: Option<i64>) {
        self.held = version.and_then(|version| self.fingerprints.get(&version).cloned());
        let id = version.and_then(|version| self.ids.get(&version).cloned());
        self.set_configured(Made {
            number: version,
            id,
        });
    }

    /// Takes note of what the configured version holds.
    pub fn record_fingerprint(&mut self, held: Fingerprint) {
        if let Some(version) = self.configured {
            self.fingerprints.insert(version, held.clone());
        }
        self.held = Some(held);
    }

    fn set_configured(&mut self, made: Made) {
        if let (Some(number), Some(id)) = (made.number, &made.id) {
            self.ids.insert(number, id.clone());
        }
        self.configured = made.number;
        self.configured_id = made.id;
        self.intent = None;
        self.imported = false;
    }

    /// Whether the version with this number and this id, which is current, is another than the configured one, as far
    /// as either shows. Ids tell more than numbers.
    pub fn is_drift(&self, number: Option<i64>, id: Option<&String>) -> bool {
        let id = id.or_else(|| self.ids.get(&number?));
        match (id, &self.configured_id) {
            (Some(current), Some(configured)) => current != configured,
            _ => number.is_some() && self.configured.is_some() && number != self.configured,
        }
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
        let unproved = self.unproved.as_ref();
        let unproved = unproved.and_then(|one| Some((one.version?, &one.sent)));
        let proved = self
            .fingerprints
            .iter()
            .map(|(version, known)| (*version, known));
        proved
            .chain(unproved)
            .filter(|(version, known)| hashes.contains(known) && self.retains(*version))
            .map(|(version, _)| version)
            .max()
    }
}

impl Memory {
    /// Takes note of what a read has seen: the registry, its retained versions where they were listed, and which
    /// is current.
    pub fn absorb_read(
        &mut self,
        registry: &Registry,
        versions: Option<&[Version]>,
        current: Option<i64>,
    ) {
        if let Some(versions) = versions {
            self.absorb_versions(versions);
        }
        if self.configured.is_none()
            && self.configured_id.is_some()
            && registry.currentversionid == self.configured_id
        {
            self.number_is_known(registry.currentversion);
        }
        if let Some(intent) = &self.intent {
            match intent.baseline.find(registry, versions) {
                Look::Found(made) => {
                    let sent = intent.fingerprint.clone();
                    // Without a number there is no version to go back to, only what is configured.
                    if made.number.is_none() {
                        self.held = Some(sent.clone());
                    }
                    self.unproved = Some(Unproved {
                        version: made.number,
                        sent,
                    });
                    self.intent = None;
                }
                Look::Absent => self.intent = None,
                _ => {}
            }
        }
        // After an import or a switch from another provider, what is current now is taken as right.
        if self.configured.is_none() && self.configured_id.is_none() {
            self.configured_id.clone_from(&registry.currentversionid);
            self.number_is_known(current);
        }
    }

    /// What is remembered of versions follows their ids, and their numbers where no id shows.
    fn absorb_versions(&mut self, versions: &[Version]) {
        let mut old = std::mem::take(&mut self.fingerprints);
        for version in versions {
            let number = match &version.id {
                Some(id) => match self.ids.iter().find(|(_, known)| *known == id) {
                    Some((number, _)) => Some(number),
                    None if self.ids.contains_key(&version.version) => None,
                    None => Some(&version.version),
                },
                None => Some(&version.version),
            };
            if let Some(known) = number.and_then(|number| old.get(number)) {
                self.fingerprints.insert(version.version, known.clone());
            }
        }
        // The oldest are evicted, so a list without a newer one that is known lags behind.
        let next = versions.last().map_or(0, |newest| newest.version) + 1;
        self.fingerprints.append(&mut old.split_off(&next));
        self.ids = self.ids.split_off(&next);
        let id = self.configured_id.clone();
        if let Some(configured) = versions.iter().find(|one| one.id.is_some() && one.id == id) {
            // It was named in the answer to its write, and shows only now.
            if self.configured.is_none()
                && let Some(named) = self.unproved.take()
            {
                self.held = Some(named.sent);
            }
            self.number_is_known(Some(configured.version));
        }
        let ids = versions.iter();
        self.ids
            .extend(ids.filter_map(|version| Some((version.version, version.id.clone()?))));
        if self.configured_id.is_none() {
            let id = self.configured.and_then(|number| self.ids.get(&number));
            self.configured_id = id.cloned();
        }
        self.retained = Some(versions.iter().map(|version| version.version).collect());
    }

    /// The configured version, known by its id so far, has a number.
    fn number_is_known(&mut self, number: Option<i64>) {
        let first = self.configured.is_none();
        self.configured = number;
        if first && let Some(held) = self.held.clone() {
            self.record_fingerprint(held);
        }
    }
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
