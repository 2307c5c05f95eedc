//! The HTTP side of the check: a client without habits, limits, and errors in words.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::header::WWW_AUTHENTICATE;
use reqwest::{Certificate, Client, Response, redirect, retry};
use rustls::CertificateError;
use zeroize::Zeroizing;

use crate::oci::challenge::{self, Challenge};
use crate::oci::server::ServerName;

/// Tokens of large services take several kilobytes; nothing that we read is longer.
const MAX_BODY_BYTES: usize = 256 * 1024;
const MAX_CHALLENGE_HEADERS: usize = 8;
const MAX_WORDS: usize = 200;

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
        return builder.https_only(true).build();
    }
    // What is meant to stay on this machine must not leave it through a proxy, or because a name server
    // knows another `localhost`. Port 0 stands for the port of the request.
    let loopback = [
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST),
    ];
    let addresses = loopback.map(|address| SocketAddr::new(address, 0));
    builder
        .no_proxy()
        .resolve_to_addrs("localhost", &addresses)
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
    if let Some(rustls::Error::InvalidCertificate(problem)) = tls_error(error) {
        return certificate_words(problem);
    }
    let mut deepest: &dyn Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    let printable = deepest.to_string().replace(char::is_control, " ");
    printable.chars().take(MAX_WORDS).collect()
}

/// Whether the other side speaks TLS, but is not trusted.
pub(super) fn is_about_trust(error: &reqwest::Error) -> bool {
    matches!(tls_error(error), Some(rustls::Error::InvalidCertificate(_)))
}

fn tls_error(error: &reqwest::Error) -> Option<&rustls::Error> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An I/O error skips the error it wraps when asked for its source.
        let wrapped = error.downcast_ref().and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn certificate_words(problem: &CertificateError) -> String {
    use CertificateError as E;
    match problem {
        E::UnknownIssuer | E::BadSignature => {
            "its TLS certificate is not issued by an authority that this machine trusts; for a private \
             authority, give its certificate as an extra trust anchor"
                .to_owned()
        }
        E::Expired | E::ExpiredContext { .. } => "its TLS certificate has expired".to_owned(),
        E::NotValidYet | E::NotValidYetContext { .. } => "its TLS certificate is not valid yet".to_owned(),
        E::NotValidForName | E::NotValidForNameContext { .. } => {
            "its TLS certificate is for another host name".to_owned()
        }
        E::Revoked => "its TLS certificate has been revoked".to_owned(),
        _ => "its TLS certificate is not valid".to_owned(),
    }
}
