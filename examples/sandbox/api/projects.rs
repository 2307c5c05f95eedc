//! Projects.

use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};

use super::access::Scope;
use super::body::Body;
use crate::refusal::{Answer, Refusal};
use crate::store::organisations::Action;
use crate::store::projects::{self, Project, Wanted};

pub fn list(conn: &Connection, scope: &Scope) -> Result<Answer, Refusal> {
    let found = projects::all(conn, scope.id())?;
    Ok(Answer::list("projects", found.iter().map(Project::to_json)))
}

pub fn create(tx: &Transaction, scope: &Scope, body: &[u8]) -> Result<Answer, Refusal> {
    let wanted = wanted(scope, body)?;
    scope.may(Action::Create)?;
    let reusable = scope.app.settings().handles_reusable;
    projects::create(tx, scope.id(), &scope.user, wanted, reusable).map(Answer::created)
}

/// One project, wrapped in a list as observed.
pub fn read(conn: &Connection, scope: &Scope) -> Result<Answer, Refusal> {
    Ok(Answer::ok(wrapped(&asked_for(conn, scope)?)))
}

/// The project with this handle.
pub fn by_handle(conn: &Connection, scope: &Scope) -> Result<Answer, Refusal> {
    let found = projects::by_handle(conn, scope.id(), scope.param("handle"))?;
    scope.by_handle(conn, "Project", "projects", found.as_ref().map(wrapped))
}

pub fn update(tx: &Transaction, scope: &Scope, body: &[u8]) -> Result<Answer, Refusal> {
    let wanted = wanted(scope, body)?;
    scope.may(Action::Update)?;
    let project = asked_for(tx, scope)?;
    projects::update(tx, &project, &scope.user, wanted)?;
    Ok(Answer::ok(project.id))
}

/// Deletes an empty project whose name is repeated in the body.
pub fn delete(tx: &Transaction, scope: &Scope, body: &[u8]) -> Result<Answer, Refusal> {
    let name = Body::parse("ProjectDeletion", body, &["confirmName"])?.text("confirmName")?;
    scope.may(Action::Delete)?;
    projects::delete(tx, &asked_for(tx, scope)?, &name)?;
    Ok(Answer::ok(Value::Null))
}

/// The project that the path names.
pub fn asked_for(conn: &Connection, scope: &Scope) -> Result<Project, Refusal> {
    projects::get(conn, scope.id(), scope.param("project"))
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
