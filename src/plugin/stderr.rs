//! Writing to stderr without ever waiting for its reader: one that has stopped must not stop a call, or
//! keep a signal from being followed.

use std::io::Write as _;
use std::sync::{Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

/// How much may wait to be written, in bytes. What is more is dropped, and the reader is told.
const MOST_WAITING: usize = 4 << 20;

/// How long the end of the process waits for what is left.
const LAST_WAIT: Duration = Duration::from_millis(500);

struct Waiting {
    bytes: Vec<u8>,
    /// How many texts found no room.
    dropped: usize,
    /// The thread has taken bytes that are not written yet.
    writing: bool,
}

static WAITING: Mutex<Waiting> = Mutex::new(Waiting {
    bytes: Vec::new(),
    dropped: 0,
    writing: false,
});
static CHANGED: Condvar = Condvar::new();

/// Hands over a text.
pub fn write(text: &[u8]) {
    static THREAD: Once = Once::new();
    // Without a thread nothing is told: better than to wait.
    THREAD.call_once(|| drop(std::thread::Builder::new().spawn(write_on)));
    let mut waiting = lock();
    if waiting.bytes.len() + text.len() > MOST_WAITING {
        waiting.dropped += 1;
    } else {
        waiting.bytes.extend_from_slice(text);
    }
    CHANGED.notify_all();
}

/// Waits until all is written, but not for long.
pub fn flush() {
    let busy = |waiting: &mut Waiting| waiting.writing || !waiting.bytes.is_empty();
    drop(CHANGED.wait_timeout_while(lock(), LAST_WAIT, busy));
}

fn write_on() {
    let mut waiting = lock();
    loop {
        if waiting.bytes.is_empty() {
            waiting = CHANGED
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        let mut bytes = std::mem::take(&mut waiting.bytes);
        let dropped = std::mem::take(&mut waiting.dropped);
        if dropped > 0 {
            let told = format!("[WARN] {dropped} log lines were dropped, since nobody read them\n");
            bytes.extend_from_slice(told.as_bytes());
        }
        waiting.writing = true;
        drop(waiting);
        // When it is closed nobody is left to tell.
        let _ = std::io::stderr().write_all(&bytes);
        waiting = lock();
        waiting.writing = false;
        CHANGED.notify_all();
    }
}

fn lock() -> MutexGuard<'static, Waiting> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}
