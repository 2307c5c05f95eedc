//! The sealing key: credentials are encrypted with AES-256-GCM before they reach the database.
//!
//! The associated data of a sealed password names its registry, version, server and username, so a
//! record copied onto another one, or pointed at another server, does not open any more.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{digest, hmac, rand};
use tempfile::NamedTempFile;
use terraform_provider_bahriya::secret::Secret;
use zeroize::Zeroizing;

const KEY_LEN: usize = 32;

/// What a sealed password belongs to.
pub struct Belongs<'a> {
    pub registry: &'a str,
    pub version: i64,
    pub server: &'a str,
    pub username: &'a str,
}

impl Belongs<'_> {
    /// Lengths keep two different records from having the same bytes.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.version.to_be_bytes().to_vec();
        for part in [self.registry, self.server, self.username] {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes
    }
}

/// The key of one sandbox.
pub struct Key {
    aead: RandomizedNonceKey,
    tokens: hmac::Key,
}

impl Key {
    /// A key that lives as long as the process, for the sandbox in memory.
    pub fn random() -> io::Result<Self> {
        Self::new(&random_bytes()?)
    }

    /// Reads the key file, or makes it with permissions 0600.
    pub fn load_or_create(path: &Path) -> io::Result<Self> {
        match fs::read(path).map(Zeroizing::new) {
            Ok(bytes) if bytes.len() == KEY_LEN => {
                let mode = fs::metadata(path)?.permissions().mode();
                if mode & 0o077 != 0 {
                    return Err(io::Error::other(
                        "the key file is readable by others; run `chmod 600` on it",
                    ));
                }
                Self::new(&bytes)
            }
            Ok(_) => Err(io::Error::other("the key file does not hold 32 bytes")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let bytes = random_bytes()?;
                write_for_owner(path, &bytes)?;
                Self::new(&bytes)
            }
            Err(error) => Err(error),
        }
    }

    fn new(bytes: &[u8]) -> io::Result<Self> {
        let aead = RandomizedNonceKey::new(&AES_256_GCM, bytes)
            .map_err(|_| io::Error::other("the sealing key was not accepted"))?;
        Ok(Self {
            aead,
            tokens: hmac::Key::new(hmac::HMAC_SHA256, bytes),
        })
    }

    /// Encrypts with a fresh random nonce, which comes first in the result.
    pub fn seal(&self, belongs: &Belongs, secret: &Secret) -> io::Result<Vec<u8>> {
        let mut text = secret.expose().as_bytes().to_vec();
        let nonce = self
            .aead
            .seal_in_place_append_tag(Aad::from(belongs.bytes()), &mut text)
            .map_err(|_| io::Error::other("sealing failed"))?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.append(&mut text);
        Ok(sealed)
    }

    /// Decrypts what [`Key::seal`] made for the same record.
    pub fn unseal(&self, belongs: &Belongs, sealed: &[u8]) -> io::Result<Secret> {
        let failed = || io::Error::other("the record does not open with this key");
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or_else(failed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| failed())?;
        let mut buffer = Zeroizing::new(sealed.to_vec());
        let text = self
            .aead
            .open_in_place(nonce, Aad::from(belongs.bytes()), &mut buffer)
            .map_err(|_| failed())?;
        let text = std::str::from_utf8(text).map_err(|_| failed())?;
        Ok(Secret::new(text))
    }

    /// The personal access token of a user: `pat_` and 64 characters. It is derived, so that the same
    /// database gives the same tokens again although it only holds their digests.
    pub fn token(&self, user: &str) -> String {
        let tag = hmac::sign(&self.tokens, format!("token:{user}").as_bytes());
        format!("pat_{}", hex(tag.as_ref()))
    }
}

/// What the database keeps of a token.
pub fn token_digest(token: &str) -> String {
    hex(digest::digest(&digest::SHA256, token.as_bytes()).as_ref())
}

/// Writes a file that its owner alone can read, in the place of an older one. A crash leaves no half of it.
pub fn write_for_owner(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let absolute = std::path::absolute(path)?;
    let mut file = NamedTempFile::new_in(absolute.parent().unwrap_or(&absolute))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn random_bytes() -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; KEY_LEN]);
    rand::fill(&mut bytes).map_err(|_| io::Error::other("the system gave no randomness"))?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
