//! Write-only passwords: nowhere to be found, and never a reason for a change by themselves.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use support::client::{self, PLANNED_PRIVATE};

use crate::bench::{Bench, registry};

const ADDRESS: &str = "bahriya_registry.ghcr";
const VARIABLE: &str = "variable \"password\" {\n  type = string\n  ephemeral = true\n}\n";
const CANARY: &str = "canary-7f3a9c51d2e8";

fn with_trigger(trigger: &str) -> String {
    VARIABLE.to_owned()
        + &registry(&format!(
            "password_wo = var.password; password_wo_version = \"{trigger}\""
        ))
}

#[tokio::test]
async fn a_write_only_password_leaves_no_trace() {
    needs!(WRITE_ONLY);
    let mut bench = Bench::new();
    bench.terraform.set("TF_VAR_password", CANARY);
    bench.terraform.set("TF_LOG", "TRACE");
    let log = bench.terraform.path("trace.log").display().to_string();
    bench.terraform.set("TF_LOG_PATH", &log);
    let mut printed = String::new();
    let mut plans = Vec::new();
    for trigger in ["1", "2"] {
        bench
            .terraform
            .set("TF_VAR_password", &format!("{CANARY}-{trigger}"));
        bench.terraform.write("main.tf", &with_trigger(trigger));
        printed += &bench.terraform.planned().to_string();
        plans.extend(unpacked(
            &std::fs::read(bench.terraform.path("plan.bin")).expect("a plan"),
        ));
        printed += &bench
            .terraform
            .run(&["apply", "plan.bin"])
            .succeeds()
            .to_string();
    }
    printed += &bench
        .terraform
        .run(&["show", "-json"])
        .succeeds()
        .to_string();
    assert!(
        bench
            .sandbox
            .current_is("ghcr", "bot", &format!("{CANARY}-2"))
            .await
    );

    let instance = bench.terraform.instance(ADDRESS).expect("in the state");
    let private = instance["private"]
        .as_str()
        .and_then(|text| STANDARD.decode(text).ok());
    let private = String::from_utf8(private.expect("private bytes in base64")).expect("JSON");
    assert!(private.contains("fingerprint"), "{private}");
    let state = bench.terraform.read("terraform.tfstate");
    assert_eq!(
        instance["attributes"].get("password_wo"),
        Some(&Value::Null)
    );
    let log = bench.terraform.read("trace.log");
    assert!(
        log.contains("ApplyResourceChange") && log.contains("provider."),
        "no trace log"
    );
    let plans = String::from_utf8_lossy(&plans).into_owned();
    assert!(
        plans.contains("fingerprint") && plans.contains("var.password"),
        "the plan is not unpacked"
    );
    let in_base64 = STANDARD.encode(CANARY);
    for (place, text) in [
        ("output", &printed),
        ("private", &private),
        ("plan", &plans),
        ("state", &state),
        ("log", &log),
    ] {
        for secret in [CANARY, &in_base64[..in_base64.len() - 4]] {
            assert!(!text.contains(secret), "{secret} is in the {place}");
        }
    }
}

#[tokio::test]
async fn a_source_that_changes_on_every_run_settles() {
    needs!(WRITE_ONLY);
    let mut bench = Bench::new();
    bench.terraform.set("TF_VAR_password", "run-1");
    bench.terraform.step(&with_trigger("1"));
    bench.writes().await;
    for run in ["run-2", "run-3"] {
        bench.terraform.set("TF_VAR_password", run);
        bench.terraform.assert_empty_plan();
    }
    bench
        .terraform
        .step(&with_trigger("1").replace("GitHub", "Packages"));
    assert_eq!(bench.writes().await, ["PUT /registries/*"]);
    assert!(bench.sandbox.current_is("ghcr", "bot", "run-1").await);
    bench
        .terraform
        .step(&with_trigger("2").replace("GitHub", "Packages"));
    assert_eq!(bench.writes().await, ["POST /registries/*/rotate"]);
    assert!(bench.sandbox.current_is("ghcr", "bot", "run-3").await);
}

#[tokio::test]
async fn a_change_of_the_source_between_plan_and_apply_is_used_as_it_is_then() {
    needs!(WRITE_ONLY);
    let mut bench = Bench::new();
    bench.terraform.set("TF_VAR_password", "one");
    bench.terraform.step(&with_trigger("1"));
    bench.terraform.write("main.tf", &with_trigger("2"));
    bench.terraform.set("TF_VAR_password", "planned");
    bench.terraform.planned();
    bench.terraform.set("TF_VAR_password", "applied");
    bench.terraform.run(&["apply", "plan.bin"]).succeeds();
    bench.terraform.assert_empty_plan();
    assert!(bench.sandbox.current_is("ghcr", "bot", "applied").await);
}

/// What is in a zip archive, unpacked. Terraform's plan files are such archives.
fn unpacked(archive: &[u8]) -> Vec<u8> {
    let heads = archive.windows(4).enumerate();
    let mut content = Vec::new();
    for (start, _) in heads.filter(|(_, window)| window == b"PK\x03\x04") {
        let length = |at: usize| usize::from(u16::from_le_bytes([archive[at], archive[at + 1]]));
        let data = start + 30 + length(start + 26) + length(start + 28);
        match length(start + 8) {
            8 => content.extend(
                miniz_oxide::inflate::decompress_to_vec(&archive[data..]).expect("deflated data"),
            ),
            method => panic!("an unexpected way to pack: {method}"),
        }
    }
    content
}

/// Terraform plans once more before it applies, with the write-only values of that moment.
#[tokio::test]
async fn a_saved_plan_with_another_password_writes_nothing() {
    needs!(WRITE_ONLY);
    let mut bench = Bench::new();
    for trigger in ["1", "2"] {
        bench
            .terraform
            .set("TF_VAR_password", &format!("{CANARY}-{trigger}"));
        bench.terraform.step(&with_trigger(trigger));
    }
    bench.writes().await;
    // Planned as a roll-back to the first version, applied with a password that no version has.
    bench
        .terraform
        .set("TF_VAR_password", &format!("{CANARY}-1"));
    bench.terraform.write("main.tf", &with_trigger("1"));
    bench.terraform.run(&["plan", "-out=plan.bin"]).succeeds();
    bench
        .terraform
        .set("TF_VAR_password", &format!("{CANARY}-3"));
    let run = bench.terraform.run(&["apply", "plan.bin"]).fails();
    // A client that hands over the first plan is told the reason, any other tells it in its own words.
    run.says(&[if client::knows(&PLANNED_PRIVATE) {
        "The password is another one than when this was planned"
    } else {
        PLANNED_PRIVATE.refusal
    }]);
    assert_eq!(bench.writes().await, [""; 0]);
    bench
        .terraform
        .set("TF_VAR_password", &format!("{CANARY}-1"));
    bench.terraform.step(&with_trigger("1"));
    assert_eq!(
        bench.writes().await,
        ["POST /registries/*/versions/1/activate"]
    );
}
