//! Whom a root's certificates make it trust.

use crate::root::Root;
use crate::servers::{Api, NAME};

const HOST: &str = "api.bahriya.test";

async fn root_and_api() -> (Root, Api) {
    let (root, api) = (Root::new(), Api::start(HOST).await);
    root.write("etc/hosts", &format!("127.0.0.1 {HOST}\n"));
    (root, api)
}

#[tokio::test]
async fn without_any_certificates_the_error_says_how_to_bring_some() {
    let (root, api) = root_and_api().await;
    let said = root
        .ask(&api.url(), None)
        .await
        .expect_err("nobody is trusted");
    for word in [
        "no connection can be secured",
        "ca-certificates",
        "ca_certificate_file",
    ] {
        assert!(said.contains(word), "no {word:?} in: {said}");
    }
}

#[tokio::test]
async fn a_file_of_ones_own_is_enough() {
    let (root, api) = root_and_api().await;
    root.write("authority.pem", &api.authority.ca.pem());
    assert_eq!(
        root.ask(&api.url(), Some("/authority.pem")).await,
        Ok(NAME.into())
    );
}

#[tokio::test]
async fn the_systems_bundle_is_used_and_a_stranger_is_not_believed() {
    let (root, api) = root_and_api().await;
    let other = Api::start(HOST).await;
    root.write(
        "etc/ssl/certs/ca-certificates.crt",
        &other.authority.ca.pem(),
    );
    let said = root
        .ask(&api.url(), None)
        .await
        .expect_err("another authority");
    assert!(
        said.contains("not issued by an authority that this machine trusts"),
        "{said}"
    );
    assert_eq!(root.ask(&other.url(), None).await, Ok(NAME.into()));
}
