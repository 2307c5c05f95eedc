//! Registries in both dialects: *rotate*, where credentials have routes of their own, and *put*, where
//! a PUT of the whole registry changes them.

use axum::body::Bytes;
use serde_json::Value;

use super::access::Scope;
use super::body::Body;
use crate::args::Dialect;
use crate::refusal::{Answer, Refusal};
use crate::store::organisations::Action;
use crate::store::registries::{self, DEFAULT_MAXVERSIONS, Metadata};
use crate::store::versions::{self, Credentials, Version};

/// Most versions that can be retained.
const MAXVERSIONS_LIMIT: i64 = 100;
const WHOLE: [&str; 6] = [
    "handle",
    "name",
    "server",
    "username",
    "password",
    "maxversions",
];
const METADATA: [&str; 5] = ["handle", "name", "server", "username", "maxversions"];

pub async fn list(scope: Scope) -> Result<Answer, Refusal> {
    let shown = scope.app.settings().versions;
    let found = scope
        .read(|conn, scope| registries::all(conn, scope.id()))
        .await?;
    let registries = found.iter().map(|registry| registry.to_json(shown));
    Ok(Answer::list("registries", registries))
}

/// Makes a registry; its credentials are version 1. Both dialects.
pub async fn create(scope: Scope, body: Bytes) -> Result<Answer, Refusal> {
    let body = Body::parse("Registry", &body, &WHOLE)?;
    let (metadata, credentials) = (metadata(&body)?, credentials(&body)?);
    let (key, reusable) = (scope.app.key.clone(), scope.app.settings().handles_reusable);
    let id = scope
        .write(Action::Create, move |tx, scope| {
            registries::create(tx, &key, scope.id(), &metadata, &credentials, reusable)
        })
        .await?;
    Ok(Answer::created(id))
}

pub async fn read(scope: Scope) -> Result<Answer, Refusal> {
    let shown = scope.app.settings().versions;
    let found = scope
        .read(move |conn, scope| registries::get(conn, scope.id(), scope.param("registry")))
        .await?;
    Ok(Answer::ok(found.to_json(shown)))
}

/// The registry with this handle.
pub async fn by_handle(scope: Scope) -> Result<Answer, Refusal> {
    let shown = scope.app.settings().versions;
    scope
        .read(move |conn, scope| {
            let found = registries::by_handle(conn, scope.id(), scope.param("handle"))?;
            let found = found.map(|registry| registry.to_json(shown));
            scope.by_handle(conn, "Registry", "registries", found)
        })
        .await
}

/// Replaces the metadata; in the *put* dialect also the credentials, where a change makes a version.
pub async fn update(scope: Scope, body: Bytes) -> Result<Answer, Refusal> {
    let id = match scope.app.settings().dialect {
        Dialect::Rotate => {
            let body = Body::parse("Registry", &body, &METADATA)?;
            let wanted = metadata(&body)?;
            let (server, username) = (body.text("server")?, body.text("username")?);
            scope
                .write(Action::Update, move |tx, scope| {
                    let registry = registries::get(tx, scope.id(), scope.param("registry"))?;
                    if server != registry.server || username != registry.username {
                        return Err(Refusal::conflict(
                            "Credentials change by rotation: server and username must be the \
                             current ones.",
                        ));
                    }
                    registries::update(tx, &registry, &wanted)?;
                    Ok(registry.id)
                })
                .await?
        }
        Dialect::Put => {
            let body = Body::parse("Registry", &body, &WHOLE)?;
            let (wanted, credentials) = (metadata(&body)?, credentials(&body)?);
            scope
                .write(Action::Update, move |tx, scope| {
                    let registry = registries::get(tx, scope.id(), scope.param("registry"))?;
                    registries::update(tx, &registry, &wanted)?;
                    let key = &scope.app.key;
                    let current = versions::current(tx, &registry)?;
                    if current.unseal(key, &registry.id)? != credentials {
                        versions::add(tx, key, &registry.id, &credentials)?;
                    }
                    Ok(registry.id)
                })
                .await?
        }
    };
    Ok(Answer::ok(id))
}

/// Removes the credentials and spends the handle.
pub async fn delete(scope: Scope) -> Result<Answer, Refusal> {
    let detaches = scope.app.settings().delete_detaches;
    scope
        .write(Action::Delete, move |tx, scope| {
            let registry = registries::get(tx, scope.id(), scope.param("registry"))?;
            registries::delete(tx, &registry, detaches)
        })
        .await?;
    Ok(Answer::ok(Value::Null))
}

/// Adds a version and makes it current; the answer is its identifier. The server stays unless given.
pub async fn rotate(scope: Scope, body: Bytes) -> Result<Answer, Refusal> {
    needs_rotate_dialect(&scope)?;
    let body = Body::parse(
        "RegistryRotation",
        &body,
        &["server", "username", "password"],
    )?;
    let (server, username, password) = (
        body.optional_text("server")?,
        body.text("username")?,
        body.password("password")?,
    );
    let id = scope
        .write(Action::Update, move |tx, scope| {
            let registry = registries::get(tx, scope.id(), scope.param("registry"))?;
            let credentials = Credentials {
                server: server.unwrap_or(registry.server),
                username,
                password,
            };
            versions::add(tx, &scope.app.key, &registry.id, &credentials)
        })
        .await?;
    Ok(Answer::created(id))
}

/// The retained versions, oldest first, without their passwords.
pub async fn versions(scope: Scope) -> Result<Answer, Refusal> {
    needs_rotate_dialect(&scope)?;
    let found = scope
        .read(move |conn, scope| {
            let registry = registries::get(conn, scope.id(), scope.param("registry"))?;
            versions::all(conn, &registry)
        })
        .await?;
    Ok(Answer::list("versions", found.iter().map(Version::to_json)))
}

/// Makes a retained version current; the answer is its identifier. No credentials are needed.
pub async fn activate(scope: Scope) -> Result<Answer, Refusal> {
    needs_rotate_dialect(&scope)?;
    let id = scope
        .write(Action::Update, move |tx, scope| {
            let registry = registries::get(tx, scope.id(), scope.param("registry"))?;
            let version = scope.param("version");
            let version = version.parse().map_err(|_| {
                Refusal::not_found(format!(
                    "Version {version} of registry '{}' not found.",
                    registry.handle
                ))
            })?;
            versions::activate(tx, &registry, version)
        })
        .await?;
    Ok(Answer::ok(id))
}

/// In the *put* dialect the three credential routes do not exist, whatever the registry.
fn needs_rotate_dialect(scope: &Scope) -> Result<(), Refusal> {
    match scope.app.settings().dialect {
        Dialect::Rotate => Ok(()),
        Dialect::Put => Err(Refusal::route_missing()),
    }
}

/// `maxversions` left out means the default: a PUT replaces.
fn metadata(body: &Body) -> Result<Metadata, Refusal> {
    Ok(Metadata {
        handle: body.handle("handle")?,
        name: body.text("name")?,
        maxversions: body
            .optional_integer("maxversions", 1, MAXVERSIONS_LIMIT)?
            .unwrap_or(DEFAULT_MAXVERSIONS),
    })
}

fn credentials(body: &Body) -> Result<Credentials, Refusal> {
    Ok(Credentials {
        server: body.text("server")?,
        username: body.text("username")?,
        password: body.password("password")?,
    })
}
