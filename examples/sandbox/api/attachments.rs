//! Attachments of registries to projects.

use axum::extract::Path;
use serde::Deserialize;
use serde_json::Value;

use super::access::Scope;
use crate::refusal::{Answer, Refusal};
use crate::store::organisations::Action;
use crate::store::{attachments, projects};

#[derive(Deserialize)]
pub struct Ids {
    project: String,
}

#[derive(Deserialize)]
pub struct Link {
    project: String,
    handle: String,
}

/// Everything attached to a project, by kind.
pub async fn list(scope: Scope, Path(ids): Path<Ids>) -> Result<Answer, Refusal> {
    let found = scope
        .read(move |conn, scope| {
            let project = projects::get(conn, scope.id(), &ids.project)?;
            attachments::of_project(conn, &project)
        })
        .await?;
    Ok(Answer::ok(found))
}

/// Attaches a registry; the answer is the identifier of the link.
pub async fn attach(scope: Scope, Path(link): Path<Link>) -> Result<Answer, Refusal> {
    let id = scope
        .write(Action::Update, move |tx, scope| {
            let project = projects::get(tx, scope.id(), &link.project)?;
            attachments::attach(tx, &project, &link.handle)
        })
        .await?;
    Ok(Answer::created(id))
}

/// Detaches a registry that no container of the project names.
pub async fn detach(scope: Scope, Path(link): Path<Link>) -> Result<Answer, Refusal> {
    scope
        .write(Action::Update, move |tx, scope| {
            let project = projects::get(tx, scope.id(), &link.project)?;
            attachments::detach(tx, &project, &link.handle)
        })
        .await?;
    Ok(Answer::ok(Value::Null))
}
