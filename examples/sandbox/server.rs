//! The listening socket. `axum::serve` always answers; faults need connections that end without one.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceExt;

/// On a response: close the connection instead of sending it.
#[derive(Clone, Copy)]
pub struct Cut;

#[derive(Debug, thiserror::Error)]
#[error("the connection is cut on demand")]
struct CutError;

/// Serves until the process ends.
pub async fn serve(listener: TcpListener, router: Router) -> std::io::Result<()> {
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
