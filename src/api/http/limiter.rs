//! How many requests may be under way at once: half as many after a 429, slowly more again after successes; and
//! whether anything answers at all.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::error::Error;

/// Terraform runs ten operations at once by default; more than this many requests gain nothing.
const MOST: usize = 16;

/// So many successes in a row allow one more request at once.
const SUCCESSES: usize = 16;

/// The answers of this long are one request to slow down.
const WINDOW: Duration = Duration::from_secs(1);

pub struct Limiter {
    state: Mutex<State>,
    left: Notify,
}

struct State {
    limit: usize,
    active: usize,
    successes: usize,
    slowed: Option<Instant>,
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

    /// The API asked for fewer requests. What was under way together is asked together, and counts once.
    pub fn slow_down(&self) {
        let mut state = self.state();
        if state.slowed.is_some_and(|slowed| slowed.elapsed() < WINDOW) {
            return;
        }
        state.slowed = Some(Instant::now());
        state.limit = (state.limit / 2).max(1);
        state.successes = 0;
    }

    /// The API answered.
    pub fn succeeded(&self) {
        let mut state = self.state();
        state.successes += 1;
        if state.successes >= SUCCESSES && state.limit < MOST {
            state.limit += 1;
            state.successes = 0;
            drop(state);
            self.left.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The counters are valid at every point at which a panic could happen.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.state().active -= 1;
        self.0.left.notify_one();
    }
}

/// A read that got no answer in all its time, as long as nothing has been answered since it began. Others
/// need not wait as long to learn the same.
#[derive(Default)]
pub struct Silence(Mutex<Heard>);

#[derive(Default)]
struct Heard {
    last: Option<Instant>,
    silent: Option<(Instant, Error)>,
}

/// After this long it is worth trying whether the silence is over.
const SILENT_FOR: Duration = Duration::from_secs(60);

/// Who waited for less may have met an API that is only slow.
const LONG: Duration = Duration::from_secs(30);

impl Silence {
    /// Something answered.
    pub fn broken(&self) {
        *self.heard() = Heard {
            last: Some(Instant::now()),
            silent: None,
        };
    }

    /// A read that began then ended without an answer.
    pub fn since(&self, began: Instant, error: &Error) {
        let mut heard = self.heard();
        let long = began.elapsed() >= LONG;
        if long && heard.last.is_none_or(|last| last < began) {
            heard.silent = Some((Instant::now(), error.clone()));
        }
    }

    /// What such a read said, while it holds.
    pub fn told(&self) -> Option<Error> {
        let heard = self.heard();
        let (told, error) = heard.silent.as_ref()?;
        (told.elapsed() < SILENT_FOR).then(|| error.clone())
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        // It is valid at every point at which a panic could happen.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_429_halves_and_successes_grow_back() {
        let limiter = Limiter::new();
        for _ in 0..10 {
            limiter.slow_down();
        }
        assert_eq!(limiter.state().limit, MOST / 2);
        for _ in 0..10 {
            tokio::time::sleep(WINDOW).await;
            limiter.slow_down();
        }
        assert_eq!(limiter.state().limit, 1);
        for _ in 0..SUCCESSES {
            limiter.succeeded();
        }
        assert_eq!(limiter.state().limit, 2);
        for _ in 0..SUCCESSES * MOST * 2 {
            limiter.succeeded();
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
