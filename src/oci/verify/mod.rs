//! The credential check: does the registry itself take these credentials?
//!
//! It does what `docker login` does and nothing more: ask `/v2/`, follow the challenge **once**, say what
//! came of it. The answers come from machines that nobody vouches for, so that
//!
//! - the first request carries no credentials, and the challenge it brings is judged by [`realm`];
//! - no redirect is followed, nothing is tried twice, bodies and the time in all are limited;
//! - plain http is spoken to this machine only;
//! - a reason never repeats what a server said once it has seen the credentials.
//!
//! A registry that takes a login may still refuse a pull: rights belong to repositories, and the check
//! knows none. A registry that asks nobody for credentials proves nothing, and is sent none.

mod http;

use std::time::Duration;

use reqwest::{Certificate, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;

use self::http::{bounded_body, challenges_of, client, words};
use super::challenge::Challenge;
use super::realm;
use super::server::ServerName;
use crate::secret::Secret;

/// The time that a check may take in all, unless the caller says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// What came of a check. A reason is a fragment for an error message and shows no credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The registry took the credentials.
    Accepted,
    /// The registry or its token server said no to the credentials.
    Refused {
        /// Who said no, and how.
        reason: String,
    },
    /// Nothing, or nothing of use, was heard: no connection, no trust in the certificate, no answer in
    /// time, overload. Says nothing about the credentials.
    Unreachable {
        /// What stood in the way.
        reason: String,
    },
    /// Something answered, and not as a registry does.
    NotARegistry {
        /// What it answered.
        reason: String,
    },
    /// The registry wants the credentials sent to a token server that may not have them. They were not
    /// sent.
    RealmRefused {
        /// The host of the token server, empty if its address has none.
        host: String,
        /// Why it gets no credentials.
        reason: String,
    },
    /// The credentials could not be tried, or the answer does not tell.
    NotChecked {
        /// Why not.
        reason: String,
    },
}

/// Checks credentials. Cheap to make; everything costly happens in [`Verifier::verify`].
#[derive(Debug, Clone)]
pub struct Verifier {
    extra_ca: Vec<Certificate>,
    timeout: Duration,
}

impl Verifier {
    /// `extra_ca` are trusted besides the certificates of the system; `timeout` limits a whole check.
    pub fn new(extra_ca: Vec<Certificate>, timeout: Duration) -> Self {
        Self { extra_ca, timeout }
    }

    /// Tries the credentials once. Dropping the future ends the check.
    pub async fn verify(&self, server: &str, username: &str, password: &Secret) -> Outcome {
        let check = self.check(server, username, password);
        match tokio::time::timeout(self.timeout, check).await {
            Ok(Ok(outcome) | Err(outcome)) => outcome,
            Err(_) => Outcome::Unreachable {
                reason: format!("there was no answer within {:?}", self.timeout),
            },
        }
    }

    /// `Err` is an outcome, too: one that was clear before the end.
    async fn check(
        &self,
        server: &str,
        username: &str,
        password: &Secret,
    ) -> Result<Outcome, Outcome> {
        let server = ServerName::parse(server)
            .map_err(|error| not_checked(format!("the server name cannot be used: {error}")))?;
        if username.contains(':') {
            return Err(not_checked("a username with a colon cannot be sent"));
        }
        let client = client(&server, &self.extra_ca).map_err(|error| Outcome::Unreachable {
            reason: format!("failed to set up TLS: {}", words(&error)),
        })?;
        let (registry, answer) = probe(&client, &server).await?;
        let challenges = challenges_of(&answer);
        // With a choice, a token server is asked: that is what clients do that pull.
        let with_token = challenges
            .iter()
            .find(|c| c.is("Bearer") && c.parameter("realm").is_some());
        if let Some(challenge) = with_token {
            let token_server = token_server(&server, &registry, challenge)?;
            let asked = client
                .get(token_server)
                .basic_auth(username, Some(password.expose()));
            let token = fetch_token(asked).await?;
            let answer = send(client.get(registry).bearer_auth(token.expose()), REGISTRY).await?;
            return judge_token_use(&answer);
        }
        if challenges.iter().any(|c| c.is("Basic")) {
            let asked = client
                .get(registry)
                .basic_auth(username, Some(password.expose()));
            let answer = send(asked, REGISTRY).await?;
            return judge_login(&answer, REGISTRY).map(|()| Outcome::Accepted);
        }
        Err(match challenges.is_empty() {
            true => Outcome::NotARegistry {
                reason: "it asks for credentials (401) without saying how".to_owned(),
            },
            false => {
                not_checked("it asks for credentials in a way that takes no username and password")
            }
        })
    }
}

const REGISTRY: &str = "the registry";
const TOKEN_SERVER: &str = "its token server";

/// The addresses to ask, in order: plain http is tried on this machine only, and after https.
fn addresses(server: &ServerName) -> Vec<String> {
    let schemes: &[&str] = match server.is_loopback() {
        true => &["https", "http"],
        false => &["https"],
    };
    let mut authority = server.to_string();
    if let Some(host) = realm::api_host(server) {
        authority = host.to_owned();
    }
    let address = |scheme: &&str| match (*scheme, server.port()) {
        // Without a port the name means 443, under either scheme.
        ("http", None) => format!("http://{authority}:443/v2/"),
        _ => format!("{scheme}://{authority}/v2/"),
    };
    schemes.iter().map(address).collect()
}

/// Asks without credentials. Gives the address that answered, and its demand for credentials.
async fn probe(client: &reqwest::Client, server: &ServerName) -> Result<(Url, Response), Outcome> {
    let mut answer = None;
    for address in addresses(server) {
        let result = client.get(&address).send().await;
        let next = result
            .as_ref()
            .is_err_and(|e| e.is_connect() && !http::is_about_trust(e));
        answer = Some(result);
        if !next {
            break;
        }
    }
    let answer = match answer {
        Some(Ok(answer)) => answer,
        Some(Err(error)) => return Err(unreachable(REGISTRY, &error)),
        None => return Err(not_checked("the server has no address")),
    };
    match answer.status() {
        StatusCode::UNAUTHORIZED => Ok((answer.url().clone(), answer)),
        StatusCode::OK => Err(without_challenge(answer).await),
        status => Err(strange(status, REGISTRY)),
    }
}

/// A 200 without a challenge: an open registry, or a web site that answers anything.
async fn without_challenge(answer: Response) -> Outcome {
    let header = answer.headers().get("docker-distribution-api-version");
    let says_so = header.is_some_and(|version| version.as_bytes().starts_with(b"registry/2."));
    let is_json = |body: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
    if says_so
        || bounded_body(answer)
            .await
            .is_some_and(|body| is_json(&body))
    {
        return not_checked(
            "the registry lets anyone in without credentials, and so proves nothing",
        );
    }
    Outcome::NotARegistry {
        reason: "it answers `/v2/` with a page of another kind".to_owned(),
    }
}

/// The address of the token server, if it may be asked, with the service the registry named.
///
/// No scope is asked for: like `docker login`, this is about who, not about what.
fn token_server(
    server: &ServerName,
    registry: &Url,
    challenge: &Challenge,
) -> Result<Url, Outcome> {
    let realm = challenge.parameter("realm").unwrap_or_default();
    let plain_http = registry.scheme() == "http";
    let mut url =
        realm::judge(server, plain_http, realm).map_err(|error| Outcome::RealmRefused {
            host: error.host,
            reason: error.reason.to_owned(),
        })?;
    if let Some(service) = challenge.parameter("service") {
        url.query_pairs_mut().append_pair("service", service);
    }
    Ok(url)
}

#[derive(Deserialize)]
struct TokenAnswer {
    token: Option<String>,
    access_token: Option<String>,
}

async fn fetch_token(asked: RequestBuilder) -> Result<Secret, Outcome> {
    let answer = send(asked, TOKEN_SERVER).await?;
    judge_login(&answer, TOKEN_SERVER)?;
    let no_token = || Outcome::NotARegistry {
        reason: "its token server did not answer with a token".to_owned(),
    };
    let body = bounded_body(answer).await.ok_or_else(no_token)?;
    let answer: TokenAnswer = serde_json::from_slice(&body).map_err(|_| no_token())?;
    let tokens = [answer.token, answer.access_token].map(Option::unwrap_or_default);
    let token = tokens.into_iter().find(|token| !token.is_empty());
    token.map(Secret::new).ok_or_else(no_token)
}

/// The answer to a request that carried the username and the password.
fn judge_login(answer: &Response, who: &str) -> Result<(), Outcome> {
    match answer.status() {
        StatusCode::OK => Ok(()),
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Err(Outcome::Refused {
            reason: format!("{who} answered {status} to the username and password"),
        }),
        status => Err(strange(status, who)),
    }
}

/// The answer to a request that carried the token.
fn judge_token_use(answer: &Response) -> Result<Outcome, Outcome> {
    match answer.status() {
        StatusCode::OK => Ok(Outcome::Accepted),
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            let wants_scope = challenges_of(answer)
                .iter()
                .any(|c| c.parameter("error") == Some("insufficient_scope"));
            Err(match wants_scope {
                true => not_checked(
                    "the login succeeded, but tells nothing without naming a repository",
                ),
                false => Outcome::Refused {
                    reason: format!(
                        "the registry answered {status} to the token of its own token server"
                    ),
                },
            })
        }
        status => Err(strange(status, REGISTRY)),
    }
}

async fn send(request: RequestBuilder, who: &str) -> Result<Response, Outcome> {
    request
        .send()
        .await
        .map_err(|error| unreachable(who, &error))
}

/// An answer that is neither yes nor no.
fn strange(status: StatusCode, who: &str) -> Outcome {
    if status.is_server_error()
        || matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::PROXY_AUTHENTICATION_REQUIRED
        )
    {
        let reason = format!("{who} answered {status}");
        return Outcome::Unreachable { reason };
    }
    let advice = match status.is_redirection() {
        true => ", a redirect, which is not followed",
        false => "",
    };
    Outcome::NotARegistry {
        reason: format!("{who} answered {status}{advice}"),
    }
}

fn unreachable(who: &str, error: &reqwest::Error) -> Outcome {
    Outcome::Unreachable {
        reason: format!("{who} cannot be reached: {}", words(error)),
    }
}

fn not_checked(reason: impl Into<String>) -> Outcome {
    Outcome::NotChecked {
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(server: &str) -> Vec<String> {
        addresses(&ServerName::parse(server).unwrap())
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        assert_eq!(asked("ghcr.io"), ["https://ghcr.io/v2/"]);
        assert_eq!(asked("ghcr.io:80"), ["https://ghcr.io:80/v2/"]);
        assert_eq!(asked("10.0.0.1:5000"), ["https://10.0.0.1:5000/v2/"]);
        assert_eq!(
            asked("localhost:5000"),
            ["https://localhost:5000/v2/", "http://localhost:5000/v2/"]
        );
        assert_eq!(
            asked("[::1]"),
            ["https://[::1]/v2/", "http://[::1]:443/v2/"]
        );
    }

    #[test]
    fn docker_hub_is_asked_where_it_answers() {
        for name in [
            "docker.io",
            "https://index.docker.io/v1/",
            "registry-1.docker.io",
        ] {
            assert_eq!(asked(name), ["https://registry-1.docker.io/v2/"]);
        }
        assert_eq!(asked("docker.io:5000"), ["https://docker.io:5000/v2/"]);
    }
}
