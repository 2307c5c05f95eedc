//! Registries in both dialects: *rotate*, where credentials have routes of their own, and *put*, where
//! a PUT of the whole registry changes them.

use rusqlite::{Connection, Transaction};
use serde_json::Value;

use super::access::Scope;
use super::body::Body;
use crate::args::Dialect;
use crate::refusal::{Answer, Refusal};
use crate::store::organisations::Action;
use crate::store::registries::{self, DEFAULT_MAXVERSIONS, Metadata, Registry};
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

pub fn list(conn: &Connection, scope: &Scope) -> Result<Answer, Refusal> {
    let (found, shown) = (
        registries::all(conn, scope.id())?,
        scope.app.settings().versions,
    );
    let registries = found.iter().map(|registry| registry.to_json(shown));
    Ok(Answer::list("registries", registries))
}

/// Makes a registry; its credentials are version 1. Both dialects.
pub fn create(tx: &Transaction, scope: &Scope, body: &[u8]) -> Result<Answer, Refusal> {
    let body = Body::parse("Registry", body, &WHOLE)?;
    let (metadata, credentials) = (metadata(&body)?, credentials(&body)?);
    scope.may(Action::Create)?;
    let (key, reusable) = (&scope.app.key, scope.app.settings().handles_reusable);
    registries::create(tx, key, scope.id(), &metadata, &credentials, reusable).map(Answer::created)
}

pub fn read(conn: &Connection, scope: &Scope) -> Result<Answer, Refusal> {
    let shown = scope.app.settings().versions;
    Ok(Answer::ok(asked_for(conn, scope)?.to_json(shown)))
}

/// The registry with this handle.
pub fn by_handle(conn: &Connection, scope: &Scope) -> Result<Answer, Refusal> {
    let shown = scope.app.settings().versions;
    let found = registries::by_handle(conn, scope.id(), scope.param("handle"))?;
    let found = found.map(|registry| registry.to_json(shown));
    scope.by_handle(conn, "Registry", "registries", found)
}

/// Replaces the metadata; in the *put* dialect also the credentials, where a change makes a version.
pub fn update(tx: &Transaction, scope: &Scope, body: &[u8]) -> Result<Answer, Refusal> {
    let dialect = scope.app.settings().dialect;
    let keys: &[&str] = match dialect {
        Dialect::Rotate => &METADATA,
        Dialect::Put => &WHOLE,
    };
    let body = Body::parse("Registry", body, keys)?;
    let wanted = metadata(&body)?;
    match dialect {
        Dialect::Rotate => {
            let (server, username) = (body.text("server")?, body.text("username")?);
            scope.may(Action::Update)?;
            let registry = asked_for(tx, scope)?;
            if server != registry.server || username != registry.username {
                return Err(Refusal::conflict(
                    "Credentials change by rotation: server and username must be the current ones.",
                ));
            }
            registries::update(tx, &registry, &wanted)?;
            Ok(Answer::ok(registry.id))
        }
        Dialect::Put => {
            let credentials = credentials(&body)?;
            scope.may(Action::Update)?;
            let (registry, key) = (asked_for(tx, scope)?, &scope.app.key);
            registries::update(tx, &registry, &wanted)?;
            let current = versions::current(tx, &registry)?;
            if current.unseal(key, &registry.id)? != credentials {
                versions::add(tx, key, &registry.id, &credentials)?;
            }
            Ok(Answer::ok(registry.id))
        }
    }
}

/// Removes the credentials and spends the handle.
pub fn delete(tx: &Transaction, scope: &Scope, _: &[u8]) -> Result<Answer, Refusal> {
    scope.may(Action::Delete)?;
    let detaches = scope.app.settings().delete_detaches;
    registries::delete(tx, &asked_for(tx, scope)?, detaches)?;
    Ok(Answer::ok(Value::Null))
}

/// Adds a version and makes it current; the answer is its identifier. The server stays unless given.
pub fn rotate(tx: &Transaction, scope: &Scope, body: &[u8]) -> Result<Answer, Refusal> {
    needs_rotate_dialect(scope)?;
    let body = Body::parse(
        "RegistryRotation",
        body,
        &["server", "username", "password"],
    )?;
    let server = body.optional_text("server")?;
    let (username, password) = (body.text("username")?, body.password("password")?);
    scope.may(Action::Update)?;
    let registry = asked_for(tx, scope)?;
    let credentials = Credentials {
        server: server.unwrap_or(registry.server),
        username,
        password,
    };
    versions::add(tx, &scope.app.key, &registry.id, &credentials).map(Answer::created)
}

/// The retained versions, oldest first, without their passwords.
pub fn versions(conn: &Connection, scope: &Scope) -> Result<Answer, Refusal> {
    needs_rotate_dialect(scope)?;
    let found = versions::all(conn, &asked_for(conn, scope)?)?;
    Ok(Answer::list("versions", found.iter().map(Version::to_json)))
}

/// Makes a retained version current; the answer is its identifier. No credentials are needed.
pub fn activate(tx: &Transaction, scope: &Scope, _: &[u8]) -> Result<Answer, Refusal> {
    needs_rotate_dialect(scope)?;
    scope.may(Action::Update)?;
    versions::activate(tx, &asked_for(tx, scope)?, scope.param("version")).map(Answer::ok)
}

/// The registry that the path names.
fn asked_for(conn: &Connection, scope: &Scope) -> Result<Registry, Refusal> {
    registries::get(conn, scope.id(), scope.param("registry"))
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
