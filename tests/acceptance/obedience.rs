//! An apply does what its plan showed: nothing that `ignore_changes` hides, nothing that came in between.

use serde_json::json;
use support::sandbox::Sandbox;

use crate::bench::{Bench, named_registry, registry, secret};

const ADDRESS: &str = "bahriya_registry.ghcr";

/// The configuration with these arguments ignored.
fn ignoring(hcl: &str, arguments: &str) -> String {
    hcl.replace(
        "\n}\n",
        &format!("\n  lifecycle {{\n    ignore_changes = {arguments}\n  }}\n}}\n"),
    )
}

/// Each argument, how it is configured at first, and how it is changed in the code and ignored.
const IGNORED: [(&str, &str, &str); 13] = [
    ("handle", "\"handle\"\n", "\"another\"\n"),
    ("name", "\"GitHub\"", "\"Another\""),
    ("server", "\"ghcr.io\"", "\"quay.io\""),
    ("username", "\"bot\"", "\"robot\""),
    ("password", "password = \"one\"", "password = \"two\""),
    (
        "password_wo",
        "password_wo = \"one\"",
        "password_wo = \"two\"",
    ),
    ("password_wo_version", "\"1\"", "\"2\""),
    (
        "active_version",
        "on_drift",
        "active_version = 1\n  on_drift",
    ),
    ("on_drift", "\"warn\"", "\"restore\""),
    ("verify", "\"off\"", "\"error\""),
    ("maxversions", "maxversions = 5", "maxversions = 1"),
    ("timeouts", "\"5m\"", "\"9m\""),
    ("all", "password = \"one\"", "password = \"two\""),
];

/// One registry for each argument that is ignored, with these credentials.
fn each(ignored: &[&str], credentials: impl Fn(&str) -> String, changed: bool) -> String {
    let rows = IGNORED
        .iter()
        .filter(|(argument, ..)| ignored.contains(argument));
    rows.map(|(argument, from, to)| {
        let handle = argument.replace('_', "-");
        let lines = format!(
            "{}; on_drift = \"warn\"; verify = \"off\"; maxversions = 5; timeouts = {{ create = \"5m\" }}",
            credentials(argument)
        );
        let hcl = named_registry(&handle, &handle, &lines);
        match (changed, *argument) {
            (false, _) => hcl,
            (true, "all") => ignoring(&hcl.replacen(from, to, 1), "all"),
            (true, _) => ignoring(&hcl.replacen(from, to, 1), &format!("[{argument}]")),
        }
    })
    .collect()
}

fn credentials(argument: &str, password: &str, trigger: &str) -> String {
    match argument {
        "password_wo" | "password_wo_version" => secret(password, trigger),
        _ => format!("password = \"{password}\""),
    }
}

#[tokio::test]
async fn what_is_ignored_is_not_applied_with_something_else() {
    needs!(WRITE_ONLY);
    for dialect in ["rotate", "put"] {
        let bench = Bench::with(Sandbox::options().dialect(dialect));
        let all = IGNORED.iter().map(|(argument, ..)| *argument);
        // The put dialect has no activation.
        let all: Vec<_> = all
            .filter(|one| dialect == "rotate" || *one != "active_version")
            .collect();
        // A rename sends a password there, which puts the one that is configured back, or is refused without one.
        let alone = |one: &str| dialect == "put" && ["on_drift", "password_wo"].contains(&one);
        let renamed = all
            .iter()
            .filter(|one| !alone(one) && !["name", "all"].contains(one));
        for (password, trigger) in [("zero", "0"), ("one", "1")] {
            bench.terraform.step(&each(
                &all,
                |one| credentials(one, password, trigger),
                false,
            ));
        }
        let id = bench.id("bahriya_registry.on-drift");
        let body = json!({"handle": "on-drift", "name": "GitHub", "server": "ghcr.io", "username": "bot",
            "password": "theirs", "maxversions": 5});
        match dialect {
            "rotate" => bench.sandbox.rotate(&id, "bot", "theirs").await,
            _ => bench.sandbox.replace(&id, body).await,
        }
        bench.writes().await;
        let unharmed = async |step: &str, writes: usize| {
            let made = bench.writes().await;
            assert_eq!(made, vec!["PUT /registries/*"; writes], "{dialect} {step}");
            for argument in &all {
                let handle = argument.replace('_', "-");
                let password = if *argument == "on_drift" {
                    "theirs"
                } else {
                    "one"
                };
                let kept = bench.sandbox.current_is(&handle, "bot", password).await;
                assert!(kept, "{dialect} {step} {argument}");
                let shown = bench
                    .sandbox
                    .call("GET", &format!("/registry/{handle}"), None)
                    .await;
                assert_eq!(
                    shown.expect(200).data["maxversions"],
                    5,
                    "{dialect} {step} {argument}"
                );
            }
        };
        // Another timeout is stored and calls nothing.
        let hcl = each(&all, |one| credentials(one, "one", "1"), true);
        bench
            .terraform
            .step(&hcl.replace("{ create", "{ read = \"3m\", create"));
        unharmed("timeouts", 0).await;
        let blocks = hcl.split_inclusive("\n}\n").zip(&all);
        let hcl: String = blocks
            .map(|(block, argument)| match alone(argument) {
                true => block.to_owned(),
                false => block.replace("\"GitHub\"", "\"Packages\""),
            })
            .collect();
        bench.terraform.step(&hcl);
        unharmed("rename", renamed.count()).await;
        bench.terraform.apply_with(&["-refresh-only"]).succeeds();
        unharmed("refresh-only", 0).await;

        // Imported, with a word for a password in the code.
        let addresses: Vec<_> = all
            .iter()
            .map(|one| format!("bahriya_registry.{}", one.replace('_', "-")))
            .collect();
        let mut arguments = vec!["state", "rm"];
        arguments.extend(addresses.iter().map(String::as_str));
        bench.terraform.run(&arguments).succeeds();
        let imports: String = addresses
            .iter()
            .map(|to| format!("import {{\n  to = {to}\n  id = \"{}\"\n}}\n", &to[17..]))
            .collect();
        let placeholders = |argument: &str| match argument {
            "password" | "all" => "password = \"one\"".to_owned(),
            "password_wo" => "password_wo = \"one\"".to_owned(),
            "password_wo_version" => secret("placeholder", "1"),
            _ => String::new(),
        };
        let names = hcl
            .split_inclusive("\n}\n")
            .map(|block| block.contains("\"Packages\""));
        let imported = each(&all, placeholders, true);
        let imported: String = imported
            .split_inclusive("\n}\n")
            .zip(names)
            .map(|(block, renamed)| match renamed {
                true => block.replace("\"GitHub\"", "\"Packages\""),
                false => block.to_owned(),
            })
            .collect();
        bench
            .terraform
            .step(&(imports + &imported))
            .says(&["imported, 0 added"]);
        unharmed("import", 0).await;
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
        let bench = Bench::with(Sandbox::options().dialect(dialect));
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

/// A password without its trigger is not what the registry holds, where a rename sends it along.
#[tokio::test]
async fn a_rename_sends_no_other_password_than_the_one_that_is_held() {
    needs!(WRITE_ONLY);
    let bench = Bench::with(Sandbox::options().dialect("put"));
    bench.terraform.step(&registry(&secret("one", "1")));
    bench.writes().await;
    for (hcl, finding) in [
        (
            ignoring(&registry(&secret("two", "2")), "[password_wo_version]"),
            "password_other_than_held",
        ),
        (registry(&secret("two", "1")), "password_other_than_held"),
        (
            ignoring(&registry(&secret("two", "1")), "[password_wo]"),
            "password_missing_to_change",
        ),
    ] {
        bench.terraform.write("main.tf", &hcl);
        bench.terraform.assert_empty_plan();
        bench
            .terraform
            .write("main.tf", &hcl.replace("\"GitHub\"", "\"Packages\""));
        bench.terraform.apply().fails().finds(&[finding]);
        assert_eq!(bench.writes().await, [""; 0], "{hcl}");
    }
    bench
        .terraform
        .step(&registry(&secret("two", "2")).replace("\"GitHub\"", "\"Packages\""));
    assert_eq!(bench.writes().await, ["PUT /registries/*"]);
    assert!(bench.sandbox.current_is("ghcr", "bot", "two").await);
}

/// Where the API only takes a registry as a whole, a change of its name sends the credentials along.
#[tokio::test]
async fn a_rename_that_sends_credentials_is_told_in_the_plan() {
    let bench = Bench::with(Sandbox::options().dialect("put"));
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
    bench.sandbox.replace(&id, body).await;
    bench.terraform.plan().succeeds().says(&[
        "became current outside Terraform",
        "would be current no more",
    ]);
    // Without a password it is refused before anything is written.
    let bare = Bench::with(Sandbox::options().dialect("put"));
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

/// What somebody else made current after the plan is undone by nothing but a rotation that the plan shows.
#[tokio::test]
async fn a_version_that_came_after_the_plan_is_not_undone_in_silence() {
    let (one, two) = ("password = \"one\"", "password = \"two\"");
    let renamed = registry(one).replace("\"GitHub\"", "\"Packages\"");
    for (dialect, hcl) in [("put", renamed), ("rotate", registry(two))] {
        for command in [
            &["apply", "plan.bin"][..],
            &["apply", "-auto-approve", "-refresh=false"],
        ] {
            let bench = Bench::with(Sandbox::options().dialect(dialect));
            bench.terraform.step(&registry(one));
            bench.terraform.write("main.tf", &hcl);
            bench.terraform.run(&["plan", "-out=plan.bin"]).succeeds();
            let id = bench.id(ADDRESS);
            let body = json!({"handle": "ghcr", "name": "GitHub", "server": "ghcr.io", "username": "bot", "password": "theirs"});
            match dialect {
                "rotate" => bench.sandbox.rotate(&id, "bot", "theirs").await,
                _ => bench.sandbox.replace(&id, body).await,
            }
            bench.writes().await;
            let run = bench.terraform.run(command);
            if dialect == "put" {
                run.fails().finds(&["version_in_between"]);
                assert_eq!(bench.writes().await, [""; 0]);
                assert!(bench.sandbox.current_is("ghcr", "bot", "theirs").await);
            } else {
                run.succeeds().finds(&["version_replaced"]);
                assert_eq!(bench.writes().await, ["POST /registries/*/rotate"]);
                assert!(bench.sandbox.current_is("ghcr", "bot", "two").await);
            }
        }
    }
}
