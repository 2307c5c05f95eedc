//! The HTTP side of the check: a client without habits, limits, and errors in words.

use std::error::Error;

use reqwest::header::WWW_AUTHENTICATE;
use reqwest::{Certificate, Client, Response, redirect, retry};
use zeroize::Zeroizing;

use crate::loopback::LOOPBACK;
use crate::oci::challenge::{self, Challenge};
use crate::oci::server::ServerName;
use crate::proxy;
use crate::secret::{self, Author};
use crate::tls_failure;

/// Tokens of large services take several kilobytes; nothing that we read is longer.
const MAX_BODY_BYTES: usize = 256 * 1024;
const MAX_CHALLENGE_HEADERS: usize = 8;

/// A client for one check. It follows no redirect and repeats nothing.
pub(super) fn client(server: &ServerName, extra_ca: &[Certificate]) -> reqwest::Result<Client> {
    let builder = Client::builder()
        .user_agent(concat!(
            env!("CARGO_PKG_NAME"),
            "/",
            env!("CARGO_PKG_VERSION")
        ))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .tls_certs_merge(extra_ca.iter().cloned());
    if !server.is_loopback() {
        let port = server.port().unwrap_or(443);
        let direct = proxy::is_bypassed(server.host(), port, proxy::variable);
        let builder = if direct { builder.no_proxy() } else { builder };
        return builder.https_only(true).build();
    }
    // What is meant to stay on this machine must not leave it through a proxy, or because a name server
    // knows another `localhost`.
    let builder = builder.no_proxy();
    builder.resolve_to_addrs("localhost", &LOOPBACK).build()
}

/// The challenges of an answer, from all of its `WWW-Authenticate` headers.
pub(super) fn challenges_of(answer: &Response) -> Vec<Challenge> {
    let headers = answer.headers().get_all(WWW_AUTHENTICATE).iter();
    let texts = headers
        .take(MAX_CHALLENGE_HEADERS)
        .filter_map(|h| h.to_str().ok());
    texts.flat_map(challenge::parse).collect()
}

/// The body, unless it is too long or breaks off. It may hold a token, hence the wiping.
pub(super) async fn bounded_body(mut answer: Response) -> Option<Zeroizing<Vec<u8>>> {
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = answer.chunk().await.ok()? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

/// What went wrong, without the address (the caller knows it) and in words where we have better ones.
pub(super) fn words(error: &reqwest::Error) -> String {
    if let Some(problem) = tls_failure::untrusted(error) {
        return problem.to_owned();
    }
    let mut deepest: &dyn Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    secret::admit(&deepest.to_string(), Author::SawCredentials)
}
