//! What was learned about the API and what is in it, shared by all callers: a list is fetched once for all who
//! wait, and kept for a while.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::http::error::{Error, Kind};
use super::http::operation::Operation;
use super::model::attachment::Attachment;
use super::model::organisation::Organisation;
use super::model::registry::Registry;
use super::model::version::Dialect;

/// How long a list is good for.
const KEPT: Duration = Duration::from_secs(60);

/// What was learned about the API and what is in it.
#[derive(Default)]
pub struct Known {
    pub dialect: OnceLock<Dialect>,
    /// Those who wait for the dialect share the search for it.
    pub discovery: Shared<Dialect>,
    /// The handles that were seen to be free.
    pub free: Free,
    pub organisations: Shared<Vec<Organisation>>,
    /// By id.
    pub registries: Shared<HashMap<String, Registry>>,
    /// The list of registries turned out not to be what it was taken for.
    pub no_registry_list: AtomicBool,
    attachments: Mutex<HashMap<String, Arc<AttachmentList>>>,
}

/// The attachments of one project, `None` when it is gone.
pub type AttachmentList = Shared<Option<Vec<Attachment>>>;

impl Known {
    /// The kept list of a project.
    pub(in crate::api) fn attachments(&self, project: &str) -> Arc<AttachmentList> {
        let mut lists = self
            .attachments
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let list = lists
            .entry(project.to_owned())
            .or_insert_with(|| Arc::new(Shared::default()));
        Arc::clone(list)
    }
}

/// Handles that were free a moment ago, by the plans of this process.
#[derive(Default)]
pub struct Free(Mutex<HashMap<String, Instant>>);

impl Free {
    pub fn contains(&self, handle: &str) -> bool {
        let seen = self.handles().get(handle).copied();
        seen.is_some_and(|seen| seen.elapsed() < KEPT)
    }

    pub fn insert(&self, handle: &str) {
        self.handles().insert(handle.to_owned(), Instant::now());
    }

    pub fn remove(&self, handle: &str) {
        self.handles().remove(handle);
    }

    fn handles(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A list that many callers share.
pub struct Shared<T> {
    slot: tokio::sync::Mutex<Option<Fetched<T>>>,
    /// The end of our last write: a list asked for before it may not show what was written.
    written: Mutex<Option<Instant>>,
}

struct Fetched<T> {
    started: Instant,
    ended: Instant,
    result: Result<Arc<T>, Error>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self {
            slot: tokio::sync::Mutex::new(None),
            written: Mutex::new(None),
        }
    }
}

impl<T> Shared<T> {
    /// Call this when a write has ended, however it ended.
    pub fn forget(&self) {
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// The kept list, or one asked for since `since`, or else the result of `fetch`.
    ///
    /// Those who wait for a fetch get its list, if it was begun late enough for them, or its error:
    /// a thousand callers of an API that is down make one series of attempts, not a thousand.
    pub async fn get(
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
