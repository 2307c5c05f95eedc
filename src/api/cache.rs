//! What was learned about the API and what is in it, shared by all callers: a list is fetched once for all who
//! wait, and kept for a while.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::http::{Kind, Operation, Result};
use super::model::{Attachment, Dialect, Organisation, Registry};

/// How long a list is good for.
const KEPT: Duration = Duration::from_secs(60);

/// What was learned about the API and what is in it.
#[derive(Default)]
pub struct Cache {
    pub dialect: OnceLock<Dialect>,
    /// Those who wait for the dialect share the search for it.
    pub discovery: Cached<Dialect>,
    pub organisations: Cached<Vec<Organisation>>,
    /// By id.
    pub registries: Cached<HashMap<String, Registry>>,
    /// The list of registries turned out not to be what it was taken for.
    pub no_registry_list: AtomicBool,
    attachments: Mutex<HashMap<String, Arc<AttachmentList>>>,
    /// The handles that were seen to be free, and when.
    free: Mutex<HashMap<String, Instant>>,
}

/// The attachments of one project, `None` when it is gone.
pub type AttachmentList = Cached<Option<Vec<Attachment>>>;

impl Cache {
    /// The kept list of a project.
    pub(in crate::api) fn attachments(&self, project: &str) -> Arc<AttachmentList> {
        Arc::clone(
            locked(&self.attachments)
                .entry(project.to_owned())
                .or_default(),
        )
    }

    /// Whether a handle was free a moment ago, by the plans of this process.
    pub(in crate::api) fn is_free(&self, handle: &str) -> bool {
        let seen = locked(&self.free).get(handle).copied();
        seen.is_some_and(|seen| seen.elapsed() < KEPT)
    }

    /// Takes note that a handle is free, or may be free no more.
    pub(in crate::api) fn set_free(&self, handle: &str, free: bool) {
        match free {
            true => locked(&self.free).insert(handle.to_owned(), Instant::now()),
            false => locked(&self.free).remove(handle),
        };
    }
}

/// What is behind these locks is valid at every point at which a panic could happen.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A list that many callers share.
pub struct Cached<T> {
    slot: tokio::sync::Mutex<Option<Fetched<T>>>,
    /// The end of our last write: a list asked for before it may not show what was written.
    written: Mutex<Option<Instant>>,
}

struct Fetched<T> {
    started: Instant,
    ended: Instant,
    result: Result<Arc<T>>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self {
            slot: tokio::sync::Mutex::new(None),
            written: Mutex::new(None),
        }
    }
}

impl<T> Cached<T> {
    /// Drives a write after which the list is out of date, however the write ends.
    pub async fn outdated_by<W>(&self, write: impl Future<Output = W>) -> W {
        let written = write.await;
        *locked(&self.written) = Some(Instant::now());
        written
    }

    /// The kept list, or one asked for since `since`, or else the result of `fetch`.
    ///
    /// Those who wait for a fetch get its list, if it was begun late enough for them, or its error:
    /// a thousand callers of an API that is down make one series of attempts, not a thousand.
    pub async fn get(
        &self,
        op: &Operation,
        since: Option<Instant>,
        fetch: impl Future<Output = Result<T>>,
    ) -> Result<Arc<T>> {
        let arrived = Instant::now();
        let slot = op.within(self.slot.lock()).await;
        let mut slot = slot.map_err(|stop| stop.saying("waiting for a list"))?;
        let started = Instant::now();
        if let Some(kept) = &*slot {
            let written = *locked(&self.written);
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
