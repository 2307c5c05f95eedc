//! One attempt and its judgement, and reads, which are sent as often as it takes. What may be said of a write
//! whose answer was lost is found out in `write.rs`.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::envelope::Body;
use super::transport::{Fault, Reply, Request};
use super::{Delays, Error, Http, Kind, Operation, Result};
use crate::secret;

/// How often an address is tried from which no answer ever came: it is more likely wrong than down.
const STRANGER_ATTEMPTS: u32 = 6;

/// No server is believed that asks to wait for longer.
const LONGEST_ASKED: Duration = Duration::from_secs(120);

/// How often an answer that is no JSON is asked for again.
const GARBLED_ATTEMPTS: u32 = 3;

/// A good answer.
pub struct Answer {
    pub data: Value,
    template: Error,
}

impl Answer {
    /// 202: it was accepted, which is not to be done.
    pub fn is_promise(&self) -> bool {
        self.template.status() == Some(202)
    }

    /// An error about this answer.
    pub fn unexpected(&self, problem: &str) -> Error {
        self.template.clone().saying(problem)
    }
}

/// What to do after an attempt.
pub enum Verdict {
    Good(Answer),
    /// Nothing happened, and nothing else will come of it.
    Final(Error),
    /// Nothing happened, but another attempt may succeed.
    Again(Error),
    /// Something may have happened.
    Lost(Error),
}

impl Http {
    /// Reads, as often as it takes.
    pub async fn read(&self, op: &Operation, path: String) -> Result<Answer> {
        let request = Request::new(Method::GET, path);
        let mut delays = Delays::default();
        let mut attempt = 0;
        loop {
            if let Some(error) = self.limiter.silence(op.left()) {
                return Err(error);
            }
            attempt += 1;
            let began = Instant::now();
            let verdict = op.within(self.attempt(op, &request, attempt)).await;
            let error = match verdict.map_err(|stop| stop.of(&request))? {
                Verdict::Good(answer) => return Ok(answer),
                Verdict::Final(error) => return Err(error),
                // A read changes nothing, whatever became of it.
                Verdict::Lost(error) | Verdict::Again(error) => error,
            };
            if *error.kind() == Kind::Timeout {
                self.limiter.unanswered(began, &error);
                return Err(error);
            }
            let garbled = *error.kind() == Kind::UnexpectedAnswer && attempt < GARBLED_ATTEMPTS;
            if !error.is_passing() && !garbled {
                return Err(error);
            }
            self.pause(op, &mut delays, error, attempt).await?;
        }
    }

    /// Waits for another attempt, or answers why there is none.
    pub(super) async fn pause(
        &self,
        op: &Operation,
        delays: &mut Delays,
        mut error: Error,
        attempts: u32,
    ) -> Result<()> {
        let delay = delays.next();
        // What the API asks for counts where it is later. Not all who were asked the same come back at once.
        let asked = error.asked().filter(|asked| *asked > delay);
        let wait = asked.map_or(delay, |asked| asked.min(LONGEST_ASKED) + delay / 4);
        let Err(stop) = op.pause(wait).await else {
            return Ok(());
        };
        if *stop.kind() == Kind::Cancelled {
            let was = error.to_string();
            return Err(error
                .with_kind(Kind::Cancelled)
                .saying(&format!("while waiting because {was}")));
        }
        if let Some(asked) = asked {
            error = error.adding(&format!(
                "the API asks to wait {} s, which is longer than the operation may take",
                asked.as_secs()
            ));
        }
        if attempts > 1 {
            error = error.adding(&format!("given up after {attempts} attempts"));
        }
        Err(error)
    }

    /// Sends a request once and judges what comes of it. It may take as long as the operation.
    pub(super) async fn attempt(&self, op: &Operation, request: &Request, attempt: u32) -> Verdict {
        // Nothing is in flight yet, so this wait ends like any other.
        let _permit = match op.within(self.limiter.enter()).await {
            Ok(permit) => permit,
            Err(stop) => return Verdict::Final(stop.of(request)),
        };
        let started = Instant::now();
        let exchange = self.transport.exchange(request);
        let mut result = timeout_at(op.deadline, exchange).await.unwrap_or_else(|_| {
            let waited = started.elapsed();
            Err(Fault::TimedOut(match waited.as_secs() {
                0 => "no time was left for an answer".to_owned(),
                waited => format!("no answer within {waited} s"),
            }))
        });
        if let Ok(reply) = &mut result {
            let admit = |id: String| secret::admit(&id, request.author());
            reply.request_id = reply.request_id.take().map(admit);
        }
        log(request, attempt, started, &result);
        if let Ok(reply) = &result {
            self.limiter.answered(reply.status);
        }
        match judge(request, result) {
            // Only a connection that was not made is judged so without an answer.
            Verdict::Again(error)
                if attempt >= STRANGER_ATTEMPTS && !self.limiter.has_answered() =>
            {
                let told = format!("nothing has answered in {attempt} attempts");
                Verdict::Final(error.adding(&told))
            }
            verdict => verdict,
        }
    }
}

fn log(request: &Request, attempt: u32, started: Instant, result: &Result<Reply, Fault>) {
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let reply = result.as_ref().ok();
    tracing::debug!(
        method = request.method.as_str(),
        path = request.path,
        status = reply.map(|reply| reply.status.as_u16()),
        error = result.as_ref().err().map(Fault::why),
        ms,
        attempt,
        request_id = reply.and_then(|reply| reply.request_id.as_deref()),
        "request to the API"
    );
}

fn judge(request: &Request, result: Result<Reply, Fault>) -> Verdict {
    let error = |kind, why: &str| Error::new(kind).of(request).saying(why);
    let reply = match result {
        Ok(reply) => reply,
        Err(Fault::NotSent(why)) => return Verdict::Again(error(Kind::Unreachable, &why)),
        Err(Fault::NotTrusted(why)) => return Verdict::Final(error(Kind::NotTrusted, &why)),
        Err(Fault::Barred(why)) => return Verdict::Final(error(Kind::Unreachable, &why)),
        Err(Fault::Lost(why)) => return Verdict::Lost(error(Kind::Unreachable, &why)),
        Err(Fault::TimedOut(why)) => return Verdict::Lost(error(Kind::Timeout, &why)),
    };
    let answered = |kind| {
        Error::new(kind)
            .of(request)
            .answered(&reply, request.author())
    };
    let lost = |kind| Verdict::Lost(answered(kind));
    match (&reply.body, reply.status.as_u16()) {
        (_, 429) => Verdict::Again(answered(Kind::RateLimited)),
        (_, 401) => Verdict::Final(answered(Kind::Unauthorised)),
        (_, 403) => Verdict::Final(answered(Kind::Forbidden)),
        (_, 300..=399) => {
            Verdict::Lost(answered(Kind::WrongAddress).saying("it redirects to another address"))
        }
        (_, 408 | 425 | 500..=599) => lost(Kind::Server),
        // A page in place of an answer says nothing about what happened behind it.
        (Body::Html, _) => lost(Kind::WrongAddress),
        (_, 404) => Verdict::Final(answered(Kind::NotFound)),
        (_, 409) => Verdict::Final(answered(Kind::Conflict)),
        (_, 400..=499) => Verdict::Final(answered(Kind::Refused)),
        // Its words are those of a refusal. Whether it acted is not said by them, since the status is a success.
        (Body::Denial(_), _) => lost(Kind::Refused),
        (Body::Garbled(_) | Body::OtherJson, _) => lost(Kind::UnexpectedAnswer),
        (Body::Empty, _) if request.method == Method::GET => lost(Kind::UnexpectedAnswer),
        (Body::Envelope(data), _) if holds_secret(data) => {
            let problem = "a field holds a credential that was not sent in it";
            Verdict::Lost(answered(Kind::UnexpectedAnswer).saying(problem))
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
