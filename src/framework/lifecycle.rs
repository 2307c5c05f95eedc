//! Who may still be working: cancellation of calls in flight, and the work that shutdown waits for.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The life of one provider process. Clones share it.
///
/// tonic drops the future of a handler as soon as its connection goes away, which would abandon a
/// half-done write at any `.await`. Work that must not be lost is therefore started with
/// [`Lifecycle::spawn`] and told to stop by the token of its call, never by being dropped.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    calls: Arc<Mutex<CancellationToken>>,
    work: TaskTracker,
}

impl Lifecycle {
    /// The token of a call that starts now. It is cancelled by the next [`Lifecycle::stop`].
    pub fn token(&self) -> CancellationToken {
        self.current().child_token()
    }

    /// Asks every call in flight to end soon. Calls that start later are not affected: Terraform
    /// goes on using a provider that it has told to stop.
    pub fn stop(&self) {
        let stopped = std::mem::replace(&mut *self.current(), CancellationToken::new());
        stopped.cancel();
    }

    /// Starts work that outlives the connection that asked for it.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime, as [`tokio::spawn`] does.
    pub fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.work.spawn(work)
    }

    /// Waits until no spawned work is left.
    pub async fn drained(&self) {
        // A closed tracker still accepts work; closing is what allows the wait to end.
        self.work.close();
        self.work.wait().await;
    }

    fn current(&self) -> std::sync::MutexGuard<'_, CancellationToken> {
        // The lock only ever guards a swap, so a poisoned one still holds a sound token.
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;

    #[test]
    fn stop_cancels_calls_in_flight_but_not_later_ones() {
        let life = Lifecycle::default();
        let (first, second) = (life.token(), life.token());
        life.stop();
        assert!(first.is_cancelled() && second.is_cancelled());
        let later = life.token();
        assert!(!later.is_cancelled());
        life.stop();
        assert!(later.is_cancelled());
    }

    #[test]
    fn ending_one_call_leaves_the_others_alone() {
        let life = Lifecycle::default();
        let (first, second) = (life.token(), life.token());
        first.cancel();
        assert!(!second.is_cancelled());
    }

    #[tokio::test(start_paused = true)]
    async fn drained_waits_for_spawned_work_and_no_longer() {
        let life = Lifecycle::default();
        let begun = Instant::now();
        life.drained().await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
        let work = life.spawn(tokio::time::sleep(Duration::from_secs(3)));
        life.drained().await;
        assert!(work.is_finished() && begun.elapsed() < Duration::from_secs(4));
    }

    #[tokio::test(start_paused = true)]
    async fn work_goes_on_when_nobody_waits_for_it() {
        let life = Lifecycle::default();
        let done = CancellationToken::new();
        let mark = done.clone();
        drop(life.spawn(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            mark.cancel();
        }));
        life.drained().await;
        assert!(done.is_cancelled());
    }
}
