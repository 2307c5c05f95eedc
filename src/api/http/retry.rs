//! Judging answers, and sending again what may be sent again.
//!
//! A request that was certainly not acted on (no connection, 429) is repeated whatever it is. A read is
//! repeated after a broken connection and 502, 503, 504 as well. A write whose answer was lost is not
//! repeated here: `settle.rs` looks first.

use std::sync::atomic::Ordering;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::Http;
use super::envelope::Body;
use super::error::{Error, Kind, Outcome};
use super::operation::{Operation, Stop};
use super::transport::{Fault, Reply, Request};
use crate::secret;

/// How long one request may take, within the deadline.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// How often an address is tried from which no answer ever came: it is more likely wrong than down.
const STRANGER_ATTEMPTS: u32 = 6;

/// How often an answer that is no JSON is asked for again.
const GARBLED_ATTEMPTS: u32 = 3;

/// A good answer.
pub struct Answer {
    pub data: Value,
    template: Error,
}

impl Answer {
    /// An error about this answer.
    pub fn unexpected(&self, problem: &str) -> Error {
        self.template.clone().saying(problem)
    }

    /// The id in the answer to a create: a bare text, or `{"id": …}`.
    pub fn new_id(&self) -> Option<String> {
        let id = match &self.data {
            Value::Object(object) => object.get("id")?,
            data => data,
        };
        id.as_str().filter(|id| !id.is_empty()).map(str::to_owned)
    }
}

/// What became of a write.
pub enum Sent {
    Answered(Answer),
    /// It may or may not have been acted on.
    Lost(Error),
}

/// The delays between attempts: from a quarter of a second to eight seconds, with jitter.
pub fn delays() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(250))
        .with_max_delay(Duration::from_secs(8))
        .with_jitter()
        .without_max_times()
        .build()
}

/// What to do after an attempt.
enum Verdict {
    Good(Answer),
    /// Nothing happened, and nothing else will come of it.
    Final(Error),
    /// Nothing happened, but another attempt may succeed.
    Again(Error, Option<Duration>),
    /// Something may have happened.
    Lost(Error, Option<Duration>),
}

impl Http {
    /// Reads, as often as it takes.
    pub async fn read(&self, op: &Operation, path: String) -> Result<Answer, Error> {
        let request = Request::new(Method::GET, path);
        let mut delays = delays();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let verdict = op
                .within(self.attempt(op, &request, attempt))
                .await
                .map_err(|stop| stopped(stop, &request))?;
            let (error, asked) = match verdict {
                Verdict::Good(answer) => return Ok(answer),
                Verdict::Final(error) => return Err(error),
                // A read changes nothing, whatever became of it.
                Verdict::Lost(error, asked) => (error.with_outcome(Outcome::NotDone), asked),
                Verdict::Again(error, asked) => (error, asked),
            };
            let garbled = *error.kind() == Kind::UnexpectedAnswer && attempt < GARBLED_ATTEMPTS;
            if !error.is_passing() && !garbled {
                return Err(error);
            }
            self.pause(op, asked.or(delays.next()), error, attempt)
                .await?;
        }
    }

    /// Writes: until there is an answer, or none can be had.
    pub async fn write(&self, op: &Operation, request: &Request) -> Result<Sent, Error> {
        let mut delays = delays();
        let mut attempt = 0;
        loop {
            attempt += 1;
            op.check().map_err(|stop| stopped(stop, request))?;
            // Not within the operation: cancelling would drop a write in flight.
            let (error, asked) = match self.attempt(op, request, attempt).await {
                Verdict::Good(answer) => return Ok(Sent::Answered(answer)),
                Verdict::Final(error) => return Err(error),
                Verdict::Lost(error, _) => return Ok(Sent::Lost(error)),
                Verdict::Again(error, asked) => (error, asked),
            };
            self.pause(op, asked.or(delays.next()), error, attempt)
                .await?;
        }
    }

    /// Waits for another attempt, or answers why there is none.
    async fn pause(
        &self,
        op: &Operation,
        delay: Option<Duration>,
        error: Error,
        attempts: u32,
    ) -> Result<(), Error> {
        match op.pause(delay.unwrap_or_default()).await {
            Ok(()) => Ok(()),
            Err(Stop::Deadline) if attempts > 1 => {
                Err(error.adding(&format!("given up after {attempts} attempts")))
            }
            Err(Stop::Deadline) => Err(error),
            Err(Stop::Cancelled) => {
                let was = error.to_string();
                Err(error
                    .with_kind(Kind::Cancelled)
                    .saying(&format!("while waiting because {was}")))
            }
        }
    }

    async fn attempt(&self, op: &Operation, request: &Request, attempt: u32) -> Verdict {
        // Nothing is in flight yet, so this wait ends like any other.
        let _permit = match op.within(self.limiter.enter()).await {
            Ok(permit) => permit,
            Err(stop) => return Verdict::Final(stopped(stop, request)),
        };
        let until = op.deadline.min(Instant::now() + REQUEST_TIMEOUT);
        let started = Instant::now();
        let Ok(mut result) = timeout_at(until, self.transport.exchange(request)).await else {
            let why = format!("no answer within {:.1?}", started.elapsed());
            let error = Error::new(Kind::Timeout).of(request.method().as_str(), request.path());
            log(request, attempt, started, Err(&why));
            return Verdict::Lost(error.saying(&why).with_outcome(Outcome::Unknown), None);
        };
        if let Ok(reply) = &mut result {
            let admit = |id: String| secret::admit(&id, request.author());
            reply.request_id = reply.request_id.take().map(admit);
        }
        log(
            request,
            attempt,
            started,
            result.as_ref().map_err(Fault::why),
        );
        let answered = &self.answered;
        if let Ok(reply) = &result {
            answered.store(true, Ordering::Relaxed);
            if reply.status == StatusCode::TOO_MANY_REQUESTS {
                self.limiter.slow_down();
            } else {
                self.limiter.succeeded();
            }
        }
        match judge(request, result) {
            // Only a connection that was not made is judged so without an answer.
            Verdict::Again(error, _)
                if attempt >= STRANGER_ATTEMPTS && !answered.load(Ordering::Relaxed) =>
            {
                let told = format!("nothing has answered in {attempt} attempts");
                Verdict::Final(error.adding(&told))
            }
            verdict => verdict,
        }
    }
}

fn log(request: &Request, attempt: u32, started: Instant, result: Result<&Reply, &str>) {
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (method, path) = (request.method().as_str(), secret::redact(request.path()));
    match result {
        Ok(reply) => {
            let status = reply.status.as_u16();
            let request_id = reply.request_id.as_deref().unwrap_or_default();
            tracing::debug!(method, %path, status, ms, attempt, request_id, "request to the API");
        }
        Err(error) => {
            tracing::debug!(method, %path, error, ms, attempt, "request to the API without an answer");
        }
    }
}

fn stopped(stop: Stop, request: &Request) -> Error {
    Error::stopped(stop, "").of(request.method().as_str(), request.path())
}

fn judge(request: &Request, result: Result<Reply, Fault>) -> Verdict {
    let error = |kind: Kind| Error::new(kind).of(request.method().as_str(), request.path());
    let reply = match result {
        Ok(reply) => reply,
        Err(Fault::NotSent(why)) => {
            return Verdict::Again(error(Kind::Unreachable).saying(&why), None);
        }
        Err(Fault::NotTrusted(why)) => {
            return Verdict::Final(error(Kind::NotTrusted).saying(&why));
        }
        Err(Fault::Lost(why)) => {
            let error = error(Kind::Unreachable).saying(&why);
            return Verdict::Lost(error.with_outcome(Outcome::Unknown), None);
        }
    };
    let status = reply.status;
    let own_form = matches!(reply.body, Body::Envelope(_));
    let answered = |kind: Kind| {
        error(kind)
            .answered(status.as_u16(), reply.request_id.as_deref(), own_form)
            .quoting(reply.body.message(), request.author())
    };
    let lost = |kind: Kind| {
        let asked = reply.retry_after;
        Verdict::Lost(answered(kind).with_outcome(Outcome::Unknown), asked)
    };
    match status {
        StatusCode::TOO_MANY_REQUESTS => {
            return Verdict::Again(answered(Kind::RateLimited), reply.retry_after);
        }
        StatusCode::UNAUTHORIZED => return Verdict::Final(answered(Kind::Unauthorised)),
        StatusCode::FORBIDDEN => return Verdict::Final(answered(Kind::Forbidden)),
        _ if status.is_redirection() => {
            let error = answered(Kind::WrongAddress);
            return Verdict::Final(error.saying("it redirects to another address"));
        }
        _ if status.is_server_error() => return lost(Kind::Server),
        _ => {}
    }
    match (&reply.body, status) {
        // A page in place of an answer says nothing about what happened behind it.
        (Body::Html, _) => lost(Kind::WrongAddress),
        (_, StatusCode::NOT_FOUND) => Verdict::Final(answered(Kind::NotFound)),
        (_, StatusCode::CONFLICT) => Verdict::Final(answered(Kind::Conflict)),
        _ if status.is_client_error() => Verdict::Final(answered(Kind::Refused)),
        (Body::Garbled(_) | Body::OtherJson, _) => lost(Kind::UnexpectedAnswer),
        (Body::Empty, _) if request.method() == Method::GET => lost(Kind::UnexpectedAnswer),
        (Body::Envelope(data), _) if holds_secret(data) => {
            let error = answered(Kind::UnexpectedAnswer).with_outcome(Outcome::Unknown);
            let problem = "a field holds a credential that was not sent in it";
            Verdict::Lost(error.saying(problem), None)
        }
        _ => {
            let template = answered(Kind::UnexpectedAnswer).saying("");
            let data = match reply.body {
                Body::Envelope(data) => data,
                _ => Value::Null,
            };
            Verdict::Good(Answer { data, template })
        }
    }
}

/// Whether a text in an answer gives away a whole secret: nothing of such an answer may reach the state.
fn holds_secret(data: &Value) -> bool {
    match data {
        Value::String(text) => secret::holds_secret(text),
        Value::Array(items) => items.iter().any(holds_secret),
        Value::Object(fields) => fields.values().any(holds_secret),
        _ => false,
    }
}
