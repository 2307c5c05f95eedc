//! TLS, plain http and connections that do not come about.

use std::time::Duration;

use support::authority::Authority;
use support::scripted::{Server, raw};
use terraform_provider_bahriya::oci::verify::{Outcome, verify};
use terraform_provider_bahriya::secret::Secret;

use crate::check::{
    PASSWORD, USERNAME, after_login, challenge, check, check_with, checked, trusting,
};
use crate::reason;

async fn registry_of(authority: &Authority) -> Server {
    Server::start_tls(authority.server_config(), |got| {
        match got.header("authorization") {
            None => challenge("Basic realm=r"),
            Some(_) => raw(200, "", "{}"),
        }
    })
    .await
}

#[tokio::test]
async fn a_private_authority_has_to_be_given() {
    let authority = Authority::local();
    let registry = registry_of(&authority).await;
    let reason = reason!(checked(&registry).await, Unreachable);
    assert!(
        reason.contains("not issued by an authority") && reason.contains("ca_certificate_file"),
        "{reason}"
    );
    assert_eq!(registry.lines(), [""; 0], "nor over plain http instead");

    let other = trusting(&Authority::local());
    let outcome = check_with(&other, registry.name(), USERNAME, PASSWORD).await;
    reason!(outcome, Unreachable);

    let trust = trusting(&authority);
    let outcome = check_with(&trust, registry.name(), USERNAME, PASSWORD).await;
    assert_eq!(outcome, Outcome::Accepted);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_taken() {
    let authority = Authority::issuing_for(&["registry.example.com"]);
    let registry = registry_of(&authority).await;
    let trust = trusting(&authority);
    let outcome = check_with(&trust, registry.name(), USERNAME, PASSWORD).await;
    let reason = reason!(outcome, Unreachable);
    assert!(reason.contains("for another host name"), "{reason}");
    assert_eq!(registry.lines(), [""; 0]);
}

/// `0.0.0.0` reaches this machine, but is not one of its loopback names.
#[tokio::test]
async fn plain_http_elsewhere_is_not_spoken() {
    let registry = after_login(|| raw(200, "", "{}")).await;
    assert_eq!(checked(&registry).await, Outcome::Accepted);
    let named = |host| format!("{host}:{}", registry.port());
    let outcome = check(&named("localhost"), USERNAME, PASSWORD).await;
    assert_eq!(outcome, Outcome::Accepted);
    let before = registry.lines().len();
    let outcome = check(&named("0.0.0.0"), USERNAME, PASSWORD).await;
    reason!(outcome, Unreachable);
    assert_eq!(registry.lines().len(), before);
}

#[tokio::test]
async fn a_name_that_asks_for_plain_http_is_not_connected_to() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let name = format!("http://{}", listener.local_addr().unwrap());
    let reason = reason!(check(&name, USERNAME, PASSWORD).await, NotChecked);
    assert!(reason.contains("scheme other than https"), "{reason}");
    let connection = tokio::time::timeout(Duration::from_millis(100), listener.accept()).await;
    assert!(connection.is_err(), "there was a connection");
}

#[tokio::test]
async fn a_port_where_nothing_listens() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let name = listener.local_addr().unwrap().to_string();
    drop(listener);
    let reason = reason!(check(&name, USERNAME, PASSWORD).await, Unreachable);
    assert!(reason.contains("refused"), "{reason}");
}

#[tokio::test]
async fn a_name_that_does_not_exist() {
    reason!(
        check("registry.invalid", USERNAME, PASSWORD).await,
        Unreachable
    );
}

#[tokio::test]
async fn a_check_that_is_given_up_ends() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let name = listener.local_addr().unwrap().to_string();
    let check = tokio::spawn(async move {
        let long = Duration::from_secs(600);
        verify(&name, USERNAME, &Secret::new(PASSWORD), &[], long).await
    });
    let (mut connection, _) = listener.accept().await.unwrap();
    check.abort();
    // Reading to the end succeeds only once our side has closed the connection.
    let mut rest = Vec::new();
    let end = tokio::io::AsyncReadExt::read_to_end(&mut connection, &mut rest);
    tokio::time::timeout(Duration::from_secs(30), end)
        .await
        .expect("still connected")
        .ok();
}
