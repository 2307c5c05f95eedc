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

mod answers;
mod http;

use std::time::Duration;

use reqwest::{Certificate, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;

use self::answers::{
    REGISTRY, TOKEN_SERVER, judge_login, judge_token_use, not_checked, strange, unreachable,
    without_challenge,
};
use self::http::{bounded_body, challenges_of, client, words};
use super::challenge::Challenge;
use super::realm::{self, RealmError};
use super::server::ServerName;
use crate::net::tls;
use crate::secret::Secret;

/// The time that a check may take in all, unless the caller says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// What came of a check. A reason is a fragment for an error message and shows no credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The registry took the credentials.
    Accepted,
    /// The registry or its token server said no to the credentials: who, and how.
    Refused(String),
    /// Nothing, or nothing of use, was heard: no connection, no trust in the certificate, no answer in
    /// time, overload. Says nothing about the credentials.
    Unreachable(String),
    /// Something answered, and not as a registry does.
    NotARegistry(String),
    /// The registry wants the credentials sent to a token server that may not have them. They were not
    /// sent.
    RealmRefused(RealmError),
    /// The credentials could not be tried, or the answer does not tell: why not.
    NotChecked(String),
}

/// Tries credentials once, within `timeout` in all. `extra_ca` are trusted besides the certificates of the system.
/// Dropping the future ends the check.
pub async fn verify(
    server: &str,
    username: &str,
    password: &Secret,
    extra_ca: &[Certificate],
    timeout: Duration,
) -> Outcome {
    let check = check(server, username, password, extra_ca);
    match tokio::time::timeout(timeout, check).await {
        Ok(Ok(outcome) | Err(outcome)) => outcome,
        Err(_) => {
            let waited = (timeout.as_secs_f64() * 10.0).round() / 10.0;
            Outcome::Unreachable(format!("there was no answer within {waited} s"))
        }
    }
}

/// `Err` is an outcome, too: one that was clear before the end.
async fn check(
    server: &str,
    username: &str,
    password: &Secret,
    extra_ca: &[Certificate],
) -> Result<Outcome, Outcome> {
    let server = ServerName::parse(server)
        .map_err(|error| not_checked(format!("the server name cannot be used: {error}")))?;
    if username.contains(':') {
        return Err(not_checked("a username with a colon cannot be sent"));
    }
    let client = client(&server, extra_ca).map_err(|error| {
        Outcome::Unreachable(format!("failed to set up TLS: {}", words(&error)))
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
        return Ok(judge_token_use(&answer));
    }
    if challenges.iter().any(|c| c.is("Basic")) {
        let asked = client
            .get(registry)
            .basic_auth(username, Some(password.expose()));
        let answer = send(asked, REGISTRY).await?;
        return judge_login(&answer, REGISTRY).map(|()| Outcome::Accepted);
    }
    if challenges.is_empty() {
        let reason = "it asks for credentials (401) without saying how";
        return Err(Outcome::NotARegistry(reason.to_owned()));
    }
    let other_ways = "it asks for credentials in a way that takes no username and password";
    Err(not_checked(other_ways))
}
/// Where a registry is asked.
fn address(server: &ServerName) -> String {
    match server.service().and_then(|service| service.api_host) {
        Some(host) => format!("https://{host}/v2/"),
        None => format!("https://{server}/v2/"),
    }
}

/// Where a registry is asked that does not speak TLS: on this machine only, and on a port that is named.
fn plain_address(server: &ServerName) -> Option<String> {
    let local = server.is_loopback() && server.port.is_some();
    local.then(|| format!("http://{server}/v2/"))
}

/// Asks without credentials. Gives the address that answered, and its demand for credentials.
async fn probe(client: &reqwest::Client, server: &ServerName) -> Result<(Url, Response), Outcome> {
    let over_tls = client.get(address(server)).send().await;
    let result = match (over_tls, plain_address(server)) {
        (Err(error), Some(plain)) if error.is_connect() && tls::untrusted(&error).is_none() => {
            client.get(plain).send().await
        }
        (result, _) => result,
    };
    let answer = result.map_err(|error| unreachable(REGISTRY, &error))?;
    match answer.status() {
        StatusCode::UNAUTHORIZED => Ok((answer.url().clone(), answer)),
        StatusCode::OK => Err(without_challenge(answer).await),
        status => Err(strange(status, REGISTRY)),
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
    let mut url = realm::judge(server, plain_http, realm).map_err(Outcome::RealmRefused)?;
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
    let reason = "its token server did not answer with a token";
    let no_token = || Outcome::NotARegistry(reason.to_owned());
    let body = bounded_body(answer).await.ok_or_else(no_token)?;
    let answer: TokenAnswer = serde_json::from_slice(&body).map_err(|_| no_token())?;
    let tokens = [answer.token, answer.access_token].map(Option::unwrap_or_default);
    let mut tokens = tokens.into_iter().map(Secret::new);
    tokens.find(is_sendable).ok_or_else(no_token)
}

/// Whether the token can stand in a header.
fn is_sendable(token: &Secret) -> bool {
    !token.expose().is_empty() && token.expose().bytes().all(|b| b.is_ascii_graphic())
}

async fn send(request: RequestBuilder, who: &str) -> Result<Response, Outcome> {
    request
        .send()
        .await
        .map_err(|error| unreachable(who, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(server: &str) -> (String, Option<String>) {
        let server = ServerName::parse(server).unwrap();
        (address(&server), plain_address(&server))
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for (server, https) in [
            ("ghcr.io", "https://ghcr.io/v2/"),
            ("ghcr.io:80", "https://ghcr.io:80/v2/"),
            ("10.0.0.1:5000", "https://10.0.0.1:5000/v2/"),
            ("localhost", "https://localhost/v2/"),
        ] {
            assert_eq!(asked(server), (https.to_owned(), None));
        }
        for host in ["localhost:5000", "127.0.0.1:80", "[::1]:5000"] {
            let plain = Some(format!("http://{host}/v2/"));
            assert_eq!(asked(host), (format!("https://{host}/v2/"), plain));
        }
    }

    #[test]
    fn docker_hub_is_asked_where_it_answers() {
        for name in [
            "docker.io",
            "https://index.docker.io/v1/",
            "registry-1.docker.io",
        ] {
            assert_eq!(asked(name).0, "https://registry-1.docker.io/v2/");
        }
        assert_eq!(asked("docker.io:5000").0, "https://docker.io:5000/v2/");
    }
}
