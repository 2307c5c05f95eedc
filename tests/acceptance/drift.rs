//! Changes by other clients, and what `on_drift` makes of them.

use serde_json::json;
use support::sandbox::Sandbox;

use crate::bench::{Bench, registry, secret};

const ADDRESS: &str = "bahriya_registry.ghcr";

#[tokio::test]
async fn a_version_of_somebody_else_stays_unless_the_configuration_says_otherwise() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    let hcl = registry(&secret("one", "1"));
    bench.terraform.step(&hcl);
    let id = bench.id(ADDRESS);
    bench.sandbox.rotate(&id, "robot", "rescued").await;
    bench.writes().await;
    let words = [
        "Version 2 became current outside Terraform",
        "set on_drift to \"restore\"",
    ];
    for _ in 0..2 {
        bench.terraform.assert_empty_plan().says(&words);
    }
    bench.terraform.step(&hcl).says(&words);
    let stored = bench.terraform.attributes(ADDRESS);
    assert_eq!(
        (&stored["current_version"], &stored["username"]),
        (&2.into(), &"bot".into())
    );
    // A rename leaves the credential of the other client alone.
    bench.terraform.step(&hcl.replace("GitHub", "Packages"));
    assert_eq!(bench.writes().await, ["PUT /registries/*"]);
    assert!(bench.sandbox.current_is(&id, "robot", "rescued").await);

    let restoring = registry(&format!("{}; on_drift = \"restore\"", secret("one", "1")));
    bench
        .terraform
        .step(&restoring.replace("GitHub", "Packages"))
        .says(&["This plan puts it back", "2 -> 1"]);
    assert_eq!(
        bench.writes().await,
        ["POST /registries/*/versions/1/activate"]
    );
    assert!(bench.sandbox.current_is(&id, "bot", "one").await);
}

#[tokio::test]
async fn the_credential_of_somebody_else_can_be_adopted() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    bench.terraform.step(&registry(&secret("one", "1")));
    let id = bench.id(ADDRESS);
    bench.sandbox.rotate(&id, "robot", "rescued").await;
    bench.writes().await;
    bench
        .terraform
        .step(&registry(&secret("rescued", "2")).replace("\"bot\"", "\"robot\""));
    bench
        .terraform
        .assert_empty_plan()
        .keeps_silent_about(&["outside Terraform"]);
    assert!(bench.sandbox.current_is(&id, "robot", "rescued").await);
}

#[tokio::test]
async fn restoring_an_evicted_version_rotates() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    let lines = "maxversions = 2; on_drift = \"restore\"";
    let hcl = registry(&format!("{}; {lines}", secret("one", "1")));
    bench.terraform.step(&hcl);
    let id = bench.id(ADDRESS);
    for password in ["two", "three"] {
        bench.sandbox.rotate(&id, "bot", password).await;
    }
    bench.writes().await;
    // Without the password there is nothing to restore it from.
    bench.terraform.write("main.tf", &registry(lines));
    bench
        .terraform
        .plan()
        .fails()
        .finds(&["password_missing_to_restore"])
        .says(&["set on_drift to \"warn\""]);
    let restored = bench.terraform.step(&hcl);
    restored
        .finds(&["drift_is_undone_anew"])
        .says(&["cannot be activated any more", "as a new version"]);
    assert_eq!(bench.writes().await, ["POST /registries/*/rotate"]);
    assert!(bench.sandbox.current_is(&id, "bot", "one").await);
}

#[tokio::test]
async fn changed_names_and_limits_are_put_back() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    let hcl = registry(&format!("{}; maxversions = 5", secret("one", "1")));
    bench.terraform.step(&hcl);
    let id = bench.id(ADDRESS);
    let mut body = json!({"handle": "ghcr", "name": "Mine", "server": "ghcr.io", "username": "bot", "maxversions": 7});
    bench.sandbox.replace(&id, body.clone()).await;
    bench.writes().await;
    bench
        .terraform
        .step(&hcl)
        .says(&["\"Mine\" -> \"GitHub\"", "7 -> 5", "0 destroyed"]);
    assert_eq!(bench.writes().await, ["PUT /registries/*"]);

    // Where maxversions is not configured, it is whatever the API says.
    let free = registry(&secret("one", "1"));
    bench.terraform.step(&free);
    body["name"] = "GitHub".into();
    bench.sandbox.replace(&id, body).await;
    bench.terraform.step(&free);
    assert_eq!(bench.terraform.attributes(ADDRESS)["maxversions"], 7);
}

#[tokio::test]
async fn another_server_and_user_name_are_put_back_where_no_version_shows() {
    let bench = Bench::with(Sandbox::options().dialect("put").versions_withheld());
    let hcl = registry("password = \"one\"; maxversions = 5");
    bench.terraform.step(&hcl);
    let id = bench.id(ADDRESS);
    let body = json!({
        "handle": "ghcr", "name": "GitHub", "server": "quay.io", "username": "robot", "password": "two",
        "maxversions": 5,
    });
    bench.sandbox.replace(&id, body).await;
    bench.writes().await;
    bench.terraform.step(&hcl).says(&[
        "\"quay.io\" -> \"ghcr.io\"",
        "\"robot\" -> \"bot\"",
        "0 destroyed",
    ]);
    assert_eq!(bench.writes().await, ["PUT /registries/*"]);
    assert!(bench.sandbox.current_is(&id, "bot", "one").await);
}

#[tokio::test]
async fn a_rollback_of_somebody_else_is_adopted_by_the_same_revert() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    for (password, trigger) in [("one", "1"), ("two", "2")] {
        bench.terraform.step(&registry(&secret(password, trigger)));
    }
    bench.sandbox.activate(&bench.id(ADDRESS), 1).await;
    bench.writes().await;
    bench.terraform.assert_empty_plan().finds(&["drifted"]);
    bench.terraform.step(&registry(&secret("one", "1")));
    assert_eq!(bench.writes().await, [""; 0]);
    bench
        .terraform
        .assert_empty_plan()
        .keeps_silent_about(&["outside Terraform"]);
}
