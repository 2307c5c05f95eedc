//! Attachments of registries to projects.

use rusqlite::{Connection, Transaction};
use serde_json::Value;

use super::access::Scope;
use super::projects::asked_for;
use crate::refusal::{Answer, Refusal};
use crate::store::attachments;
use crate::store::organisations::Action;

/// Everything attached to a project, by kind.
pub fn list(conn: &Connection, scope: &Scope) -> Result<Answer, Refusal> {
    attachments::of_project(conn, &asked_for(conn, scope)?).map(Answer::ok)
}

/// Attaches a registry; the answer is the identifier of the link.
pub fn attach(tx: &Transaction, scope: &Scope, _: &[u8]) -> Result<Answer, Refusal> {
    scope.may(Action::Update)?;
    attachments::attach(tx, &asked_for(tx, scope)?, scope.param("handle")).map(Answer::created)
}

/// Detaches a registry that no container of the project names.
pub fn detach(tx: &Transaction, scope: &Scope, _: &[u8]) -> Result<Answer, Refusal> {
    scope.may(Action::Update)?;
    attachments::detach(tx, &asked_for(tx, scope)?, scope.param("handle"))?;
    Ok(Answer::ok(Value::Null))
}
