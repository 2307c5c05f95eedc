//! Checks of credentials at scripted registries.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use support::authority::Authority;
use support::scripted::{Got, Reply, Server, raw};
use terraform_provider_bahriya::oci::verify::{Outcome, verify};
use terraform_provider_bahriya::secret::Secret;

pub const USERNAME: &str = "robot";
pub const PASSWORD: &str = "correct-horse-battery";
/// Longer than any check takes.
const AMPLE: Duration = Duration::from_secs(60);

/// A 401 with a challenge.
pub fn challenge(value: &str) -> Reply {
    raw(401, &format!("www-authenticate: {value}\r\n"), "{}")
}

/// A challenge to fetch a token from the same server, with further parameters.
pub fn token_challenge(got: &Got, more: &str) -> Reply {
    let host = got.header("host").expect("a host");
    challenge(&format!(r#"Bearer realm="http://{host}/token"{more}"#))
}

/// A registry that hands out tokens itself, and challenges every other request.
pub async fn with_tokens(token: impl Fn() -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |got| match got.path.as_str() {
        "/token" => token(),
        _ => token_challenge(got, ""),
    })
    .await
}

/// A registry that takes any login, and answers so.
pub async fn after_login(answer: impl Fn() -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |got| match got.header("authorization") {
        None => challenge("Basic realm=r"),
        Some(_) => answer(),
    })
    .await
}

pub fn basic(username: &str, password: &str) -> String {
    let pair = format!("{username}:{password}");
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}

/// The credentials of each request.
pub fn sent(server: &Server) -> Vec<Option<String>> {
    let of = |got: Got| got.header("authorization").map(str::to_owned);
    server.got().into_iter().map(of).collect()
}

/// What is trusted besides the certificates of the system.
pub type Trust = Vec<reqwest::Certificate>;

/// Trust in an authority.
pub fn trusting(authority: &Authority) -> Trust {
    vec![reqwest::Certificate::from_der(authority.ca.der()).unwrap()]
}

/// Checks the usual credentials at a scripted registry without any extra trust.
pub async fn checked(registry: &Server) -> Outcome {
    check(registry.name(), USERNAME, PASSWORD).await
}

pub async fn check(server: &str, username: &str, password: &str) -> Outcome {
    check_with(&Trust::new(), server, username, password).await
}

/// Checks credentials, and that neither they nor their encoding are in what comes of it.
pub async fn check_with(trust: &Trust, server: &str, username: &str, password: &str) -> Outcome {
    let secret = Secret::new(password);
    let outcome = verify(server, username, &secret, trust, AMPLE).await;
    let text = format!("{outcome:?}");
    let encoded = BASE64_STANDARD.encode(format!("{username}:{password}"));
    assert!(
        !text.contains(password) && !text.contains(&encoded),
        "{text}"
    );
    outcome
}

/// The reason of an outcome of the given kind; fails the test for any other kind.
#[macro_export]
macro_rules! reason {
    ($outcome:expr, $kind:ident) => {
        match $outcome {
            terraform_provider_bahriya::oci::verify::Outcome::$kind(reason) => reason,
            other => panic!("expected {}, got {other:?}", stringify!($kind)),
        }
    };
}
