//! Servers that are after the credentials, or after our time and memory.

use std::time::Duration;

use axum::body::{Body, Bytes};
use support::authority::Authority;
use terraform_provider_bahriya::oci::verify::{Outcome, Verifier};

use crate::reason;
use crate::server::{
    PASSWORD, Seen, Server, USERNAME, answer, challenge, check, check_with, verifier,
};

#[tokio::test]
async fn a_token_server_on_another_host_receives_nothing() {
    let authority = Authority::local();
    let collector =
        Server::https(&authority, |_: &Seen| answer(200, &[], r#"{"token":"t"}"#)).await;
    let realm = format!("https://localhost:{}/token", collector.port);
    let registry = Server::https(&authority, move |_: &Seen| {
        challenge(&format!(r#"Bearer realm="{realm}",service="s""#))
    })
    .await;
    let verifier = verifier(&authority, Duration::from_secs(10));
    let outcome = check_with(&verifier, &registry.name(), USERNAME, PASSWORD).await;
    match outcome {
        Outcome::RealmRefused { host, reason } => {
            assert_eq!(host, "localhost");
            assert!(reason.contains("nor known to belong to it"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(collector.paths().len(), 0);
    assert_eq!(registry.paths(), ["/v2/"]);
}

#[tokio::test]
async fn a_registry_over_tls_cannot_ask_for_plain_http() {
    let authority = Authority::local();
    let collector = Server::http(|_: &Seen| answer(200, &[], r#"{"token":"t"}"#)).await;
    let realm = format!("http://127.0.0.1:{}/token", collector.port);
    let registry = Server::https(&authority, move |_: &Seen| {
        challenge(&format!(r#"Bearer realm="{realm}""#))
    })
    .await;
    let verifier = verifier(&authority, Duration::from_secs(10));
    let reason = reason!(
        check_with(&verifier, &registry.name(), USERNAME, PASSWORD).await,
        RealmRefused
    );
    assert!(reason.contains("plain http"), "{reason}");
    assert_eq!(collector.paths().len(), 0);
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let collector = Server::http(|_: &Seen| answer(200, &[], r#"{"token":"t"}"#)).await;
    // The address carries the password, as a server would do that wants to see it in a log.
    let elsewhere = format!("http://localhost:{}/v2/?{PASSWORD}", collector.port);
    for status in [301, 302, 303, 307, 308] {
        // From the first answer on, from the registry after a login, and from the token server.
        let to = elsewhere.clone();
        let first = Server::http(move |_: &Seen| answer(status, &[("Location", &to)], "")).await;
        let to = elsewhere.clone();
        let login = Server::http(move |seen: &Seen| match seen.authorization() {
            None => challenge("Basic realm=r"),
            Some(_) => answer(status, &[("Location", &to)], ""),
        })
        .await;
        let to = elsewhere.clone();
        let token = Server::http(move |seen: &Seen| match seen.path.as_str() {
            "/token" => answer(status, &[("Location", &to)], ""),
            _ => {
                let host = seen.headers["host"].to_str().unwrap();
                challenge(&format!(r#"Bearer realm="http://{host}/token""#))
            }
        })
        .await;
        for (server, requests) in [(first, 1), (login, 2), (token, 2)] {
            let reason = reason!(
                check(&server.name(), USERNAME, PASSWORD).await,
                NotARegistry
            );
            assert!(reason.contains("redirect"), "{reason}");
            assert_eq!(server.paths().len(), requests);
        }
    }
    assert_eq!(collector.paths().len(), 0);
}

#[tokio::test]
async fn challenges_that_make_no_sense() {
    let long = format!("Bearer realm=\"{}\"", "a".repeat(20_000));
    for value in [
        "",
        "Bearer",
        "Bearer realm=\"https://cut",
        "<html>",
        "=,=,=",
        long.as_str(),
    ] {
        let header = value.to_owned();
        let registry = Server::http(move |_: &Seen| challenge(&header)).await;
        let outcome = check(&registry.name(), USERNAME, PASSWORD).await;
        let stopped = matches!(
            outcome,
            Outcome::NotARegistry { .. } | Outcome::NotChecked { .. }
        );
        assert!(stopped, "{outcome:?}");
        assert_eq!(registry.paths(), ["/v2/"]);
        assert_eq!(registry.seen()[0].authorization(), None);
    }
}

#[tokio::test]
async fn a_realm_that_is_no_address_is_refused() {
    let registry = Server::http(|_: &Seen| challenge(r#"Bearer realm="Registry Realm""#)).await;
    let outcome = check(&registry.name(), USERNAME, PASSWORD).await;
    assert!(
        matches!(outcome, Outcome::RealmRefused { ref host, .. } if host.is_empty()),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn other_kinds_of_servers() {
    for (status, word) in [
        (200, "page of another kind"),
        (404, "404"),
        (403, "403"),
        (418, "418"),
    ] {
        let site = Server::http(move |_: &Seen| {
            answer(
                status,
                &[("Content-Type", "text/html")],
                "<!doctype html><title>Welcome</title>",
            )
        })
        .await;
        let reason = reason!(check(&site.name(), USERNAME, PASSWORD).await, NotARegistry);
        assert!(reason.contains(word), "{reason}");
        assert_eq!(site.seen()[0].authorization(), None);
    }
}

#[tokio::test]
async fn a_token_server_that_answers_anything_else() {
    for body in [
        "<html>",
        "{}",
        "[]",
        r#"{"token":null}"#,
        r#"{"token":7}"#,
        r#"{"token":""}"#,
        r#"{"token":"a\nb"}"#,
    ] {
        let registry = Server::http(move |seen: &Seen| match seen.path.as_str() {
            "/token" => answer(200, &[], body),
            _ => {
                let host = seen.headers["host"].to_str().unwrap();
                challenge(&format!(r#"Bearer realm="http://{host}/token""#))
            }
        })
        .await;
        let reason = reason!(
            check(&registry.name(), USERNAME, PASSWORD).await,
            NotARegistry
        );
        assert!(reason.contains("its token server"), "{body}: {reason}");
        assert_eq!(registry.paths(), ["/v2/", "/token"]);
    }
}

#[tokio::test]
async fn overload_says_nothing_about_the_credentials() {
    for status in [429, 500, 502, 503] {
        let registry = Server::http(move |_: &Seen| answer(status, &[], "")).await;
        let reason = reason!(
            check(&registry.name(), USERNAME, PASSWORD).await,
            Unreachable
        );
        assert!(reason.contains(&status.to_string()), "{reason}");
        assert_eq!(registry.paths().len(), 1, "one try only");
        let registry = Server::http(move |seen: &Seen| match seen.authorization() {
            None => challenge("Basic realm=r"),
            Some(_) => answer(status, &[], PASSWORD),
        })
        .await;
        reason!(
            check(&registry.name(), USERNAME, PASSWORD).await,
            Unreachable
        );
        assert_eq!(registry.paths().len(), 2, "one try only");
    }
}

fn endless() -> Body {
    let block = Bytes::from_static(&[b' '; 16 * 1024]);
    Body::from_stream(tokio_stream::iter(std::iter::repeat_with(move || {
        Ok::<_, std::io::Error>(block.clone())
    })))
}

#[tokio::test]
async fn bodies_without_an_end_are_cut_off() {
    let site = Server::http(|_: &Seen| answer(200, &[], endless())).await;
    reason!(check(&site.name(), USERNAME, PASSWORD).await, NotARegistry);
    let registry = Server::http(|seen: &Seen| match seen.path.as_str() {
        "/token" => answer(200, &[], endless()),
        _ => {
            let host = seen.headers["host"].to_str().unwrap();
            challenge(&format!(r#"Bearer realm="http://{host}/token""#))
        }
    })
    .await;
    let reason = reason!(
        check(&registry.name(), USERNAME, PASSWORD).await,
        NotARegistry
    );
    assert!(reason.contains("did not answer with a token"), "{reason}");
}

#[tokio::test]
async fn a_slow_server_meets_the_time_limit() {
    let verifier = Verifier::new(Vec::new(), Duration::from_millis(200));
    // One that takes the connection and says nothing, and one whose body never comes.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_name = silent.local_addr().unwrap().to_string();
    let stuck = Server::http(|_: &Seen| {
        answer(
            200,
            &[],
            Body::from_stream(tokio_stream::pending::<Result<Bytes, std::io::Error>>()),
        )
    })
    .await;
    for name in [silent_name, stuck.name()] {
        let reason = reason!(
            check_with(&verifier, &name, USERNAME, PASSWORD).await,
            Unreachable
        );
        assert!(reason.contains("within 200ms"), "{reason}");
    }
}
