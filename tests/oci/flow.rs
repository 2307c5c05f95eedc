//! The two ways in, Basic and token, with servers that behave.

use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use support::authority::Authority;
use terraform_provider_bahriya::oci::verify::Outcome;

use crate::reason;
use crate::server::{
    PASSWORD, Seen, Server, USERNAME, answer, basic, challenge, check, check_with, verifier,
};

const TOKEN: &str = "a-token-of-the-registry";

/// A registry with its token server on the same host, as Harbor has it.
fn registry_with_tokens(
    port_of_realm: u16,
    scheme: &'static str,
) -> impl Fn(&Seen) -> Response<Body> + Clone {
    move |seen: &Seen| match (seen.path.as_str(), seen.authorization()) {
        ("/token", Some(value)) if value == basic(USERNAME, PASSWORD) => answer(
            200,
            &[],
            format!(r#"{{"token":"{TOKEN}","expires_in":300}}"#),
        ),
        ("/token", _) => answer(401, &[], "{}"),
        ("/v2/", Some(value)) if value == format!("Bearer {TOKEN}") => answer(200, &[], "{}"),
        _ => challenge(&format!(
            r#"Bearer realm="{scheme}://127.0.0.1:{port_of_realm}/token",service="registry & co""#
        )),
    }
}

#[tokio::test]
async fn a_token_server_over_tls() {
    let authority = Authority::local();
    let tokens = Server::https(&authority, registry_with_tokens(0, "https")).await;
    let registry = Server::https(&authority, registry_with_tokens(tokens.port, "https")).await;
    let verifier = verifier(&authority, Duration::from_secs(10));

    let outcome = check_with(&verifier, &registry.name(), USERNAME, PASSWORD).await;
    assert_eq!(outcome, Outcome::Accepted);
    let seen = registry.seen();
    assert_eq!(registry.paths(), ["/v2/", "/v2/"]);
    assert_eq!(seen[0].authorization(), None);
    assert_eq!(
        seen[1].authorization(),
        Some("Bearer a-token-of-the-registry")
    );
    assert_eq!(tokens.paths(), ["/token"], "asked exactly once");
    assert_eq!(tokens.seen()[0].query, "service=registry+%26+co");

    let reason = reason!(
        check_with(&verifier, &registry.name(), USERNAME, "wrong-password").await,
        Refused
    );
    assert!(reason.contains("its token server answered 401"), "{reason}");
    assert_eq!(tokens.paths().len(), 2, "a refusal is not tried again");
    assert_eq!(
        registry.paths().len(),
        3,
        "the registry is not asked after a refusal"
    );
}

#[tokio::test]
async fn a_token_server_over_http_on_this_machine() {
    let tokens = Server::http(registry_with_tokens(0, "http")).await;
    let registry = Server::http(registry_with_tokens(tokens.port, "http")).await;
    assert_eq!(
        check(&registry.name(), USERNAME, PASSWORD).await,
        Outcome::Accepted
    );
}

#[tokio::test]
async fn the_other_name_of_the_token_is_understood() {
    let registry = Server::http(
        |seen: &Seen| match (seen.path.as_str(), seen.authorization()) {
            ("/token", _) => answer(
                200,
                &[],
                format!(r#"{{"token":"","access_token":"{TOKEN}"}}"#),
            ),
            (_, Some("Bearer a-token-of-the-registry")) => answer(200, &[], ""),
            _ => {
                let host = seen.headers["host"].to_str().unwrap();
                challenge(&format!(
                    r#"Basic realm="r", Bearer realm="http://{host}/token?x=1",service="s""#
                ))
            }
        },
    )
    .await;
    assert_eq!(
        check(&registry.name(), USERNAME, PASSWORD).await,
        Outcome::Accepted
    );
    assert_eq!(registry.seen()[1].query, "x=1&service=s");
}

#[tokio::test]
async fn challenges_may_stand_in_several_headers() {
    let registry = Server::http(|seen: &Seen| match seen.authorization() {
        None => answer(
            401,
            &[
                ("WWW-Authenticate", "Negotiate"),
                ("WWW-Authenticate", "basic realm=r"),
            ],
            "",
        ),
        Some(value) if value == basic(USERNAME, PASSWORD) => answer(200, &[], "{}"),
        Some(_) => answer(401, &[], ""),
    })
    .await;
    assert_eq!(
        check(&registry.name(), USERNAME, PASSWORD).await,
        Outcome::Accepted
    );
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let registry = Server::http(|seen: &Seen| match seen.path.as_str() {
        "/token" => answer(200, &[], r#"{"token":"expired"}"#),
        _ => {
            let host = seen.headers["host"].to_str().unwrap();
            challenge(&format!(
                r#"Bearer realm="http://{host}/token",error="invalid_token""#
            ))
        }
    })
    .await;
    let reason = reason!(check(&registry.name(), USERNAME, PASSWORD).await, Refused);
    assert!(reason.contains("401"), "{reason}");
    assert_eq!(
        registry.paths(),
        ["/v2/", "/token", "/v2/"],
        "the second challenge is not followed"
    );
}

#[tokio::test]
async fn a_token_without_enough_scope_is_no_refusal() {
    let registry = Server::http(|seen: &Seen| match seen.path.as_str() {
        "/token" => answer(200, &[], r#"{"token":"narrow"}"#),
        _ => {
            let host = seen.headers["host"].to_str().unwrap();
            challenge(&format!(
                r#"Bearer realm="http://{host}/token",error="insufficient_scope""#
            ))
        }
    })
    .await;
    reason!(
        check(&registry.name(), USERNAME, PASSWORD).await,
        NotChecked
    );
}

/// Amazon ECR answers so once the 12 hours of a token are over.
#[tokio::test]
async fn a_forbidden_basic_login_is_refused() {
    let registry = Server::http(|seen: &Seen| match seen.authorization() {
        None => {
            challenge(r#"Basic realm="https://elsewhere.example/",service="ecr.amazonaws.com""#)
        }
        Some(_) => answer(403, &[], format!("your token {PASSWORD} has expired")),
    })
    .await;
    let reason = reason!(check(&registry.name(), "AWS", PASSWORD).await, Refused);
    assert!(reason.contains("403"), "{reason}");
    assert_eq!(
        registry.seen()[1].authorization(),
        Some(basic("AWS", PASSWORD).as_str())
    );
    assert_eq!(registry.paths().len(), 2);
}

#[tokio::test]
async fn an_open_registry_gets_no_credentials_and_proves_nothing() {
    for (headers, body) in [
        (
            &[("Docker-Distribution-Api-Version", "registry/2.0")][..],
            "",
        ),
        (&[], "{}"),
    ] {
        let registry = Server::http(move |_: &Seen| answer(200, headers, body)).await;
        reason!(
            check(&registry.name(), USERNAME, PASSWORD).await,
            NotChecked
        );
        assert_eq!(registry.seen()[0].authorization(), None);
        assert_eq!(registry.paths(), ["/v2/"]);
    }
}

#[tokio::test]
async fn a_scheme_that_takes_no_password_is_not_checked() {
    let registry = Server::http(|_: &Seen| challenge("Negotiate")).await;
    reason!(
        check(&registry.name(), USERNAME, PASSWORD).await,
        NotChecked
    );
    assert_eq!(registry.paths(), ["/v2/"]);
}

#[tokio::test]
async fn a_username_that_cannot_be_sent_is_not_sent() {
    let registry = Server::http(|_: &Seen| challenge("Basic realm=r")).await;
    reason!(
        check(&registry.name(), "robot:x", PASSWORD).await,
        NotChecked
    );
    assert_eq!(registry.paths().len(), 0);
}
