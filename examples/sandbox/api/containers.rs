//! Containers: create, read, update, deploy, redeploy, terminate.

use rusqlite::{Connection, Transaction};
use serde_json::Value;

use super::access::Scope;
use super::body::Body;
use crate::deploy;
use crate::refusal::{Answer, Refusal};
use crate::store::containers::{self, Container, Wanted};
use crate::store::organisations::Action;
use crate::store::{deployments, projects};

const KEYS: [&str; 6] = ["handle", "type", "image", "project", "registry", "regions"];
/// What a user may replace later.
const MUTABLE: [&str; 3] = ["image", "registry", "regions"];

pub fn list(conn: &Connection, scope: &Scope) -> Result<Answer, Refusal> {
    let containers = containers::all(conn, scope.id())?;
    let shown = containers.iter().map(|it| with_deployment(conn, scope, it));
    let shown: Vec<_> = shown.collect::<Result<_, _>>()?;
    Ok(Answer::list("containers", shown))
}

/// Makes a container. `project` is a handle or an identifier, `registry` an attached registry's handle.
pub fn create(tx: &Transaction, scope: &Scope, body: &[u8]) -> Result<Answer, Refusal> {
    let body = Body::parse("Container", body, &KEYS)?;
    let handle = body.handle("handle")?;
    let kind = body.optional_text("type")?.unwrap_or("http".into());
    let named = body.text("project")?;
    let wanted = wanted(&body)?;
    scope.may(Action::Create)?;
    let project = match projects::by_handle(tx, scope.id(), &named)? {
        Some(project) => project,
        None => projects::get(tx, scope.id(), &named)?,
    };
    containers::create(tx, &project, &handle, &kind, &wanted).map(Answer::created)
}

pub fn read(conn: &Connection, scope: &Scope) -> Result<Answer, Refusal> {
    let container = containers::get(conn, scope.id(), scope.param("container"))?;
    with_deployment(conn, scope, &container).map(Answer::ok)
}

pub fn update(tx: &Transaction, scope: &Scope, body: &[u8]) -> Result<Answer, Refusal> {
    let wanted = wanted(&Body::parse("Container", body, &MUTABLE)?)?;
    scope.may(Action::Update)?;
    let container = alive(tx, scope)?;
    containers::update(tx, scope.id(), &container, &wanted)?;
    Ok(Answer::ok(container.id))
}

pub fn terminate(tx: &Transaction, scope: &Scope, _: &[u8]) -> Result<Answer, Refusal> {
    scope.may(Action::Update)?;
    containers::terminate(tx, &alive(tx, scope)?)?;
    Ok(Answer::ok(Value::Null))
}

/// The container that the path names, which must not be terminated.
fn alive(conn: &Connection, scope: &Scope) -> Result<Container, Refusal> {
    containers::alive(conn, scope.id(), scope.param("container"))
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
            let container = alive(conn, scope)?;
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
    scope: &Scope,
    container: &Container,
) -> Result<Value, Refusal> {
    let last = deployments::last(conn, &container.id)?;
    Ok(container.to_json(last.as_ref(), scope.app.settings().versions))
}
