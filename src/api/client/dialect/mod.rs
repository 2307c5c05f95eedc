//! The seam in front of the operations whose wire form is not public: metadata, versions, rotation and
//! activation. `rotate.rs` and `put.rs` hold the two forms that are known or assumed.

mod put;
mod rotate;

use crate::api::Client;
use crate::api::http::error::{Error, Kind};
use crate::api::http::operation::Operation;
use crate::api::model::registry::Registry;
use crate::api::model::version::{Dialect, Version};
use crate::secret::Secret;

/// Credentials as configured.
#[derive(Clone, Copy, Debug)]
pub struct Credentials<'a> {
    /// `host[:port]`.
    pub server: &'a str,
    /// The user name.
    pub username: &'a str,
    /// The password.
    pub password: &'a Secret,
}

/// New credentials for a registry.
#[derive(Clone, Copy, Debug)]
pub struct Rotation<'a> {
    /// Only if it changes.
    pub server: Option<&'a str>,
    /// The user name, changed or not.
    pub username: &'a str,
    /// The password.
    pub password: &'a Secret,
}

/// What a metadata update did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetadataUpdated {
    /// The credentials had to be sent along, so the API may have made a version of them.
    pub may_have_made_version: bool,
}

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The number of the new version, where the API shows it.
    pub version: Option<i64>,
    /// Its id, where the API shows it.
    pub version_id: Option<String>,
    /// What the user should know: whole sentences.
    pub warnings: Vec<String>,
}

impl Client {
    /// Finds out, by reading, which dialect the API speaks; `id` is any registry that exists. Remembered.
    pub async fn dialect(&self, op: &Operation, id: &str) -> Result<Dialect, Error> {
        if let Some(dialect) = self.known().dialect.get() {
            return Ok(*dialect);
        }
        self.list_versions(op, id).await.map(|listed| match listed {
            Some(_) => Dialect::Rotate,
            None => Dialect::Put,
        })
    }

    /// The retained versions, in ascending order; `None` when the API has no list of them (or one without numbers).
    pub async fn versions(&self, op: &Operation, id: &str) -> Result<Option<Vec<Version>>, Error> {
        match self.known().dialect.get() {
            Some(Dialect::Put) => Ok(None),
            _ => Ok(self.list_versions(op, id).await?.flatten()),
        }
    }

    /// Changes name and retention and, where the dialect allows it, leaves the credentials alone.
    /// `maxversions: None` keeps what was read. `held` are the configured credentials, which the *put*
    /// dialect has to send along; without them it answers [`Kind::CredentialsNeeded`] before any write.
    pub async fn update_metadata(
        &self,
        op: &Operation,
        registry: &Registry,
        name: &str,
        maxversions: Option<i64>,
        held: Option<&Credentials<'_>>,
    ) -> Result<MetadataUpdated, Error> {
        let maxversions = maxversions.or(registry.maxversions);
        let result = match self.dialect(op, &registry.id).await? {
            Dialect::Rotate => self.put_metadata(op, registry, name, maxversions).await,
            Dialect::Put => {
                let held = held.ok_or_else(|| Error::new(Kind::CredentialsNeeded))?;
                self.put_whole_for_metadata(op, registry, name, maxversions, held)
                    .await
            }
        };
        self.known().registries.forget();
        result
    }

    /// Stores new credentials as a new version, exactly once: a lost answer is settled by the versions
    /// before and after. Where no version shows, it is sent once more, with a warning.
    ///
    /// The *put* dialect also sends `registry.name` and `registry.maxversions`: to change them in the same
    /// write (one version, not two), put the new values there and leave out [`Client::update_metadata`].
    pub async fn rotate(
        &self,
        op: &Operation,
        registry: &Registry,
        rotation: &Rotation<'_>,
    ) -> Result<Rotated, Error> {
        let before = self.versions(op, &registry.id).await?;
        let result = match self.dialect(op, &registry.id).await? {
            Dialect::Rotate => self.post_rotation(op, registry, rotation, before).await,
            Dialect::Put => self.put_whole_for_rotation(op, registry, rotation).await,
        };
        self.known().registries.forget();
        result
    }

    /// Makes a retained version current. Safe to repeat.
    pub async fn activate(&self, op: &Operation, id: &str, version: i64) -> Result<(), Error> {
        let result = match self.dialect(op, id).await? {
            Dialect::Rotate => self.post_activation(op, id, version).await,
            Dialect::Put => Err(Error::new(Kind::ActivationUnsupported)),
        };
        self.known().registries.forget();
        result
    }

    /// Asks for the list of versions, and thereby finds the dialect. The outer `None`: there is no such
    /// list in this API. The inner one: its items have no numbers.
    async fn list_versions(
        &self,
        op: &Operation,
        id: &str,
    ) -> Result<Option<Option<Vec<Version>>>, Error> {
        let error = match self.read_versions(op, id).await {
            Err(error) if says_no_route(&error) => error,
            result => return result.map(Some),
        };
        // The registry is missing, or the route is.
        if self.registry(op, id).await?.is_none() {
            return Err(error.with_kind(Kind::NotFound));
        }
        // A list that was there before does not cease to exist.
        if self.known().dialect.get() == Some(&Dialect::Rotate) {
            return Err(error);
        }
        // It is remembered that there is none, so a passing fault must not decide it: asked twice.
        match self.read_versions(op, id).await {
            Err(error) if says_no_route(&error) => {
                let _ = self.known().dialect.set(Dialect::Put);
                Ok(None)
            }
            result => result.map(Some),
        }
    }

    async fn read_versions(&self, op: &Operation, id: &str) -> Result<Option<Vec<Version>>, Error> {
        let answer = self
            .http()
            .read(op, rotate::versions_path(self, id)?)
            .await?;
        let versions = rotate::parse_versions(&answer)?;
        let _ = self.known().dialect.set(Dialect::Rotate);
        Ok(versions)
    }
}

fn says_no_route(error: &Error) -> bool {
    matches!(error.status(), Some(404 | 405))
}
