//! Letting peers in. Nothing a stranger does may end the server or keep the host out.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::connection::{Connection, Io, Presence};
use super::socket::{Endpoint, Peer};

/// How long a peer may take to show its certificate.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many peers may be at that. One more, and the one that has taken longest is dropped: whoever
/// opens connections and says nothing uses up its own, while the host needs a few milliseconds.
const UNKNOWN_PEERS: usize = 256;
/// The pause after a failed accept, which usually means that descriptors have run out.
const BREATH: Duration = Duration::from_millis(50);

/// Accepts peers until `ending`, and hands over those that are the host. The socket is removed when
/// this returns.
pub async fn accept(
    endpoint: Endpoint,
    tls: Option<TlsAcceptor>,
    presence: Presence,
    admitted: mpsc::Sender<Connection>,
    ending: CancellationToken,
) {
    let mut handshakes = Handshakes::default();
    loop {
        tokio::select! {
            () = ending.cancelled() => return,
            accepted = endpoint.accept() => match accepted {
                Ok(peer) => handshakes.start(peer, tls.clone()),
                Err(error) => {
                    tracing::warn!(%error, "failed to accept a connection");
                    tokio::time::sleep(BREATH).await;
                }
            },
            Some(done) = handshakes.running.join_next() => match done {
                Ok(Ok(io)) => {
                    tracing::debug!("a client has connected");
                    if admitted.send(presence.admit(io)).await.is_err() {
                        return;
                    }
                }
                Ok(Err(error)) => tracing::warn!(%error, "refused a connection"),
                Err(error) => report_lost(&error),
            },
        }
    }
}

fn report_lost(error: &JoinError) {
    let reason = if error.is_cancelled() {
        "too many are waiting to be let in"
    } else {
        "the handshake panicked"
    };
    tracing::warn!(reason, "dropped a connection");
}

/// The peers that have yet to show who they are, the longest-waiting first.
#[derive(Default)]
struct Handshakes {
    running: JoinSet<io::Result<Box<dyn Io>>>,
    oldest_first: VecDeque<AbortHandle>,
}

impl Handshakes {
    fn start(&mut self, peer: Peer, tls: Option<TlsAcceptor>) {
        self.oldest_first
            .retain(|handshake| !handshake.is_finished());
        if self.oldest_first.len() >= UNKNOWN_PEERS
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            oldest.abort();
        }
        let handshake = self.running.spawn(identify(peer, tls));
        self.oldest_first.push_back(handshake);
    }
}

/// The stream to a peer that has shown to be the host, or cannot be asked to since TLS is off.
async fn identify(peer: Peer, tls: Option<TlsAcceptor>) -> io::Result<Box<dyn Io>> {
    let stream = peer.stream()?;
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
