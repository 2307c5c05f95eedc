//! A list that many callers share: fetched once for all who wait, kept for a while.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::error::{Error, Kind};
use super::operation::Operation;

/// How long a list is good for.
const KEPT: Duration = Duration::from_secs(60);

pub(super) struct Shared<T> {
    slot: tokio::sync::Mutex<Option<Fetched<T>>>,
    /// The end of our last write: a list asked for before it may not show what was written.
    written: Mutex<Option<Instant>>,
}

struct Fetched<T> {
    started: Instant,
    ended: Instant,
    result: Result<Arc<T>, Error>,
}

impl<T> Shared<T> {
    pub(super) fn new() -> Self {
        Self {
            slot: tokio::sync::Mutex::new(None),
            written: Mutex::new(None),
        }
    }

    /// Call this when a write has ended, however it ended.
    pub(super) fn forget(&self) {
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// The kept list, or one asked for since `since`, or else the result of `fetch`.
    ///
    /// Those who wait for a fetch get its list, if it was begun late enough for them, or its error:
    /// a thousand callers of an API that is down make one series of attempts, not a thousand.
    pub(super) async fn get(
        &self,
        op: &Operation,
        since: Option<Instant>,
        fetch: impl Future<Output = Result<T, Error>>,
    ) -> Result<Arc<T>, Error> {
        let arrived = Instant::now();
        let mut slot = op
            .within(self.slot.lock())
            .await
            .map_err(|stop| Error::stopped(stop, "waiting for a list"))?;
        let started = Instant::now();
        if let Some(kept) = &*slot {
            let written = *self.written.lock().unwrap_or_else(PoisonError::into_inner);
            match &kept.result {
                Ok(list)
                    if kept.started + KEPT >= started
                        && since.is_none_or(|since| kept.started >= since)
                        && written.is_none_or(|written| kept.started > written) =>
                {
                    return Ok(Arc::clone(list));
                }
                // The bounds of another operation say nothing about this one.
                Err(error)
                    if kept.ended >= arrived
                        && !matches!(error.kind(), Kind::Cancelled | Kind::Timeout) =>
                {
                    return Err(error.clone());
                }
                _ => {}
            }
        }
        let result = fetch.await.map(Arc::new);
        *slot = Some(Fetched {
            started,
            ended: Instant::now(),
            result: result.clone(),
        });
        result
    }
}
