//! The listening socket. `axum::serve` always answers; faults need connections that end without one.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceExt;

/// The same at every start, so that shells and browsers which know the address may keep it.
const USUAL_PORT: u16 = 7357;

/// Opens the wanted address; without one, the usual port or a free one.
pub async fn listen(wanted: Option<SocketAddr>) -> Result<TcpListener, String> {
    let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let address = wanted.unwrap_or(local(USUAL_PORT));
    if !address.ip().is_loopback() {
        return Err("the sandbox listens on loopback addresses only".into());
    }
    let listener = match TcpListener::bind(address).await {
        Err(error) if wanted.is_none() && error.kind() == io::ErrorKind::AddrInUse => {
            eprintln!(
                "sandbox: port {USUAL_PORT} is taken, by another sandbox perhaps; this one uses a free port"
            );
            TcpListener::bind(local(0)).await
        }
        bound => bound,
    };
    listener.map_err(|error| format!("failed to listen on {address}: {error}"))
}

/// On a response: close the connection instead of sending it.
#[derive(Clone, Copy)]
pub struct Cut;

#[derive(Debug, thiserror::Error)]
#[error("the connection is cut on demand")]
struct CutError;

/// Serves until the process ends.
pub async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let router = router.clone();
        tokio::spawn(async move {
            let service = tower::service_fn(move |request: Request<_>| {
                let answer = router.clone().oneshot(request.map(Body::new));
                async move {
                    let response = answer.await.unwrap_or_else(|never| match never {});
                    match response.extensions().get::<Cut>() {
                        Some(Cut) => Err(CutError),
                        None => Ok(response),
                    }
                }
            });
            // An error here is a cut of ours or a client that left: nothing to report.
            let _ = auto::Builder::new(TokioExecutor::new())
                .http1_only()
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
                .await;
        });
    }
}
