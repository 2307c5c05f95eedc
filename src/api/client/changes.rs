//! Changes of a registry that need no secret: its metadata, and which version is current.

use super::dialect::rotate;
use crate::api::Client;
use crate::api::http::error::{Error, Kind, Outcome};
use crate::api::http::operation::Operation;
use crate::api::http::write::{Look, Proof, Repeat, Write};
use crate::api::model::registry::Registry;
use crate::api::model::version::{Dialect, Version};

impl Client {
    /// Changes name and retention and leaves the credentials alone. `maxversions: None` keeps what was read.
    ///
    /// The *put* dialect cannot do that: it answers [`Kind::CredentialsNeeded`] before any write.
    pub async fn update_metadata(
        &self,
        op: &Operation,
        registry: &Registry,
        name: &str,
        maxversions: Option<i64>,
    ) -> Result<(), Error> {
        if self.dialect(op, registry).await? == Dialect::Put {
            return Err(Error::new(Kind::CredentialsNeeded));
        }
        let maxversions = maxversions.or(registry.maxversions);
        let write = Write {
            request: &rotate::metadata(self, registry, name, maxversions)?,
            repeat: Repeat::Idempotent,
            baseline: (),
            told: |_| Some(()),
            find: |op: Operation| async move {
                let now = self.existing(&op, &registry.id).await?;
                let done = now.name.as_deref() == Some(name)
                    && (maxversions.is_none() || now.maxversions == maxversions);
                Ok(if done {
                    Look::Found((), Proof::Found)
                } else {
                    Look::Absent
                })
            },
        };
        let written = self.http().write(op, write).await;
        self.known().registries.forget();
        written.result()
    }

    /// Makes a retained version current.
    pub async fn activate(&self, op: &Operation, id: &str, version: i64) -> Result<(), Error> {
        let dialect = match self.known().dialect.get() {
            Some(dialect) => *dialect,
            None => self.dialect(op, &self.existing(op, id).await?).await?,
        };
        if dialect == Dialect::Put {
            return Err(Error::new(Kind::ActivationUnsupported));
        }
        let write = Write {
            request: &rotate::activation(self, id, version)?,
            repeat: Repeat::Idempotent,
            baseline: (),
            told: |_| Some(()),
            find: |op: Operation| async move {
                Ok(match self.read_versions(&op, id).await? {
                    None => Look::Unclear,
                    Some(versions) if is_current(&versions, version) => {
                        Look::Found((), Proof::Found)
                    }
                    Some(_) => Look::Absent,
                })
            },
        };
        let written = self.http().write(op, write).await;
        self.known().registries.forget();
        let Err(error) = written.result() else {
            return Ok(());
        };
        let no_route = matches!(error.status(), Some(404 | 405));
        if !no_route && !matches!(error.kind(), Kind::Refused | Kind::Conflict) {
            return Err(error);
        }
        let Ok(Some(versions)) = self.read_versions(op, id).await else {
            return Err(error);
        };
        if is_current(&versions, version) {
            return Ok(());
        }
        let remaining: Vec<i64> = versions.iter().map(|version| version.version).collect();
        Err(if !remaining.contains(&version) {
            error.with_kind(Kind::NoSuchVersion { version, remaining })
        } else if no_route {
            error
                .with_kind(Kind::ActivationUnsupported)
                .with_outcome(Outcome::NotDone)
        } else {
            error
        })
    }
}

fn is_current(versions: &[Version], number: i64) -> bool {
    versions
        .iter()
        .any(|version| version.version == number && version.current)
}
