//! One request and its answer: the seam between what the client does and how its requests travel.

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::{Method, StatusCode};
use serde::Serialize;
use std::time::Duration;
use zeroize::Zeroizing;

use super::envelope::Body;
use super::retry_after;
use crate::secret::Author;

/// The way of requests to the API: the network, or in tests an API in memory.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a request and reads its answer. Dropping the future gives up the answer, not what was sent.
    async fn exchange(&self, request: &Request) -> Result<Reply, Fault>;
}

/// A request, which may be sent more than once.
pub struct Request {
    /// Its method.
    pub method: Method,
    /// Its path below the base address, percent-encoded.
    pub path: String,
    /// Its JSON body, if it has one. It may hold a password.
    pub body: Option<Bytes>,
}

impl Request {
    pub(in crate::api) fn new(method: Method, path: String) -> Self {
        let body = None;
        Self { method, path, body }
    }

    /// With a JSON body, in memory that is overwritten when the last use of it ends.
    pub(in crate::api) fn with_body(method: Method, path: String, body: &impl Serialize) -> Self {
        // The first pass measures: a buffer that had to grow would leave copies behind.
        let mut length = Length(0);
        // Proof: the bodies are structs of texts and integers, which always serialise, and neither a
        // counter nor a vector fails to be written to.
        serde_json::to_writer(&mut length, body).expect("a plain body");
        let mut text = Zeroizing::new(Vec::with_capacity(length.0));
        serde_json::to_writer(&mut *text, body).expect("a plain body");
        let body = Some(Bytes::from_owner(text));
        Self { method, path, body }
    }

    /// What the author of its answer has seen: a body may hold credentials.
    pub(super) fn author(&self) -> Author {
        match self.body {
            Some(_) => Author::SawCredentials,
            None => Author::Unaware,
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

/// An answer that came in whole, without judgement.
pub struct Reply {
    pub(super) status: StatusCode,
    pub(super) request_id: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Body,
}

impl Reply {
    /// An answer. `header` is asked for the headers that are read.
    pub fn new<'a>(
        status: StatusCode,
        header: impl Fn(&str) -> Option<&'a str>,
        body: &[u8],
    ) -> Self {
        let body = Body::parse(body, status);
        let request_id = ["x-request-id", "x-correlation-id", "request-id"]
            .into_iter()
            .find_map(&header)
            .map(|id| id.chars().take(100).collect());
        Self {
            status,
            request_id,
            retry_after: header("retry-after")
                .and_then(|value| retry_after::parse(value, header("date"))),
            body,
        }
    }
}

/// Why there is no answer. The text says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No connection was made: the request was not sent.
    NotSent(String),
    /// The same, because the other side is not trusted, which another attempt will not change.
    NotTrusted(String),
    /// The same, because a proxy does not let it through, which another attempt will not change either.
    Barred(String),
    /// The request may have been acted on.
    Lost(String),
    /// The same, because the time for an answer is over.
    TimedOut(String),
}

impl Fault {
    pub(super) fn why(&self) -> &str {
        match self {
            Self::NotSent(why) | Self::NotTrusted(why) | Self::Barred(why) => why,
            Self::Lost(why) | Self::TimedOut(why) => why,
        }
    }
}
