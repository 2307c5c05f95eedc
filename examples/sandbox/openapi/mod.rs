//! The OpenAPI document of what the sandbox serves, in the dialect that it speaks now.
//! `scripts/sandbox-conformance.sh` checks the one against the other.

mod operation;
mod routes;
mod schemas;

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::args::Dialect;
use crate::refusal::Refusal;
use crate::store::organisations;

/// Serves the document.
pub async fn document(State(app): State<App>) -> Result<Json<Value>, Refusal> {
    let organisations = app
        .store
        .read(|conn| {
            Ok([
                organisations::id_of(conn, "acme")?,
                organisations::id_of(conn, "globex")?,
            ])
        })
        .await?;
    Ok(Json(build(app.settings().dialect, &organisations)))
}

fn build(dialect: Dialect, organisations: &[String]) -> Value {
    let mut paths = Map::new();
    let operations = routes::operations(dialect);
    for operation in &operations {
        let path = paths
            .entry(&operation.path)
            .or_insert_with(|| json!({"parameters": parameters(&operation.path)}));
        path[operation.method] = operation.to_json(&operations);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Bahriya sandbox",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A local stand-in of the Bahriya console API. See docs/sandbox.md.",
        },
        "servers": [{"url": "/console/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas::all(organisations),
        },
    })
}

/// The parameters that a path's template names.
fn parameters(path: &str) -> Vec<Value> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            json!({
                "name": name, "in": "path", "required": true,
                "schema": {"type": "string", "minLength": 1},
            })
        })
        .collect()
}
