//! An apply does what its plan showed: nothing that `ignore_changes` hides, nothing that came in between.

use serde_json::json;

use crate::bench::{Bench, registry, secret};

const ADDRESS: &str = "bahriya_registry.ghcr";

/// The configuration with these arguments ignored.
fn ignoring(hcl: &str, arguments: &str) -> String {
    hcl.replace(
        "\n}\n",
        &format!("\n  lifecycle {{\n    ignore_changes = {arguments}\n  }}\n}}\n"),
    )
}

/// What is changed in the code and ignored, and how.
const IGNORED: [(&str, &str, &str); 8] = [
    ("[password]", "password = \"one\"", "password = \"two\""),
    ("[username]", "\"bot\"", "\"robot\""),
    ("[server]", "\"ghcr.io\"", "\"quay.io\""),
    (
        "[active_version]",
        "on_drift",
        "active_version = 1\n  on_drift",
    ),
    ("[on_drift]", "\"warn\"", "\"restore\""),
    ("[verify]", "\"off\"", "\"error\""),
    ("[maxversions]", "maxversions = 5", "maxversions = 1"),
    ("all", "password = \"one\"", "password = \"two\""),
];

#[tokio::test]
async fn what_is_ignored_is_not_applied_with_something_else() {
    for dialect in ["rotate", "put"] {
        for (arguments, from, to) in IGNORED {
            let bench = Bench::with(support::sandbox::Sandbox::options().dialect(dialect));
            let hcl = registry(
                "password = \"one\"; on_drift = \"warn\"; verify = \"off\"; maxversions = 5",
            );
            let pinned = arguments == "[active_version]";
            if pinned && dialect == "put" {
                continue;
            }
            bench.terraform.step(&hcl);
            if pinned {
                bench.terraform.step(&hcl.replace("\"one\"", "\"two\""));
            }
            let hcl = if pinned {
                hcl.replace("\"one\"", "\"two\"")
            } else {
                hcl
            };
            let id = bench.id(ADDRESS);
            let user = "bot";
            let password = if pinned { "two" } else { "one" };
            bench.writes().await;
            let changed = ignoring(&hcl.replace(from, to), arguments);
            // Another timeout is stored and calls nothing.
            bench.terraform.step(
                &changed.replace("  lifecycle", "  timeouts = { read = \"3m\" }\n  lifecycle"),
            );
            assert_eq!(bench.writes().await, [""; 0], "{dialect} {arguments} {to}");
            assert!(
                bench.sandbox.current_is(&id, user, password).await,
                "{dialect} {arguments}"
            );
            // A rename is one write of metadata.
            bench
                .terraform
                .step(&changed.replace("\"GitHub\"", "\"Packages\""));
            let renamed: &[&str] = match arguments {
                "all" => &[],
                _ => &["PUT /registries/*"],
            };
            assert_eq!(bench.writes().await, renamed, "{dialect} {arguments} {to}");
            assert!(
                bench.sandbox.current_is(&id, user, password).await,
                "{dialect} {arguments}"
            );
            let run = bench
                .terraform
                .run(&["apply", "-refresh-only", "-auto-approve"]);
            run.succeeds();
            assert_eq!(bench.writes().await, [""; 0]);
        }
    }
}

#[tokio::test]
async fn an_ignored_trigger_rotates_nothing() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    bench.terraform.step(&registry(&secret("one", "1")));
    let id = bench.id(ADDRESS);
    for arguments in [
        "[password_wo_version]",
        "[password_wo, password_wo_version]",
        "all",
    ] {
        bench.writes().await;
        let hcl = ignoring(&registry(&secret("two", "2")), arguments);
        bench
            .terraform
            .step(&hcl.replace("  lifecycle", "  timeouts = { read = \"3m\" }\n  lifecycle"));
        bench
            .terraform
            .step(&hcl.replace("\"GitHub\"", &format!("\"{}\"", arguments.len())));
        let writes = bench.writes().await;
        assert!(
            writes.iter().all(|write| write.starts_with("PUT")),
            "{arguments}: {writes:?}"
        );
        assert!(
            bench.sandbox.current_is(&id, "bot", "one").await,
            "{arguments}"
        );
    }
}

#[tokio::test]
async fn a_hidden_password_with_a_new_trigger_is_missed_and_nothing_is_stored() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    bench.terraform.step(&registry(&secret("one", "1")));
    let before = bench.terraform.state();
    bench.writes().await;
    for lines in [
        ignoring(&registry(&secret("two", "2")), "[password_wo]"),
        registry("password_wo_version = \"2\""),
        registry("password_wo = null; password_wo_version = \"2\""),
    ] {
        bench.terraform.write("main.tf", &lines);
        bench
            .terraform
            .apply()
            .fails()
            .finds(&["password_missing_to_rotate"])
            .says(&["ignore_changes may hide"]);
        assert_eq!(bench.writes().await, [""; 0]);
        assert_eq!(bench.terraform.state(), before);
    }
}

#[tokio::test]
async fn an_imported_registry_keeps_its_token_where_the_password_is_ignored() {
    for dialect in ["rotate", "put"] {
        let bench = Bench::with(support::sandbox::Sandbox::options().dialect(dialect));
        let id = bench
            .sandbox
            .create_registry("ghcr", "ghcr.io", "bot", "working")
            .await;
        let name = bench.registry(&id).await["name"].to_string();
        let hcl = ignoring(&registry("password = \"placeholder\""), "[password]");
        let hcl = hcl.replace("\"GitHub\"", &name);
        bench.terraform.write("main.tf", &hcl);
        bench.terraform.import(ADDRESS, &id).succeeds();
        bench.writes().await;
        bench
            .terraform
            .step(&hcl.replace("  lifecycle", "  timeouts = { read = \"3m\" }\n  lifecycle"));
        assert!(bench.sandbox.current_is(&id, "bot", "working").await);
        bench.terraform.write(
            "main.tf",
            &hcl.replace(&format!("name = {name}"), "name = \"Packages\""),
        );
        let run = bench.terraform.apply();
        match dialect {
            "rotate" => drop(run.succeeds()),
            _ => drop(run.fails().finds(&["password_missing_to_change"])),
        }
        assert!(bench.sandbox.current_is(&id, "bot", "working").await);
    }
}

#[tokio::test]
async fn a_new_trigger_for_the_same_password_is_told() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    bench.terraform.step(&registry(&secret("one", "1")));
    bench.writes().await;
    bench
        .terraform
        .step(&registry(&secret("one", "2")))
        .finds(&["same_password"])
        .says(&["0 added, 1 changed"]);
    assert_eq!(bench.writes().await, [""; 0]);
}

#[tokio::test]
async fn a_write_only_password_without_a_trigger_is_told() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    let hcl = registry("password_wo = \"one\"");
    bench
        .terraform
        .step(&hcl)
        .finds(&["trigger_missing"])
        .says(&["password_wo_version"]);
    let words = "would not be sent";
    bench
        .terraform
        .write("main.tf", &hcl.replace("\"one\"", "\"two\""));
    bench.terraform.assert_empty_plan().says(&[words]);
    bench
        .terraform
        .step(&registry(&secret("two", "1")))
        .keeps_silent_about(&[words]);
}

#[tokio::test]
async fn fewer_versions_are_named_before_they_are_evicted() {
    let bench = Bench::new();
    for password in ["one", "two", "three"] {
        bench
            .terraform
            .step(&registry(&format!("password = \"{password}\"")));
    }
    let hcl = registry("password = \"three\"; maxversions = 2");
    bench.terraform.write("main.tf", &hcl);
    bench
        .terraform
        .plan()
        .succeeds()
        .finds(&["fewer_versions"])
        .says(&["will be: 1."]);
    bench.terraform.step(&hcl);
    let raised = hcl.replace("= 2", "= 7");
    bench
        .terraform
        .step(&raised)
        .keeps_silent_about(&["evicts"]);
}

/// Each argument unknown in the plan, and then the same, another, or one that cannot be.
#[tokio::test]
async fn what_is_not_known_yet_is_judged_when_it_is() {
    needs!(WRITE_ONLY);
    let unknown = |argument: &str, value: &str, old: &str| {
        format!(
            "resource \"terraform_data\" \"late\" {{\n  input = {value}\n}}\n{}",
            registry(&secret("one", "1")).replace(
                &format!("{argument} = {old}"),
                &format!("{argument} = terraform_data.late.output")
            )
        )
    };
    for (argument, old, other, writes, invalid) in [
        (
            "name",
            "\"GitHub\"",
            "\"Other\"",
            &["PUT /registries/*"][..],
            None,
        ),
        (
            "server",
            "\"ghcr.io\"",
            "\"quay.io\"",
            &["POST /registries/*/rotate"],
            Some(("\"https://ghcr.io/\"", "Suspicious server")),
        ),
        (
            "username",
            "\"bot\"",
            "\"robot\"",
            &["POST /registries/*/rotate"],
            Some(("\"bot:x\"", "Suspicious username")),
        ),
        ("password_wo_version", "\"1\"", "\"2\"", &[], None),
        (
            "handle",
            "\"ghcr\"",
            "\"other\"",
            &[],
            Some(("\"A_B\"", "handle")),
        ),
    ] {
        let bench = Bench::new();
        bench.terraform.step(&registry(&secret("one", "1")));
        bench.writes().await;
        let before = bench.id(ADDRESS);
        bench.terraform.step(&unknown(argument, old, old));
        assert_eq!(
            bench.writes().await,
            [""; 0],
            "{argument} turned out the same"
        );
        assert_eq!(bench.id(ADDRESS), before);
        let replaced = "-replace=terraform_data.late";
        if let Some((value, word)) = invalid {
            bench
                .terraform
                .write("main.tf", &unknown(argument, value, old));
            bench
                .terraform
                .apply_with(&[replaced])
                .fails()
                .says(&[word]);
            assert_eq!(
                bench.writes().await,
                [""; 0],
                "{argument} turned out invalid"
            );
        }
        bench
            .terraform
            .write("main.tf", &unknown(argument, other, old));
        let run = bench.terraform.apply_with(&[replaced]);
        if argument == "handle" {
            run.fails().says(&["plan again"]);
        } else {
            run.succeeds();
        }
        assert_eq!(
            bench.writes().await,
            writes,
            "{argument} turned out another"
        );
        assert_eq!(bench.id(ADDRESS), before);
    }
}

/// Where the API only takes a registry as a whole, a change of its name sends the credentials along.
#[tokio::test]
async fn a_rename_that_sends_credentials_is_told_in_the_plan() {
    let bench = Bench::with(support::sandbox::Sandbox::options().dialect("put"));
    bench.terraform.step(&registry("password = \"one\""));
    let id = bench.id(ADDRESS);
    let renamed = registry("password = \"one\"").replace("\"GitHub\"", "\"Packages\"");
    bench.terraform.write("main.tf", &renamed);
    bench
        .terraform
        .plan()
        .succeeds()
        .finds(&["may_get_a_version"])
        .says(&["sent along"]);
    // Somebody else's rotation would be undone.
    let body = json!({"handle": "ghcr", "name": "GitHub", "server": "ghcr.io", "username": "bot", "password": "two"});
    let path = format!("/registries/{id}");
    bench
        .sandbox
        .call("PUT", &path, Some(body))
        .await
        .expect(200);
    bench.terraform.plan().succeeds().says(&[
        "became current outside Terraform",
        "would be current no more",
    ]);
    // Without a password it is refused before anything is written.
    let bare = Bench::with(support::sandbox::Sandbox::options().dialect("put"));
    let id = bare
        .sandbox
        .create_registry("ghcr", "ghcr.io", "bot", "working")
        .await;
    bare.terraform.write("main.tf", &registry(""));
    bare.terraform.import(ADDRESS, &id).succeeds();
    bare.writes().await;
    bare.terraform
        .plan()
        .fails()
        .finds(&["password_missing_to_change"]);
    assert_eq!(bare.writes().await, [""; 0]);
}
