//! The bounds of one operation.

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The bounds of one operation of the caller, passed to every call that belongs to it.
///
/// All waits and retries end at the deadline. Cancellation ends waits and retries at once, but never a
/// write in flight, nor the look that finds out what became of it (which has a few seconds of its own).
#[derive(Clone, Debug)]
pub struct Operation {
    /// When the operation has to be over.
    pub deadline: Instant,
    /// Set when the user asked to stop.
    pub cancel: CancellationToken,
}
