//! Scripted HTTP and HTTPS servers on this machine that count and keep what they are sent.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use axum::serve::Listener;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use support::authority::Authority;
use terraform_provider_bahriya::oci::verify::{Outcome, Verifier};
use terraform_provider_bahriya::secret::Secret;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

pub const USERNAME: &str = "robot";
pub const PASSWORD: &str = "correct-horse-battery";

/// What a server was sent.
#[derive(Debug, Clone)]
pub struct Seen {
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
}

impl Seen {
    pub fn authorization(&self) -> Option<&str> {
        self.headers
            .get("authorization")
            .map(|value| value.to_str().unwrap())
    }
}

/// A running server. It ends with the test's runtime.
pub struct Server {
    pub port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub async fn http(
        answer: impl Fn(&Seen) -> Response<Body> + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::start(listener, answer)
    }

    pub async fn https(
        authority: &Authority,
        answer: impl Fn(&Seen) -> Response<Body> + Clone + Send + Sync + 'static,
    ) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::start(
            TlsListener {
                tcp,
                acceptor: TlsAcceptor::from(Arc::new(authority.server_config())),
            },
            answer,
        )
    }

    fn start<L: Listener<Addr = SocketAddr>>(
        listener: L,
        answer: impl Fn(&Seen) -> Response<Body> + Clone + Send + Sync + 'static,
    ) -> Self {
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        let router = Router::new().fallback(move |request: Request| {
            let one = Seen {
                path: request.uri().path().to_owned(),
                query: request.uri().query().unwrap_or_default().to_owned(),
                headers: request.headers().clone(),
            };
            log.lock().unwrap().push(one.clone());
            let answer = answer(&one);
            async move { answer }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, seen }
    }

    pub fn name(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.path).collect()
    }
}

struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.tcp.accept().await.unwrap();
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

/// An answer with a status, headers and a body.
pub fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

/// A 401 with a challenge.
pub fn challenge(value: &str) -> Response<Body> {
    answer(401, &[("WWW-Authenticate", value)], "{}")
}

pub fn basic(username: &str, password: &str) -> String {
    format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("{username}:{password}"))
    )
}

/// A check that trusts an authority besides those of the system.
pub fn verifier(authority: &Authority, timeout: Duration) -> Verifier {
    let anchor = reqwest::Certificate::from_der(authority.ca.der()).unwrap();
    Verifier::new(vec![anchor], timeout)
}

/// Checks credentials without any extra trust, in ample time.
pub async fn check(server: &str, username: &str, password: &str) -> Outcome {
    let verifier = Verifier::new(Vec::new(), Duration::from_secs(10));
    check_with(&verifier, server, username, password).await
}

/// Checks credentials, and that neither they nor their encoding are in what comes of it.
pub async fn check_with(
    verifier: &Verifier,
    server: &str,
    username: &str,
    password: &str,
) -> Outcome {
    let outcome = verifier
        .verify(server, username, &Secret::new(password))
        .await;
    let text = format!("{outcome:?} {verifier:?}");
    assert!(!text.contains(password), "{text}");
    assert!(
        !text.contains(&BASE64_STANDARD.encode(format!("{username}:{password}"))),
        "{text}"
    );
    outcome
}

/// The reason of an outcome of the given kind; fails the test for any other kind.
#[macro_export]
macro_rules! reason {
    ($outcome:expr, $kind:ident) => {
        match $outcome {
            terraform_provider_bahriya::oci::verify::Outcome::$kind { reason, .. } => reason,
            other => panic!("expected {}, got {other:?}", stringify!($kind)),
        }
    };
}
