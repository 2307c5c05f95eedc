//! `/_sandbox`: the routes that are not part of the imitated API. They need no token.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use rusqlite::OptionalExtension;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use terraform_provider_bahriya::secret::Secret;

use crate::app::App;
use crate::faults::Rule;
use crate::refusal::Refusal;
use crate::store::{registries, versions};

pub fn routes() -> Router<App> {
    Router::new()
        .route(
            "/faults",
            get(list_faults).post(add_fault).delete(clear_faults),
        )
        .route("/requests", get(requests).delete(clear_requests))
        .route("/check", post(check))
        .route("/settings", put(change_settings).get(settings))
        .route("/summary", get(summary))
}

async fn list_faults(State(app): State<App>) -> Json<Value> {
    Json(json!({"faults": app.faults.list()}))
}

async fn add_fault(State(app): State<App>, Json(rule): Json<Rule>) -> StatusCode {
    app.faults.add(rule);
    app.store.keep_snapshots(app.faults.need_snapshots());
    StatusCode::NO_CONTENT
}

async fn clear_faults(State(app): State<App>) -> StatusCode {
    app.faults.clear();
    app.store.keep_snapshots(false);
    StatusCode::NO_CONTENT
}

async fn requests(State(app): State<App>) -> Response {
    app.log.read(|entries| Json(entries).into_response())
}

async fn clear_requests(State(app): State<App>) -> StatusCode {
    app.log.clear();
    StatusCode::NO_CONTENT
}

async fn settings(State(app): State<App>) -> Response {
    Json(app.settings()).into_response()
}

async fn change_settings(
    State(app): State<App>,
    Json(change): Json<Map<String, Value>>,
) -> Response {
    match app.change_settings(change) {
        Ok(settings) => Json(settings).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    }
}

/// Credentials that a test believes to be stored.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    /// Identifier or handle.
    registry: String,
    username: String,
    password: String,
    server: Option<String>,
}

/// Which versions hold these credentials. Nothing stored is ever shown.
async fn check(State(app): State<App>, Json(check): Json<Check>) -> Result<Json<Value>, Refusal> {
    let key = app.key.clone();
    let password = Secret::new(check.password);
    app.store
        .read(move |conn| {
            let (organisation, id): (String, String) = conn
                .query_row(
                    "SELECT o.id, r.id FROM registries r JOIN organisations o ON o.id = organisation
                     WHERE deleted IS NULL AND (r.id = ?1 OR r.handle = ?1) ORDER BY o.handle",
                    [&check.registry],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?
                .ok_or_else(|| {
                    Refusal::not_found(format!("Registry '{}' not found.", check.registry))
                })?;
            let registry = registries::get(conn, &organisation, &id)?;
            let mut found = Vec::new();
            for version in versions::all(conn, &registry)? {
                let stored = version.unseal(&key, &registry.id)?;
                let matches = stored.username == check.username
                    && stored.password == password
                    && check
                        .server
                        .as_ref()
                        .is_none_or(|server| *server == stored.server);
                found.push(json!({
                    "version": version.version, "current": version.current, "matches": matches,
                }));
            }
            Ok(Json(json!({"versions": found})))
        })
        .await
}

/// How much there is, over all organisations.
async fn summary(State(app): State<App>) -> Result<Json<Value>, Refusal> {
    app.store
        .read(|conn| {
            let count = |sql| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
            Ok(Json(json!({
                "projects": count("SELECT count(*) FROM projects WHERE deleted IS NULL")?,
                "registries": count("SELECT count(*) FROM registries WHERE deleted IS NULL")?,
                "versions_made": count("SELECT coalesce(sum(last_version), 0) FROM registries")?,
                "versions_retained": count("SELECT count(*) FROM versions")?,
                "attachments": count("SELECT count(*) FROM attachments")?,
                "containers": count("SELECT count(*) FROM containers WHERE terminated IS NULL")?,
                "spent_handles": count("SELECT count(*) FROM registries WHERE deleted IS NOT NULL")?,
            })))
        })
        .await
}
