//! Servers that are after the credentials, or after our time and memory.

use std::time::Duration;

use support::authority::Authority;
use support::scripted::{Reply, Server, raw};
use terraform_provider_bahriya::oci::realm::RealmError;
use terraform_provider_bahriya::oci::verify::{Outcome, verify};
use terraform_provider_bahriya::secret::Secret;

use crate::check::{
    PASSWORD, USERNAME, after_login, challenge, check_with, checked, trusting, with_tokens,
};
use crate::reason;

fn a_token() -> Reply {
    raw(200, "", r#"{"token":"t"}"#)
}

#[tokio::test]
async fn a_token_server_on_another_host_receives_nothing() {
    let authority = Authority::local();
    let collector = Server::start_tls(authority.server_config(), |_| a_token()).await;
    let realm = format!("https://localhost:{}/token", collector.port());
    let registry = Server::start_tls(authority.server_config(), move |_| {
        challenge(&format!(r#"Bearer realm="{realm}",service="s""#))
    })
    .await;
    let trust = trusting(&authority);
    let outcome = check_with(&trust, registry.name(), USERNAME, PASSWORD).await;
    match outcome {
        Outcome::RealmRefused(RealmError { host, reason }) => {
            assert_eq!(host, "localhost");
            assert!(reason.contains("nor known to belong to it"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(collector.lines(), [""; 0]);
    assert_eq!(registry.lines(), ["GET /v2/"]);
}

#[tokio::test]
async fn a_registry_over_tls_cannot_ask_for_plain_http() {
    let authority = Authority::local();
    let collector = Server::start(|_| a_token()).await;
    let realm = format!("http://{}/token", collector.name());
    let registry = Server::start_tls(authority.server_config(), move |_| {
        challenge(&format!(r#"Bearer realm="{realm}""#))
    })
    .await;
    let trust = trusting(&authority);
    let outcome = check_with(&trust, registry.name(), USERNAME, PASSWORD).await;
    assert!(
        matches!(outcome, Outcome::RealmRefused(ref error) if error.reason.contains("plain http")),
        "{outcome:?}"
    );
    assert_eq!(collector.lines(), [""; 0]);
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let collector = Server::start(|_| a_token()).await;
    // The address carries the password, as a server would do that wants to see it in a log.
    let port = collector.port();
    let location: &str = format!("location: http://localhost:{port}/v2/?{PASSWORD}\r\n").leak();
    let to = move |status| Reply::Raw(status, location, String::new());
    for status in [301, 302, 303, 307, 308] {
        // From the first answer on, from the registry after a login, and from the token server.
        let first = Server::start(move |_| to(status)).await;
        let login = after_login(move || to(status)).await;
        let token = with_tokens(move || to(status)).await;
        for (server, requests) in [(first, 1), (login, 2), (token, 2)] {
            let reason = reason!(checked(&server).await, NotARegistry);
            assert!(reason.contains("redirect"), "{reason}");
            assert_eq!(server.lines().len(), requests);
        }
    }
    assert_eq!(collector.lines(), [""; 0]);
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
        let registry = Server::start(move |_| challenge(&header)).await;
        let outcome = checked(&registry).await;
        let stopped = matches!(outcome, Outcome::NotARegistry(_) | Outcome::NotChecked(_));
        assert!(stopped, "{outcome:?}");
        assert_eq!(registry.lines(), ["GET /v2/"]);
        assert_eq!(registry.got()[0].header("authorization"), None);
    }
}

#[tokio::test]
async fn a_realm_that_is_no_address_is_refused() {
    let registry = Server::start(|_| challenge(r#"Bearer realm="Registry Realm""#)).await;
    let outcome = checked(&registry).await;
    assert!(
        matches!(outcome, Outcome::RealmRefused(ref error) if error.host.is_empty()),
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
        let page = "<!doctype html><title>Welcome</title>";
        let site = Server::start(move |_| raw(status, "content-type: text/html\r\n", page)).await;
        let reason = reason!(checked(&site).await, NotARegistry);
        assert!(reason.contains(word), "{reason}");
        assert_eq!(site.got()[0].header("authorization"), None);
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
        let registry = with_tokens(move || raw(200, "", body)).await;
        let reason = reason!(checked(&registry).await, NotARegistry);
        assert!(reason.contains("its token server"), "{body}: {reason}");
        assert_eq!(registry.lines(), ["GET /v2/", "GET /token"]);
    }
}

#[tokio::test]
async fn overload_says_nothing_about_the_credentials() {
    for status in [429, 500, 502, 503] {
        let registry = Server::start(move |_| raw(status, "", "")).await;
        let reason = reason!(checked(&registry).await, Unreachable);
        assert!(reason.contains(&status.to_string()), "{reason}");
        assert_eq!(registry.lines().len(), 1, "one try only");
        let registry = after_login(move || raw(status, "", PASSWORD)).await;
        reason!(checked(&registry).await, Unreachable);
        assert_eq!(registry.lines().len(), 2, "one try only");
    }
}

#[tokio::test]
async fn bodies_without_an_end_are_cut_off() {
    let site = Server::start(|_| Reply::Endless).await;
    reason!(checked(&site).await, NotARegistry);
    let registry = with_tokens(|| Reply::Endless).await;
    let reason = reason!(checked(&registry).await, NotARegistry);
    assert!(reason.contains("did not answer with a token"), "{reason}");
}

#[tokio::test]
async fn a_slow_server_meets_the_time_limit() {
    let short = Duration::from_millis(200);
    // One that takes the connection and says nothing, and one whose body never comes.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_name = silent.local_addr().unwrap().to_string();
    let stuck = Server::start(|_| Reply::Stuck).await;
    for name in [silent_name.as_str(), stuck.name()] {
        let outcome = verify(name, USERNAME, &Secret::new(PASSWORD), &[], short).await;
        let reason = reason!(outcome, Unreachable);
        assert!(reason.contains("within 0.2 s"), "{reason}");
    }
}
