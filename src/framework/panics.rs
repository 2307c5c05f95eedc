//! What is left of a panic: one scrubbed sentence that names the message and the place.
//!
//! The default hook writes to stderr in a form that Terraform does not recognise, and with
//! `RUST_BACKTRACE` it adds what nobody has scrubbed. Ours keeps the report for the code that turns the
//! caught panic into a diagnostic, and never takes a backtrace.

use std::panic::PanicHookInfo;
use std::sync::{Mutex, PoisonError};

use tokio::task::Id;

use crate::secret::{self, Author};

/// The reports that nobody has taken yet, each with the task that panicked.
static REPORTS: Mutex<Vec<(Option<Id>, String)>> = Mutex::new(Vec::new());

/// Replaces the panic hook of the process by a quiet one, that keeps and logs no secret.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        let report = describe(info);
        tracing::error!(panic = report.as_str(), "the provider panicked");
        reports().push((tokio::task::try_id(), report));
    }));
}

/// The report of the panic of a task, e.g. `index out of bounds: … at src/framework/plan.rs:12:5`, for the code that tells
/// the user. A panic of another task that this one waited for counts where it has none of its own.
pub fn take_of(task: Id) -> Option<String> {
    let mut reports = reports();
    let own = reports.iter().position(|(of, _)| *of == Some(task));
    let at = own.or_else(|| (!reports.is_empty()).then_some(0))?;
    Some(reports.remove(at).1)
}

/// The report of the last panic that nobody has taken yet.
pub fn take() -> Option<String> {
    reports().pop().map(|(_, report)| report)
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let message = info.payload_as_str().unwrap_or("no message");
    // A panic can quote anything.
    let message = secret::admit(message, Author::SawCredentials);
    match info.location() {
        Some(place) => format!("{message} at {place}"),
        None => message,
    }
}

fn reports() -> std::sync::MutexGuard<'static, Vec<(Option<Id>, String)>> {
    // Nothing can panic while it is held, and the hook must never do so itself.
    REPORTS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::MutexGuard;

    use super::*;

    /// A turn for a test that provokes panics: the hook and its report are those of the whole process.
    pub fn turn() -> MutexGuard<'static, ()> {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        install();
        secret::register(&secret::Secret::new("hunter2-panics"));
        turn
    }

    #[test]
    fn a_report_is_scrubbed_and_handed_out_once() {
        let _turn = turn();
        let caught = std::panic::catch_unwind(|| panic!("{} is wrong", "hunter2-panics"));
        assert!(caught.is_err());
        let report = take().unwrap_or_default();
        let place = "[redacted] is wrong at src/framework/panics.rs:";
        assert!(report.starts_with(place), "{report}");
        assert_eq!(take(), None);
    }
}
