//! Containers: what runs in a project, and which registry pulls its image.

use rusqlite::{Connection, Row, Transaction, params};
use serde_json::{Value, json};

use super::deployments::Deployment;
use super::projects::{self, Project};
use super::{attachments, list, new_id, now, row, rows};
use crate::args::Versions;
use crate::refusal::Refusal;

/// A container, terminated ones included.
#[derive(Clone, Debug)]
pub struct Container {
    pub id: String,
    pub project: String,
    pub project_handle: String,
    pub handle: String,
    pub kind: String,
    pub image: String,
    /// The handle of the registry whose credentials pull the image; none for a public image.
    pub registry: Option<String>,
    pub regions: Vec<String>,
    pub terminated: bool,
}

/// What a user may set, and may replace later.
pub struct Wanted {
    pub image: String,
    pub registry: Option<String>,
    pub regions: Vec<String>,
}

impl Container {
    /// The state that the last deployment left the container in.
    pub fn status(&self, last: Option<&Deployment>) -> &'static str {
        match last {
            _ if self.terminated => "terminated",
            None => "created",
            Some(last) if last.succeeded() => "running",
            Some(_) => "failed",
        }
    }

    pub fn to_json(&self, last: Option<&Deployment>, versions: Versions) -> Value {
        json!({
            "id": self.id, "handle": self.handle, "type": self.kind, "image": self.image,
            "project": self.project_handle, "registry": self.registry, "regions": self.regions,
            "status": self.status(last),
            "deployment": last.map(|deployment| deployment.to_json(versions)),
        })
    }
}

/// Makes a container in a project. It runs nowhere until it is deployed.
pub fn create(
    tx: &Transaction,
    project: &Project,
    handle: &str,
    kind: &str,
    wanted: &Wanted,
) -> Result<String, Refusal> {
    let taken = tx
        .prepare_cached("SELECT 1 FROM containers WHERE organisation = ?1 AND handle = ?2")?
        .exists([&project.organisation, handle])?;
    if taken {
        return Err(Refusal::conflict(format!(
            "A container with the handle \"{handle}\" already exists"
        )));
    }
    check(tx, project, wanted)?;
    let id = new_id();
    tx.execute(
        "INSERT INTO containers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL)",
        params![
            id,
            project.organisation,
            project.id,
            handle,
            kind,
            wanted.image,
            wanted.registry,
            json!(wanted.regions).to_string(),
            now()
        ],
    )?;
    Ok(id)
}

/// Replaces image, registry and regions; a registry left out is no longer referenced.
pub fn update(
    tx: &Transaction,
    organisation: &str,
    container: &Container,
    wanted: &Wanted,
) -> Result<(), Refusal> {
    let project = projects::get(tx, organisation, &container.project)?;
    check(tx, &project, wanted)?;
    tx.execute(
        "UPDATE containers SET image = ?2, registry = ?3, regions = ?4 WHERE id = ?1",
        params![
            container.id,
            wanted.image,
            wanted.registry,
            json!(wanted.regions).to_string()
        ],
    )?;
    Ok(())
}

/// A container runs in regions of its project and uses a registry attached to it.
fn check(conn: &Connection, project: &Project, wanted: &Wanted) -> Result<(), Refusal> {
    for region in &wanted.regions {
        if !project.regions.contains(region) {
            return Err(Refusal::conflict(format!(
                "Project '{}' has no region '{region}'.",
                project.handle
            )));
        }
    }
    match &wanted.registry {
        Some(handle) if !attachments::is_attached(conn, project, handle)? => {
            Err(Refusal::conflict(format!(
                "Registry '{handle}' is not attached to project '{}'.",
                project.handle
            )))
        }
        _ => Ok(()),
    }
}

/// Ends a container. It references nothing any more, and its handle stays taken.
pub fn terminate(tx: &Transaction, container: &Container) -> Result<(), Refusal> {
    tx.execute(
        "UPDATE containers SET terminated = ?2 WHERE id = ?1 AND terminated IS NULL",
        params![container.id, now()],
    )?;
    Ok(())
}

const COLUMNS: &str = "
    SELECT c.id, c.project, p.handle, c.handle, c.type, c.image, c.registry, c.regions,
        c.terminated IS NOT NULL
    FROM containers c JOIN projects p ON p.id = c.project WHERE c.organisation = ?1";

fn from_row(row: &Row) -> rusqlite::Result<Container> {
    Ok(Container {
        id: row.get(0)?,
        project: row.get(1)?,
        project_handle: row.get(2)?,
        handle: row.get(3)?,
        kind: row.get(4)?,
        image: row.get(5)?,
        registry: row.get(6)?,
        regions: list(&row.get::<_, String>(7)?),
        terminated: row.get(8)?,
    })
}

/// One container by its identifier.
pub fn get(conn: &Connection, organisation: &str, id: &str) -> Result<Container, Refusal> {
    let sql = format!("{COLUMNS} AND c.id = ?2");
    row(conn, &sql, [organisation, id], from_row)?
        .ok_or_else(|| Refusal::not_found(format!("Container '{id}' not found.")))
}

/// One container that is not terminated.
pub fn alive(conn: &Connection, organisation: &str, id: &str) -> Result<Container, Refusal> {
    let container = get(conn, organisation, id)?;
    match container.terminated {
        false => Ok(container),
        true => Err(Refusal::conflict(format!(
            "Container '{}' is terminated.",
            container.handle
        ))),
    }
}

/// All containers of the organisation.
pub fn all(conn: &Connection, organisation: &str) -> Result<Vec<Container>, Refusal> {
    let sql = format!("{COLUMNS} ORDER BY c.handle");
    rows(conn, &sql, [organisation], from_row)
}
