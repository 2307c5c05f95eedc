//! An API that acts after its answer was lost, and other clients that write meanwhile: sent once, and never taken
//! for somebody else's.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::sandbox::Sandbox;

use crate::bench::{Bench, registry, secret};

const ADDRESS: &str = "bahriya_registry.ghcr";
const ROTATE: (&str, &str) = ("POST", "/organisations/*/registries/*/rotate");
const REPLACE: (&str, &str) = ("PUT", "/organisations/*/registries/*");

async fn befall(bench: &Bench, (method, path): (&str, &str), fault: Value) {
    let rule = json!({"method": method, "path": path, "fault": fault});
    bench.sandbox.fault(rule).await;
}

async fn versions_made(bench: &Bench) -> Value {
    bench.sandbox.summary().await["versions_made"].clone()
}

#[tokio::test]
async fn what_acts_while_it_is_looked_for_is_one_version_and_uncertain() {
    needs!(WRITE_ONLY);
    for (dialect, request) in [("rotate", ROTATE), ("put", REPLACE)] {
        let bench = Bench::with(Sandbox::options().dialect(dialect));
        bench.terraform.step(&registry(&secret("one", "1")));
        let late = json!({"kind": "late", "ms": 3000, "status": 504});
        befall(&bench, request, late).await;
        let run = bench.terraform.step(&registry(&secret("two", "2")));
        run.says(&["not certain whose version this is"]);
        assert_eq!(versions_made(&bench).await, 2);
        assert!(bench.sandbox.current_is("ghcr", "bot", "two").await);
        // Every plan says so until the next rotation.
        bench
            .terraform
            .plan()
            .says(&["not certain whose version this is"]);
        bench.terraform.step(&registry(&secret("three", "3")));
        let settled = bench.terraform.plan();
        settled.keeps_silent_about(&["not certain whose version this is"]);
        assert_eq!(versions_made(&bench).await, 3);
    }
}

#[tokio::test]
async fn what_acts_after_the_apply_is_found_by_the_next_one() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    let limit = "timeouts = { update = \"3s\" }";
    let lines = |password, trigger| format!("{}; {limit}", secret(password, trigger));
    bench.terraform.step(&registry(&lines("one", "1")));
    befall(&bench, ROTATE, json!({"kind": "late", "ms": 15000})).await;
    bench
        .terraform
        .write("main.tf", &registry(&lines("two", "2")));
    let words = ["may have been made anyway"];
    bench.terraform.apply().fails().says(&words);
    assert_eq!(versions_made(&bench).await, 1);
    let patience = Instant::now() + Duration::from_secs(120);
    while versions_made(&bench).await == 1 && Instant::now() < patience {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bench.writes().await;
    bench.terraform.step(&registry(&lines("two", "2")));
    assert_eq!(bench.writes().await, [""; 0]);
    assert_eq!(versions_made(&bench).await, 2);
    assert!(bench.sandbox.current_is("ghcr", "bot", "two").await);
}

#[tokio::test]
async fn a_rival_in_our_place_is_not_claimed_in_silence() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    bench.terraform.step(&registry(&secret("one", "1")));
    befall(&bench, ROTATE, json!({"kind": "rival_drop"})).await;
    let run = bench.terraform.step(&registry(&secret("two", "2")));
    run.says(&["somebody else may have made it"]);
    assert!(
        bench
            .sandbox
            .current_is("ghcr", "bot", "rival-password")
            .await
    );
    // A new trigger rotates, since nothing says that the version holds what was sent.
    bench.terraform.step(&registry(&secret("three", "3")));
    assert!(bench.sandbox.current_is("ghcr", "bot", "three").await);
}

#[tokio::test]
async fn of_two_new_versions_none_is_taken() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    bench.terraform.step(&registry(&secret("one", "1")));
    befall(&bench, ROTATE, json!({"kind": "rival"})).await;
    bench
        .terraform
        .write("main.tf", &registry(&secret("two", "2")));
    let words = ["may have been made anyway"];
    bench.terraform.apply().fails().says(&words);
    assert_eq!(
        bench.terraform.attributes(ADDRESS)["password_wo_version"],
        "1"
    );
    bench.writes().await;
    bench
        .terraform
        .plan()
        .finds(&["sent_again"])
        .says(&["Look at the console first"]);
    bench.terraform.step(&registry(&secret("two", "2")));
    assert_eq!(bench.writes().await, ["POST /registries/*/rotate"]);
    assert!(bench.sandbox.current_is("ghcr", "bot", "two").await);
}

#[tokio::test]
async fn where_nothing_shows_it_is_sent_once_per_apply_and_every_plan_warns() {
    needs!(WRITE_ONLY);
    for (dialect, request) in [("rotate", ROTATE), ("put", REPLACE)] {
        let shape = Sandbox::options().dialect(dialect).versions_withheld();
        let bench = Bench::with(shape);
        bench.terraform.step(&registry(&secret("one", "1")));
        if dialect == "rotate" {
            // Its list of versions shows what its registries do not.
            continue;
        }
        bench.writes().await;
        befall(&bench, request, json!({"kind": "drop", "when": "after"})).await;
        bench
            .terraform
            .write("main.tf", &registry(&secret("two", "2")));
        bench
            .terraform
            .apply()
            .fails()
            .says(&["whether the change was made"]);
        assert_eq!(bench.writes().await.len(), 1);
        for _ in 0..2 {
            bench
                .terraform
                .plan()
                .says(&["sent once without an answer", "two equal versions"]);
        }
        bench.terraform.step(&registry(&secret("two", "2")));
        assert_eq!(bench.writes().await.len(), 1);
        let quiet = bench.terraform.plan();
        quiet.keeps_silent_about(&["sent once without an answer"]);
    }
}

#[tokio::test]
async fn requests_without_a_fault_are_few() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    bench
        .terraform
        .write("main.tf", &registry(&secret("one", "1")));
    bench.terraform.planned();
    bench.sandbox.clear_requests().await;
    bench.terraform.run(&["apply", "plan.bin"]).succeeds();
    assert_eq!(bench.sandbox.requests().await.len(), 3, "a create");
    bench
        .terraform
        .write("main.tf", &registry(&secret("two", "2")));
    bench.terraform.planned();
    bench.sandbox.clear_requests().await;
    bench.terraform.run(&["apply", "plan.bin"]).succeeds();
    let requests: Vec<_> = bench
        .sandbox
        .requests()
        .await
        .iter()
        .map(|one| format!("{} {}", one.method, one.path))
        .collect();
    assert_eq!(requests.len(), 4, "a rotation: {requests:?}");
}
