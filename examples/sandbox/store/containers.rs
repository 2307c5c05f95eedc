//! Containers, and what the image registry said when they were deployed.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde_json::{Value, json};

use super::projects::{self, Project};
use super::registries::{self, Registry};
use super::versions::{self, Version};
use super::{attachments, list, new_id, now};
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

/// What one region's pull came to.
#[derive(Clone, Debug)]
pub struct Pull {
    pub region: String,
    pub image: String,
    pub registry: Option<String>,
    pub version: Option<i64>,
    pub succeeded: bool,
    pub message: String,
}

impl Pull {
    fn to_json(&self, versions: Versions) -> Value {
        let version = match versions {
            Versions::Shown => self.version,
            Versions::Withheld => None,
        };
        json!({
            "region": self.region, "image": self.image, "registry": self.registry,
            "version": version, "status": if self.succeeded { "succeeded" } else { "failed" },
            "message": self.message,
        })
    }
}

/// One deployment of a container to its regions.
#[derive(Clone, Debug)]
pub struct Deployment {
    pub number: i64,
    pub created: String,
    pub pulls: Vec<Pull>,
}

impl Deployment {
    pub fn succeeded(&self) -> bool {
        self.pulls.iter().all(|pull| pull.succeeded)
    }

    pub fn to_json(&self, versions: Versions) -> Value {
        let regions: Vec<Value> = self
            .pulls
            .iter()
            .map(|pull| pull.to_json(versions))
            .collect();
        json!({
            "number": self.number, "created": self.created,
            "status": if self.succeeded() { "succeeded" } else { "failed" }, "regions": regions,
        })
    }
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
pub fn update(tx: &Transaction, container: &Container, wanted: &Wanted) -> Result<(), Refusal> {
    let organisation: String = tx.query_row(
        "SELECT organisation FROM containers WHERE id = ?1",
        [&container.id],
        |row| row.get(0),
    )?;
    let project = projects::get(tx, &organisation, &container.project)?;
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
    conn.prepare_cached(&format!("{COLUMNS} AND c.id = ?2"))?
        .query_row([organisation, id], from_row)
        .optional()?
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
    let mut statement = conn.prepare_cached(&format!("{COLUMNS} ORDER BY c.handle"))?;
    let rows = statement.query_map([organisation], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What a deployment pulls with.
pub enum PullWith {
    /// No registry is named: the image is public.
    Nothing,
    /// The current version, still sealed.
    Sealed(Box<(Registry, Version)>),
    /// The registry that the container names cannot be used, and this is why.
    Unusable(String),
}

/// What a deployment of this container pulls with now.
pub fn pull_with(
    conn: &Connection,
    organisation: &str,
    container: &Container,
) -> Result<PullWith, Refusal> {
    let Some(handle) = &container.registry else {
        return Ok(PullWith::Nothing);
    };
    let Some(registry) = registries::by_handle(conn, organisation, handle)? else {
        return Ok(PullWith::Unusable(format!(
            "registry '{handle}' was deleted, so there are no credentials to pull with"
        )));
    };
    let project = projects::get(conn, organisation, &container.project)?;
    if !attachments::is_attached(conn, &project, handle)? {
        return Ok(PullWith::Unusable(format!(
            "registry '{handle}' is not attached to project '{}'",
            project.handle
        )));
    }
    let version = versions::current(conn, &registry)?;
    Ok(PullWith::Sealed(Box::new((registry, version))))
}

/// Records what the pulls of a deployment came to.
pub fn record(tx: &Transaction, container: &str, pulls: Vec<Pull>) -> Result<Deployment, Refusal> {
    let number: i64 = tx.query_row(
        "SELECT coalesce(max(deployment), 0) + 1 FROM pulls WHERE container = ?1",
        [container],
        |row| row.get(0),
    )?;
    let created = now();
    for pull in &pulls {
        tx.execute(
            "INSERT INTO pulls VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                container,
                number,
                pull.region,
                pull.image,
                pull.registry,
                pull.version,
                pull.succeeded,
                pull.message,
                created
            ],
        )?;
    }
    Ok(Deployment {
        number,
        created,
        pulls,
    })
}

/// The last deployment of a container, if there was one.
pub fn last_deployment(conn: &Connection, container: &str) -> Result<Option<Deployment>, Refusal> {
    let mut statement = conn.prepare_cached(
        "SELECT deployment, created, region, image, registry, version, succeeded, message
         FROM pulls WHERE container = ?1
           AND deployment = (SELECT max(deployment) FROM pulls WHERE container = ?1)
         ORDER BY rowid",
    )?;
    let mut rows = statement.query([container])?;
    let mut last: Option<Deployment> = None;
    while let Some(row) = rows.next()? {
        let deployment = match &mut last {
            Some(deployment) => deployment,
            None => last.insert(Deployment {
                number: row.get(0)?,
                created: row.get(1)?,
                pulls: Vec::new(),
            }),
        };
        deployment.pulls.push(Pull {
            region: row.get(2)?,
            image: row.get(3)?,
            registry: row.get(4)?,
            version: row.get(5)?,
            succeeded: row.get(6)?,
            message: row.get(7)?,
        });
    }
    Ok(last)
}
