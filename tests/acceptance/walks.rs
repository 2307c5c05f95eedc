//! What is planned to be deleted or created is remembered for as long as one plan is made, and no longer: neither for
//! the next one of a process that serves many, nor for another organisation.

use support::client::{self, PLANNED_PRIVATE, TEST};
use support::plugin::{Options, Spawned};

use crate::bench::{Bench, named_registry, registry};

const ADDRESS: &str = "bahriya_registry.ghcr";
const FIRST: &str = "create_before_destroy = true";

fn lines(more: &str) -> String {
    format!("password = \"one\"; {more}")
}

/// With `lifecycle` and this argument.
fn lifecycle(argument: &str) -> String {
    lines(&format!("lifecycle {{; {argument}; }}"))
}

/// Each run plans and applies, and in the end all is deleted: since Terraform 1.13 in one process.
#[tokio::test]
async fn the_runs_of_a_test_and_its_clean_up_are_no_refactoring() {
    let bench = Bench::new();
    let shop = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let attachment = format!(
        "resource \"bahriya_project_registry_attachment\" \"a\" {{\n  project_id = \"{shop}\"\n  handle = \
         bahriya_registry.ghcr.handle\n  lifecycle {{\n    {FIRST}\n  }}\n}}\n"
    );
    let variables = "variable \"handle\" {\n  default = \"ghcr\"\n}\nvariable \"name\" {\n  default = \"GitHub\"\n}\n";
    let hcl = registry(&lines(""))
        .replace("\"ghcr\"\n", "var.handle\n")
        .replace("\"GitHub\"", "var.name");
    bench
        .terraform
        .write("main.tf", &format!("{variables}{hcl}{attachment}"));
    for folder in ["tests", "other"] {
        std::fs::create_dir(bench.terraform.path(folder)).expect("a new directory");
    }
    let provider = bench.terraform.read("terraform.tf");
    bench.terraform.write("other/terraform.tf", &provider);
    let other = format!("{variables}{}", named_registry("other", "x", &lines("")));
    bench
        .terraform
        .write("other/main.tf", &other.replace("\"x\"", "var.handle"));
    let run = |name: &str, lines: &str| format!("run \"{name}\" {{\n  {lines}\n}}\n");
    let elsewhere = "module {\n    source = \"./other\"\n  }\n  ";
    let file = |handle: &str| {
        [
            format!("variables {{\n  handle = \"{handle}\"\n}}\n"),
            run("planned", "command = plan"),
            run("created", ""),
            run("renamed", "variables {\n    name = \"Packages\"\n  }"),
            run(
                "another",
                &format!("{elsewhere}variables {{\n    handle = \"{handle}-b\"\n  }}"),
            ),
            run(
                "another_handle",
                &format!("{elsewhere}variables {{\n    handle = \"{handle}-c\"\n  }}"),
            ),
            run(
                "planned_again",
                "command = plan\n  plan_options {\n    mode = refresh-only\n  }",
            ),
        ]
        .concat()
    };
    bench.terraform.write("tests/one.tftest.hcl", &file("ghcr"));
    bench.terraform.write("tests/two.tftest.hcl", &file("quay"));
    bench.terraform.run(&["init", "-backend=false"]);
    let run = bench.terraform.run(&["test"]);
    if !client::knows(&TEST) {
        run.says(&[TEST.refusal]);
        return;
    }
    run.succeeds().says(&["12 passed, 0 failed"]);
    let left = bench.sandbox.summary().await;
    assert_eq!(
        (&left["registries"], &left["attachments"]),
        (&0.into(), &0.into())
    );
    assert_eq!(left["spent_handles"], 6);
}

/// A process that a developer has started serves one command after another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_serves_many_commands_forgets_each_plan() {
    let mut bench = Bench::new();
    let mut options = Options {
        args: vec!["--debug".to_owned()],
        without: vec!["TF_PLUGIN_MAGIC_COOKIE", "PLUGIN_CLIENT_CERT"],
        ..Options::default()
    };
    for (name, value) in bench.sandbox.env() {
        options = options.env(name, value);
    }
    let mut process = Spawned::start(&options);
    let record = loop {
        let line = process.line().await.expect("a line");
        if let Some(rest) = line.trim().strip_prefix("TF_REATTACH_PROVIDERS='") {
            break rest.trim_end_matches('\'').to_owned();
        }
    };
    bench.terraform.set("TF_REATTACH_PROVIDERS", &record);
    let hcl = registry(&lines(""));
    let renamed = named_registry("packages", "ghcr", &lines(""));
    bench.terraform.step(&hcl);
    bench.writes().await;
    for _ in 0..2 {
        bench.terraform.write("main.tf", &renamed);
        bench
            .terraform
            .plan()
            .fails()
            .says(&["cannot move by deletion"]);
        bench.terraform.write("main.tf", &hcl);
        bench.terraform.assert_empty_plan();
    }
    // Planned to be created here, created by somebody else, and destroyed here.
    let both = hcl.clone() + &named_registry("other", "other", &lines(""));
    bench.terraform.write("main.tf", &both);
    bench.terraform.plan().succeeds();
    bench.terraform.unset("TF_REATTACH_PROVIDERS");
    bench.terraform.apply().succeeds();
    bench.terraform.set("TF_REATTACH_PROVIDERS", &record);
    bench.terraform.step(&hcl);
    bench.terraform.destroy().succeeds().says(&["1 destroyed"]);
    assert_eq!(
        bench.writes().await,
        [
            "POST /registries",
            "DELETE /registries/*",
            "DELETE /registries/*"
        ]
    );
}

#[tokio::test]
async fn a_handle_of_one_organisation_may_go_while_the_same_comes_in_another() {
    let bench = Bench::new();
    let aliases = format!(
        "provider \"bahriya\" {{}}\nprovider \"bahriya\" {{\n  alias = \"second\"\n  organisation_id = \"{}\"\n}}\n",
        bench.sandbox.second_organisation
    );
    bench
        .terraform
        .step(&(aliases.clone() + &registry(&lines(""))));
    let there = named_registry("second", "ghcr", &lines("provider = bahriya.second"));
    bench
        .terraform
        .step(&(aliases + &there))
        .says(&["1 added", "1 destroyed"])
        .keeps_silent_about(&["cannot move by deletion"]);
}

#[tokio::test]
async fn the_order_of_a_replacement_and_a_target_change_nothing() {
    let bench = Bench::new();
    let hcl = registry(&lifecycle(FIRST));
    bench.terraform.step(&hcl);
    bench.writes().await;
    let renamed = named_registry("packages", "ghcr", &lifecycle(FIRST));
    let refused = ["cannot move by deletion"];
    bench.terraform.write("main.tf", &renamed);
    bench.terraform.apply().fails().says(&refused);
    let new = "-target=bahriya_registry.packages";
    bench
        .terraform
        .apply_with(&[new, &format!("-target={ADDRESS}")])
        .fails()
        .says(&refused);
    bench
        .terraform
        .apply_with(&[new])
        .fails()
        .says(&["A registry \"ghcr\" exists already"]);
    assert_eq!(bench.writes().await, [""; 0]);

    // A new handle comes before the old one goes, also where that is asked for by what depends on it.
    let after = format!(
        "resource \"terraform_data\" \"after\" {{\n  triggers_replace = bahriya_registry.ghcr.id\n  lifecycle {{\n    \
         {FIRST}\n  }}\n}}\n"
    );
    let inherited = |handle: &str| named_registry("ghcr", handle, &lines("")) + &after;
    bench.terraform.step(&inherited("ghcr"));
    bench.terraform.step(&inherited("ghcr-2"));
    assert_eq!(
        bench.writes().await,
        ["POST /registries", "DELETE /registries/*"]
    );
    bench
        .terraform
        .apply_with(&[&format!("-replace={ADDRESS}")])
        .fails()
        .says(&["cannot be replaced"]);
    // Terraform puts a tainted one aside before it plans once more.
    bench.terraform.run(&["taint", ADDRESS]).succeeds();
    bench
        .terraform
        .plan()
        .succeeds()
        .says(&["terraform untaint"]);
    bench
        .terraform
        .apply()
        .fails()
        .says(&["A registry \"ghcr-2\" exists already"]);
    if client::knows(&PLANNED_PRIVATE) {
        bench.terraform.run(&["untaint", ADDRESS]).succeeds();
    } else {
        bench
            .terraform
            .apply()
            .fails()
            .says(&["shows as deposed", "terraform state rm"]);
        bench.terraform.run(&["state", "rm", ADDRESS]).succeeds();
        let unwritten = inherited("ghcr-2").replace("password = \"one\"", "");
        bench.terraform.write("main.tf", &unwritten);
        bench.terraform.import(ADDRESS, "ghcr-2").succeeds();
    }
    bench.terraform.apply().succeeds();
    assert_eq!(bench.writes().await, [""; 0]);

    // The old one cannot go: what is left of it goes with the next apply, whatever is planned beside it.
    let shop = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    bench.sandbox.attach(&shop, "ghcr-2").await;
    let limited = |handle: &str| {
        let limit = "timeouts = { delete = \"1s\" }\n  username";
        inherited(handle)
            .replace("username", limit)
            .replace("password = \"one\"", "")
    };
    bench.terraform.step(&limited("ghcr-2"));
    let limited = limited("ghcr-3").replace("timeouts", "password = \"one\"\n  timeouts");
    bench.terraform.write("main.tf", &limited);
    bench.terraform.apply().fails().says(&["ghcr-2"]);
    bench.sandbox.detach(&shop, "ghcr-2").await;
    bench.writes().await;
    bench
        .terraform
        .step(&(limited + &named_registry("fourth", "ghcr-4", &lines(""))));
    let mut writes = bench.writes().await;
    writes.sort();
    assert_eq!(writes, ["DELETE /registries/*", "POST /registries"]);
}
