//! Versions of a registry's credentials: added by rotation, kept for rollback, evicted beyond the limit.

use rusqlite::{Connection, Transaction, params};
use serde_json::{Value, json};
use terraform_provider_bahriya::secret::Secret;

use super::registries::Registry;
use super::{new_id, now, rows, turns};
use crate::refusal::Refusal;
use crate::seal::{Belongs, Key};

/// What one version holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub server: String,
    pub username: String,
    pub password: Secret,
}

/// The metadata of one retained version.
pub struct Version {
    pub id: String,
    pub version: i64,
    pub server: String,
    pub username: String,
    pub created: String,
    pub current: bool,
    sealed: Vec<u8>,
}

impl Version {
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id, "version": self.version, "server": self.server,
            "username": self.username, "current": self.current, "created": self.created,
        })
    }

    /// The plaintext, for a deployment or a comparison.
    pub fn unseal(&self, key: &Key, registry: &str) -> Result<Credentials, Refusal> {
        let belongs = Belongs {
            registry,
            version: self.version,
            server: &self.server,
            username: &self.username,
        };
        let password = key.unseal(&belongs, &self.sealed).map_err(sealing_failed)?;
        Ok(Credentials {
            server: self.server.clone(),
            username: self.username.clone(),
            password,
        })
    }
}

/// Seals the credentials as the next version, makes it current and evicts what is too much.
/// Returns the identifier of the version.
pub fn add(
    tx: &Transaction,
    key: &Key,
    registry: &str,
    credentials: &Credentials,
) -> Result<String, Refusal> {
    let version: i64 = tx.query_row(
        "UPDATE registries SET last_version = last_version + 1, current_version = last_version + 1
         WHERE id = ?1 RETURNING last_version",
        [registry],
        |row| row.get(0),
    )?;
    let belongs = Belongs {
        registry,
        version,
        server: &credentials.server,
        username: &credentials.username,
    };
    let sealed = key
        .seal(&belongs, &credentials.password)
        .map_err(sealing_failed)?;
    let id = new_id();
    tx.execute(
        "INSERT INTO versions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            id,
            registry,
            version,
            credentials.server,
            credentials.username,
            sealed,
            now()
        ],
    )?;
    turns::begin(tx, registry, version)?;
    evict(tx, registry)?;
    Ok(id)
}

/// Drops the oldest versions beyond `maxversions`, which counts the current one; never that one itself.
pub fn evict(tx: &Transaction, registry: &str) -> Result<(), Refusal> {
    tx.execute(
        "DELETE FROM versions WHERE registry = ?1 AND version IN (
            SELECT v.version FROM versions v JOIN registries r ON r.id = v.registry
            WHERE v.registry = ?1 AND v.version <> r.current_version
            ORDER BY v.version DESC
            LIMIT -1 OFFSET (SELECT max(maxversions - 1, 0) FROM registries WHERE id = ?1))",
        [registry],
    )?;
    Ok(())
}

/// Makes the retained version of this number current again. Returns its identifier.
pub fn activate(tx: &Transaction, registry: &Registry, number: &str) -> Result<String, Refusal> {
    let mut retained = all(tx, registry)?.into_iter();
    let wanted = number.parse().ok();
    let Some(found) = retained.find(|it| Some(it.version) == wanted) else {
        return Err(Refusal::not_found(format!(
            "Version {number} of registry '{}' not found.",
            registry.handle
        )));
    };
    tx.execute(
        "UPDATE registries SET current_version = ?2 WHERE id = ?1",
        params![registry.id, found.version],
    )?;
    if !found.current {
        turns::begin(tx, &registry.id, found.version)?;
    }
    Ok(found.id)
}

/// The retained versions, oldest first.
pub fn all(conn: &Connection, registry: &Registry) -> Result<Vec<Version>, Refusal> {
    let sql = "SELECT id, version, server, username, created, sealed FROM versions
         WHERE registry = ?1 ORDER BY version";
    rows(conn, sql, [&registry.id], |row| {
        let version = row.get(1)?;
        Ok(Version {
            id: row.get(0)?,
            version,
            server: row.get(2)?,
            username: row.get(3)?,
            created: row.get(4)?,
            current: version == registry.current_version,
            sealed: row.get(5)?,
        })
    })
}

/// The current version.
pub fn current(conn: &Connection, registry: &Registry) -> Result<Version, Refusal> {
    all(conn, registry)?
        .into_iter()
        .find(|version| version.current)
        .ok_or_else(|| Refusal::not_found("The registry has no current version."))
}

fn sealing_failed(error: std::io::Error) -> Refusal {
    Refusal::internal("the credentials could not be sealed or unsealed", error)
}
