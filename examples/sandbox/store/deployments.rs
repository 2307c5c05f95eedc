//! Deployments: what a container is pulled with, and what the image registry said in each region.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction, params};
use serde_json::{Value, json};

use super::containers::Container;
use super::registries::{self, Registry};
use super::versions::{self, Version};
use super::{attachments, grouped, now, projects, rows};
use crate::args::Versions;
use crate::refusal::Refusal;

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

/// A deployment that pulled with a version of a registry.
pub struct Use {
    pub version: i64,
    pub container: String,
    pub number: i64,
    pub created: String,
    pub succeeded: bool,
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
pub fn last(conn: &Connection, container: &str) -> Result<Option<Deployment>, Refusal> {
    let sql = "SELECT region, image, registry, version, succeeded, message, deployment, created
         FROM pulls WHERE container = ?1
           AND deployment = (SELECT max(deployment) FROM pulls WHERE container = ?1)
         ORDER BY rowid";
    let mut of = None;
    let pulls: Vec<_> = rows(conn, sql, [container], |row| {
        of = Some((row.get(6)?, row.get(7)?));
        Ok(Pull {
            region: row.get(0)?,
            image: row.get(1)?,
            registry: row.get(2)?,
            version: row.get(3)?,
            succeeded: row.get(4)?,
            message: row.get(5)?,
        })
    })?;
    Ok(of.map(|(number, created)| Deployment {
        number,
        created,
        pulls,
    }))
}

/// What used the versions of each registry, oldest first, by the registry's handle.
pub fn uses(conn: &Connection, organisation: &str) -> Result<HashMap<String, Vec<Use>>, Refusal> {
    let sql = "SELECT p.registry, version, handle, deployment, p.created, min(succeeded)
         FROM pulls p JOIN containers c ON c.id = container
         WHERE organisation = ?1 AND version IS NOT NULL
         GROUP BY container, deployment ORDER BY min(p.rowid)";
    grouped(conn, sql, [organisation], |row| {
        Ok(Use {
            version: row.get(1)?,
            container: row.get(2)?,
            number: row.get(3)?,
            created: row.get(4)?,
            succeeded: row.get(5)?,
        })
    })
}
