//! The two ways in, Basic and token, with servers that behave.

use support::authority::Authority;
use support::scripted::{Got, Reply, Server, raw};
use terraform_provider_bahriya::oci::verify::Outcome;

use crate::check::{
    PASSWORD, USERNAME, basic, challenge, check, check_with, checked, sent, token_challenge,
    trusting,
};
use crate::reason;

const TOKEN: &str = "a-token-of-the-registry";

/// A registry with its token server on the same host, as Harbor has it. `realm` is the address of that server.
fn registry_with_tokens(realm: String) -> impl Fn(&Got) -> Reply + Clone {
    move |got| {
        let path = got.path.split('?').next().expect("a path");
        match (path, got.header("authorization")) {
            ("/token", Some(value)) if value == basic(USERNAME, PASSWORD) => {
                let body = format!(r#"{{"token":"{TOKEN}","expires_in":300}}"#);
                raw(200, "", body)
            }
            ("/token", _) => raw(401, "", "{}"),
            ("/v2/", Some(value)) if value == format!("Bearer {TOKEN}") => raw(200, "", "{}"),
            _ => challenge(&format!(
                r#"Bearer realm="{realm}/token",service="registry & co""#
            )),
        }
    }
}

#[tokio::test]
async fn a_token_server_over_tls() {
    let authority = Authority::local();
    let https = |realm| Server::start_tls(authority.server_config(), registry_with_tokens(realm));
    let tokens = https(String::new()).await;
    let registry = https(format!("https://{}", tokens.name())).await;
    let trust = trusting(&authority);

    let outcome = check_with(&trust, registry.name(), USERNAME, PASSWORD).await;
    assert_eq!(outcome, Outcome::Accepted);
    assert_eq!(registry.lines(), ["GET /v2/", "GET /v2/"]);
    assert_eq!(sent(&registry), [None, Some(format!("Bearer {TOKEN}"))]);
    let asked = ["GET /token?service=registry+%26+co"];
    assert_eq!(tokens.lines(), asked, "asked exactly once");

    let outcome = check_with(&trust, registry.name(), USERNAME, "wrong-password").await;
    let reason = reason!(outcome, Refused);
    assert!(reason.contains("its token server answered 401"), "{reason}");
    assert_eq!(tokens.lines().len(), 2, "a refusal is not tried again");
    let asked = registry.lines().len();
    assert_eq!(asked, 3, "the registry is not asked after a refusal");
}

#[tokio::test]
async fn a_token_server_over_http_on_this_machine() {
    let tokens = Server::start(registry_with_tokens(String::new())).await;
    let realm = format!("http://{}", tokens.name());
    let registry = Server::start(registry_with_tokens(realm)).await;
    assert_eq!(checked(&registry).await, Outcome::Accepted);
}

#[tokio::test]
async fn the_other_name_of_the_token_is_understood() {
    let registry = Server::start(|got| {
        let host = got.header("host").expect("a host");
        match (got.path.as_str(), got.header("authorization")) {
            ("/v2/", Some("Bearer a-token-of-the-registry")) => raw(200, "", ""),
            ("/v2/", _) => challenge(&format!(
                r#"Basic realm="r", Bearer realm="http://{host}/token?x=1",service="s""#
            )),
            _ => raw(
                200,
                "",
                format!(r#"{{"token":"","access_token":"{TOKEN}"}}"#),
            ),
        }
    })
    .await;
    assert_eq!(checked(&registry).await, Outcome::Accepted);
    assert_eq!(registry.got()[1].path, "/token?x=1&service=s");
}

#[tokio::test]
async fn challenges_may_stand_in_several_headers() {
    let registry = Server::start(|got| match got.header("authorization") {
        None => {
            let headers = "www-authenticate: Negotiate\r\nwww-authenticate: basic realm=r\r\n";
            raw(401, headers, "")
        }
        Some(value) if value == basic(USERNAME, PASSWORD) => raw(200, "", "{}"),
        Some(_) => raw(401, "", ""),
    })
    .await;
    assert_eq!(checked(&registry).await, Outcome::Accepted);
}

/// A registry whose token does not help, and why.
async fn refusing_its_token(error: &'static str) -> Server {
    Server::start(move |got| match got.path.as_str() {
        "/token" => raw(200, "", r#"{"token":"of-no-use"}"#),
        _ => token_challenge(got, &format!(r#",error="{error}""#)),
    })
    .await
}

#[tokio::test]
async fn an_expired_token_is_refused_and_one_without_enough_scope_is_not() {
    let registry = refusing_its_token("invalid_token").await;
    let reason = reason!(checked(&registry).await, Refused);
    assert!(reason.contains("401"), "{reason}");
    // The second challenge is not followed.
    assert_eq!(registry.lines(), ["GET /v2/", "GET /token", "GET /v2/"]);
    let registry = refusing_its_token("insufficient_scope").await;
    reason!(checked(&registry).await, NotChecked);
}

/// Amazon ECR answers so once the 12 hours of a token are over.
#[tokio::test]
async fn a_forbidden_basic_login_is_refused() {
    let registry = Server::start(|got| match got.header("authorization") {
        None => {
            challenge(r#"Basic realm="https://elsewhere.example/",service="ecr.amazonaws.com""#)
        }
        Some(_) => raw(403, "", format!("your token {PASSWORD} has expired")),
    })
    .await;
    let reason = reason!(check(registry.name(), "AWS", PASSWORD).await, Refused);
    assert!(reason.contains("403"), "{reason}");
    assert_eq!(sent(&registry), [None, Some(basic("AWS", PASSWORD))]);
}

#[tokio::test]
async fn an_open_registry_gets_no_credentials_and_proves_nothing() {
    let named = "docker-distribution-api-version: registry/2.0\r\n";
    for (headers, body) in [(named, ""), ("", "{}")] {
        let registry = Server::start(move |_| raw(200, headers, body)).await;
        reason!(checked(&registry).await, NotChecked);
        assert_eq!(registry.lines(), ["GET /v2/"]);
        assert_eq!(sent(&registry), [None]);
    }
}

#[tokio::test]
async fn a_scheme_that_takes_no_password_is_not_checked() {
    let registry = Server::start(|_| challenge("Negotiate")).await;
    reason!(checked(&registry).await, NotChecked);
    assert_eq!(registry.lines(), ["GET /v2/"]);
}

#[tokio::test]
async fn a_username_that_cannot_be_sent_is_not_sent() {
    let registry = Server::start(|_| challenge("Basic realm=r")).await;
    reason!(
        check(registry.name(), "robot:x", PASSWORD).await,
        NotChecked
    );
    assert_eq!(registry.lines(), [""; 0]);
}
