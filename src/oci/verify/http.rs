//! The HTTP side of the check: a client without habits, limits, and errors in words.

use reqwest::header::WWW_AUTHENTICATE;
use reqwest::{Certificate, Client, Response};
use zeroize::Zeroizing;

use crate::net::{self, tls};
use crate::oci::challenge::{self, Challenge};
use crate::oci::server::ServerName;
use crate::secret::{self, Author};

/// Tokens of large services take several kilobytes; nothing that we read is longer.
const MAX_BODY_BYTES: usize = 256 * 1024;
const MAX_CHALLENGE_HEADERS: usize = 8;

/// A client for one check.
pub(super) fn client(server: &ServerName, extra_ca: &[Certificate]) -> reqwest::Result<Client> {
    let loopback = server.is_loopback();
    net::client(&server.host, server.port.unwrap_or(443), loopback)
        .user_agent(concat!(
            "terraform-provider-bahriya/",
            env!("CARGO_PKG_VERSION")
        ))
        .referer(false)
        .tls_certs_merge(extra_ca.iter().cloned())
        .https_only(!loopback)
        .build()
}

/// The challenges of an answer, from all of its `WWW-Authenticate` headers.
pub(super) fn challenges_of(answer: &Response) -> Vec<Challenge> {
    let headers = answer.headers().get_all(WWW_AUTHENTICATE).iter();
    let texts = headers
        .take(MAX_CHALLENGE_HEADERS)
        .filter_map(|h| h.to_str().ok());
    texts.flat_map(challenge::parse).collect()
}

/// The body, unless it is too long or breaks off.
pub(super) async fn bounded_body(answer: Response) -> Option<Zeroizing<Vec<u8>>> {
    let body = net::body(answer, MAX_BODY_BYTES).await.ok()?;
    (body.len() <= MAX_BODY_BYTES).then_some(body)
}

/// What went wrong, without the address (the caller knows it) and in words where we have better ones.
pub(super) fn words(error: &reqwest::Error) -> String {
    if let Some(problem) = tls::untrusted(error) {
        return problem.to_owned();
    }
    let deepest = net::chain(error).last().map(ToString::to_string);
    secret::admit(&deepest.unwrap_or_default(), Author::SawCredentials)
}
