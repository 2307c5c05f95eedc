//! The forms of the *rotate* dialect. **Assumed**: nothing public says what it looks like on the wire. Everything
//! that would have to be corrected is in this file.
//!
//! - `POST …/registries/{id}/rotate`, body `username`, `password`, and `server` only if it changes;
//!   201, `data` is the id of the new version.
//! - `GET …/registries/{id}/versions`: `{count, versions: [{id, version, server, username, current, created}]}`.
//! - `POST …/registries/{id}/versions/{version}/activate`, no body; 200.
//! - `PUT …/registries/{id}` with everything but the password, for name and retention.

use reqwest::Method;
use serde::Serialize;

use crate::api::Client;
use crate::api::client::Rotation;
use crate::api::http::error::{Error, Kind};
use crate::api::http::retry::Answer;
use crate::api::http::transport::Request;
use crate::api::model::fields::{Fields, list};
use crate::api::model::registry::Registry;
use crate::api::model::version::Version;

#[derive(Serialize)]
struct RotateBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'a str>,
    username: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct MetadataBody<'a> {
    handle: &'a str,
    name: &'a str,
    server: &'a str,
    username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    maxversions: Option<i64>,
}

pub fn rotation(
    client: &Client,
    registry: &Registry,
    rotation: &Rotation<'_>,
) -> Result<Request, Error> {
    let body = RotateBody {
        server: rotation.moves.then_some(rotation.credentials.server),
        username: rotation.credentials.username,
        password: rotation.credentials.password.expose(),
    };
    let path = client.path(&["registries", &registry.id, "rotate"])?;
    Ok(Request::with_body(Method::POST, path, &body))
}

pub fn activation(client: &Client, id: &str, version: i64) -> Result<Request, Error> {
    let number = version.to_string();
    let path = client.path(&["registries", id, "versions", &number, "activate"])?;
    Ok(Request::new(Method::POST, path))
}

pub fn metadata(
    client: &Client,
    registry: &Registry,
    name: &str,
    maxversions: Option<i64>,
) -> Result<Request, Error> {
    let (Some(server), Some(username)) = (&registry.server, &registry.username) else {
        // Leaving them out of a replacing write could blank them.
        return Err(Error::new(Kind::UnexpectedAnswer).saying(
            "the API shows no server or no user name, which have to be sent back with a change",
        ));
    };
    let body = MetadataBody {
        handle: &registry.handle,
        name,
        server,
        username,
        maxversions,
    };
    let path = client.path(&["registries", &registry.id])?;
    Ok(Request::with_body(Method::PUT, path, &body))
}

pub fn versions_path(client: &Client, id: &str) -> Result<String, Error> {
    client.path(&["registries", id, "versions"])
}

/// In ascending order; `None` when an item has no number: then the list cannot be used.
pub fn parse_versions(answer: &Answer) -> Result<Option<Vec<Version>>, Error> {
    let items = list(&answer.data, "versions", |item| {
        Some(Version::parse(Fields::of(item)?))
    })
    .map_err(|problem| answer.unexpected(&problem))?;
    let mut versions: Option<Vec<Version>> = items.into_iter().collect();
    if let Some(versions) = &mut versions {
        versions.sort_by_key(|version| version.version);
    }
    Ok(versions)
}
