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

use super::body::Body;
use super::rotation::{Credentials, Rotation};
use crate::api::Client;
use crate::api::http::error::{Error, Kind};
use crate::api::http::operation::Operation;
use crate::api::http::transport::Request;
use crate::api::model::fields::Fields;
use crate::api::model::registry::Registry;
use crate::api::model::version::{Dialect, Version};

/// How long after a first 404 the list of versions is asked for again.
const SURELY: Duration = Duration::from_millis(500);

#[derive(Serialize)]
struct RotationBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'a str>,
    username: &'a str,
    password: &'a str,
}

impl Client {
    /// Finds out, by reading, which dialect the API speaks, once for all who ask. `registry` was just read.
    pub async fn dialect(&self, op: &Operation, registry: &Registry) -> Result<Dialect, Error> {
        self.discover(op, registry)
            .await
            .map(|(dialect, _)| dialect)
    }

    /// The retained versions of a registry that was just read, in ascending order; `None` when the API has no
    /// list of them, or one without numbers, which cannot be used.
    pub async fn versions(
        &self,
        op: &Operation,
        registry: &Registry,
    ) -> Result<Option<Vec<Version>>, Error> {
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
    ) -> Result<(Dialect, Option<Option<Vec<Version>>>), Error> {
        let known = self.known();
        if let Some(dialect) = known.dialect.get() {
            return Ok((*dialect, None));
        }
        let mut listed = None;
        let asked = async {
            if let Some(dialect) = known.dialect.get() {
                return Ok(*dialect);
            }
            // It is remembered that there is no list, so it has to be as sure as that something is gone.
            for pause in [Some(SURELY), None] {
                match self.read_versions(op, &registry.id).await {
                    Ok(versions) => {
                        listed = Some(versions);
                        break;
                    }
                    Err(error) if !says_no_route(&error, &registry.id) => return Err(error),
                    Err(error) => {
                        let Some(pause) = pause else { break };
                        if op.pause(pause).await.is_err() {
                            return Err(error);
                        }
                    }
                }
            }
            let dialect = match listed {
                Some(_) => Dialect::Rotate,
                None => Dialect::Put,
            };
            Ok(*known.dialect.get_or_init(|| dialect))
        };
        let dialect = *known.discovery.get(op, None, asked).await?;
        Ok((dialect, listed))
    }

    pub(super) async fn read_versions(
        &self,
        op: &Operation,
        id: &str,
    ) -> Result<Option<Vec<Version>>, Error> {
        let path = self.path(&["registries", id, "versions"])?;
        let parse = |item: &Value| Fields::of(item).map(Version::parse);
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
    ) -> Result<Request, Error> {
        let Credentials {
            server,
            username,
            password,
        } = rotation.credentials;
        let password = password.expose();
        if dialect == Dialect::Put {
            let name = rotation.name.or(registry.name.as_deref());
            let body = Body {
                handle: &registry.handle,
                name: name.ok_or_else(|| not_shown("name"))?,
                server: rotation.server(registry),
                username,
                password: Some(password),
                maxversions: rotation.maxversions.or(registry.maxversions),
            };
            return self.replacement(registry, &body);
        }
        let path = self.path(&["registries", &registry.id, "rotate"])?;
        let body = RotationBody {
            server: rotation.moves.then_some(server),
            username,
            password,
        };
        Ok(Request::with_body(Method::POST, path, &body))
    }

    pub(super) fn activation(&self, id: &str, version: i64) -> Result<Request, Error> {
        let number = version.to_string();
        let path = self.path(&["registries", id, "versions", &number, "activate"])?;
        Ok(Request::new(Method::POST, path))
    }

    pub(super) fn metadata(
        &self,
        registry: &Registry,
        name: &str,
        maxversions: Option<i64>,
    ) -> Result<Request, Error> {
        let server = registry.server.as_deref();
        let username = registry.username.as_deref();
        let body = Body {
            handle: &registry.handle,
            name,
            server: server.ok_or_else(|| not_shown("server"))?,
            username: username.ok_or_else(|| not_shown("user name"))?,
            password: None,
            maxversions,
        };
        self.replacement(registry, &body)
    }

    fn replacement(&self, registry: &Registry, body: &Body<'_>) -> Result<Request, Error> {
        let path = self.path(&["registries", &registry.id])?;
        Ok(Request::with_body(Method::PUT, path, body))
    }

    /// A registry that has to be there.
    pub async fn existing(&self, op: &Operation, id: &str) -> Result<Registry, Error> {
        let registry = self.registry(op, id).await?;
        registry.ok_or_else(|| Error::new(Kind::NotFound))
    }
}

/// Leaving it out of a replacing write could blank it.
fn not_shown(what: &str) -> Error {
    let problem = format!("the API shows no {what}, which has to be sent back with a change");
    Error::new(Kind::UnexpectedAnswer).saying(&problem)
}

/// The API's own word that it has no such route. One that names the registry is about that.
fn says_no_route(error: &Error, id: &str) -> bool {
    let no_route = matches!(error.status(), Some(404 | 405));
    no_route && error.own_form() && !error.message().contains(id)
}
