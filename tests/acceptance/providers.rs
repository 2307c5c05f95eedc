//! Two organisations in one configuration, and a provider that is configured late.

use crate::bench::{Bench, named_registry, registry};

#[tokio::test]
async fn two_aliases_manage_two_organisations() {
    let bench = Bench::new();
    let aliases = format!(
        "provider \"bahriya\" {{}}\nprovider \"bahriya\" {{\n  alias = \"second\"\n  organisation_id = \"{}\"\n}}\n",
        bench.sandbox.second_organisation
    );
    // The same handle in both: handles are unique in an organisation.
    let second = named_registry(
        "second",
        "ghcr",
        "provider = bahriya.second; password = \"two\"",
    );
    let hcl = format!("{aliases}{}{second}", registry("password = \"one\""));
    bench.terraform.step(&hcl).says(&["2 added"]);
    let paths: Vec<_> = bench
        .sandbox
        .requests()
        .await
        .into_iter()
        .map(|r| r.path)
        .collect();
    for organisation in [
        &bench.sandbox.organisation,
        &bench.sandbox.second_organisation,
    ] {
        let path = format!("/organisations/{organisation}/registries");
        assert!(paths.contains(&path), "{path} in {paths:?}");
    }
    let swapped = hcl.replace("  provider = bahriya.second\n", "");
    bench.terraform.write("main.tf", &swapped);
    bench
        .terraform
        .plan()
        .fails()
        .finds(&["other_organisation"])
        .says(&["alias"]);
    bench.terraform.write("main.tf", &hcl);
    bench.terraform.destroy().succeeds().says(&["2 destroyed"]);
}

#[tokio::test]
async fn a_token_that_is_only_known_after_apply_is_no_error() {
    let mut bench = Bench::new();
    bench.terraform.unset("BAHRIYA_TOKEN");
    let hcl = format!(
        "resource \"terraform_data\" \"token\" {{\n  input = \"{}\"\n}}\nprovider \"bahriya\" {{\n  \
         token = terraform_data.token.output\n}}\n{}",
        bench.sandbox.token,
        registry("password = \"one\"")
    );
    bench.terraform.step(&hcl).says(&["2 added"]);
    bench.writes().await;
    // Now the registry is in the state, and the token unknown once more.
    let replace = "-replace=terraform_data.token";
    let run = bench.terraform.apply_with(&[replace]).succeeds();
    run.finds(&["not_refreshed"]).says(&[
        "token of the provider block",
        "1 added, 0 changed, 1 destroyed",
    ]);
    bench.terraform.assert_empty_plan();
    assert_eq!(bench.writes().await, [""; 0]);
}
