//! Registries: metadata, and the handle that is spent by deletion.

use rusqlite::{Connection, Row, Transaction, params};
use serde_json::{Value, json};

use super::versions::{self, Credentials};
use super::{HandleState, handle_state, new_id, now, row, rows};
use crate::args::Versions;
use crate::refusal::Refusal;
use crate::seal::Key;

/// What the API puts in the place of a password.
pub const MASK: &str = "value-hidden-for-your-own-good";

/// Versions retained where the user asks for no number.
pub const DEFAULT_MAXVERSIONS: i64 = 5;

/// A registry that is alive, with the metadata of its current version.
#[derive(Clone, Debug)]
pub struct Registry {
    pub id: String,
    pub handle: String,
    pub name: String,
    pub maxversions: i64,
    pub current_version: i64,
    pub current_version_id: String,
    pub server: String,
    pub username: String,
    pub version_count: i64,
    /// Identifier and handle of each project it is attached to.
    pub projects: Vec<(String, String)>,
}

impl Registry {
    /// Metadata only: the password is never in an answer.
    pub fn to_json(&self, versions: Versions) -> Value {
        let shown = |value: Value| match versions {
            Versions::Shown => value,
            Versions::Withheld => Value::Null,
        };
        let projects: Vec<Value> = self
            .projects
            .iter()
            .map(|(id, handle)| json!({"id": id, "handle": handle}))
            .collect();
        json!({
            "id": self.id, "handle": self.handle, "name": self.name, "server": self.server,
            "username": self.username, "password": MASK, "maxversions": self.maxversions,
            "billable": true, "projects": projects,
            "currentversionid": shown(json!(self.current_version_id)),
            "currentversion": shown(json!(self.current_version)),
            "versioncount": shown(json!(self.version_count)),
            "managedbyresourceid": null, "managedbyresourcetype": null,
        })
    }
}

// The attached projects come as one JSON column, so that a list of a thousand registries is one query.
const COLUMNS: &str = "
    SELECT r.id, r.handle, r.name, r.maxversions, r.current_version, v.id, v.server, v.username,
        (SELECT count(*) FROM versions WHERE registry = r.id),
        (SELECT json_group_array(json_array(p.id, p.handle) ORDER BY p.handle) FROM attachments
            JOIN projects p ON p.id = project WHERE registry = r.id)
    FROM registries r JOIN versions v ON v.registry = r.id AND v.version = r.current_version
    WHERE r.organisation = ?1 AND r.deleted IS NULL";

fn from_row(row: &Row) -> rusqlite::Result<Registry> {
    Ok(Registry {
        id: row.get(0)?,
        handle: row.get(1)?,
        name: row.get(2)?,
        maxversions: row.get(3)?,
        current_version: row.get(4)?,
        current_version_id: row.get(5)?,
        server: row.get(6)?,
        username: row.get(7)?,
        version_count: row.get(8)?,
        projects: serde_json::from_str(&row.get::<_, String>(9)?).unwrap_or_default(),
    })
}

/// Makes a registry whose first credentials are version 1.
pub fn create(
    tx: &Transaction,
    key: &Key,
    organisation: &str,
    metadata: &Metadata,
    credentials: &Credentials,
    reusable: bool,
) -> Result<String, Refusal> {
    let handle = &metadata.handle;
    // Whole sentences, by which each refusal is found.
    let taken = match handle_state(tx, "registries", organisation, handle, reusable)? {
        HandleState::Free => None,
        HandleState::Alive => Some(format!(
            "A registry with the handle \"{handle}\" already exists"
        )),
        HandleState::Spent => Some(format!(
            "A registry with the handle \"{handle}\" existed before, and handles cannot be reused"
        )),
    };
    if let Some(why) = taken {
        return Err(Refusal::conflict(why));
    }
    let id = new_id();
    tx.execute(
        "INSERT INTO registries VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, ?6, NULL)",
        params![
            id,
            organisation,
            handle,
            metadata.name,
            metadata.maxversions,
            now()
        ],
    )?;
    versions::add(tx, key, &id, credentials)?;
    Ok(id)
}

/// What a user may set without touching credentials. The handle only identifies.
pub struct Metadata {
    pub handle: String,
    pub name: String,
    pub maxversions: i64,
}

/// Replaces the metadata; a lower `maxversions` evicts at once.
pub fn update(tx: &Transaction, registry: &Registry, metadata: &Metadata) -> Result<(), Refusal> {
    if metadata.handle != registry.handle {
        return Err(Refusal::conflict("A registry's handle cannot be changed."));
    }
    tx.execute(
        "UPDATE registries SET name = ?2, maxversions = ?3 WHERE id = ?1",
        params![registry.id, metadata.name, metadata.maxversions],
    )?;
    versions::evict(tx, &registry.id)
}

/// Removes the credentials and spends the handle. Refused while attached, unless deletion detaches.
pub fn delete(tx: &Transaction, registry: &Registry, detaches: bool) -> Result<(), Refusal> {
    if !registry.projects.is_empty() && !detaches {
        return Err(Refusal::bad_request(
            "A registry associated with a project cannot be deleted.",
        ));
    }
    tx.execute(
        "DELETE FROM attachments WHERE registry = ?1",
        [&registry.id],
    )?;
    tx.execute("DELETE FROM versions WHERE registry = ?1", [&registry.id])?;
    tx.execute(
        "UPDATE registries SET deleted = ?2 WHERE id = ?1",
        params![registry.id, now()],
    )?;
    Ok(())
}

/// One registry by its identifier.
pub fn get(conn: &Connection, organisation: &str, id: &str) -> Result<Registry, Refusal> {
    let sql = format!("{COLUMNS} AND r.id = ?2");
    row(conn, &sql, [organisation, id], from_row)?
        .ok_or_else(|| Refusal::not_found(format!("Registry '{id}' not found.")))
}

/// The living registry with this handle.
pub fn by_handle(
    conn: &Connection,
    organisation: &str,
    handle: &str,
) -> Result<Option<Registry>, Refusal> {
    let sql = format!("{COLUMNS} AND r.handle = ?2");
    row(conn, &sql, [organisation, handle], from_row)
}

/// All living registries of the organisation.
pub fn all(conn: &Connection, organisation: &str) -> Result<Vec<Registry>, Refusal> {
    let sql = format!("{COLUMNS} ORDER BY r.handle");
    rows(conn, &sql, [organisation], from_row)
}

/// The handles that deletion has spent.
pub fn spent(conn: &Connection, organisation: &str) -> Result<Vec<String>, Refusal> {
    rows(
        conn,
        "SELECT DISTINCT handle FROM registries
         WHERE organisation = ?1 AND deleted IS NOT NULL ORDER BY handle",
        [organisation],
        |row| row.get(0),
    )
}
