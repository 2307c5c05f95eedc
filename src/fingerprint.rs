//! Recognising credentials without keeping them.
//!
//! Rolling back by configuration needs to know which retained version holds the configured credentials,
//! and the API never tells. So private state keeps, for each version that this provider made, an argon2id
//! hash of what it holds, under one random salt per registry. `SECURITY.md` says what that means for
//! guessable passwords.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use tokio::sync::{OnceCell, Semaphore};
use zeroize::Zeroizing;

use crate::api::Credentials;
use crate::oci::server;

const LENGTH: usize = 32;

/// What it costs to make one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cost {
    /// In KiB.
    pub memory: u32,
    /// How many times it is gone through.
    pub passes: u32,
}

impl Cost {
    /// So many KiB, gone through so many times.
    pub const fn of(memory: u32, passes: u32) -> Self {
        Self { memory, passes }
    }

    /// Measured as the cheapest of the settings that OWASP calls equal:
    /// <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id>.
    pub const SERVED: Self = Self::of(7168, 5);

    /// Next to nothing, for a password that stands in the state beside its fingerprint: a hash that is slower than reading
    /// it protects nothing.
    const IN_SIGHT: Self = Self::of(8, 2);

    /// More than any version would ask for: what a state says is not believed beyond this.
    const MOST: Self = Self::of(64 * 1024, 16);

    /// That of all fingerprints up to version 0.4, which do not say it.
    const UNSAID: Self = Self::of(19 * 1024, 2);
}

/// The random part of all fingerprints of one registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Salt(String);

impl Salt {
    /// A new one, if the system has randomness. It is made during an apply: plans are pure.
    pub fn random() -> Option<Self> {
        random().map(Self)
    }
}

/// A text of 16 random bytes, if the system has any.
pub fn random() -> Option<String> {
    let mut bytes = [0; 16];
    // TLS's source of randomness needs no file. Others open /dev/urandom in a static executable, and a small
    // container has none.
    let source = rustls::crypto::aws_lc_rs::default_provider().secure_random;
    source.fill(&mut bytes).ok()?;
    Some(STANDARD_NO_PAD.encode(bytes))
}

/// The hash of one set of credentials: `m,t:hash`, or the hash alone as version 0.4 wrote it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// How it was made; `None` if a later version wrote it in a way of its own.
    fn cost(&self) -> Option<Cost> {
        let Some((parameters, _)) = self.0.split_once(':') else {
            return Some(Cost::UNSAID);
        };
        let (memory, passes) = parameters.split_once(',')?;
        let (memory, passes) = (memory.parse().ok()?, passes.parse().ok()?);
        let bearable = memory <= Cost::MOST.memory && passes <= Cost::MOST.passes;
        bearable.then_some(Cost { memory, passes })
    }

    /// Whether it has to be made again before the password beside it goes.
    pub fn is_in_sight(&self) -> bool {
        self.cost() == Some(Cost::IN_SIGHT)
    }

    fn write(cost: Cost, hash: &[u8]) -> Self {
        let hash = STANDARD_NO_PAD.encode(hash);
        Self(match cost {
            Cost::UNSAID => hash,
            Cost { memory, passes } => format!("{memory},{passes}:{hash}"),
        })
    }
}

/// A fingerprint that the first caller makes for all.
type MadeOnce = OnceCell<Option<Fingerprint>>;

/// Makes fingerprints, on threads of their own: each takes tens of milliseconds on purpose, in which this process
/// would answer nobody else. What was hashed once is remembered for the life of the process.
pub struct Hasher {
    cost: Cost,
    turns: Semaphore,
    /// What hashes are made in, wiped after each: memory of this size that is given back and asked for again is a
    /// new place to glibc each time, hundreds of MiB in all.
    memory: Arc<Mutex<Vec<Vec<Block>>>>,
    /// Keys of this process, under which what was hashed is recognised without being kept.
    keys: [RandomState; 2],
    made: Mutex<HashMap<[u64; 2], Arc<MadeOnce>>>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new(Cost::SERVED)
    }
}

impl Hasher {
    /// Makes new fingerprints at this cost.
    pub fn new(cost: Cost) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            cost,
            turns: Semaphore::new(threads),
            memory: Arc::default(),
            keys: [RandomState::new(), RandomState::new()],
            made: Mutex::default(),
        }
    }

    /// The fingerprint to store. `None` if no thread can be had: nothing is recognised then.
    pub async fn fingerprint(
        &self,
        salt: &Salt,
        credentials: Credentials<'_>,
    ) -> Option<Fingerprint> {
        self.at(self.cost, salt, credentials).await
    }

    /// One that costs nothing, to store beside the password itself.
    pub async fn in_sight(&self, salt: &Salt, credentials: Credentials<'_>) -> Option<Fingerprint> {
        self.at(Cost::IN_SIGHT, salt, credentials).await
    }

    /// The fingerprints of credentials in every way in which those known were made.
    pub async fn like<'a>(
        &self,
        known: impl Iterator<Item = &'a Fingerprint>,
        salt: &Salt,
        credentials: Credentials<'_>,
    ) -> Vec<Fingerprint> {
        let costs: BTreeSet<Cost> = known.filter_map(Fingerprint::cost).collect();
        let mut all = Vec::new();
        for cost in costs {
            all.extend(self.at(cost, salt, credentials).await);
        }
        all
    }

    /// The fingerprint to store, at once, for tests of what is pure.
    #[cfg(test)]
    pub fn at_once(&self, salt: &Salt, credentials: Credentials<'_>) -> Option<Fingerprint> {
        let input = input(self.cost, credentials);
        hash(self.cost, salt, &input, &self.memory)
    }

    async fn at(
        &self,
        cost: Cost,
        salt: &Salt,
        credentials: Credentials<'_>,
    ) -> Option<Fingerprint> {
        let input = input(cost, credentials);
        let key = |state: &RandomState| state.hash_one((cost, &salt.0, input.as_slice()));
        let key = [key(&self.keys[0]), key(&self.keys[1])];
        let made = Arc::clone(locked(&self.made).entry(key).or_default());
        let hash = async {
            let _turn = self.turns.acquire().await.ok()?;
            let (salt, memory) = (salt.clone(), Arc::clone(&self.memory));
            let hash = move || hash(cost, &salt, &input, &memory);
            tokio::task::spawn_blocking(hash).await.ok().flatten()
        };
        made.get_or_init(|| hash).await.clone()
    }
}

/// What is behind these locks is valid at every point at which a panic could happen.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is hashed. Lengths keep ("ab", "c") apart from ("a", "bc").
fn input(cost: Cost, credentials: Credentials<'_>) -> Zeroizing<Vec<u8>> {
    // Version 0.4 took the names of one server for one. They are told apart since: a new alias rotates nothing.
    let canonical = (cost == Cost::UNSAID)
        .then(|| server::normalize(credentials.server).ok())
        .flatten();
    let server = canonical.as_deref().unwrap_or(credentials.server);
    let parts = [server, credentials.username, credentials.password.expose()];
    let mut input = Zeroizing::new(Vec::with_capacity(
        parts.iter().map(|part| 8 + part.len()).sum(),
    ));
    for part in parts {
        input.extend_from_slice(&(part.len() as u64).to_le_bytes());
        input.extend_from_slice(part.as_bytes());
    }
    input
}

fn hash(
    cost: Cost,
    salt: &Salt,
    input: &[u8],
    memory: &Mutex<Vec<Vec<Block>>>,
) -> Option<Fingerprint> {
    let params = Params::new(cost.memory, cost.passes, 1, Some(LENGTH)).ok()?;
    let mut blocks = locked(memory).pop().unwrap_or_default();
    if blocks.len() < params.block_count() {
        blocks.resize(params.block_count(), Block::default());
    }
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = [0; LENGTH];
    let made =
        argon2.hash_password_into_with_memory(input, salt.0.as_bytes(), &mut hash, &mut blocks);
    blocks.fill(Block::default());
    locked(memory).push(blocks);
    made.ok().map(|()| Fingerprint::write(cost, &hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    const CHEAP: Cost = Cost::of(64, 1);

    async fn fingerprint(
        cost: Cost,
        salt: &Salt,
        server: &str,
        username: &str,
        password: &str,
    ) -> Fingerprint {
        let password = Secret::new(password);
        let credentials = Credentials {
            server,
            username,
            password: &password,
        };
        let hasher = Hasher::new(cost);
        let made = hasher.fingerprint(salt, credentials).await.expect("a hash");
        let again = hasher.like([&made].into_iter(), salt, credentials).await;
        assert_eq!(again, std::slice::from_ref(&made));
        made
    }

    #[tokio::test]
    async fn the_same_credentials_are_recognised_and_others_are_not() {
        let salt = Salt::random().expect("randomness");
        let of = async |server, username, password| {
            fingerprint(CHEAP, &salt, server, username, password).await
        };
        let known = of("docker.io", "bot", "hunter2").await;
        assert_eq!(known, of("docker.io", "bot", "hunter2").await);
        assert_ne!(known, of("index.docker.io", "bot", "hunter2").await);
        assert_ne!(known, of("docker.io", "bo", "thunter2").await);
        let other = Salt::random().expect("randomness");
        assert_ne!(
            known,
            fingerprint(CHEAP, &other, "docker.io", "bot", "hunter2").await
        );
    }

    /// Written by version 0.4.0.
    #[tokio::test]
    async fn what_an_earlier_version_stored_is_recognised() {
        let salt = Salt("c2FsdHNhbHRzYWx0c2FsdA".to_owned());
        for server in ["docker.io", "index.docker.io"] {
            let made = fingerprint(Cost::UNSAID, &salt, server, "bot", "hunter2").await;
            assert_eq!(made.0, OLD, "{server}");
        }
        assert_eq!(Fingerprint("m=1$x:abc".to_owned()).cost(), None);
        let unbearable = "4294967295,4294967295:abc".to_owned();
        assert_eq!(Fingerprint(unbearable).cost(), None);
    }
    const OLD: &str = "oG7B1tqDg9bNpNCIzxltPKcx0k6pcIbwAKJNJiTclFU";

    #[tokio::test]
    async fn each_is_made_once_and_leaves_nothing_behind() {
        let (hasher, salt, password) = (
            Hasher::new(CHEAP),
            Salt::random().expect("randomness"),
            Secret::new("hunter2"),
        );
        let credentials = Credentials {
            server: "ghcr.io",
            username: "bot",
            password: &password,
        };
        let one = || hasher.fingerprint(&salt, credentials);
        let (a, b, c) = tokio::join!(one(), one(), one());
        assert!(a.is_some() && a == b && b == c);
        let made = hasher.made.lock().expect("no panic");
        assert_eq!(made.len(), 1);
        let memory = hasher.memory.lock().expect("no panic");
        assert_eq!(memory.len(), 1, "one hash, one piece of memory");
        let wiped = |block: &Block| block.as_ref().iter().all(|word| *word == 0);
        assert!(memory.iter().flatten().all(wiped));
    }

    #[tokio::test]
    async fn neither_value_nor_name_is_readable_in_what_is_stored() {
        let known = fingerprint(
            Cost::SERVED,
            &Salt::random().expect("randomness"),
            "ghcr.io",
            "bot",
            "hunter2",
        )
        .await;
        let stored = serde_json::to_string(&known).expect("JSON");
        assert_eq!(stored.len(), 2 + "7168,5:".len() + 43, "32 bytes in base64");
    }
}
