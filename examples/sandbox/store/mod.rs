//! Storage: one SQLite database, one writer, every write a transaction that is on disk when it is
//! acknowledged.

pub mod attachments;
pub mod containers;
pub mod cost;
pub mod deployments;
pub mod organisations;
pub mod projects;
pub mod registries;
pub mod turns;
pub mod versions;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::backup::Backup;
use rusqlite::{Connection, OptionalExtension, Params, Row, Transaction, TransactionBehavior};
use tokio::task::spawn_blocking;

use crate::refusal::Refusal;

const SCHEMA: &str = include_str!("schema.sql");

/// The database and, for the stale-read fault, its state before the last write.
#[derive(Clone)]
pub struct Store {
    live: Arc<Mutex<Connection>>,
    before_last_write: Arc<Mutex<Option<Snapshot>>>,
    keep_snapshots: Arc<AtomicBool>,
}

/// What answers a read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Replica {
    #[default]
    Live,
    /// The state before the last write; the live one if there is none.
    BeforeLastWrite,
    /// Tables without a row.
    Empty,
}

struct Snapshot {
    connection: Connection,
    written: Instant,
}

impl Store {
    /// Opens the file (or memory) and makes the tables.
    pub fn open(path: Option<&Path>) -> rusqlite::Result<Self> {
        let connection = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        // WAL with FULL: a commit returns once its log record is synced, so kill -9 or a power cut
        // after an answer loses nothing.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // Deleted rows are overwritten: removed credentials leave not even their sealed form.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self {
            live: Arc::new(Mutex::new(connection)),
            before_last_write: Arc::default(),
            keep_snapshots: Arc::default(),
        })
    }

    /// Runs a read on the state that is true now.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    {
        self.read_from(Replica::Live, work).await
    }

    /// Runs a read on a replica.
    pub async fn read_from<T, F>(&self, replica: Replica, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    {
        let store = self.clone();
        blocking(move || {
            if replica == Replica::Empty {
                let empty = Connection::open_in_memory()?;
                empty.execute_batch(SCHEMA)?;
                return work(&empty);
            }
            // Released before the live database is locked: writers lock the two the other way round.
            if replica == Replica::BeforeLastWrite
                && let Some(snapshot) = &*lock(&store.before_last_write)
            {
                return work(&snapshot.connection);
            }
            work(&lock(&store.live))
        })
        .await
    }

    /// Runs a write in a transaction, committed only if the work succeeds.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction) -> Result<T, Refusal> + Send + 'static,
    {
        let store = self.clone();
        blocking(move || {
            let mut live = lock(&store.live);
            let snapshot = match store.keep_snapshots.load(Ordering::Relaxed) {
                true => Some(copy(&live)?),
                false => None,
            };
            let transaction = live.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = work(&transaction)?;
            transaction.commit()?;
            *lock(&store.before_last_write) = snapshot.map(|connection| Snapshot {
                connection,
                written: Instant::now(),
            });
            Ok(result)
        })
        .await
    }

    /// From now on, keep a copy before each write (or stop keeping them).
    pub fn keep_snapshots(&self, keep: bool) {
        self.keep_snapshots.store(keep, Ordering::Relaxed);
        if !keep {
            *lock(&self.before_last_write) = None;
        }
    }

    /// Whether the last write is younger than this and the state before it was kept.
    pub fn written_within(&self, age: Duration) -> bool {
        lock(&self.before_last_write)
            .as_ref()
            .is_some_and(|snapshot| snapshot.written.elapsed() < age)
    }
}

fn copy(live: &Connection) -> rusqlite::Result<Connection> {
    let mut copy = Connection::open_in_memory()?;
    Backup::new(live, &mut copy)?.run_to_completion(i32::MAX, Duration::ZERO, None)?;
    Ok(copy)
}

/// A panic while holding the lock of a connection rolls its transaction back, so it stays usable; everything else
/// that is locked is changed in one step.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The work goes on when the client that asked for it has left, as it would on a real server.
async fn blocking<T, F>(work: F) -> Result<T, Refusal>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Refusal> + Send + 'static,
{
    let done = spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Refusal::internal("a storage task failed", error)))
}

/// The time now, as the API writes it.
pub fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// A fresh identifier.
pub fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The handle of every object that has one, by its identifier; deleted objects included.
pub fn handles(conn: &Connection) -> Result<HashMap<String, String>, Refusal> {
    rows(
        conn,
        "SELECT id, handle FROM organisations UNION ALL SELECT id, handle FROM projects
         UNION ALL SELECT id, handle FROM registries UNION ALL SELECT id, handle FROM containers",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Whether a handle can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandleState {
    Free,
    Alive,
    /// Used by something that was deleted.
    Spent,
}

/// What became of a handle in this table of the schema.
pub fn handle_state(
    conn: &Connection,
    table: &str,
    organisation: &str,
    handle: &str,
    reusable: bool,
) -> Result<HandleState, Refusal> {
    let found: (i64, i64) = conn
        .prepare_cached(&format!(
            "SELECT count(*), count(deleted) FROM {table} WHERE organisation = ?1 AND handle = ?2"
        ))?
        .query_row([organisation, handle], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(match found {
        (all, deleted) if all > deleted => HandleState::Alive,
        (all, _) if all > 0 && !reusable => HandleState::Spent,
        _ => HandleState::Free,
    })
}

/// Every row that a query gives.
fn rows<T, C: FromIterator<T>>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row) -> rusqlite::Result<T>,
) -> Result<C, Refusal> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every row that a query gives, in order, by its first column.
fn grouped<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    mut read: impl FnMut(&Row) -> rusqlite::Result<T>,
) -> Result<HashMap<String, Vec<T>>, Refusal> {
    let all: Vec<(String, T)> = rows(conn, sql, params, |row| Ok((row.get(0)?, read(row)?)))?;
    let mut groups: HashMap<String, Vec<T>> = HashMap::new();
    for (group, item) in all {
        groups.entry(group).or_default().push(item);
    }
    Ok(groups)
}

/// The first row that a query gives, if there is one.
fn row<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row) -> rusqlite::Result<T>,
) -> Result<Option<T>, Refusal> {
    let mut statement = conn.prepare_cached(sql)?;
    Ok(statement.query_row(params, read).optional()?)
}

/// A list column as its items.
pub fn list(column: &str) -> Vec<String> {
    serde_json::from_str(column).unwrap_or_default()
}
