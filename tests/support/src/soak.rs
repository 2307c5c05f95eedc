//! How much is tried, and the figures of long runs, which `make docs` puts where readers find them.

use std::fs;

/// How much a run tries: `SOAK` chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// What a contributor waits for: `make test`.
    Test,
    /// More of it: `SOAK=sample`, in CI, with another `SEED` each day.
    Sample,
    /// Everything: `SOAK=1`, `make soak`.
    Whole,
}

impl Effort {
    pub fn of_this_run() -> Self {
        match std::env::var("SOAK").as_deref() {
            Ok("1") => Self::Whole,
            Ok("sample") => Self::Sample,
            _ => Self::Test,
        }
    }

    /// One of three.
    pub fn choose<T>(self, test: T, sample: T, whole: T) -> T {
        match self {
            Self::Test => test,
            Self::Sample => sample,
            Self::Whole => whole,
        }
    }
}

/// Whether everything is to be tried, not just a sample.
pub fn soaking() -> bool {
    Effort::of_this_run() == Effort::Whole
}

/// Prints a result and keeps that of a whole run in `target/soak`, under the name of its section.
pub fn publish(section: &str, result: &str) {
    println!("{result}");
    if !soaking() || std::env::var_os("ONLY").is_some() {
        return;
    }
    let folder = crate::repository().join("target/soak");
    fs::create_dir_all(&folder).expect("a folder for results");
    let text = format!("{}\n", result.trim_end());
    fs::write(folder.join(format!("{section}.md")), text).expect("a result can be kept");
}
