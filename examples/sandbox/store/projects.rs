//! Projects and their regions.

use rusqlite::{Connection, Row, Transaction, params};
use serde_json::{Value, json};

use super::{HandleState, handle_state, list, new_id, now, row, rows};
use crate::refusal::Refusal;

/// A project that is alive.
#[derive(Clone, Debug)]
pub struct Project {
    pub id: String,
    pub organisation: String,
    pub handle: String,
    pub name: String,
    pub regions: Vec<String>,
    pub users: Vec<String>,
}

/// What a user may set.
pub struct Wanted {
    pub handle: String,
    pub name: String,
    pub regions: Vec<String>,
    pub users: Vec<String>,
}

impl Project {
    /// The quota fields were null in everything observed.
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id, "handle": self.handle, "name": self.name, "regions": self.regions,
            "users": self.users, "organisation": self.organisation,
            "quotalimitcpu": null, "quotalimitmemory": null,
            "quotarequestcpu": null, "quotarequestmemory": null,
        })
    }
}

const COLUMNS: &str = "SELECT id, organisation, handle, name, regions, users FROM projects
    WHERE organisation = ?1 AND deleted IS NULL";

fn from_row(row: &Row) -> rusqlite::Result<Project> {
    Ok(Project {
        id: row.get(0)?,
        organisation: row.get(1)?,
        handle: row.get(2)?,
        name: row.get(3)?,
        regions: list(&row.get::<_, String>(4)?),
        users: list(&row.get::<_, String>(5)?),
    })
}

/// Makes a project; the caller becomes one of its users.
pub fn create(
    tx: &Transaction,
    organisation: &str,
    caller: &str,
    wanted: Wanted,
    reusable: bool,
) -> Result<String, Refusal> {
    let state = handle_state(tx, "projects", organisation, &wanted.handle, reusable)?;
    if state != HandleState::Free {
        return Err(Refusal::conflict(format!(
            "A project with the handle \"{}\" already exists",
            wanted.handle
        )));
    }
    let id = new_id();
    tx.execute(
        "INSERT INTO projects VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL)",
        params![
            id,
            organisation,
            wanted.handle,
            wanted.name,
            json!(wanted.regions).to_string(),
            json!(with_caller(wanted.users, caller)).to_string(),
            now()
        ],
    )?;
    Ok(id)
}

/// Replaces what a user may set. The handle is immutable.
pub fn update(
    tx: &Transaction,
    project: &Project,
    caller: &str,
    wanted: Wanted,
) -> Result<(), Refusal> {
    if wanted.handle != project.handle {
        return Err(Refusal::conflict("A project's handle cannot be changed."));
    }
    tx.execute(
        "UPDATE projects SET name = ?2, regions = ?3, users = ?4 WHERE id = ?1",
        params![
            project.id,
            wanted.name,
            json!(wanted.regions).to_string(),
            json!(with_caller(wanted.users, caller)).to_string()
        ],
    )?;
    Ok(())
}

fn with_caller(mut users: Vec<String>, caller: &str) -> Vec<String> {
    if !users.iter().any(|user| user == caller) {
        users.push(caller.into());
    }
    users
}

/// Deletes an empty project; its handle stays taken.
pub fn delete(tx: &Transaction, project: &Project, confirm_name: &str) -> Result<(), Refusal> {
    if confirm_name != project.name {
        return Err(Refusal::conflict(
            "confirmName does not match the name of the project.",
        ));
    }
    let count = |sql: &str| tx.query_row(sql, [&project.id], |row| row.get::<_, i64>(0));
    let attached = count("SELECT count(*) FROM attachments WHERE project = ?1")?;
    let used = count("SELECT count(*) FROM containers WHERE project = ?1 AND terminated IS NULL")?;
    let mut contents = Vec::new();
    for (count, one, many) in [
        (attached, "registry", "registries"),
        (used, "container", "containers"),
    ] {
        match count {
            0 => {}
            1 => contents.push(format!("1 {one}")),
            _ => contents.push(format!("{count} {many}")),
        }
    }
    if !contents.is_empty() {
        return Err(Refusal::conflict(format!(
            "Project cannot be deleted because it still has {}. Please detach or remove these \
             resources from this project before deleting it.",
            contents.join(", ")
        )));
    }
    tx.execute(
        "UPDATE projects SET deleted = ?2 WHERE id = ?1",
        params![project.id, now()],
    )?;
    Ok(())
}

/// One project by its identifier.
pub fn get(conn: &Connection, organisation: &str, id: &str) -> Result<Project, Refusal> {
    let sql = format!("{COLUMNS} AND id = ?2");
    row(conn, &sql, [organisation, id], from_row)?
        .ok_or_else(|| Refusal::not_found(format!("Project '{id}' not found.")))
}

/// The living project with this handle.
pub fn by_handle(
    conn: &Connection,
    organisation: &str,
    handle: &str,
) -> Result<Option<Project>, Refusal> {
    let sql = format!("{COLUMNS} AND handle = ?2");
    row(conn, &sql, [organisation, handle], from_row)
}

/// All living projects of the organisation.
pub fn all(conn: &Connection, organisation: &str) -> Result<Vec<Project>, Refusal> {
    let sql = format!("{COLUMNS} ORDER BY handle");
    rows(conn, &sql, [organisation], from_row)
}
