//! The monthly cost.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::access::Scope;
use crate::refusal::{Answer, Refusal};
use crate::store::cost::{self, Cost};

/// What each registry and the organisation cost per month.
pub fn read(conn: &Connection, scope: &Scope) -> Result<Answer, Refusal> {
    let costs = cost::of_registries(conn, scope.id())?;
    let registries: Vec<Value> = costs.iter().map(Cost::to_json).collect();
    let total = costs.iter().map(Cost::cents).sum();
    Ok(Answer::ok(json!({
        "currency": "USD", "monthly": cost::dollars(total), "registries": registries,
    })))
}
