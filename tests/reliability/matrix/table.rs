//! The matrix in words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Case, FLAWS, Verdict};
use crate::operations::{Api, Operation};

pub fn title(case: &Case) -> String {
    let request = &case.run[case.at];
    let requests: Vec<_> = case
        .run
        .iter()
        .map(|r| format!("{} {}", r.method, r.path))
        .collect();
    format!(
        "### {} in {:?}: {} at request {} of {}, {} {}\n    without a fault: {requests:#?}",
        case.operation.name(),
        case.api,
        case.fault.name,
        case.at + 1,
        case.run.len(),
        request.method,
        request.path,
    )
}

/// One row per operation and API.
pub fn table(verdicts: &[(Case, Verdict)]) -> String {
    let mut rows: BTreeMap<(Api, Operation), Vec<&(Case, Verdict)>> = BTreeMap::new();
    for verdict in verdicts {
        let (case, _) = verdict;
        rows.entry((case.api, case.operation))
            .or_default()
            .push(verdict);
    }
    let mut table = format!(
        "| API | operation | requests | faults | cases | absorbed | by the next apply | by import | {} |\n",
        FLAWS.join(" | ")
    );
    table.push_str(&"| --- ".repeat(8 + FLAWS.len()));
    table.push_str("|\n");
    for ((api, operation), verdicts) in rows {
        let faults: BTreeSet<_> = verdicts
            .iter()
            .map(|(case, _)| case.fault.name.as_str())
            .collect();
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} |",
            api.name(),
            operation.name(),
            verdicts[0].0.run.len(),
            faults.len(),
            counts(verdicts.iter().copied()).join(" | "),
        );
    }
    let _ = writeln!(
        table,
        "| **all** | | | | {} |",
        counts(verdicts.iter()).join(" | ")
    );
    table
}

fn counts<'a>(verdicts: impl Iterator<Item = &'a (Case, Verdict)> + Clone) -> Vec<String> {
    let absorbed = verdicts
        .clone()
        .filter(|(_, verdict)| verdict.absorbed)
        .count();
    let imported = verdicts
        .clone()
        .filter(|(_, verdict)| verdict.imported)
        .count();
    let all = verdicts.clone().count();
    let mut counts = vec![all, absorbed, all - absorbed - imported, imported];
    for kind in FLAWS {
        let flawed = verdicts
            .clone()
            .filter(|(_, verdict)| verdict.flaws.iter().any(|(flaw, _)| *flaw == kind));
        counts.push(flawed.count());
    }
    counts.into_iter().map(|count| count.to_string()).collect()
}

pub fn totals(verdicts: &[(Case, Verdict)]) -> String {
    let counts = counts(verdicts.iter());
    let flaws: Vec<_> = FLAWS
        .iter()
        .zip(&counts[4..])
        .map(|(name, n)| format!("{n} {name}"))
        .collect();
    format!(
        "fault matrix: {} cases, {} absorbed at once, {} settled by the next apply, {} by the import command; {}",
        counts[0],
        counts[1],
        counts[2],
        counts[3],
        flaws.join(", ")
    )
}
