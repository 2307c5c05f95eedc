//! Changes of a registry that need no secret: its metadata, and which version is current.

use crate::api::Client;
use crate::api::http::{Error, Kind, Operation, Result};
use crate::api::model::{Dialect, Registry, Version};

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
    ) -> Result<()> {
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
        let change = self.0.http.change(op, &request, done);
        self.0.cache.registries.outdated_by(change).await
    }

    /// Makes a retained version current.
    pub async fn activate(&self, op: &Operation, id: &str, version: i64) -> Result<()> {
        let dialect = match self.0.cache.dialect.get() {
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
        let change = self.0.http.change(op, &request, done);
        let Err(error) = self.0.cache.registries.outdated_by(change).await else {
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
                .with_unknown(false)
        } else {
            error
        })
    }
}

fn is_current(versions: &[Version], number: i64) -> bool {
    let mut current = versions.iter().filter(|version| version.current);
    current.any(|version| version.version == number)
}
