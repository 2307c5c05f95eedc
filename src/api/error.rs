//! What went wrong with a call, and what the user can do about it.

use std::fmt;

use super::registry::Registry;

/// Why a call failed. `Display` is a lower-case fragment that fits after "failed to …: ".
///
/// Messages of the API are redacted and cut to 500 characters before they get here.
#[derive(Clone, Debug)]
pub struct Error(Box<Details>);

#[derive(Clone, Debug)]
struct Details {
    kind: Kind,
    outcome: Outcome,
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
    /// The handle of a registry to create belongs to another registry, or (`None`) is burned by a deleted one.
    HandleTaken {
        /// The handle asked for.
        handle: String,
        /// The registry that has it, if it is alive.
        alive: Option<Box<Registry>>,
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
    /// No connection: name resolution, refused, TLS, proxy.
    Unreachable,
    /// Another 4xx: the API refused the request, the message says why.
    Refused,
    /// 5xx.
    Server,
    /// The answer is not what it has to be.
    UnexpectedAnswer,
}

impl Error {
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
        None
    }

    /// Its path.
    pub fn path(&self) -> Option<&str> {
        None
    }

    /// The status of the answer.
    pub fn status(&self) -> Option<u16> {
        None
    }

    /// The id by which the API's operators can find the request.
    pub fn request_id(&self) -> Option<&str> {
        None
    }

    /// What the API or the network said: redacted, at most 500 characters.
    pub fn message(&self) -> &str {
        ""
    }

    /// The next step, in whole sentences.
    pub fn advice(&self) -> String {
        String::new()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.kind)
    }
}

impl std::error::Error for Error {}
