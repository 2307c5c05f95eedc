//! Letting the host in, and answering its calls. Nothing a stranger does may end the server or keep the host out.
//!
//! gRPC is HTTP/2 and nothing else: tonic's own server also speaks HTTP/1, times calls and limits them, none of which
//! a plugin needs, and which makes the program 80 kB larger.

use std::collections::VecDeque;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::service::Routes;

use super::socket::{Endpoint, Io};

/// How long a peer may take to show its certificate.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many peers may be at that. One more, and the one that has taken longest is dropped: whoever
/// opens connections and says nothing uses up its own, while the host needs a few milliseconds.
const UNKNOWN_PEERS: usize = 256;
/// The pause after a failed accept, which usually means that descriptors have run out.
const BREATH: Duration = Duration::from_millis(50);

/// The connections of peers that were let in. Clones share them.
#[derive(Clone, Default)]
pub struct Connections {
    /// A task for each that is open.
    pub open: TaskTracker,
    /// Whether there was ever one.
    pub ever: Arc<AtomicBool>,
}

/// Lets peers in until `ending`, and answers their calls. Returns once the calls in flight are answered. The socket is removed before that: nobody shall find it who would not be answered.
pub async fn serve(
    endpoint: Endpoint,
    tls: Option<TlsAcceptor>,
    routes: Routes,
    connections: Connections,
    ending: CancellationToken,
) {
    let mut handshakes = Handshakes::default();
    loop {
        tokio::select! {
            () = ending.cancelled() => break,
            accepted = endpoint.accept() => match accepted {
                Ok(stream) => handshakes.start(stream, tls.clone()),
                Err(error) => {
                    tracing::warn!(%error, "failed to accept a connection");
                    tokio::time::sleep(BREATH).await;
                }
            },
            Some(done) = handshakes.running.join_next() => match done {
                Ok(Ok(stream)) => {
                    tracing::debug!("a client has connected");
                    connections.ever.store(true, Ordering::Relaxed);
                    connections.open.spawn(answer(routes.clone(), stream, ending.clone()));
                }
                Ok(Err(error)) => tracing::warn!(%error, "refused a connection"),
                Err(_) => tracing::warn!("dropped a connection, since too many wait to be let in"),
            },
        }
    }
    drop((endpoint, handshakes));
    connections.open.close();
    connections.open.wait().await;
}

/// The peers that have yet to show who they are, the longest-waiting first.
#[derive(Default)]
struct Handshakes {
    running: JoinSet<io::Result<Box<dyn Io>>>,
    oldest_first: VecDeque<AbortHandle>,
}

impl Handshakes {
    fn start(&mut self, stream: Box<dyn Io>, tls: Option<TlsAcceptor>) {
        self.oldest_first
            .retain(|handshake| !handshake.is_finished());
        if self.oldest_first.len() >= UNKNOWN_PEERS
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            oldest.abort();
        }
        let handshake = self.running.spawn(identify(stream, tls));
        self.oldest_first.push_back(handshake);
    }
}

/// The stream to a peer that has shown to be the host, or cannot be asked to since TLS is off.
async fn identify(stream: Box<dyn Io>, tls: Option<TlsAcceptor>) -> io::Result<Box<dyn Io>> {
    let Some(tls) = tls else {
        return Ok(stream);
    };
    match tokio::time::timeout(PATIENCE, tls.accept(stream)).await {
        Ok(accepted) => Ok(Box::new(accepted?)),
        Err(_) => Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("the TLS handshake took more than {} s", PATIENCE.as_secs()),
        )),
    }
}

/// Answers the calls of one connection. That it breaks is the peer's affair: whatever a call has begun
/// goes on without it.
async fn answer(routes: Routes, stream: Box<dyn Io>, ending: CancellationToken) {
    let service = TowerToHyperService::new(routes);
    let serving = http2::Builder::new(TokioExecutor::new())
        // As many as the user's `-parallelism` says; a stop must not wait behind them.
        .max_concurrent_streams(None)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = pin!(serving);
    tokio::select! {
        _ = &mut serving => return,
        () = ending.cancelled() => serving.as_mut().graceful_shutdown(),
    }
    let _ = serving.await;
}
