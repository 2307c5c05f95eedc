//! Attachments: a project may use a registry only while the two are linked.

use rusqlite::{Connection, Transaction, params};
use serde_json::{Value, json};

use super::projects::Project;
use super::registries::{self, Registry};
use super::{new_id, now, row, rows};
use crate::refusal::Refusal;

/// The other kinds of attachable items that an attachment list names; always empty here.
const OTHER_KINDS: [&str; 11] = [
    "secrets",
    "tlsbundles",
    "x509certs",
    "gpgkeypairs",
    "sshkeypairs",
    "encryptionkeys",
    "envfiles",
    "yamlconfigs",
    "jsonconfigs",
    "plainconfigs",
    "networkpolicies",
];

/// Links the registry with this handle to the project. Returns the identifier of the link.
pub fn attach(tx: &Transaction, project: &Project, handle: &str) -> Result<String, Refusal> {
    let registry = registry(tx, project, handle)?;
    if find(tx, project, &registry)?.is_some() {
        return Err(Refusal::conflict(format!(
            "Registry '{handle}' is already attached to project '{}'.",
            project.handle
        )));
    }
    let id = new_id();
    tx.execute(
        "INSERT INTO attachments VALUES (?1, ?2, ?3, ?4)",
        params![id, project.id, registry.id, now()],
    )?;
    Ok(id)
}

/// Removes the link, unless a container of the project still names the registry.
pub fn detach(tx: &Transaction, project: &Project, handle: &str) -> Result<(), Refusal> {
    let registry = registry(tx, project, handle)?;
    let Some(id) = find(tx, project, &registry)? else {
        return Err(Refusal::not_found(format!(
            "Registry '{handle}' is not attached to project '{}'.",
            project.handle
        )));
    };
    let sql = "SELECT handle FROM containers
         WHERE project = ?1 AND registry = ?2 AND terminated IS NULL ORDER BY handle";
    let container: Option<String> = row(tx, sql, [&project.id, handle], |row| row.get(0))?;
    if let Some(container) = container {
        return Err(Refusal::conflict(format!(
            "Cannot detach registry '{handle}' from project: container '{container}' still \
             references it. Detach from the container first or update the container to remove the \
             reference."
        )));
    }
    tx.execute("DELETE FROM attachments WHERE id = ?1", [id])?;
    Ok(())
}

/// Everything attached to the project, by kind.
pub fn of_project(conn: &Connection, project: &Project) -> Result<Value, Refusal> {
    let sql = "SELECT r.id, a.id, r.handle, r.name, v.server FROM attachments a
         JOIN registries r ON r.id = a.registry
         JOIN versions v ON v.registry = r.id AND v.version = r.current_version
         WHERE a.project = ?1 ORDER BY r.handle";
    let registries: Vec<_> = rows(conn, sql, [&project.id], |row| {
        Ok(json!({
            "id": row.get::<_, String>(0)?, "joinid": row.get::<_, String>(1)?,
            "handle": row.get::<_, String>(2)?, "name": row.get::<_, String>(3)?,
            "server": row.get::<_, String>(4)?,
        }))
    })?;
    let mut kinds = json!({"registries": registries});
    for kind in OTHER_KINDS {
        kinds[kind] = json!([]);
    }
    Ok(kinds)
}

/// Whether the project may use the registry with this handle.
pub fn is_attached(conn: &Connection, project: &Project, handle: &str) -> Result<bool, Refusal> {
    match registries::by_handle(conn, &project.organisation, handle)? {
        Some(registry) => Ok(find(conn, project, &registry)?.is_some()),
        None => Ok(false),
    }
}

fn registry(conn: &Connection, project: &Project, handle: &str) -> Result<Registry, Refusal> {
    registries::by_handle(conn, &project.organisation, handle)?
        .ok_or_else(|| Refusal::not_found(format!("Registry '{handle}' not found.")))
}

fn find(
    conn: &Connection,
    project: &Project,
    registry: &Registry,
) -> Result<Option<String>, Refusal> {
    let sql = "SELECT id FROM attachments WHERE project = ?1 AND registry = ?2";
    row(conn, sql, [&project.id, &registry.id], |row| row.get(0))
}
