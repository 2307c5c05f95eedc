//! The provider's whole service over the API in memory, in virtual time: one seed, one story.
//!
//! `STORY=7` tells one story and `CELL=Rename/Cut/Now/None/Nothing/Rotate/Shown` plays one cell, with all events;
//! `CELL=Blind` plays those with it in their name, as `CUT=Death` cuts short the operations with it in theirs.

mod agreement;
mod cut_short;
mod invariants;
mod planted;
mod requests;
mod story;
mod table;
mod terraform;
mod wanted;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use support::chance::Chance;
use support::soak::{Effort, publish};

use invariants::Ending;

/// Failures that are shown in full.
const SHOWN: usize = 3;

#[test]
fn every_story_ends_well_or_says_why_not() {
    if let Ok(seed) = std::env::var("STORY") {
        let seed = seed.parse().expect("STORY is a number");
        return show(story::tell(seed));
    }
    let effort = Effort::of_this_run();
    let stories = effort.choose(2_000, 4_000, 100_000);
    // Each day's sample begins elsewhere.
    let first = seed() * effort.choose(0, stories, 0);
    let seeds: Vec<u64> = (first..first + stories).collect();
    let result = all(&seeds, |seed| story::tell(*seed));
    publish("simulated stories", &format!("simulated stories: {result}"));
}

#[test]
fn every_cell_of_the_table_holds() {
    let mut cells = table::cells();
    let (effort, whole) = (Effort::of_this_run(), cells.len());
    if let Ok(name) = std::env::var("CELL") {
        cells.retain(|cell| cell.to_string().contains(&name));
        if let [cell] = cells.as_slice() {
            return show(cell.play());
        }
        assert!(!cells.is_empty(), "CELL is a part of no cell's name");
    } else {
        Chance::new(effort.choose(1, seed(), 1)).shuffle(&mut cells);
        cells.truncate(effort.choose(300, 2_000, whole));
    }
    let result = all(&cells, table::Cell::play);
    publish(
        "simulated table",
        &format!("simulated table of {whole} cells: {result}"),
    );
}

#[test]
fn every_operation_can_be_cut_short_wherever_it_waits() {
    let mut operations = cut_short::operations();
    let (effort, whole) = (Effort::of_this_run(), operations.len());
    if let Ok(name) = std::env::var("CUT") {
        operations.retain(|operation| operation.to_string().contains(&name));
        assert!(!operations.is_empty(), "CUT is a part of no name");
    } else {
        Chance::new(effort.choose(1, seed(), 1)).shuffle(&mut operations);
        operations.truncate(effort.choose(6, 60, whole));
    }
    let points = AtomicUsize::new(0);
    all(&operations, |operation| {
        let (of_this, ending) = operation.play()?;
        points.fetch_add(of_this, Ordering::Relaxed);
        Ok(ending)
    });
    let (operations, points) = (operations.len(), points.into_inner());
    let result = format!("simulated cuts: {operations} operations at {points} points");
    publish("simulated cuts", &result);
}

/// The number in `SEED`, which chooses a sample.
fn seed() -> u64 {
    let text = std::env::var("SEED").unwrap_or_else(|_| "1".to_owned());
    text.parse().expect("SEED is a number")
}

/// Tells one story in full.
fn show(told: Result<Ending, String>) {
    match told {
        Ok(ending) => println!("{}\n{:?}", ending.story, ending.says),
        Err(failure) => panic!("{failure}"),
    }
}

/// Plays everything on two threads and counts the endings. Fails with some of what failed in full.
fn all<T: Display + Sync>(
    items: &[T],
    play: impl Fn(&T) -> Result<Ending, String> + Sync,
) -> String {
    let began = Instant::now();
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
    let quiet = endings
        .iter()
        .filter(|ending| ending.says.is_empty())
        .count();
    for (says, times) in story::endings(endings) {
        println!("{times:6} {says}");
    }
    format!(
        "{} played, {quiet} ended in silence, the others with a warning or an error in every plan \
         ({:.0?})",
        items.len(),
        began.elapsed()
    )
}
