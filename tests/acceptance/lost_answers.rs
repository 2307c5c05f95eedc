//! Writes that landed although nobody heard of it.

use serde_json::json;
use support::sandbox::{Options, Sandbox};

use crate::bench::{Bench, registry, secret};

const ADDRESS: &str = "bahriya_registry.ghcr";

/// The answer to the next such write is lost after it acted. With `blind`, nothing can be read afterwards
/// either, from that many requests on.
async fn lose(bench: &Bench, method: &str, path: &str, blind: Option<u64>) {
    let lost = json!({"kind": "drop", "when": "after"});
    bench
        .sandbox
        .fault(json!({"method": method, "path": path, "fault": lost}))
        .await;
    if let Some(after) = blind {
        let down = json!({"kind": "status", "status": 503});
        let rule =
            json!({"method": "GET", "path": "/**", "fault": down, "after": after, "times": 9999});
        bench.sandbox.fault(rule).await;
    }
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_looking() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    lose(&bench, "POST", "/organisations/*/registries", None).await;
    bench.terraform.step(&registry(&secret("one", "1")));
    lose(&bench, "POST", "/organisations/*/registries/*/rotate", None).await;
    bench.terraform.step(&registry(&secret("two", "2")));
    lose(&bench, "PUT", "/organisations/*/registries/*", None).await;
    bench
        .terraform
        .step(&registry(&secret("two", "2")).replace("GitHub", "Packages"));
    // Whose version it is that was found after a lost answer is not certain, so only these can be gone back to.
    for (password, trigger) in [("three", "3"), ("four", "4")] {
        let step = registry(&secret(password, trigger)).replace("GitHub", "Packages");
        bench.terraform.step(&step);
    }
    lose(
        &bench,
        "POST",
        "/organisations/*/registries/*/versions/*/activate",
        None,
    )
    .await;
    bench
        .terraform
        .step(&registry(&secret("three", "5")).replace("GitHub", "Packages"));
    assert!(bench.sandbox.current_is("ghcr", "bot", "three").await);
    lose(&bench, "DELETE", "/organisations/*/registries/*", None).await;
    assert_eq!(bench.sandbox.summary().await["versions_made"], 4);
    bench.terraform.destroy().succeeds();
    assert_eq!(bench.sandbox.summary().await["registries"], 0);
}

#[tokio::test]
async fn a_rotation_that_landed_unseen_is_not_repeated() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    let limit = "timeouts = { update = \"10s\" }";
    bench
        .terraform
        .step(&registry(&format!("{}; {limit}", secret("one", "1"))));
    let id = bench.id(ADDRESS);
    let wanted = registry(&format!("{}; {limit}", secret("two", "2")));
    bench.terraform.write("main.tf", &wanted);
    bench.terraform.planned();
    bench.writes().await;
    lose(
        &bench,
        "POST",
        "/organisations/*/registries/*/rotate",
        Some(2),
    )
    .await;
    let run = bench.terraform.run(&["apply", "plan.bin"]).fails();
    run.says(&[
        "Failed to update registry \"ghcr\"",
        "may have been made anyway",
    ]);
    assert_eq!(bench.writes().await, ["POST /registries/*/rotate"]);
    assert!(bench.sandbox.current_is(&id, "bot", "two").await);
    let prior = bench.terraform.attributes(ADDRESS);
    assert_eq!(prior["password_wo_version"], "1", "nothing was proved");

    bench.sandbox.clear_faults().await;
    bench.terraform.step(&wanted);
    assert_eq!(bench.writes().await, [""; 0]);
    assert_eq!(
        bench.terraform.attributes(ADDRESS)["password_wo_version"],
        "2"
    );
    // The version is known from now on, as any other: back and forth by activation.
    bench.terraform.step(&registry(&secret("one", "1")));
    bench.terraform.step(&wanted);
    assert_eq!(bench.sandbox.summary().await["versions_made"], 2);
}

#[tokio::test]
async fn a_rotation_that_never_landed_is_made() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    let limit = "timeouts = { update = \"10s\" }";
    bench
        .terraform
        .step(&registry(&format!("{}; {limit}", secret("one", "1"))));
    let wanted = registry(&format!("{}; {limit}", secret("two", "2")));
    let down = json!({"kind": "status", "status": 500});
    let path = "/organisations/*/registries/*/rotate";
    bench
        .sandbox
        .fault(json!({"method": "POST", "path": path, "fault": down, "times": 9999}))
        .await;
    bench.terraform.write("main.tf", &wanted);
    bench
        .terraform
        .apply()
        .fails()
        .says(&["Failed to update registry", "500"]);
    bench.sandbox.clear_faults().await;
    bench.terraform.step(&wanted);
    assert_eq!(bench.sandbox.summary().await["versions_made"], 2);
    assert!(bench.sandbox.current_is("ghcr", "bot", "two").await);
}

#[tokio::test]
async fn a_create_that_cannot_be_read_back_is_kept_without_taint() {
    needs!(WRITE_ONLY);
    cannot_be_read_back(Sandbox::options()).await;
}

#[tokio::test]
async fn in_the_put_dialect_a_create_that_cannot_be_read_back_is_kept_too() {
    needs!(WRITE_ONLY);
    cannot_be_read_back(Sandbox::options().dialect("put")).await;
}

async fn cannot_be_read_back(options: Options) {
    let bench = Bench::with(options);
    let hcl = registry(&format!(
        "{}; timeouts = {{ create = \"10s\" }}",
        secret("one", "1")
    ));
    bench.terraform.write("main.tf", &hcl);
    let down = json!({"kind": "status", "status": 503});
    bench
        .sandbox
        .fault(json!({"method": "GET", "path": "/**", "fault": down, "times": 9999}))
        .await;
    bench
        .terraform
        .apply()
        .succeeds()
        .says(&["created but not read back", "in the state"]);
    let instance = bench.terraform.instance(ADDRESS).expect("in the state");
    assert_eq!(
        instance["status"],
        json!(null),
        "a tainted registry is a lost one"
    );
    bench.sandbox.clear_faults().await;
    bench.terraform.step(&hcl);
    assert_eq!(bench.terraform.attributes(ADDRESS)["current_version"], 1);
    bench
        .terraform
        .step(&hcl.replace("\"one\"", "\"two\"").replace("\"1\"", "\"2\""));
    assert_eq!(bench.sandbox.summary().await["versions_made"], 2);
}

#[tokio::test]
async fn of_two_changes_the_one_that_worked_is_not_repeated() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    bench.terraform.step(&registry(&secret("one", "1")));
    let wanted = registry(&secret("two", "2"))
        .replace("GitHub", "Packages")
        .replace("\"bot\"", "\"robot\"");
    let refused = json!({"kind": "status", "status": 400});
    let path = "/organisations/*/registries/*/rotate";
    bench
        .sandbox
        .fault(json!({"method": "POST", "path": path, "fault": refused}))
        .await;
    bench.terraform.write("main.tf", &wanted);
    bench
        .terraform
        .apply()
        .fails()
        .says(&["Failed to update registry", "400"]);
    let proved = bench.terraform.attributes(ADDRESS);
    assert_eq!(
        (&proved["name"], &proved["username"]),
        (&"Packages".into(), &"bot".into())
    );
    assert_eq!(proved["password_wo_version"], "1");
    bench.writes().await;
    bench.terraform.step(&wanted);
    assert_eq!(bench.writes().await, ["POST /registries/*/rotate"]);
}
