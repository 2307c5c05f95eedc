//! Recognising credentials without keeping them.
//!
//! Rolling back by configuration needs to know which retained version holds the configured credentials,
//! and the API never tells. So private state keeps, for each version that this provider made, an argon2id
//! hash of what it holds, under one random salt per registry. `SECURITY.md` says what that means for
//! guessable passwords.

use std::cell::RefCell;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::oci::server;
use crate::secret::Secret;

/// Memory in KiB, passes and lanes: the first recommendation of the OWASP cheat sheet. They are part of
/// the stored format; other parameters would recognise nothing that was stored before.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

const LENGTH: usize = 32;

thread_local! {
    /// What the hashes of a thread are made in, kept for the next. Memory of this size and alignment that is
    /// given back and asked for anew is a new place to glibc each time, hundreds of MiB in all. A thread that
    /// hashes for an apply ends, and its memory with it, after ten idle seconds; plans use the main thread's.
    static BLOCKS: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// The random part of all fingerprints of one registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Salt(String);

impl Salt {
    /// A new one. It is made during an apply: plans are pure.
    pub fn random() -> Self {
        Self(STANDARD_NO_PAD.encode(uuid::Uuid::new_v4().as_bytes()))
    }
}

/// The hash of one set of credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Hashes server (by its meaning), user name and password. Takes tens of milliseconds and 19 MiB on purpose.
    ///
    /// `None` if the library refuses, which it does not do for these parameters; nothing is recognised then.
    pub fn of(salt: &Salt, server: &str, username: &str, password: &Secret) -> Option<Self> {
        let server = server::normalize(server).unwrap_or_else(|_| server.to_owned());
        let mut input = zeroize::Zeroizing::new(Vec::new());
        for part in [&server, username, password.expose()] {
            // Lengths keep ("ab", "c") apart from ("a", "bc").
            input.extend_from_slice(&(part.len() as u64).to_le_bytes());
            input.extend_from_slice(part.as_bytes());
        }
        let (memory, passes, lanes) = COST;
        let params = Params::new(memory, passes, lanes, Some(LENGTH)).ok()?;
        let needed = params.block_count();
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut hash = [0; LENGTH];
        BLOCKS.with_borrow_mut(|blocks| {
            blocks.resize(needed, Block::default());
            argon2
                .hash_password_into_with_memory(&input, salt.0.as_bytes(), &mut hash, blocks)
                .ok()
        })?;
        Some(Self(STANDARD_NO_PAD.encode(hash)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(salt: &Salt, server: &str, username: &str, password: &str) -> Fingerprint {
        Fingerprint::of(salt, server, username, &Secret::new(password)).expect("a fingerprint")
    }

    #[test]
    fn the_same_credentials_are_recognised_and_others_are_not() {
        let salt = Salt::random();
        let known = fingerprint(&salt, "docker.io", "bot", "hunter2");
        assert_eq!(
            known,
            fingerprint(&salt, "index.docker.io", "bot", "hunter2")
        );
        assert_ne!(known, fingerprint(&salt, "ghcr.io", "bot", "hunter2"));
        assert_ne!(known, fingerprint(&salt, "docker.io", "bo", "thunter2"));
        assert_ne!(
            known,
            fingerprint(&Salt::random(), "docker.io", "bot", "hunter2")
        );
    }

    #[test]
    fn neither_value_nor_name_is_readable_in_what_is_stored() {
        let known = fingerprint(&Salt::random(), "ghcr.io", "bot", "hunter2");
        let stored = serde_json::to_string(&known).expect("JSON");
        assert_eq!(stored.len(), 43 + 2, "32 bytes of hash in base64");
    }
}
