//! Going back to earlier credentials, and forward again.

use serde_json::{Value, json};

use crate::bench::{Bench, registry, secret};

const ADDRESS: &str = "bahriya_registry.ghcr";
const ROTATE: &str = "POST /registries/*/rotate";

fn activate(version: i64) -> String {
    format!("POST /registries/*/versions/{version}/activate")
}

/// Applies this configuration by a saved plan and returns how the plan showed `current_version`.
#[track_caller]
fn planned_version(bench: &Bench, hcl: &str) -> (Value, Value) {
    bench.terraform.write("main.tf", hcl);
    let plan = bench.terraform.planned();
    let change = plan["resource_changes"][0]["change"].clone();
    assert_eq!(change["actions"], json!(["update"]));
    bench.terraform.run(&["apply", "plan.bin"]).succeeds();
    bench.terraform.assert_empty_plan();
    (
        change["before"]["current_version"].clone(),
        change["after"]["current_version"].clone(),
    )
}

/// Three versions: `one` of `bot`, `two` of `robot`, `three` of `bot`. The triggers are 1, 2 and 3.
async fn three_versions() -> (Bench, [String; 3]) {
    let bench = Bench::new();
    let steps = [
        registry(&secret("one", "1")),
        registry(&secret("two", "2")).replace("\"bot\"", "\"robot\""),
        registry(&secret("three", "3")),
    ];
    for step in &steps {
        bench.terraform.step(step);
    }
    assert_eq!(bench.writes().await, ["POST /registries", ROTATE, ROTATE]);
    (bench, steps)
}

#[tokio::test]
async fn a_pin_rolls_back_and_its_removal_rolls_forward() {
    needs!(WRITE_ONLY);
    let (bench, [_, _, latest]) = three_versions().await;
    let pin = |version| {
        latest.replace(
            "username",
            &format!("active_version = {version}\n  username"),
        )
    };
    assert_eq!(planned_version(&bench, &pin(1)), (3.into(), 1.into()));
    assert_eq!(bench.writes().await, [activate(1)]);
    assert!(bench.sandbox.current_is("ghcr", "bot", "one").await);
    // Version 2 has another user name than the configuration.
    assert_eq!(planned_version(&bench, &pin(2)), (1.into(), 2.into()));
    assert_eq!(bench.writes().await, [activate(2)]);
    assert_eq!(bench.terraform.attributes(ADDRESS)["username"], "bot");
    assert_eq!(planned_version(&bench, &latest), (2.into(), 3.into()));
    assert_eq!(bench.writes().await, [activate(3)]);
    // A pin on what is current already changes nothing but the state.
    assert_eq!(planned_version(&bench, &pin(3)), (3.into(), 3.into()));
    bench.terraform.step(&latest);
    assert_eq!(bench.writes().await, [""; 0]);
}

#[tokio::test]
async fn reverting_trigger_and_password_rolls_back() {
    needs!(WRITE_ONLY);
    let (bench, [first, second, latest]) = three_versions().await;
    assert_eq!(planned_version(&bench, &first), (3.into(), 1.into()));
    assert_eq!(bench.writes().await, [activate(1)]);
    assert!(bench.sandbox.current_is("ghcr", "bot", "one").await);
    assert_eq!(planned_version(&bench, &second), (1.into(), 2.into()));
    assert_eq!(bench.writes().await, [activate(2)]);
    assert_eq!(bench.terraform.attributes(ADDRESS)["username"], "robot");
    assert_eq!(planned_version(&bench, &latest), (2.into(), 3.into()));
    assert_eq!(bench.writes().await, [activate(3)]);

    // A trigger that was in use before, with a password that was not.
    bench.terraform.step(&registry(&secret("four", "1")));
    assert_eq!(bench.writes().await, [ROTATE]);
    assert_eq!(bench.terraform.attributes(ADDRESS)["current_version"], 4);
    assert!(bench.sandbox.current_is("ghcr", "bot", "four").await);
}

#[tokio::test]
async fn reverting_a_password_in_the_state_rolls_back_too() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    for password in ["one", "two"] {
        bench
            .terraform
            .step(&registry(&format!("password = \"{password}\"")));
    }
    bench.writes().await;
    assert_eq!(
        planned_version(&bench, &registry("password = \"one\"")),
        (2.into(), 1.into())
    );
    assert_eq!(bench.writes().await, [activate(1)]);
    // The same password in the other argument, with and without a trigger, and back.
    for lines in [
        "password_wo = \"one\"",
        &secret("one", "1"),
        &secret("one", "2"),
        "password = \"one\"",
    ] {
        bench.terraform.step(&registry(lines));
        assert_eq!(bench.writes().await, [""; 0], "{lines}");
    }
}
