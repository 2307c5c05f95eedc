//! What went wrong with a call, and what the user can do about it.

use std::fmt;

use super::operation::Stop;
use crate::secret::{self, Author};

/// Why a call failed. `Display` is a lower-case fragment that fits after "failed to …: ".
///
/// Messages of others come in by the one door for them, [`secret::admit`].
#[derive(Clone, Debug)]
pub struct Error(Box<Details>);

#[derive(Clone, Debug)]
struct Details {
    kind: Kind,
    outcome: Outcome,
    method: Option<String>,
    path: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
    message: String,
    /// The answer had the API's own form, so what it says is the API's word.
    own_form: bool,
}

/// What is known about the effect of a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was changed.
    NotDone,
    /// A write was sent, and what became of it could not be found out.
    Unknown,
}

/// The classes of failure that callers tell apart.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// 401: the token is not accepted.
    Unauthorised,
    /// 403: the token may not do this.
    Forbidden,
    /// 404, for a thing that the call needs, or where it could not be proved that the thing is gone.
    NotFound,
    /// What answered is not the API: HTML, a redirect.
    WrongAddress,
    /// The configured organisation is not among those that the token sees.
    OrganisationNotVisible,
    /// 409 for any other reason than those below.
    Conflict,
    /// The handle of a registry to create belongs to another registry, or (`None`) is spent by a deleted one.
    HandleTaken {
        /// The handle asked for.
        handle: String,
        /// The id of the registry that has it, if it is alive.
        alive: Option<String>,
    },
    /// A registry cannot be deleted while it is attached to projects (their handles or ids, where shown).
    StillAttached {
        /// The projects named by the API.
        projects: Vec<String>,
    },
    /// A registry cannot be detached while a container of the project references it.
    StillReferenced {
        /// The container named by the API.
        container: Option<String>,
    },
    /// The version to activate is not retained.
    NoSuchVersion {
        /// The version asked for.
        version: i64,
        /// The versions that are retained.
        remaining: Vec<i64>,
    },
    /// The API offers no way to activate an earlier version.
    ActivationUnsupported,
    /// The API changes a registry only as a whole, and no password is at hand to send with it.
    CredentialsNeeded,
    /// 429 until the deadline.
    RateLimited,
    /// The deadline passed, or a request got no answer in time.
    Timeout,
    /// The user asked to stop.
    Cancelled,
    /// No connection: name resolution, refused, TLS, proxy. Or a connection that broke.
    Unreachable,
    /// The certificate of the server, or of a proxy that inspects TLS, is not one to trust.
    NotTrusted,
    /// Another 4xx: the API refused the request, the message says why.
    Refused,
    /// 5xx.
    Server,
    /// The answer is not what it has to be.
    UnexpectedAnswer,
}

impl Error {
    /// A failure before or without any effect.
    pub(in crate::api) fn new(kind: Kind) -> Self {
        Self(Box::new(Details {
            kind,
            outcome: Outcome::NotDone,
            method: None,
            path: None,
            status: None,
            request_id: None,
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

    /// Credentials are needed for a write, and none are at hand.
    pub fn credentials_needed() -> Self {
        Self::new(Kind::CredentialsNeeded)
    }

    /// A wait that ended early; `doing` tells what for ("waiting for …").
    pub(in crate::api) fn stopped(stop: Stop, doing: &str) -> Self {
        Self::new(match stop {
            Stop::Deadline => Kind::Timeout,
            Stop::Cancelled => Kind::Cancelled,
        })
        .saying(doing)
    }

    /// Names the request.
    pub(in crate::api) fn of(mut self, method: &str, path: &str) -> Self {
        self.0.method = Some(method.to_owned());
        self.0.path = Some(path.to_owned());
        self
    }

    /// Adds what the answer's head said.
    pub(in crate::api) fn answered(
        mut self,
        status: u16,
        request_id: Option<&str>,
        own_form: bool,
    ) -> Self {
        self.0.status = Some(status);
        self.0.request_id = request_id.map(str::to_owned);
        self.0.own_form = own_form;
        self
    }

    /// Sets the message.
    pub(in crate::api) fn saying(self, message: &str) -> Self {
        self.quoting(message, Author::Unaware)
    }

    /// Sets the message to what somebody else says.
    pub(in crate::api) fn quoting(mut self, message: &str, author: Author) -> Self {
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

    pub(in crate::api) fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = outcome;
        self
    }

    /// Whether the fault may be over at the next attempt: no answer at all, or one that says so.
    pub(in crate::api) fn is_passing(&self) -> bool {
        matches!(self.0.status, None | Some(408 | 425 | 429 | 502..=504))
    }

    /// Whether the answer was in the API's own form.
    pub(in crate::api) fn own_form(&self) -> bool {
        self.0.own_form
    }

    /// The class of the failure.
    pub fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// What is known about its effect.
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The method of the request that failed, if there was one.
    pub fn method(&self) -> Option<&str> {
        self.0.method.as_deref()
    }

    /// Its path, below the base address.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The status of the answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The id by which the API's operators can find the request.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// What the API or the network said: redacted, at most 500 characters.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    fn headline(&self) -> String {
        match &self.0.kind {
            Kind::Unauthorised => "the API does not accept the token".to_owned(),
            Kind::Forbidden => "the token does not allow this".to_owned(),
            Kind::NotFound => "the API found nothing there".to_owned(),
            Kind::WrongAddress => "what answered is not the Bahriya API".to_owned(),
            Kind::OrganisationNotVisible => {
                "the organisation is not visible to this token".to_owned()
            }
            Kind::Conflict => "the API reports a conflict".to_owned(),
            Kind::HandleTaken {
                handle,
                alive: Some(id),
            } => format!("the handle {handle:?} belongs to the existing registry {id}"),
            Kind::HandleTaken { handle, .. } => {
                format!("the handle {handle:?} is taken, and no living registry has it")
            }
            Kind::StillAttached { projects } if projects.is_empty() => {
                "the registry is still attached to a project".to_owned()
            }
            Kind::StillAttached { projects } => {
                format!("the registry is still attached to {}", projects.join(", "))
            }
            Kind::StillReferenced {
                container: Some(container),
            } => format!("the container {container:?} still references the registry"),
            Kind::StillReferenced { .. } => "a container still references the registry".to_owned(),
            Kind::NoSuchVersion { version, .. } => format!("version {version} is not retained"),
            Kind::ActivationUnsupported => {
                "this API offers no way to activate an earlier version".to_owned()
            }
            Kind::CredentialsNeeded => {
                "this API changes a registry only together with its password, and none is configured"
                    .to_owned()
            }
            Kind::RateLimited => "the API asks for fewer requests".to_owned(),
            Kind::Timeout => "there was no answer in time".to_owned(),
            Kind::Cancelled => "the operation was cancelled".to_owned(),
            Kind::Unreachable => "the API cannot be reached".to_owned(),
            Kind::NotTrusted => "the API cannot be trusted".to_owned(),
            Kind::Refused => "the API refused the request".to_owned(),
            Kind::Server => "the API failed".to_owned(),
            Kind::UnexpectedAnswer => "the API answered something unexpected".to_owned(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = &self.0;
        f.write_str(&self.headline())?;
        if !details.message.is_empty() {
            write!(f, ": {}", details.message)?;
        }
        if let (Some(method), Some(path)) = (&details.method, &details.path) {
            write!(f, " ({method} {path}")?;
            if let Some(status) = details.status {
                write!(f, ", status {status}")?;
            }
            if let Some(id) = &details.request_id {
                write!(f, ", request {id}")?;
            }
            f.write_str(")")?;
        }
        if details.outcome == Outcome::Unknown {
            f.write_str("; whether the change was made could not be found out")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_tells_the_request() {
        let error = Error::new(Kind::Server)
            .saying("oh no")
            .of("POST", "/organisations/o/registries")
            .answered(500, Some("r-1"), true)
            .with_outcome(Outcome::Unknown);
        assert_eq!(
            error.to_string(),
            "the API failed: oh no (POST /organisations/o/registries, status 500, request r-1); \
             whether the change was made could not be found out"
        );
    }
}
