//! Two Terraforms with a state each, on one organisation: both rotate the same registry at the same moment.

use std::time::Duration;

use serde_json::{Value, json};
use support::chance::Chance;
use support::sandbox::Sandbox;
use support::soak::soaking;
use support::terraform::{Run, Terraform};

use crate::bench::{Bench, registry, secret};

const DRIFT: &str = "became current outside Terraform";

/// What a plan says that does not know whether its credentials are in use.
const DOUBTS: [&str; 3] = [
    DRIFT,
    "not certain whose version this is",
    "sent once without an answer",
];

/// What befalls the two rotations of a round, and how many of them act.
fn befalling(round: usize) -> (Option<Value>, u64, i64) {
    match round % 4 {
        0 => (None, 0, 2),
        // Both have acted before either reads what it made.
        1 => (
            Some(json!({"kind": "slow", "ms": 700, "when": "after"})),
            2,
            2,
        ),
        2 => (Some(json!({"kind": "drop", "when": "after"})), 1, 2),
        _ => (Some(json!({"kind": "drop", "when": "before"})), 1, 1),
    }
}

/// The same command of both at once, the second that much later.
async fn at_once(both: [&Terraform; 2], args: &[&str], later: Duration) -> [Run; 2] {
    let first = both[0].spawn(args);
    tokio::time::sleep(later).await;
    let second = both[1].spawn(args);
    [first.finish(), second.finish()]
}

async fn versions_made(bench: &Bench) -> i64 {
    let summary = bench.sandbox.summary().await;
    summary["versions_made"].as_i64().expect("a number")
}

#[tokio::test]
async fn of_two_terraforms_the_one_whose_credentials_are_not_in_use_says_so() {
    needs!(WRITE_ONLY);
    let path = "/organisations/*/registries/*/rotate";
    play("rotate", ("POST", path)).await;
}

#[tokio::test]
async fn it_says_so_in_the_put_dialect_too() {
    needs!(WRITE_ONLY);
    play("put", ("PUT", "/organisations/*/registries/*")).await;
}

/// Rounds in which both rotate, by this request.
async fn play(dialect: &str, (method, path): (&str, &str)) {
    let bench = Bench::with(Sandbox::options().dialect(dialect));
    bench.terraform.step(&registry(&secret("one", "1")));
    let other = Terraform::new(&bench.sandbox.env());
    other.write("main.tf", &registry(&secret("other", "1")));
    other.import("bahriya_registry.ghcr", "ghcr").succeeds();
    other.step(&registry(&secret("other", "1")));
    let clients = [&bench.terraform, &other];
    let rounds = if soaking() { 40 } else { 4 };
    for round in 0_usize..rounds {
        let mut chance = Chance::new(round as u64);
        let mut order = [0, 1];
        chance.shuffle(&mut order);
        let later = Duration::from_millis(chance.below(120) as u64);
        let passwords = [0, 1].map(|client| format!("of-{client}-in-{round}"));
        for (client, password) in clients.iter().zip(&passwords) {
            let lines = secret(password, &format!("round {round}"));
            client.write("main.tf", &registry(&lines));
        }
        // The plans are made before either writes, so that none can know of the other.
        for plan in at_once(clients, &["plan", "-out=plan.bin"], Duration::ZERO).await {
            plan.succeeds();
        }
        let made = versions_made(&bench).await;
        let (fault, times, act) = befalling(round);
        if let Some(fault) = fault {
            let rule = json!({"method": method, "path": path, "times": times, "fault": fault});
            bench.sandbox.fault(rule).await;
        }
        let applies = at_once(order.map(|n| clients[n]), &["apply", "plan.bin"], later).await;
        let told = format!(
            "round {round}, {order:?}, {later:?}: {}\n{}",
            applies[0], applies[1]
        );
        let fired = bench
            .sandbox
            .faults()
            .await
            .iter()
            .filter_map(|rule| rule["fired"].as_u64())
            .sum::<u64>();
        assert_eq!(fired, times, "{told}");
        bench.sandbox.clear_faults().await;
        assert_eq!(versions_made(&bench).await - made, act, "{told}");

        let mut holders = Vec::new();
        for (client, password) in passwords.iter().enumerate() {
            if bench.sandbox.current_is("ghcr", "bot", password).await {
                holders.push(client);
            }
        }
        let [holder] = holders[..] else {
            panic!("{holders:?} hold it: {told}");
        };
        let plans = at_once(clients, &["plan"], Duration::ZERO)
            .await
            .map(Run::succeeds);
        let says = |client: usize, word: &&str| plans[client].text().contains(*word);
        assert!(
            DOUBTS.iter().any(|word| says(1 - holder, word)),
            "{} takes the version of the other for its own: {}\n{told}",
            1 - holder,
            plans[1 - holder]
        );
        if times != 1 && dialect == "rotate" {
            // Both were answered with the id of their version: each knows.
            assert!(says(1 - holder, &DRIFT), "{}\n{told}", plans[1 - holder]);
            assert!(
                !DOUBTS.iter().any(|word| says(holder, word)),
                "{}\n{told}",
                plans[holder]
            );
        }
    }
}
