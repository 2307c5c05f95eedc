//! `bahriya_registry_login`: the registry is asked on every plan and apply, and nothing is stored.

use support::client::{self, Product};
use support::registry_server::RegistryServer;

use crate::bench::Bench;

/// Asks a server about user `bot` with `var.password`, with these further lines.
fn hcl(server: &str, lines: &str) -> String {
    format!(
        "variable \"password\" {{\n  type = string\n  ephemeral = true\n}}\n\
         ephemeral \"bahriya_registry_login\" \"own\" {{\n  server = \"{server}\"\n  username = \"bot\"\n  \
         password = var.password\n  {lines}\n}}\n"
    )
}

#[tokio::test]
async fn an_expired_password_is_seen_in_every_plan_and_apply() {
    needs!(WRITE_ONLY);
    let server = RegistryServer::start("bot", "right-one");
    let mut bench = Bench::new();
    bench.terraform.set("TF_VAR_password", "right-one");
    let run = bench.terraform.step(&hcl(&server.address, ""));
    run.keeps_silent_about(&["refuses"]);
    bench
        .terraform
        .assert_empty_plan()
        .keeps_silent_about(&["refuses"]);

    server.set_user("bot", "renewed");
    let refused = format!("{} refuses the credentials", server.address);
    let words = [refused.as_str(), "password_wo_version"];
    bench.terraform.assert_empty_plan().says(&words);
    let applied = bench.terraform.apply().succeeds().says(&words);
    applied.keeps_silent_about(&["right-one"]);
    let plan = bench.terraform.planned().to_string();
    assert!(!plan.contains("right-one"), "{plan}");
    assert!(!bench.terraform.read("terraform.tfstate").contains("login"));

    bench.terraform.set("TF_VAR_password", "renewed");
    let plan = bench.terraform.assert_empty_plan();
    plan.keeps_silent_about(&["refuses"]);
}

#[tokio::test]
async fn an_error_stops_plan_apply_and_destroy_and_off_stops_nothing() {
    needs!(EPHEMERAL);
    let server = RegistryServer::start("bot", "right-one");
    let mut bench = Bench::new();
    bench.terraform.set("TF_VAR_password", "right-one");
    let strict = "resource \"terraform_data\" \"some\" {}\n".to_owned()
        + &hcl(&server.address, "on_refused = \"error\"");
    bench.terraform.step(&strict);

    bench.terraform.set("TF_VAR_password", "wrong-one");
    let refused = format!("{} refuses the credentials", server.address);
    for run in [
        bench.terraform.plan(),
        bench.terraform.apply(),
        bench.terraform.destroy(),
    ] {
        run.fails()
            .says(&[&refused, "a destroy too"])
            .keeps_silent_about(&["wrong-one"]);
    }
    let silent = strict.replace("\"error\"", "\"off\"");
    let run = bench.terraform.step(&silent);
    run.keeps_silent_about(&["refuses"]);
}

/// A part of the question is known only after something else was made: it is asked then.
#[tokio::test]
async fn it_is_asked_once_its_arguments_are_known() {
    needs!(EPHEMERAL);
    let server = RegistryServer::start("bot", "right-one");
    let mut bench = Bench::new();
    bench.terraform.set("TF_VAR_password", "wrong-one");
    let late = "resource \"terraform_data\" \"late\" {\n  input = \"bot\"\n}\n".to_owned()
        + &hcl(&server.address, "").replace("\"bot\"", "terraform_data.late.output");
    bench.terraform.write("main.tf", &late);
    let planned = bench.terraform.plan().succeeds();
    planned.keeps_silent_about(&["refuses"]);
    let applied = bench.terraform.apply().succeeds();
    // OpenTofu opens it in the apply only if something uses it. The next plan asks.
    let asked = match client::product() {
        Product::Terraform => applied,
        Product::OpenTofu => bench.terraform.plan().succeeds(),
    };
    asked.says(&["refuses the credentials"]);
}

/// What is no refusal is a result and no message: the result decides what else is done.
#[tokio::test]
async fn only_a_refusal_is_told_and_the_result_says_the_rest() {
    needs!(EPHEMERAL);
    let mut bench = Bench::new();
    bench.terraform.set("TF_VAR_password", "any");
    // Nothing listens there; and the sandbox is a web server, but no registry.
    let sandbox = bench
        .sandbox
        .api_url
        .split('/')
        .nth(2)
        .expect("a host")
        .to_owned();
    for (server, result) in [
        ("127.0.0.1:1", "unreachable"),
        (sandbox.as_str(), "not_a_registry"),
    ] {
        let asked = hcl(server, "")
            + &format!(
                "provider \"bahriya\" {{\n  alias = \"checked\"\n  token = ephemeral.bahriya_registry_login.own.result \
                 == \"{result}\" ? \"{}\" : \"pat_wrong\"\n}}\ndata \"bahriya_organisation\" \"this\" {{\n  provider = \
                 bahriya.checked\n}}\n",
                bench.sandbox.token
            );
        let run = bench.terraform.step(&asked);
        run.keeps_silent_about(&["refuses"]);
    }
}
