//! Ctrl-C, and operations that take too long.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::bench::{Bench, registry};

/// Waits until the fault has hit a request.
async fn until_hit(bench: &Bench) {
    let patience = Instant::now() + Duration::from_secs(60);
    while !bench
        .sandbox
        .faults()
        .await
        .iter()
        .any(|rule| rule["fired"] == 1)
    {
        assert!(Instant::now() < patience, "the request never came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn ctrl_c_during_a_slow_create_loses_nothing() {
    for when in ["before", "after"] {
        let bench = Bench::new();
        let slow = json!({"kind": "slow", "ms": 4000, "when": when});
        let path = "/organisations/*/registries";
        bench
            .sandbox
            .fault(json!({"method": "POST", "path": path, "fault": slow}))
            .await;
        bench
            .terraform
            .write("main.tf", &registry("password = \"one\""));
        let running = bench.terraform.spawn(&["apply", "-auto-approve"]);
        until_hit(&bench).await;
        running.interrupt();
        running.finish().says(&["Interrupt received"]);
        assert_eq!(bench.writes().await, ["POST /registries"], "{when}");
        let instance = bench
            .terraform
            .instance("bahriya_registry.ghcr")
            .expect("in the state");
        assert_eq!(
            instance["status"],
            json!(null),
            "a tainted registry is a lost one"
        );
        bench.terraform.assert_empty_plan();
        assert_eq!(bench.sandbox.summary().await["versions_made"], 1);
    }
}

#[tokio::test]
async fn ctrl_c_during_a_slow_rotation_loses_nothing() {
    let bench = Bench::new();
    bench.terraform.step(&registry("password = \"one\""));
    let slow = json!({"kind": "slow", "ms": 4000, "when": "after"});
    let path = "/organisations/*/registries/*/rotate";
    bench
        .sandbox
        .fault(json!({"method": "POST", "path": path, "fault": slow}))
        .await;
    bench
        .terraform
        .write("main.tf", &registry("password = \"two\""));
    let running = bench.terraform.spawn(&["apply", "-auto-approve"]);
    until_hit(&bench).await;
    running.interrupt();
    running.finish().says(&["Interrupt received"]);
    bench.terraform.assert_empty_plan();
    assert_eq!(
        bench.terraform.attributes("bahriya_registry.ghcr")["password"],
        "two"
    );
    assert_eq!(bench.sandbox.summary().await["versions_made"], 2);
}

#[tokio::test]
async fn ctrl_c_ends_a_wait_at_once() {
    let bench = Bench::new();
    let busy = json!({"kind": "status", "status": 429, "retry_after": 100});
    let path = "/organisations/*/registries";
    let rule = json!({"method": "POST", "path": path, "fault": busy, "times": 99});
    bench.sandbox.fault(rule).await;
    bench
        .terraform
        .write("main.tf", &registry("password = \"one\""));
    let running = bench.terraform.spawn(&["apply", "-auto-approve"]);
    until_hit(&bench).await;
    running.interrupt();
    running
        .finish()
        .fails()
        .says(&["Interrupt received", "Apply again to continue"]);
    bench.sandbox.clear_faults().await;
    bench.terraform.apply().succeeds().says(&["1 added"]);
    bench.terraform.assert_empty_plan();
}

/// A command that its own limit of some seconds ends, and not the usual one of two minutes.
fn limited(bench: &Bench, args: &[&str], doing: &str) {
    let began = Instant::now();
    let title = format!("Failed to {doing} registry \"ghcr\"");
    let run = bench.terraform.run(args).fails();
    run.says(&[&title, "timeouts"]);
    assert!(began.elapsed() < Duration::from_secs(115), "{doing}");
}

#[tokio::test]
async fn timeouts_are_kept() {
    let bench = Bench::new();
    let hcl = registry(
        "password = \"one\"; timeouts = { create = \"6s\", read = \"6s\", update = \"6s\", delete = \"6s\" }",
    );
    let apply = ["apply", "-auto-approve"];
    let renamed = hcl.replace("GitHub", "Packages");
    for (doing, method, wanted, command) in [
        ("create", "POST", &hcl, &apply[..]),
        ("read", "GET", &hcl, &["plan"]),
        ("update", "PUT", &renamed, &apply),
        ("delete", "DELETE", &hcl, &["destroy", "-auto-approve"]),
    ] {
        let hang = json!({"method": method, "path": "/organisations/**", "fault": {"kind": "hang"}, "times": 99});
        bench.sandbox.fault(hang).await;
        bench.terraform.write("main.tf", wanted);
        limited(&bench, command, doing);
        if doing == "create" {
            assert_eq!(bench.terraform.instance("bahriya_registry.ghcr"), None);
        }
        bench.sandbox.clear_faults().await;
        bench.terraform.step(&hcl);
    }
}
