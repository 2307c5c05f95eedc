//! What does not hold yet. Each entry names the finding that mends it; a whole run fails where one holds again.

use super::{Case, Verdict};
use crate::operations::{APIS, Api, OPERATIONS, Operation};

/// Cases that are known to have some flaws.
struct Known {
    apis: &'static [Api],
    operations: &'static [Operation],
    /// A part of the faults' names.
    fault: &'static str,
    flaws: &'static [&'static str],
    finding: &'static str,
}

const ROTATING: &[Operation] = &[
    Operation::Rotate,
    Operation::RenameAndRotate,
    Operation::RollBack,
    Operation::Import,
];
const ROTATE: &[Api] = &[Api::Rotate, Api::RotateWithheld];

const KNOWN: &[Known] = &[
    Known {
        apis: ROTATE,
        operations: ROTATING,
        fault: "ms late",
        flaws: &["needless versions", "false successes"],
        finding: "a rotation whose answer was lost is sent once more before it had the time to act",
    },
    Known {
        apis: &APIS,
        operations: &OPERATIONS,
        fault: "rival",
        flaws: &[
            "wrong credentials",
            "needless versions",
            "false successes",
            "unsettled plans",
        ],
        finding: "a version that another client made at the same time is taken for ours",
    },
    Known {
        apis: &APIS,
        operations: &OPERATIONS,
        fault: "empty replica, for good",
        flaws: &[
            "orphans",
            "duplicates",
            "lost state",
            "wrong credentials",
            "needless versions",
            "false successes",
        ],
        finding: "a registry is believed gone although its handle is not spent",
    },
];

impl Known {
    fn is(&self, case: &Case) -> bool {
        self.apis.contains(&case.api)
            && self.operations.contains(&case.operation)
            && case.fault.name.contains(self.fault)
    }
}

/// The finding that explains every flaw of a case.
pub fn finding(case: &Case, verdict: &Verdict) -> Option<&'static str> {
    let known = KNOWN.iter().find(|known| known.is(case))?;
    let all = verdict.flaws.iter().map(|(kind, _)| kind);
    let explained = all.clone().all(|kind| known.flaws.contains(kind));
    (explained && !verdict.flaws.is_empty()).then_some(known.finding)
}

/// Findings that no case shows any more.
pub fn mended(verdicts: &[(Case, Verdict)]) -> Vec<&'static str> {
    let shown = |known: &&Known| {
        let mut cases = verdicts.iter();
        cases.any(|(case, verdict)| known.is(case) && !verdict.flaws.is_empty())
    };
    let gone = KNOWN.iter().filter(|known| !shown(known));
    gone.map(|known| known.finding).collect()
}
