//! The two kinds of answer of the imitated API, both in its `{code, status, data}` envelope.

use std::fmt::Display;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A request that succeeded.
pub struct Answer(pub StatusCode, pub Value);

impl Answer {
    /// 200 with this data.
    pub fn ok(data: impl Into<Value>) -> Self {
        Self(StatusCode::OK, data.into())
    }

    /// 200 with `{count, <key>: [...]}`, as all lists are.
    pub fn list<T: Into<Value>>(key: &str, items: impl IntoIterator<Item = T>) -> Self {
        let items: Vec<Value> = items.into_iter().map(Into::into).collect();
        Self::ok(json!({"count": items.len(), key: items}))
    }

    /// 201 with this data, usually the identifier of what was made.
    pub fn created(data: impl Into<Value>) -> Self {
        Self(StatusCode::CREATED, data.into())
    }
}

/// A request that was refused; the message is a sentence for people, as in the real API.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub fn unauthorised(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// An object that does not exist. The message names it, which is how it differs from a missing route.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// A path that this API (in this dialect) does not have.
    pub fn route_missing() -> Self {
        Self::not_found("Route not found.")
    }

    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// The sandbox's own defect, which is told on stderr.
    pub fn internal(what: &str, error: impl Display) -> Self {
        eprintln!("sandbox: {what}: {error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal error.")
    }

    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal("storage failed", error)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        envelope(self.0, &self.1)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        envelope(self.status, &Value::String(self.message))
    }
}

/// The envelope: `status` is the reason phrase in upper case.
pub fn envelope(status: StatusCode, data: &Value) -> Response {
    let phrase = status.canonical_reason().unwrap_or("").to_uppercase();
    let body = json!({"code": status.as_u16(), "status": phrase, "data": data});
    (status, Json(body)).into_response()
}
