//! What an answer says about the credentials.
//!
//! Once a server has seen the credentials, its words are not repeated: it may have put them there.

use reqwest::{Response, StatusCode};

use super::Outcome;
use super::http::{bounded_body, challenges_of, words};

/// Who answered, for the reasons.
pub(super) const REGISTRY: &str = "the registry";
pub(super) const TOKEN_SERVER: &str = "its token server";

/// A 200 without a challenge: an open registry, or a web site that answers anything.
pub(super) async fn without_challenge(answer: Response) -> Outcome {
    let header = answer.headers().get("docker-distribution-api-version");
    let says_so = header.is_some_and(|version| version.as_bytes().starts_with(b"registry/2."));
    let is_json = |body: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
    if says_so || bounded_body(answer).await.is_some_and(|b| is_json(&b)) {
        let reason = "the registry lets anyone in without credentials, and so proves nothing";
        return not_checked(reason);
    }
    Outcome::NotARegistry("it answers `/v2/` with a page of another kind".to_owned())
}

/// The answer to a request that carried the username and the password.
pub(super) fn judge_login(answer: &Response, who: &str) -> Result<(), Outcome> {
    match answer.status() {
        StatusCode::OK => Ok(()),
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Err(Outcome::Refused(
            format!("{who} answered {status} to the username and password"),
        )),
        status => Err(strange(status, who)),
    }
}

/// The answer to a request that carried the token.
pub(super) fn judge_token_use(answer: &Response) -> Outcome {
    match answer.status() {
        StatusCode::OK => Outcome::Accepted,
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            let wants_scope = challenges_of(answer)
                .iter()
                .any(|c| c.parameter("error") == Some("insufficient_scope"));
            if wants_scope {
                let reason = "the login succeeded, but tells nothing without naming a repository";
                return not_checked(reason);
            }
            Outcome::Refused(format!(
                "the registry answered {status} to its token server's token"
            ))
        }
        status => strange(status, REGISTRY),
    }
}

/// An answer that is neither yes nor no.
pub(super) fn strange(status: StatusCode, who: &str) -> Outcome {
    if status.is_server_error()
        || matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::PROXY_AUTHENTICATION_REQUIRED
        )
    {
        return Outcome::Unreachable(format!("{who} answered {status}"));
    }
    let advice = match status.is_redirection() {
        true => ", a redirect, which is not followed",
        false => "",
    };
    Outcome::NotARegistry(format!("{who} answered {status}{advice}"))
}

pub(super) fn unreachable(who: &str, error: &reqwest::Error) -> Outcome {
    Outcome::Unreachable(format!("{who} cannot be reached: {}", words(error)))
}

pub(super) fn not_checked(reason: impl Into<String>) -> Outcome {
    Outcome::NotChecked(reason.into())
}
