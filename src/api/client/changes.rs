//! Changes of a registry that need no secret: its metadata, and which version is current.

use crate::api::Client;
use crate::api::http::error::{Error, Kind, Outcome};
use crate::api::http::operation::Operation;
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
        let request = self.metadata(registry, name, maxversions)?;
        let done = |op: Operation| async move {
            let now = self.existing(&op, &registry.id).await?;
            let retains = maxversions.is_none() || now.maxversions == maxversions;
            Ok(now.name.as_deref() == Some(name) && retains)
        };
        let written = self.http().change(op, &request, done).await;
        self.known().registries.forget();
        written
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
        let request = self.activation(id, version)?;
        let done = |op: Operation| async move {
            let versions = self.read_versions(&op, id).await?;
            Ok(versions.is_some_and(|versions| is_current(&versions, version)))
        };
        let activated = self.http().change(op, &request, done).await;
        self.known().registries.forget();
        let Err(error) = activated else {
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
