//! The provider's whole service over the API in memory, in virtual time: one seed, one story.
//!
//! `SIMULATION_SEED` tells one story, with all its events. `SIMULATION_STORIES` and `SIMULATION_CELLS` say how many
//! are told and played; `make soak` tells 100,000 and plays every cell.

mod agreement;
mod invariants;
mod story;
mod table;
mod terraform;
mod wanted;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::atomic::{AtomicUsize, Ordering};

use support::chance::Chance;

use invariants::Ending;

/// What does not hold yet, by how it is told. Each goes with the change that mends it.
const KNOWN: [&str; 4] = [
    // A change of credentials is sent again after an answer that proves nothing.
    "may have been acted on, and another was sent after it",
    // Somebody else's version is taken for ours; a registry that was there before is adopted.
    "nobody says that",
    "is somebody else's and has a fingerprint of ours",
    // A handle that is taken is not seen in the plan.
    "there is always something left to do",
];

/// Failures that are shown in full.
const SHOWN: usize = 3;

#[test]
fn every_story_ends_well_or_says_why_not() {
    if let Some(seed) = setting("SIMULATION_SEED") {
        match story::tell(seed) {
            Ok(ending) => println!("{}\n{:?}", ending.story, ending.says),
            Err(failure) => panic!("seed {seed}: {failure}"),
        }
        return;
    }
    let stories = setting("SIMULATION_STORIES").unwrap_or(100);
    let seeds: Vec<u64> = (0..stories).collect();
    let endings = all(&seeds, |seed| story::tell(*seed));
    for (says, times) in endings {
        println!("{times:6} {says}");
    }
}

#[test]
fn every_cell_of_the_table_holds() {
    let mut cells = table::cells();
    let whole = cells.len();
    if let Ok(name) = std::env::var("SIMULATION_CELL") {
        cells.retain(|cell| cell.to_string() == name);
        match cells[0].play() {
            Ok(ending) => println!("{}\n{:?}", ending.story, ending.says),
            Err(failure) => panic!("{name}: {failure}"),
        }
        return;
    }
    let wanted = setting("SIMULATION_CELLS").unwrap_or(100) as usize;
    Chance::new(1).shuffle(&mut cells);
    cells.truncate(wanted);
    println!("{} of {whole} cells", cells.len());
    let endings = all(&cells, table::Cell::play);
    for (says, times) in endings {
        println!("{times:6} {says}");
    }
}

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number")),
    )
}

/// Plays everything on two threads and counts the endings. Fails with all the names of what failed, and some of it in
/// full.
fn all<T: Display + Sync>(
    items: &[T],
    play: impl Fn(&T) -> Result<Ending, String> + Sync,
) -> BTreeMap<String, usize> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let (mut endings, mut failures) = (Vec::new(), Vec::new());
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            match play(item) {
                Ok(ending) => endings.push(ending),
                Err(failure) => failures.push((item.to_string(), failure)),
            }
        }
        (endings, failures)
    };
    let (endings, mut failures) = std::thread::scope(|scope| {
        let other = scope.spawn(worker);
        let mut mine = worker();
        let theirs = other.join().expect("failures are caught");
        mine.0.extend(theirs.0);
        mine.1.extend(theirs.1);
        mine
    });
    failures.sort();
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, failure) in &failures {
        let reason = failure.lines().next().unwrap_or_default();
        let reason: String = reason
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        reasons.entry(reason).or_default().push(name);
    }
    for (reason, names) in &reasons {
        println!(
            "{:6} {reason}\n         {}",
            names.len(),
            names[..names.len().min(12)].join(" ")
        );
    }
    failures.retain(|(_, failure)| {
        let reason = failure.lines().next().unwrap_or_default();
        !KNOWN.iter().any(|known| reason.contains(known))
    });
    let shown: Vec<String> = failures
        .iter()
        .take(SHOWN)
        .map(|(name, text)| format!("{name}: {text}"))
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        items.len(),
        shown.join("\n\n")
    );
    story::endings(endings)
}
