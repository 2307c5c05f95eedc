//! Projects.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::access::Scope;
use super::body::Body;
use crate::refusal::{Answer, Refusal};
use crate::store::organisations::Action;
use crate::store::projects::{self, Project, Wanted};

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
pub async fn read(scope: Scope) -> Result<Answer, Refusal> {
    let found = scope
        .read(move |conn, scope| projects::get(conn, scope.id(), scope.param("project")))
        .await?;
    Ok(Answer::ok(wrapped(&found)))
}

/// The project with this handle.
pub async fn by_handle(scope: Scope) -> Result<Answer, Refusal> {
    scope
        .read(|conn, scope| {
            let found = projects::by_handle(conn, scope.id(), scope.param("handle"))?;
            scope.by_handle(conn, "Project", "projects", found.as_ref().map(wrapped))
        })
        .await
}

pub async fn update(scope: Scope, body: Bytes) -> Result<Answer, Refusal> {
    let wanted = wanted(&scope, &body)?;
    let id = scope
        .write(Action::Update, move |tx, scope| {
            let project = projects::get(tx, scope.id(), scope.param("project"))?;
            projects::update(tx, &project, &scope.user, wanted)?;
            Ok(project.id)
        })
        .await?;
    Ok(Answer::ok(id))
}

/// Deletes an empty project whose name is repeated in the body.
pub async fn delete(scope: Scope, body: Bytes) -> Result<Answer, Refusal> {
    let name = Body::parse("ProjectDeletion", &body, &["confirmName"])?.text("confirmName")?;
    scope
        .write(Action::Delete, move |tx, scope| {
            let project = projects::get(tx, scope.id(), scope.param("project"))?;
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
