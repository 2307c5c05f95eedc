//! What the API can bear, and whether it answers at all. Half as many requests may be under way at once after a 429,
//! slowly more again after successes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::error::Error;

/// Terraform runs ten operations at once by default; more than this many requests gain nothing.
const MOST: usize = 16;

/// So many successes in a row allow one more request at once.
const SUCCESSES: usize = 16;

/// All answers with 429 within this time count as one.
const WINDOW: Duration = Duration::from_secs(1);

/// After this long it is worth trying whether the silence is over.
const SILENT_FOR: Duration = Duration::from_secs(60);

/// A read that may wait for longer than an earlier one did in vain still tries, unless that one waited this long.
const LONG: Duration = Duration::from_secs(30);

pub struct Limiter {
    state: Mutex<State>,
    left: Notify,
}

struct State {
    limit: usize,
    active: usize,
    successes: usize,
    slowed: Option<Instant>,
    /// The last answer of any kind.
    answered: Option<Instant>,
    /// A read got no answer in all its time, and nothing has been answered since it began. Others need not wait as
    /// long to learn the same.
    silent: Option<Silence>,
}

struct Silence {
    ended: Instant,
    waited: Duration,
    error: Error,
}

/// The right to have one request under way.
pub struct Permit<'a>(&'a Limiter);

impl Limiter {
    pub fn new() -> Self {
        Self {
            state: Mutex::new(State {
                limit: MOST,
                active: 0,
                successes: 0,
                slowed: None,
                answered: None,
                silent: None,
            }),
            left: Notify::new(),
        }
    }

    /// Waits for a permit.
    pub async fn enter(&self) -> Permit<'_> {
        loop {
            {
                let mut state = self.state();
                if state.active < state.limit {
                    state.active += 1;
                    return Permit(self);
                }
            }
            // A permit given back since the check is not missed: `notify_one` keeps it for the next to wait.
            self.left.notified().await;
        }
    }

    /// The API, or something in its place, answered with this status.
    pub fn answered(&self, status: StatusCode) {
        let mut state = self.state();
        let now = Instant::now();
        state.answered = Some(now);
        state.silent = None;
        if status == StatusCode::TOO_MANY_REQUESTS {
            // Requests that were under way together are refused together, which counts once.
            if state.slowed.is_none_or(|slowed| now - slowed >= WINDOW) {
                state.slowed = Some(now);
                state.limit = (state.limit / 2).max(1);
                state.successes = 0;
            }
        } else if !status.is_server_error() {
            state.successes += 1;
            if state.successes >= SUCCESSES && state.limit < MOST {
                state.limit += 1;
                state.successes = 0;
                self.left.notify_one();
            }
        }
    }

    /// Whether anything has ever answered.
    pub fn has_answered(&self) -> bool {
        self.state().answered.is_some()
    }

    /// A read that began then ended without an answer.
    pub fn unanswered(&self, began: Instant, error: &Error) {
        let mut state = self.state();
        let waited = began.elapsed();
        let is_longest = state
            .silence()
            .is_none_or(|silence| silence.waited <= waited);
        if is_longest && state.answered.is_none_or(|answered| answered < began) {
            state.silent = Some(Silence {
                ended: Instant::now(),
                waited,
                error: error.clone(),
            });
        }
    }

    /// What a read said that got no answer, as long as it is not worth asking again for one that may wait for `left`.
    pub fn silence(&self, left: Duration) -> Option<Error> {
        let state = self.state();
        let silence = state.silence()?;
        (silence.waited >= left.min(LONG)).then(|| silence.error.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // It is valid at every point at which a panic could happen.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn silence(&self) -> Option<&Silence> {
        let silence = self.silent.as_ref();
        silence.filter(|silence| silence.ended.elapsed() < SILENT_FOR)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.state().active -= 1;
        self.0.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_429_halves_and_successes_grow_back() {
        let limiter = Limiter::new();
        for _ in 0..10 {
            limiter.answered(StatusCode::TOO_MANY_REQUESTS);
        }
        assert_eq!(limiter.state().limit, MOST / 2);
        for _ in 0..10 {
            tokio::time::sleep(WINDOW).await;
            limiter.answered(StatusCode::TOO_MANY_REQUESTS);
        }
        assert_eq!(limiter.state().limit, 1);
        for _ in 0..SUCCESSES {
            limiter.answered(StatusCode::OK);
        }
        assert_eq!(limiter.state().limit, 2);
        for _ in 0..SUCCESSES * MOST * 2 {
            limiter.answered(StatusCode::OK);
        }
        assert_eq!(limiter.state().limit, MOST);
    }

    #[tokio::test]
    async fn a_permit_is_handed_on() {
        let limiter = Limiter::new();
        limiter.state().limit = 1;
        let first = limiter.enter().await;
        let mut second = Box::pin(limiter.enter());
        assert!(
            tokio::time::timeout(std::time::Duration::from_millis(20), &mut second)
                .await
                .is_err()
        );
        drop(first);
        let _second = second.await;
        assert_eq!(limiter.state().active, 1);
    }
}
