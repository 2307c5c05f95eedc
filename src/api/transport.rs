//! One request and its answer, without judgement and without repetition.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use reqwest::{Method, StatusCode};
use serde::Serialize;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use super::client::Client;
use super::envelope::Body;
use super::retry_after;
use crate::secret;
use crate::tls_failure;

/// The largest answer read in full, in bytes.
const LARGEST: usize = 16 << 20;

/// The largest error answer read, in bytes.
const LARGEST_ERROR: usize = 1 << 20;

/// A request, which may be sent more than once.
pub(super) struct Request {
    pub(super) method: Method,
    /// Below the base address, encoded.
    pub(super) path: String,
    body: Option<Bytes>,
}

impl Request {
    pub(super) fn new(method: Method, path: String) -> Self {
        Self {
            method,
            path,
            body: None,
        }
    }

    /// With a JSON body, in memory that is overwritten when the last use of it ends.
    pub(super) fn with_body(method: Method, path: String, body: &impl Serialize) -> Self {
        // The first pass measures: a buffer that had to grow would leave copies behind.
        let mut length = Length(0);
        // Proof: the bodies are structs of texts and integers, which always serialise, and neither a
        // counter nor a vector fails to be written to.
        serde_json::to_writer(&mut length, body).expect("a plain body");
        let mut text = Zeroizing::new(Vec::with_capacity(length.0));
        serde_json::to_writer(&mut *text, body).expect("a plain body");
        Self {
            method,
            path,
            body: Some(Bytes::from_owner(text)),
        }
    }
}

struct Length(usize);

impl std::io::Write for Length {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        self.0 += part.len();
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// An answer that came in whole.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) request_id: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Body,
}

/// Why there is no answer. The text says so, redacted.
pub(super) enum Fault {
    /// No connection was made: the request was not sent.
    NotSent(String),
    /// The same, because the other side is not trusted, which another attempt will not change.
    NotTrusted(String),
    /// The request may have been acted on.
    Lost { why: String, late: bool },
}

impl Client {
    /// Sends a request and reads the answer, until `until` at the latest.
    pub(super) async fn exchange(
        &self,
        request: &Request,
        attempt: u32,
        until: Instant,
    ) -> Result<Reply, Fault> {
        let started = Instant::now();
        let result = match timeout_at(until, self.send(request)).await {
            Ok(result) => result,
            Err(_) => Err(Fault::Lost {
                why: format!("no answer within {:.1?}", started.elapsed()),
                late: true,
            }),
        };
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (method, path) = (request.method.as_str(), secret::redact(&request.path));
        match &result {
            Ok(reply) => {
                let status = reply.status.as_u16();
                let request_id = reply.request_id.as_deref().unwrap_or_default();
                tracing::debug!(method, %path, status, ms, attempt, request_id, "request to the API");
            }
            Err(
                Fault::NotSent(error) | Fault::NotTrusted(error) | Fault::Lost { why: error, .. },
            ) => {
                tracing::debug!(method, %path, error, ms, attempt, "request to the API without an answer");
            }
        }
        result
    }

    async fn send(&self, request: &Request) -> Result<Reply, Fault> {
        let address = format!("{}{}", self.base(), request.path);
        let mut builder = self.http().request(request.method.clone(), address);
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let mut response = builder.send().await.map_err(fault)?;
        let status = response.status();
        let header = |name: &str| response.headers().get(name)?.to_str().ok();
        let request_id = ["x-request-id", "x-correlation-id", "request-id"]
            .into_iter()
            .find_map(header)
            .map(|id| secret::redact(id).chars().take(100).collect());
        let retry_after = header("retry-after").and_then(retry_after::parse);
        let largest = if status.is_success() {
            LARGEST
        } else {
            LARGEST_ERROR
        };
        // Answers hold no secrets by contract, but an API may echo what it got.
        let mut bytes = Zeroizing::new(Vec::new());
        let mut whole = true;
        while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
            if bytes.len() + chunk.len() > largest {
                whole = false;
                break;
            }
            bytes.extend_from_slice(&chunk);
        }
        let body = if whole {
            Body::parse(&bytes, status.as_u16())
        } else {
            Body::Garbled(format!("the answer is larger than {} MiB", largest >> 20))
        };
        Ok(Reply {
            status,
            request_id,
            retry_after,
            body,
        })
    }
}

fn fault(error: reqwest::Error) -> Fault {
    if let Some(problem) = tls_failure::untrusted(&error) {
        Fault::NotTrusted(problem.to_owned())
    } else if error.is_connect() || error.is_builder() {
        let why = if error.is_dns() {
            format!(
                "the name of the host cannot be resolved: {}",
                causes(&error)
            )
        } else if tls_failure::is_no_tls(&error) {
            "the server speaks no TLS at this port; is its address one with http?".to_owned()
        } else if error.is_timeout() {
            "no connection in time".to_owned()
        } else {
            causes(&error)
        };
        Fault::NotSent(secret::redact(&why).into_owned())
    } else {
        lost(&error)
    }
}

fn lost(error: &reqwest::Error) -> Fault {
    Fault::Lost {
        why: secret::redact(&format!("the connection broke: {}", causes(error))).into_owned(),
        late: error.is_timeout(),
    }
}

/// The causes below an error of the HTTP library, whose own text only repeats the address.
fn causes(error: &reqwest::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !texts.iter().any(|seen| seen.contains(&text)) {
            texts.push(text);
        }
        source = cause.source();
    }
    texts.join(": ")
}
