//! The other ways to run Terraform: saved plans, refresh-only, forgetting and importing again.

use serde_json::json;

use crate::bench::{Bench, registry, secret};

#[tokio::test]
async fn a_saved_plan_does_what_it_says() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    bench
        .terraform
        .write("main.tf", &registry(&secret("one", "1")));
    let plan = bench.terraform.planned();
    assert_eq!(
        plan["resource_changes"][0]["change"]["actions"],
        json!(["create"])
    );
    bench
        .terraform
        .run(&["apply", "plan.bin"])
        .succeeds()
        .says(&["1 added"]);
    bench.terraform.assert_empty_plan();

    bench
        .terraform
        .write("main.tf", &registry(&secret("two", "2")));
    let change = &bench.terraform.planned()["resource_changes"][0]["change"];
    assert_eq!(change["actions"], json!(["update"]));
    assert_eq!(change["after_unknown"]["current_version"], true);
    bench
        .terraform
        .run(&["apply", "plan.bin"])
        .succeeds()
        .says(&["1 changed"]);
    bench.terraform.assert_empty_plan();
    assert_eq!(
        bench.writes().await,
        ["POST /registries", "POST /registries/*/rotate"]
    );
}

#[tokio::test]
async fn refresh_only_takes_notice_and_changes_nothing() {
    let bench = Bench::new();
    let hcl = registry("password = \"one\"; maxversions = 5");
    bench.terraform.step(&hcl);
    let id = bench.id("bahriya_registry.ghcr");
    let body = json!({"handle": "ghcr", "name": "Renamed", "server": "ghcr.io", "username": "bot", "maxversions": 9});
    bench.sandbox.replace(&id, body).await;
    bench.writes().await;

    bench.terraform.apply_with(&["-refresh-only"]).succeeds();
    assert_eq!(bench.writes().await, [""; 0]);
    let stored = bench.terraform.attributes("bahriya_registry.ghcr");
    assert_eq!(
        (&stored["name"], &stored["maxversions"]),
        (&"Renamed".into(), &9.into())
    );

    bench
        .terraform
        .step(&hcl)
        .says(&["\"Renamed\" -> \"GitHub\"", "9 -> 5", "1 changed"]);
    assert_eq!(bench.writes().await, ["PUT /registries/*"]);
}

#[tokio::test]
async fn what_is_forgotten_can_be_imported_again() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    let hcl = registry("password_wo = \"one\"");
    bench.terraform.step(&hcl);
    bench.writes().await;
    let forgotten = bench.terraform.attributes("bahriya_registry.ghcr");
    bench
        .terraform
        .run(&["state", "rm", "bahriya_registry.ghcr"])
        .succeeds();
    bench
        .terraform
        .import("bahriya_registry.ghcr", "ghcr")
        .succeeds();
    assert_eq!(
        bench.terraform.attributes("bahriya_registry.ghcr"),
        forgotten
    );
    bench.terraform.assert_empty_plan();
    assert_eq!(bench.writes().await, [""; 0]);
}
