//! One accepted connection, whatever it runs over, and the count of those that are open.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncWrite};

/// What a connection runs over: a socket, or TLS on one.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A connection to a peer that was let in. It counts as open until `open` is dropped.
pub struct Connection {
    pub io: Box<dyn Io>,
    pub open: Open,
}

/// How many peers are connected. Clones share the count.
#[derive(Clone, Default)]
pub struct Presence(Arc<Count>);

/// One peer of that count.
pub struct Open(Presence);

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
            open: Open(self.clone()),
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

impl Drop for Open {
    fn drop(&mut self) {
        self.0.0.open.fetch_sub(1, Ordering::Relaxed);
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
