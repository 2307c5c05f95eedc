//! Attachments of registries to projects.

use serde_json::Value;

use super::access::Scope;
use crate::refusal::{Answer, Refusal};
use crate::store::organisations::Action;
use crate::store::{attachments, projects};

/// Everything attached to a project, by kind.
pub async fn list(scope: Scope) -> Result<Answer, Refusal> {
    let found = scope
        .read(move |conn, scope| {
            let project = projects::get(conn, scope.id(), scope.param("project"))?;
            attachments::of_project(conn, &project)
        })
        .await?;
    Ok(Answer::ok(found))
}

/// Attaches a registry; the answer is the identifier of the link.
pub async fn attach(scope: Scope) -> Result<Answer, Refusal> {
    let id = scope
        .write(Action::Update, move |tx, scope| {
            let project = projects::get(tx, scope.id(), scope.param("project"))?;
            attachments::attach(tx, &project, scope.param("handle"))
        })
        .await?;
    Ok(Answer::created(id))
}

/// Detaches a registry that no container of the project names.
pub async fn detach(scope: Scope) -> Result<Answer, Refusal> {
    scope
        .write(Action::Update, move |tx, scope| {
            let project = projects::get(tx, scope.id(), scope.param("project"))?;
            attachments::detach(tx, &project, scope.param("handle"))
        })
        .await?;
    Ok(Answer::ok(Value::Null))
}
