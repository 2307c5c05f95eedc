//! A pinned version: what it forbids, what it puts back, and what remains when it is evicted.

use crate::bench::{Bench, registry, secret};

const ADDRESS: &str = "bahriya_registry.ghcr";

async fn rotated(lines: &str, passwords: &[&str]) -> Bench {
    let bench = Bench::new();
    for (n, password) in passwords.iter().enumerate() {
        let hcl = registry(&format!("{}; {lines}", secret(password, &n.to_string())));
        bench.terraform.write("main.tf", &hcl);
        bench.terraform.apply().succeeds();
    }
    bench.terraform.assert_empty_plan();
    bench.writes().await;
    bench
}

#[tokio::test]
async fn a_pin_forbids_rotation_and_survives_others() {
    needs!(WRITE_ONLY);
    let bench = rotated("", &["one", "two"]).await;
    let pinned = registry(&format!("{}; active_version = 1", secret("two", "1")));
    bench.terraform.step(&pinned);
    bench.writes().await;

    bench.terraform.write(
        "main.tf",
        &pinned
            .replace("\"two\"", "\"three\"")
            .replace("\"1\"", "\"2\""),
    );
    bench
        .terraform
        .apply()
        .fails()
        .finds(&["pinned_against_change"])
        .says(&["Remove active_version to rotate", "undo the change"]);
    assert_eq!(bench.writes().await, [""; 0]);
    // Metadata is free to change.
    let pinned = pinned.replace("GitHub", "Packages");
    bench.terraform.step(&pinned);
    assert_eq!(bench.writes().await, ["PUT /registries/*"]);

    let id = bench.id(ADDRESS);
    bench.sandbox.rotate(&id, "somebody", "else").await;
    bench.writes().await;
    bench
        .terraform
        .step(&pinned)
        .finds(&["drift_is_undone"])
        .says(&["This plan puts it back", "3 -> 1"]);
    assert_eq!(
        bench.writes().await,
        ["POST /registries/*/versions/1/activate"]
    );
    assert!(bench.sandbox.current_is(&id, "bot", "one").await);
}

#[tokio::test]
async fn an_evicted_version_cannot_be_pinned() {
    needs!(WRITE_ONLY);
    let bench = rotated("maxversions = 2", &["one", "two", "three"]).await;
    let lines = format!("{}; maxversions = 2", secret("three", "2"));
    for (pin, reason) in [
        (1, "Version 1 is not retained"),
        (9, "Version 9 is not retained"),
    ] {
        bench.terraform.write(
            "main.tf",
            &registry(&format!("{lines}; active_version = {pin}")),
        );
        bench
            .terraform
            .apply()
            .fails()
            .says(&[reason, "Retained are the versions 2, 3"]);
    }
    assert_eq!(bench.writes().await, [""; 0]);

    // Version 2 is the oldest of two that are kept.
    let pinned = registry(&format!("{lines}; active_version = 2"));
    bench
        .terraform
        .step(&pinned)
        .finds(&["pinned_version_evicted"])
        .says(&["Raise maxversions"]);
    bench.writes().await;
    // Its credentials are gone for good afterwards: bringing them back makes a version.
    bench.terraform.step(&registry(&format!(
        "{}; maxversions = 2",
        secret("four", "4")
    )));
    let before = registry(&format!("{}; maxversions = 2", secret("one", "0")));
    bench.terraform.step(&before);
    let rotate = "POST /registries/*/rotate";
    assert_eq!(bench.writes().await, [rotate, rotate]);
    assert!(
        bench
            .sandbox
            .current_is(&bench.id(ADDRESS), "bot", "one")
            .await
    );
}

#[tokio::test]
async fn a_pin_may_go_in_the_same_step_as_the_credentials_change() {
    needs!(WRITE_ONLY);
    let bench = rotated("maxversions = 2", &["one", "two"]).await;
    let lines = |password, trigger| format!("{}; maxversions = 2", secret(password, trigger));
    bench.terraform.step(&registry(&format!(
        "{}; active_version = 1",
        lines("two", "1")
    )));
    bench.writes().await;
    bench
        .terraform
        .step(&registry(&lines("three", "2")))
        .says(&[
            "This rotation makes one version more",
            "version 1 is the oldest",
        ]);
    assert_eq!(bench.writes().await, ["POST /registries/*/rotate"]);
    // Pinned to the version that the changed credentials are those of.
    bench.terraform.step(&registry(&format!(
        "{}; active_version = 2",
        lines("two", "1")
    )));
    assert_eq!(
        bench.writes().await,
        ["POST /registries/*/versions/2/activate"]
    );
}

#[tokio::test]
async fn a_pin_that_is_only_known_after_apply_is_kept() {
    needs!(WRITE_ONLY);
    let bench = rotated("", &["one", "two"]).await;
    let late = "resource \"terraform_data\" \"pin\" {\n  input = 1\n}\n";
    let pinned = registry(&format!(
        "{}; active_version = terraform_data.pin.output",
        secret("two", "1")
    ));
    bench.terraform.step(&(late.to_owned() + &pinned));
    assert_eq!(
        bench.writes().await,
        ["POST /registries/*/versions/1/activate"]
    );
    bench
        .terraform
        .apply_with(&["-replace=terraform_data.pin"])
        .succeeds();
    bench.terraform.assert_empty_plan();
    assert_eq!(bench.writes().await, [""; 0]);
}

#[tokio::test]
async fn a_version_that_is_evicted_after_the_plan_says_what_remains() {
    needs!(WRITE_ONLY);
    let bench = rotated("maxversions = 2", &["one", "two"]).await;
    let pinned = registry(&format!(
        "{}; maxversions = 2; active_version = 1",
        secret("two", "1")
    ));
    bench.terraform.write("main.tf", &pinned);
    bench.terraform.planned();
    bench
        .sandbox
        .rotate(&bench.id(ADDRESS), "somebody", "else")
        .await;
    let run = bench.terraform.run(&["apply", "plan.bin"]).fails();
    run.says(&[
        "Failed to update registry \"ghcr\"",
        "Retained are the versions 2, 3",
    ]);
    assert_eq!(
        bench.terraform.attributes(ADDRESS)["active_version"],
        serde_json::Value::Null
    );
}
