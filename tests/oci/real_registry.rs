//! The registry of the distribution project (Debian's `docker-registry`), with a password file.

use support::authority::Authority;
use support::registry_server::RegistryServer;
use terraform_provider_bahriya::oci::verify::Outcome;

use crate::check::{check, check_with, trusting};
use crate::reason;

#[tokio::test]
async fn right_and_wrong_credentials() {
    let registry = RegistryServer::start("robot", "correct horse");
    let name = registry.address.as_str();
    assert_eq!(
        check(name, "robot", "correct horse").await,
        Outcome::Accepted
    );
    for (username, password) in [
        ("robot", "wrong horse"),
        ("robot", "correct horse\n"),
        ("nobody", "correct horse"),
    ] {
        let reason = reason!(check(name, username, password).await, Refused);
        assert!(reason.contains("401"), "{reason}");
    }
}

#[tokio::test]
async fn over_tls_with_a_private_authority() {
    let authority = Authority::local();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("certificate"), folder.path().join("key"));
    std::fs::write(&certificate, authority.leaf.pem()).unwrap();
    std::fs::write(&key, authority.key.serialize_pem()).unwrap();
    let registry = RegistryServer::start_tls("robot", "correct horse", &certificate, &key);
    let trust = trusting(&authority);
    let name = registry.address.as_str();
    assert_eq!(
        check_with(&trust, name, "robot", "correct horse").await,
        Outcome::Accepted
    );
    reason!(
        check_with(&trust, name, "robot", "wrong horse").await,
        Refused
    );
    reason!(check(name, "robot", "correct horse").await, Unreachable);
}

#[tokio::test]
async fn a_registry_that_has_gone() {
    let registry = RegistryServer::start("robot", "correct horse");
    let name = registry.address.clone();
    assert_eq!(
        check(&name, "robot", "correct horse").await,
        Outcome::Accepted
    );
    drop(registry);
    reason!(check(&name, "robot", "correct horse").await, Unreachable);
}
