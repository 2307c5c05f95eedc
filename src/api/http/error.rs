//! What went wrong with a call, and what the user can do about it.

use std::fmt;
use std::time::Duration;

use super::envelope::Body;
use super::transport::{Reply, Request};
use crate::secret::{self, Author};

/// What a call comes to.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed. `Display` is a lower-case fragment that fits after "failed to …: ".
///
/// Text from outside comes in through [`secret::admit`] alone.
#[derive(Clone, Debug)]
pub struct Error(Box<Details>);

#[derive(Clone, Debug)]
struct Details {
    kind: Kind,
    /// A write was sent, and what became of it could not be found out.
    unknown: bool,
    /// Its method and its path below the base address, if there was a request.
    request: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
    /// How long to wait, by the answer.
    asked: Option<Duration>,
    message: String,
    /// The answer had the API's own form, so what it says is the API's word.
    own_form: bool,
}

/// The classes of failure that callers tell apart.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Kind {
    /// 401: the token is not accepted.
    #[error("the API does not accept the token")]
    Unauthorised,
    /// 403: the token may not do this.
    #[error("the token does not allow this")]
    Forbidden,
    /// 404, for a thing that the call needs, or where it could not be proved that the thing is gone.
    #[error("the API found nothing there")]
    NotFound,
    /// What answered is not the API: HTML, a redirect.
    #[error("what answered is not the Bahriya API")]
    WrongAddress,
    /// The configured organisation is not among those that the token sees.
    #[error("the organisation is not visible to this token")]
    OrganisationNotVisible,
    /// 409 for any other reason than those below.
    #[error("the API reports a conflict")]
    Conflict,
    /// The handle of a registry to create belongs to another registry, or (`None`) is spent by a deleted one.
    #[error("the handle {handle:?} is taken")]
    HandleTaken {
        /// The handle asked for.
        handle: String,
        /// The id of the registry that has it, if it is alive.
        alive: Option<String>,
    },
    /// A registry cannot be deleted while it is attached to projects (their handles or ids, where shown).
    #[error("the registry is still attached to {}", some(projects))]
    StillAttached {
        /// The projects named by the API.
        projects: Vec<String>,
    },
    /// A registry cannot be detached while a container of the project references it.
    #[error("{} still references the registry", some_container(container))]
    StillReferenced {
        /// The container named by the API.
        container: Option<String>,
    },
    /// The version to activate is not retained.
    #[error("version {version} is not retained")]
    NoSuchVersion {
        /// The version asked for.
        version: i64,
        /// The versions that are retained.
        remaining: Vec<i64>,
    },
    /// The API offers no way to activate an earlier version.
    #[error("this API offers no way to activate an earlier version")]
    ActivationUnsupported,
    /// The API changes a registry only as a whole, and no password is at hand to send with it.
    #[error("this API changes a registry only together with its password, and none is configured")]
    CredentialsNeeded,
    /// 429 until the deadline.
    #[error("the API asks for fewer requests")]
    RateLimited,
    /// The deadline passed, or a request got no answer in time.
    #[error("there was no answer in time")]
    Timeout,
    /// The user asked to stop.
    #[error("the operation was cancelled")]
    Cancelled,
    /// No connection: name resolution, refused, TLS, proxy. Or a connection that broke.
    #[error("the API cannot be reached")]
    Unreachable,
    /// The certificate of the server, or of a proxy that inspects TLS, is not one to trust.
    #[error("the API cannot be trusted")]
    NotTrusted,
    /// Another 4xx: the API refused the request, the message says why.
    #[error("the API refused the request")]
    Refused,
    /// 5xx.
    #[error("the API failed")]
    Server,
    /// The answer is not what it has to be.
    #[error("the API answered something unexpected")]
    UnexpectedAnswer,
}

impl Error {
    /// A failure before or without any effect.
    pub fn new(kind: Kind) -> Self {
        Self(Box::new(Details {
            kind,
            unknown: false,
            request: None,
            status: None,
            request_id: None,
            asked: None,
            message: String::new(),
            own_form: false,
        }))
    }

    /// An answer is about something else than what has this handle.
    pub fn mixed_up(handle: &str) -> Self {
        Self::new(Kind::UnexpectedAnswer).saying(&format!(
            "the answer is about another registry than the one with the handle {handle:?}"
        ))
    }

    /// Names the request.
    pub(in crate::api) fn of(mut self, request: &Request) -> Self {
        self.0.request = Some(format!("{} {}", request.method, request.path));
        self
    }

    /// Adds what was answered, by somebody who has seen the request.
    pub(in crate::api) fn answered(mut self, reply: &Reply, author: Author) -> Self {
        self.0.status = Some(reply.status.as_u16());
        self.0.request_id.clone_from(&reply.request_id);
        self.0.own_form = matches!(reply.body, Body::Envelope(_) | Body::Denial(_));
        self.0.asked = reply.retry_after;
        self.quoting(reply.body.message(), author)
    }

    /// Sets the message.
    pub fn saying(self, message: &str) -> Self {
        self.quoting(message, Author::Unaware)
    }

    /// Sets the message to what somebody else says.
    fn quoting(mut self, message: &str, author: Author) -> Self {
        self.0.message = secret::admit(message, author);
        self
    }

    /// Adds to the message.
    pub(in crate::api) fn adding(self, more: &str) -> Self {
        let message = match self.0.message.as_str() {
            "" => more.to_owned(),
            message => format!("{}; {more}", message.trim_end_matches('.')),
        };
        self.saying(&message)
    }

    pub(in crate::api) fn with_kind(mut self, kind: Kind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Sets whether the write may have been done anyway.
    pub(in crate::api) fn with_unknown(mut self, unknown: bool) -> Self {
        self.0.unknown = unknown;
        self
    }

    /// Whether the fault may be over at the next attempt: no answer at all, or one that says so.
    pub(in crate::api) fn is_passing(&self) -> bool {
        matches!(self.0.status, None | Some(408 | 425 | 429 | 502..=504))
    }

    /// How long the API asks to wait.
    pub(in crate::api) fn asked(&self) -> Option<Duration> {
        self.0.asked
    }

    /// Whether the answer was in the API's own form.
    pub(in crate::api) fn own_form(&self) -> bool {
        self.0.own_form
    }

    /// The class of the failure.
    pub fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// Whether a write was sent of which nobody knows what became of it. Otherwise nothing was changed.
    pub fn is_unknown(&self) -> bool {
        self.0.unknown
    }

    /// The status of the answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// What the API or the network said: redacted, at most 500 characters.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = &self.0;
        write!(f, "{}", details.kind)?;
        if !details.message.is_empty() {
            write!(f, ": {}", details.message)?;
        }
        if let Some(request) = &details.request {
            write!(f, " ({request}")?;
            if let Some(status) = details.status {
                write!(f, ", status {status}")?;
            }
            if let Some(id) = &details.request_id {
                write!(f, ", request {id}")?;
            }
            f.write_str(")")?;
        }
        if details.unknown {
            f.write_str("; whether the change was made could not be found out")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

fn some(projects: &[String]) -> String {
    match projects {
        [] => "a project".to_owned(),
        _ => projects.join(", "),
    }
}

fn some_container(named: &Option<String>) -> String {
    match named {
        Some(name) => format!("the container {name:?}"),
        None => "a container".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::{Method, StatusCode};

    use super::*;

    #[test]
    fn a_fragment_tells_the_request() {
        let request = Request::new(Method::POST, "/organisations/o/registries".into());
        let id = |name: &str| (name == "x-request-id").then_some("r-1");
        let answer = br#"{"code": 500, "data": "oh no"}"#;
        let reply = Reply::new(StatusCode::INTERNAL_SERVER_ERROR, id, answer);
        let error = Error::new(Kind::Server)
            .of(&request)
            .answered(&reply, Author::Unaware)
            .with_unknown(true);
        assert_eq!(
            error.to_string(),
            "the API failed: oh no (POST /organisations/o/registries, status 500, request r-1); \
             whether the change was made could not be found out"
        );
    }
}
