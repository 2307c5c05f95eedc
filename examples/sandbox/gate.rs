//! What stands before every API request: the request log, the latency and the faults.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;
use tokio::time::sleep;

use crate::app::App;
use crate::faults::{Fault, When};
use crate::refusal::envelope;
use crate::request_log::InProgress;
use crate::server::Cut;

/// Bodies of the imitated API are small; a fault never has to hold more.
const BODY_LIMIT: usize = 8 << 20;

/// What the other client of [`Fault::Rival`] stores.
const RIVAL_PASSWORD: &str = "rival-password";

/// Lets a request through, or what its fault leaves of it.
pub async fn pass(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut log = InProgress::new(&app, request.method(), request.uri().path());
    let latency = app.settings().latency_ms;
    if latency > 0 {
        sleep(Duration::from_millis(latency)).await;
    }
    let fault = app
        .faults
        .take(request.method().as_str(), request.uri().path(), |age| {
            app.store.written_within(age)
        });
    let response = match fault {
        None => next.run(request).await,
        Some(fault) => faulty(fault, request, next).await,
    };
    if response.extensions().get::<Cut>().is_none() {
        log.answered(response.status().as_u16());
    }
    response
}

async fn faulty(fault: Fault, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(fault.replica());
    match fault {
        Fault::Status {
            status,
            retry_after,
            when,
        } => {
            act(when, request, next).await;
            failed(status, retry_after)
        }
        Fault::Answer { status, body, when } => {
            act(when, request, next).await;
            (status_code(status), Json(body)).into_response()
        }
        Fault::Drop { when } => {
            act(when, request, next).await;
            cut()
        }
        Fault::Slow { ms, when } => {
            let wait = sleep(Duration::from_millis(ms));
            match when {
                When::Before => {
                    wait.await;
                    next.run(request).await
                }
                When::After => {
                    let response = next.run(request).await;
                    wait.await;
                    response
                }
            }
        }
        Fault::Hang { when } => {
            act(when, request, next).await;
            sleep(Duration::from_secs(120)).await;
            cut()
        }
        Fault::Html { status } => (
            status_code(status),
            Html("<!DOCTYPE html><html><body><h1>Something is in the way</h1></body></html>"),
        )
            .into_response(),
        Fault::Truncated => {
            rewritten(next.run(request).await, |bytes| {
                bytes.slice(..bytes.len() / 2)
            })
            .await
        }
        Fault::MissingKey => rewritten(next.run(request).await, without_lists).await,
        Fault::Stale { .. } | Fault::Empty => next.run(request).await,
        Fault::Late { ms, status } => {
            let request = whole(request).await;
            tokio::spawn(async move {
                sleep(Duration::from_millis(ms)).await;
                next.run(request).await;
            });
            status.map_or_else(cut, |status| failed(status, None))
        }
        Fault::Rival | Fault::RivalDrop => {
            let (ours, theirs) = with_rival(whole(request).await).await;
            if fault == Fault::Rival {
                next.clone().run(ours).await;
            }
            next.run(theirs).await;
            cut()
        }
        Fault::Echo => {
            let body = read(request.into_body()).await;
            let text = format!("Could not process {}", String::from_utf8_lossy(&body));
            envelope(StatusCode::BAD_REQUEST, &Value::String(text))
        }
        Fault::Mapper => {
            let body = read(request.into_body()).await;
            let body: Value = serde_json::from_slice(&body).unwrap_or_default();
            let text = format!(
                "Could not map type `Bahriya\\Contracts\\DataTransferObjects\\Console\\v1\\Registry` with value {}. \
                 A total of 2 errors were encountered.",
                dump(&body)
            );
            envelope(StatusCode::BAD_REQUEST, &Value::String(text))
        }
    }
}

async fn read(body: Body) -> Bytes {
    to_bytes(body, BODY_LIMIT).await.unwrap_or_default()
}

/// The request with its body at hand, so that it can act when its client is gone.
async fn whole(request: Request) -> Request {
    let (parts, body) = request.into_parts();
    Request::from_parts(parts, Body::from(read(body).await))
}

/// The request, and what another client asks for at the same time.
async fn with_rival(request: Request) -> (Request, Request) {
    let (parts, body) = request.into_parts();
    let ours = read(body).await;
    let theirs = match serde_json::from_slice::<Value>(&ours) {
        Ok(mut body) if body.get("password").is_some() => {
            body["password"] = RIVAL_PASSWORD.into();
            Bytes::from(body.to_string())
        }
        _ => ours.clone(),
    };
    (
        Request::from_parts(parts.clone(), Body::from(ours)),
        Request::from_parts(parts, Body::from(theirs)),
    )
}

/// A value as the mapper's messages show it.
fn dump(value: &Value) -> String {
    const ENTRIES: usize = 6;
    const BYTES: usize = 50;
    match value {
        Value::Object(object) => {
            let shown = object.iter().take(ENTRIES);
            let entries: Vec<String> = shown
                .map(|(key, value)| format!("{key}: {}", dump(value)))
                .collect();
            let more = if object.len() > ENTRIES { ", …" } else { "" };
            format!("array{{{}{more}}}", entries.join(", "))
        }
        Value::String(text) if text.len() > BYTES => {
            format!("'{}…'", &text[..text.floor_char_boundary(BYTES)])
        }
        Value::String(text) => format!("'{text}'"),
        other => other.to_string(),
    }
}

/// Lets the request have its effect if the fault comes after it; the answer is not used.
async fn act(when: When, request: Request, next: Next) {
    if when == When::After {
        next.run(request).await;
    }
}

fn failed(status: u16, retry_after: Option<u64>) -> Response {
    let status = status_code(status);
    let message = format!("Fault on demand: {}.", status.as_str());
    let mut response = envelope(status, &Value::String(message));
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The server recognises this mark and closes the connection instead of answering.
fn cut() -> Response {
    let mut response = Response::default();
    response.extensions_mut().insert(Cut);
    response
}

/// The answer with another body.
async fn rewritten(response: Response, change: fn(Bytes) -> Bytes) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(change(read(body).await)))
}

fn without_lists(bytes: Bytes) -> Bytes {
    let Ok(mut answer) = serde_json::from_slice::<Value>(&bytes) else {
        return bytes;
    };
    if let Some(data) = answer.get_mut("data").and_then(Value::as_object_mut) {
        data.retain(|_, value| !value.is_array());
    }
    Bytes::from(answer.to_string())
}
