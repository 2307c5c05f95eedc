//! How many requests may be under way at once: half as many after a 429, slowly more again after successes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Terraform runs ten operations at once by default; more than this many requests gain nothing.
const MOST: usize = 16;

/// So many successes in a row allow one more request at once.
const SUCCESSES: usize = 16;

pub struct Limiter {
    state: Mutex<State>,
    left: Notify,
}

struct State {
    limit: usize,
    active: usize,
    successes: usize,
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

    /// The API asked for fewer requests.
    pub fn slow_down(&self) {
        let mut state = self.state();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_429_halves_and_successes_grow_back() {
        let limiter = Limiter::new();
        for _ in 0..10 {
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
        (0..5).for_each(|_| limiter.slow_down());
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
