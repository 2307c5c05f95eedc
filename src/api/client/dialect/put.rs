//! The form of a change in the *put* dialect: every change replaces the whole object, as the official provider
//! does it. A `PUT` without the password is never tried, since replacing could blank it.

use reqwest::Method;
use serde::Serialize;

use crate::api::Client;
use crate::api::client::Rotation;
use crate::api::http::error::{Error, Kind};
use crate::api::http::transport::Request;
use crate::api::model::registry::Registry;

#[derive(Serialize)]
struct WholeBody<'a> {
    handle: &'a str,
    name: &'a str,
    server: &'a str,
    username: &'a str,
    password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    maxversions: Option<i64>,
}

/// The whole object with new credentials.
pub fn whole(
    client: &Client,
    registry: &Registry,
    rotation: &Rotation<'_>,
) -> Result<Request, Error> {
    let missing = "the API shows no name, which has to be sent back with a change";
    let name = rotation.name.or(registry.name.as_deref());
    let name = name.ok_or_else(|| Error::new(Kind::UnexpectedAnswer).saying(missing))?;
    let body = WholeBody {
        handle: &registry.handle,
        name,
        server: rotation.server(registry),
        username: rotation.credentials.username,
        password: rotation.credentials.password.expose(),
        // One that is left out may be reset.
        maxversions: rotation.maxversions.or(registry.maxversions),
    };
    let path = client.path(&["registries", &registry.id])?;
    Ok(Request::with_body(Method::PUT, path, &body))
}
