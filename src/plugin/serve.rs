//! gRPC over the connections that were let in: HTTP/2 and nothing else.
//!
//! tonic's own server also speaks HTTP/1, times calls and limits them, none of which a plugin needs, and
//! which makes the program 80 kB larger.

use std::pin::pin;

use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use super::connection::Connection;

/// Answers calls on every connection. From `ending` on it takes no new ones, and returns once those
/// in flight are answered.
pub async fn serve(
    routes: Routes,
    mut connections: mpsc::Receiver<Connection>,
    ending: CancellationToken,
) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            () = ending.cancelled() => break,
            Some(connection) = connections.recv() => {
                open.spawn(answer(routes.clone(), connection, ending.clone()));
            }
            Some(_) = open.join_next() => {}
            else => break,
        }
    }
    while open.join_next().await.is_some() {}
}

/// Answers the calls of one connection. That it breaks is the peer's affair: whatever a call has begun
/// goes on without it.
async fn answer(routes: Routes, connection: Connection, ending: CancellationToken) {
    let Connection { io, open: _open } = connection;
    let service = TowerToHyperService::new(routes);
    let serving = http2::Builder::new(TokioExecutor::new())
        // As many as the user's `-parallelism` says; a stop must not wait behind them.
        .max_concurrent_streams(None)
        .serve_connection(TokioIo::new(io), service);
    let mut serving = pin!(serving);
    tokio::select! {
        _ = &mut serving => return,
        () = ending.cancelled() => serving.as_mut().graceful_shutdown(),
    }
    let _ = serving.await;
}
