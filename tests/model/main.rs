//! Random sequences of what users and others do, run through the real provider against the real sandbox
//! and through a small reference: both have to end up with the same, and the next plan has to be empty.
//!
//! `MODEL_SEQUENCES` says how many (100 if not set), `MODEL_SEED` which ones. A failing sequence is made as
//! short as possible and printed.

#![cfg(unix)]

mod actions;
mod reference;
mod world;

use std::cell::{Cell, RefCell};
use std::time::Instant;

use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use crate::reference::Api;
use crate::world::World;

/// Every combination of what the API may look like.
const APIS: [Api; 4] = [
    Api {
        rotates: true,
        shows_versions: true,
    },
    Api {
        rotates: true,
        shows_versions: false,
    },
    Api {
        rotates: false,
        shows_versions: true,
    },
    Api {
        rotates: false,
        shows_versions: false,
    },
];

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {text}"))
    })
}

#[test]
fn whatever_happens_ends_as_the_reference_says() {
    let sequences = setting("MODEL_SEQUENCES", 100).div_ceil(APIS.len() as u64);
    let first_seed = setting("MODEL_SEED", 1);
    let started = Instant::now();
    let results: [Result<usize, String>; 4] = std::thread::scope(|scope| {
        let mut seed = first_seed;
        let runs = APIS.map(|api| {
            // Each gets sequences of its own.
            let run = scope.spawn(move || run(api, sequences, seed));
            seed = seed.wrapping_add(1);
            run
        });
        runs.map(|run| run.join().expect("a run that does not panic"))
    });
    let steps: usize = results.iter().flatten().sum();
    let failures: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    let result = format!(
        "random stories: {} in {} APIs, {steps} steps, {} disagreements ({:.0?}, MODEL_SEED={first_seed})",
        sequences * APIS.len() as u64,
        APIS.len(),
        failures.len(),
        started.elapsed()
    );
    support::soak::publish("random stories", &result);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// How many steps the sequences had.
fn run(api: Api, sequences: u64, seed: u64) -> Result<usize, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let world = RefCell::new(runtime.block_on(World::start(api)));
    let started = Instant::now();
    let steps = Cell::new(0);
    let mut runner = TestRunner::new(Config {
        cases: u32::try_from(sequences).expect("a reasonable number"),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_time: 120_000,
        ..Config::default()
    });
    let result = runner.run(&actions::sequences(), |sequence| {
        steps.set(steps.get() + sequence.len());
        let mut world = world.borrow_mut();
        let result = runtime.block_on(world.run(&sequence));
        result.map_err(TestCaseError::fail)
    });
    println!(
        "{api:?}: {sequences} sequences, {} steps in {:?}",
        steps.get(),
        started.elapsed()
    );
    result
        .map(|()| steps.get())
        .map_err(|error| format!("{api:?}, seed {seed}: {error}"))
}
