//! What all requests over HTTP have in common, to the API and to image registries.

pub mod proxy;
pub mod tls;

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::{ClientBuilder, Response, redirect, retry};
use zeroize::Zeroizing;

/// What `localhost` means, whatever a name server takes it for. Port 0 stands for the port of the request.
const LOOPBACK: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];

/// A client for requests to this host. Credentials go there and nowhere else: it follows no redirect. It repeats
/// nothing either: the library would send a write again whose stream was refused.
pub fn client(host: &str, port: u16, on_this_machine: bool) -> ClientBuilder {
    let builder = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .retry(retry::never());
    if on_this_machine {
        // A proxy, or another host that a name server takes for `localhost`, would see the credentials of a plain request.
        let builder = builder.no_proxy();
        builder.resolve_to_addrs("localhost", &LOOPBACK)
    } else if proxy::is_bypassed(host, port, proxy::variable) {
        builder.no_proxy()
    } else {
        builder
    }
}

/// The body of an answer, in memory that is overwritten: it may hold a secret. Of one that is longer than `most`
/// bytes the rest is not read.
pub async fn body(mut answer: Response, most: usize) -> reqwest::Result<Zeroizing<Vec<u8>>> {
    let mut body = Zeroizing::new(Vec::new());
    while body.len() <= most
        && let Some(chunk) = answer.chunk().await?
    {
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// An error and its causes, one below the other.
pub fn chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        // An I/O error skips the error it wraps when asked for its source.
        let wrapped = error.downcast_ref().and_then(std::io::Error::get_ref);
        match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}
