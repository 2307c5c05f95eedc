//! The bounds of one operation, and the waits inside them.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::error::{Error, Kind, Result};

/// How long the look after a lost answer may take, past the deadline or a cancellation.
pub(super) const GRACE: Duration = Duration::from_secs(15);

/// How long a look may take that can be done without.
const FIRST_LOOK: Duration = Duration::from_secs(10);

/// How long to wait for a read to show what was written.
const READ_BACK: Duration = Duration::from_secs(10);

/// An attempt with less time than this is not begun. It would only time out, and a write would be left unknown.
const ROOM: Duration = Duration::from_millis(250);

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

/// The delays between attempts: from a quarter of a second to eight seconds, each up to twice as long by chance.
pub struct Delays(Duration);

impl Default for Delays {
    fn default() -> Self {
        Self(Duration::from_millis(250))
    }
}

impl Delays {
    pub(in crate::api) fn next(&mut self) -> Duration {
        let delay = self.0;
        self.0 = (delay * 2).min(Duration::from_secs(8));
        delay.mul_f64(1.0 + fastrand::f64())
    }
}

impl Operation {
    /// Waits. A wait after which no time would be left for an answer is not begun.
    pub(in crate::api) async fn pause(&self, delay: Duration) -> Result<()> {
        let left = self.left();
        if left <= delay + ROOM && !self.cancel.is_cancelled() {
            return Err(Error::new(Kind::Timeout));
        }
        self.within(tokio::time::sleep(delay)).await
    }

    /// The time until the deadline.
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Waits for the next attempt.
    pub(in crate::api) async fn back_off(&self, delays: &mut Delays) -> Result<()> {
        self.pause(delays.next()).await
    }

    /// Drives something that may be given up at any point. It is not begun when the operation is over.
    pub(in crate::api) async fn within<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        let over = Instant::now() >= self.deadline;
        let work = async {
            match over {
                true => None,
                false => timeout_at(self.deadline, work).await.ok(),
            }
        };
        match self.cancel.run_until_cancelled(work).await {
            None => Err(Error::new(Kind::Cancelled)),
            Some(result) => result.ok_or_else(|| Error::new(Kind::Timeout)),
        }
    }

    /// The bounds for a look before a write that is made without it if need be.
    pub(in crate::api) fn at_first(&self) -> Self {
        let left = self.left();
        self.ending_in((left / 2).min(FIRST_LOOK))
    }

    /// The bounds for the read-back of a write that was answered: the object exists, and has to be in the state
    /// soon, however much time is left.
    pub fn after_write(&self) -> Self {
        self.ending_in(READ_BACK)
    }

    fn ending_in(&self, duration: Duration) -> Self {
        Self {
            deadline: Instant::now() + duration,
            cancel: self.cancel.clone(),
        }
    }

    /// The bounds for the look after a write: deaf to cancellation, with some time past the deadline.
    pub(in crate::api) fn aftermath(&self) -> Self {
        Self {
            deadline: self.deadline.max(Instant::now() + GRACE),
            cancel: CancellationToken::new(),
        }
    }
}
