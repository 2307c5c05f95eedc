//! Projects.

use axum::body::Bytes;
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::Scope;
use super::body::Body;
use crate::refusal::{Answer, Refusal};
use crate::store::organisations::Action;
use crate::store::projects::{self, HandleState, Project, Wanted};

#[derive(Deserialize)]
pub struct Ids {
    project: String,
}

#[derive(Deserialize)]
pub struct Handle {
    handle: String,
}

pub async fn list(scope: Scope) -> Result<Answer, Refusal> {
    let found = scope
        .read(|conn, scope| projects::all(conn, scope.id()))
        .await?;
    Ok(Answer::list("projects", found.iter().map(Project::to_json)))
}

pub async fn create(scope: Scope, body: Bytes) -> Result<Answer, Refusal> {
    let wanted = wanted(&scope, &body)?;
    let reusable = scope.app.settings().handles_reusable;
    let id = scope
        .write(Action::Create, move |tx, scope| {
            projects::create(tx, scope.id(), &scope.user, wanted, reusable)
        })
        .await?;
    Ok(Answer::created(id))
}

/// One project, wrapped in a list as observed.
pub async fn read(scope: Scope, Path(ids): Path<Ids>) -> Result<Answer, Refusal> {
    let found = scope
        .read(move |conn, scope| projects::get(conn, scope.id(), &ids.project))
        .await?;
    Ok(Answer::ok(wrapped(&found)))
}

/// The project with this handle: 200 with null for a spent one, 404 for a free one.
pub async fn by_handle(
    scope: Scope,
    Path(Handle { handle }): Path<Handle>,
) -> Result<Answer, Refusal> {
    let reusable = scope.app.settings().handles_reusable;
    scope
        .read(move |conn, scope| {
            if let Some(found) = projects::by_handle(conn, scope.id(), &handle)? {
                return Ok(Answer::ok(wrapped(&found)));
            }
            match projects::handle_state(conn, scope.id(), &handle, reusable)? {
                HandleState::Spent => Ok(Answer::ok(Value::Null)),
                _ => Err(Refusal::not_found(format!("Project '{handle}' not found."))),
            }
        })
        .await
}

pub async fn update(scope: Scope, Path(ids): Path<Ids>, body: Bytes) -> Result<Answer, Refusal> {
    let wanted = wanted(&scope, &body)?;
    let id = scope
        .write(Action::Update, move |tx, scope| {
            let project = projects::get(tx, scope.id(), &ids.project)?;
            projects::update(tx, &project, &scope.user, wanted)?;
            Ok(project.id)
        })
        .await?;
    Ok(Answer::ok(id))
}

/// Deletes an empty project whose name is repeated in the body.
pub async fn delete(scope: Scope, Path(ids): Path<Ids>, body: Bytes) -> Result<Answer, Refusal> {
    let name = Body::parse("ProjectDeletion", &body, &["confirmName"])?.text("confirmName")?;
    scope
        .write(Action::Delete, move |tx, scope| {
            let project = projects::get(tx, scope.id(), &ids.project)?;
            projects::delete(tx, &project, &name)
        })
        .await?;
    Ok(Answer::ok(Value::Null))
}

fn wrapped(project: &Project) -> Value {
    json!({"projects": [project.to_json()]})
}

fn wanted(scope: &Scope, bytes: &[u8]) -> Result<Wanted, Refusal> {
    let body = Body::parse(
        "Project",
        bytes,
        &["handle", "name", "regions", "users", "organisation"],
    )?;
    let wanted = Wanted {
        handle: body.handle("handle")?,
        name: body.text("name")?,
        regions: body.regions("regions")?,
        users: body.texts("users")?,
    };
    if body.text("organisation")? != scope.id() {
        return Err(Refusal::conflict(
            "The body names another organisation than the path.",
        ));
    }
    Ok(wanted)
}
