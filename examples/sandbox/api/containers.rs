//! Containers: create, read, update, deploy, redeploy, terminate.

use axum::body::Bytes;
use rusqlite::Connection;
use serde_json::Value;

use super::access::Scope;
use super::body::Body;
use crate::args::Versions;
use crate::deploy;
use crate::refusal::{Answer, Refusal};
use crate::store::containers::{self, Container, Wanted};
use crate::store::organisations::Action;
use crate::store::{deployments, projects};

const KEYS: [&str; 6] = ["handle", "type", "image", "project", "registry", "regions"];
/// What a user may replace later.
const MUTABLE: [&str; 3] = ["image", "registry", "regions"];

pub async fn list(scope: Scope) -> Result<Answer, Refusal> {
    let shown = scope.app.settings().versions;
    let containers = scope
        .read(move |conn, scope| {
            containers::all(conn, scope.id())?
                .iter()
                .map(|container| with_deployment(conn, container, shown))
                .collect::<Result<Vec<_>, _>>()
        })
        .await?;
    Ok(Answer::list("containers", containers))
}

/// Makes a container. `project` is a handle or an identifier, `registry` an attached registry's handle.
pub async fn create(scope: Scope, body: Bytes) -> Result<Answer, Refusal> {
    let body = Body::parse("Container", &body, &KEYS)?;
    let handle = body.handle("handle")?;
    let kind = body.optional_text("type")?.unwrap_or("http".into());
    let named = body.text("project")?;
    let wanted = wanted(&body)?;
    let id = scope
        .write(Action::Create, move |tx, scope| {
            let project = match projects::by_handle(tx, scope.id(), &named)? {
                Some(project) => project,
                None => projects::get(tx, scope.id(), &named)?,
            };
            containers::create(tx, &project, &handle, &kind, &wanted)
        })
        .await?;
    Ok(Answer::created(id))
}

pub async fn read(scope: Scope) -> Result<Answer, Refusal> {
    let shown = scope.app.settings().versions;
    let found = scope
        .read(move |conn, scope| {
            let container = containers::get(conn, scope.id(), scope.param("container"))?;
            with_deployment(conn, &container, shown)
        })
        .await?;
    Ok(Answer::ok(found))
}

pub async fn update(scope: Scope, body: Bytes) -> Result<Answer, Refusal> {
    let wanted = wanted(&Body::parse("Container", &body, &MUTABLE)?)?;
    let id = scope
        .write(Action::Update, move |tx, scope| {
            let container = containers::alive(tx, scope.id(), scope.param("container"))?;
            containers::update(tx, scope.id(), &container, &wanted)?;
            Ok(container.id)
        })
        .await?;
    Ok(Answer::ok(id))
}

pub async fn terminate(scope: Scope) -> Result<Answer, Refusal> {
    scope
        .write(Action::Update, move |tx, scope| {
            let container = containers::alive(tx, scope.id(), scope.param("container"))?;
            containers::terminate(tx, &container)
        })
        .await?;
    Ok(Answer::ok(Value::Null))
}

/// Deploys with the credentials that are current now. A pull that the image registry refuses is a
/// deployment that failed, not a request that failed.
pub async fn deploy(scope: Scope) -> Result<Answer, Refusal> {
    run(scope, false).await
}

/// Deploys once more.
pub async fn redeploy(scope: Scope) -> Result<Answer, Refusal> {
    run(scope, true).await
}

async fn run(scope: Scope, again: bool) -> Result<Answer, Refusal> {
    scope.may(Action::Update)?;
    let app = scope.app.clone();
    let (container, with) = scope
        .read(move |conn, scope| {
            let container = containers::alive(conn, scope.id(), scope.param("container"))?;
            if again && deployments::last(conn, &container.id)?.is_none() {
                return Err(Refusal::conflict(format!(
                    "Container '{}' was never deployed.",
                    container.handle
                )));
            }
            let with = deployments::pull_with(conn, scope.id(), &container)?;
            Ok((container, with))
        })
        .await?;
    let pulls = deploy::run(
        &app.image_registries,
        &app.key,
        &container.image,
        &with,
        &container.regions,
    )
    .await;
    let deployment = app
        .store
        .write(move |tx| deployments::record(tx, &container.id, pulls))
        .await?;
    let shown = app.settings().versions;
    Ok(Answer::created(deployment.to_json(shown)))
}

fn wanted(body: &Body) -> Result<Wanted, Refusal> {
    Ok(Wanted {
        image: body.text("image")?,
        registry: body.optional_text("registry")?,
        regions: body.regions("regions")?,
    })
}

fn with_deployment(
    conn: &Connection,
    container: &Container,
    shown: Versions,
) -> Result<Value, Refusal> {
    let last = deployments::last(conn, &container.id)?;
    Ok(container.to_json(last.as_ref(), shown))
}
