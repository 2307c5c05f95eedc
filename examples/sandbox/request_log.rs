//! What was asked and answered: method, path, status, duration. Never a body or a header.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use axum::http::Method;
use serde::Serialize;

use crate::app::App;
use crate::store::{lock, now};

/// One finished request.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// When the request came in.
    pub at: String,
    pub method: String,
    /// Relative to the base address of the API, without a query.
    pub path: String,
    /// 0 where no answer was sent: the connection was cut, or the client left first.
    pub status: u16,
    pub ms: u64,
}

/// All finished requests, in the order in which they finished.
#[derive(Default)]
pub struct RequestLog {
    entries: Mutex<Vec<Entry>>,
    file: Option<Mutex<File>>,
}

impl RequestLog {
    /// A log that also appends to this file.
    pub fn open(path: Option<&Path>) -> io::Result<Self> {
        let file = path.map(|path| File::options().create(true).append(true).open(path));
        Ok(Self {
            entries: Mutex::default(),
            file: file.transpose()?.map(Mutex::new),
        })
    }

    /// Looks at the requests without a copy of them.
    pub fn read<T>(&self, look: impl FnOnce(&[Entry]) -> T) -> T {
        look(&lock(&self.entries))
    }

    pub fn clear(&self) {
        lock(&self.entries).clear();
    }

    fn add(&self, entry: Entry) {
        if let (Some(file), Ok(mut line)) = (&self.file, serde_json::to_vec(&entry)) {
            line.push(b'\n');
            if let Err(error) = lock(file).write_all(&line) {
                eprintln!("sandbox: the request log could not be written: {error}");
            }
        }
        lock(&self.entries).push(entry);
    }
}

/// A request in progress. It is logged when this is dropped, so that a request whose client left is
/// not missing.
pub struct InProgress {
    app: App,
    entry: Entry,
    started: Instant,
}

impl InProgress {
    pub fn new(app: &App, method: &Method, path: &str) -> Self {
        Self {
            app: app.clone(),
            entry: Entry {
                at: now(),
                method: method.to_string(),
                path: path.into(),
                status: 0,
                ms: 0,
            },
            started: Instant::now(),
        }
    }

    pub fn answered(&mut self, status: u16) {
        self.entry.status = status;
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.entry.ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.app.log.add(self.entry.clone());
    }
}
