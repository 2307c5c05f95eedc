//! One accepted connection, whatever it runs over, and the count of those that are open.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a connection runs over: a socket, or TLS on one.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A connection to a peer that was let in.
pub struct Connection {
    io: Box<dyn Io>,
    presence: Presence,
}

/// How many peers are connected. Clones share the count.
#[derive(Clone, Default)]
pub struct Presence(Arc<Count>);

#[derive(Default)]
struct Count {
    open: AtomicUsize,
    ever: AtomicBool,
}

impl Presence {
    /// Counts a connection for as long as it lives.
    pub fn admit(&self, io: Box<dyn Io>) -> Connection {
        self.0.open.fetch_add(1, Ordering::Relaxed);
        self.0.ever.store(true, Ordering::Relaxed);
        Connection {
            io,
            presence: self.clone(),
        }
    }

    /// Whether a connection is open now.
    pub fn now(&self) -> bool {
        self.0.open.load(Ordering::Relaxed) > 0
    }

    /// Whether there was ever one.
    pub fn ever(&self) -> bool {
        self.0.ever.load(Ordering::Relaxed)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.presence.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_counts_while_it_lives() {
        let presence = Presence::default();
        assert!(!presence.now() && !presence.ever());
        let connection = presence.admit(Box::new(tokio::io::empty()));
        assert!(presence.now() && presence.ever());
        drop(connection);
        assert!(!presence.now() && presence.ever());
    }
}
