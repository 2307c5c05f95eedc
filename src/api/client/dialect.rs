//! The seam in front of the operations whose wire form is not public: versions, rotation and activation. It finds
//! out which of two forms the API speaks. All that would have to be corrected is in this file.
//!
//! The *rotate* dialect, **assumed**, since nothing public says what it looks like on the wire:
//!
//! - `POST …/registries/{id}/rotate`, body `username`, `password`, and `server` only if it changes;
//!   201, `data` is the id of the new version.
//! - `GET …/registries/{id}/versions`: `{count, versions: [{id, version, server, username, current, created}]}`.
//! - `POST …/registries/{id}/versions/{version}/activate`, no body; 200.
//! - `PUT …/registries/{id}` with everything but the password, for name and retention.
//!
//! In the *put* dialect every change replaces the whole object, as the official provider does it. A `PUT` without
//! the password is never tried there, since replacing could blank it.

use std::time::Duration;

use reqwest::Method;
use serde::Serialize;
use serde_json::Value;

use super::rotation::Rotation;
use crate::api::Client;
use crate::api::http::{Error, Kind, Operation, Request, Result};
use crate::api::model::{Dialect, Registry, Version};

/// How long after a first 404 the list of versions is asked for again.
const SURELY: Duration = Duration::from_millis(500);

/// What is sent of a registry: these keys and no others, which the API refuses. What is left out of a whole object is
/// given by the API, or reset.
#[derive(Default, Serialize)]
pub struct RegistryBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<&'a str>,
    pub username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maxversions: Option<i64>,
}

impl Client {
    /// Finds out, by reading, which dialect the API speaks, once for all who ask. `registry` was just read.
    pub async fn dialect(&self, op: &Operation, registry: &Registry) -> Result<Dialect> {
        Ok(self.discover(op, registry).await?.0)
    }

    /// The retained versions of a registry that was just read, in ascending order; `None` when the API has no
    /// list of them, or one without numbers, which cannot be used.
    pub async fn versions(
        &self,
        op: &Operation,
        registry: &Registry,
    ) -> Result<Option<Vec<Version>>> {
        match self.discover(op, registry).await? {
            (Dialect::Put, _) => Ok(None),
            (Dialect::Rotate, Some(versions)) => Ok(versions),
            (Dialect::Rotate, None) => self.read_versions(op, &registry.id).await,
        }
    }

    /// The dialect, and the list of versions if it was found by that.
    async fn discover(
        &self,
        op: &Operation,
        registry: &Registry,
    ) -> Result<(Dialect, Option<Option<Vec<Version>>>)> {
        let cache = &self.0.cache;
        if let Some(dialect) = cache.dialect.get() {
            return Ok((*dialect, None));
        }
        let id = &registry.id;
        let mut listed = None;
        let asked = async {
            if let Some(dialect) = cache.dialect.get() {
                return Ok(*dialect);
            }
            let mut seen = self.read_versions(op, id).await;
            if let Err(error) = &seen
                && says_no_route(error, id)
            {
                // It is remembered that there is no list, so it has to be as sure as that something is gone.
                op.pause(SURELY).await.map_err(|_| error.clone())?;
                seen = self.read_versions(op, id).await;
            }
            let dialect = match seen {
                Ok(versions) => {
                    listed = Some(versions);
                    Dialect::Rotate
                }
                Err(error) if says_no_route(&error, id) => Dialect::Put,
                Err(error) => return Err(error),
            };
            Ok(*cache.dialect.get_or_init(|| dialect))
        };
        let dialect = *cache.discovery.get(op, None, asked).await?;
        Ok((dialect, listed))
    }

    pub(super) async fn read_versions(
        &self,
        op: &Operation,
        id: &str,
    ) -> Result<Option<Vec<Version>>> {
        let path = self.path(&["registries", id, "versions"])?;
        let parse = |item: &Value| item.is_object().then(|| Version::parse(item));
        let listed = self.list(op, path, "versions", parse).await?;
        let mut versions: Option<Vec<Version>> = listed.into_iter().collect();
        if let Some(versions) = &mut versions {
            versions.sort_by_key(|version| version.version);
        }
        Ok(versions)
    }

    /// The request of a rotation, in a dialect.
    pub(super) fn rotation(
        &self,
        dialect: Dialect,
        registry: &Registry,
        rotation: &Rotation<'_>,
    ) -> Result<Request> {
        let credentials = rotation.credentials;
        let mut body = RegistryBody {
            server: rotation.moves.then_some(credentials.server),
            username: credentials.username,
            password: Some(credentials.password.expose()),
            ..RegistryBody::default()
        };
        if dialect == Dialect::Rotate {
            let path = self.path(&["registries", &registry.id, "rotate"])?;
            return Ok(Request::with_body(Method::POST, path, &body));
        }
        body.handle = Some(&registry.handle);
        body.name = Some(shown(rotation.name.or(registry.name.as_deref()), "name")?);
        body.server = Some(rotation.server(registry));
        body.maxversions = rotation.maxversions.or(registry.maxversions);
        self.replacement(registry, &body)
    }

    pub(super) fn activation(&self, id: &str, version: i64) -> Result<Request> {
        let number = version.to_string();
        let path = self.path(&["registries", id, "versions", &number, "activate"])?;
        Ok(Request::new(Method::POST, path))
    }

    pub(super) fn metadata(
        &self,
        registry: &Registry,
        name: &str,
        maxversions: Option<i64>,
    ) -> Result<Request> {
        let body = RegistryBody {
            handle: Some(&registry.handle),
            name: Some(name),
            server: Some(shown(registry.server.as_deref(), "server")?),
            username: shown(registry.username.as_deref(), "user name")?,
            password: None,
            maxversions,
        };
        self.replacement(registry, &body)
    }

    fn replacement(&self, registry: &Registry, body: &RegistryBody<'_>) -> Result<Request> {
        let path = self.path(&["registries", &registry.id])?;
        Ok(Request::with_body(Method::PUT, path, body))
    }

    /// A registry that has to be there.
    pub async fn existing(&self, op: &Operation, id: &str) -> Result<Registry> {
        let registry = self.registry(op, id).await?;
        registry.ok_or_else(|| Error::new(Kind::NotFound))
    }
}

/// Leaving it out of a replacing write could blank it.
fn shown<'a>(value: Option<&'a str>, what: &str) -> Result<&'a str> {
    let problem = format!("the API shows no {what}, which has to be sent back with a change");
    value.ok_or_else(|| Error::new(Kind::UnexpectedAnswer).saying(&problem))
}

/// The API's own word that it has no such route. One that names the registry is about that.
fn says_no_route(error: &Error, id: &str) -> bool {
    let no_route = matches!(error.status(), Some(404 | 405));
    no_route && error.own_form() && !error.message().contains(id)
}
