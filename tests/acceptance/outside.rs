//! What others do to our objects, and objects that others made.

use serde_json::json;

use crate::bench::{Bench, registry};

fn attached(project: &str) -> String {
    format!(
        "{}resource \"bahriya_project_registry_attachment\" \"ghcr\" {{\n  project_id = \"{project}\"\n  \
         handle = bahriya_registry.ghcr.handle\n}}\n",
        registry("password = \"one\"")
    )
}

#[tokio::test]
async fn an_attachment_of_somebody_else_is_adopted_and_a_lost_one_is_made_again() {
    let bench = Bench::new();
    let project = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    bench.terraform.step(&registry("password = \"one\""));
    let join = bench.sandbox.attach(&project, "ghcr").await;
    bench
        .terraform
        .step(&attached(&project))
        .finds(&["attachment_adopted"])
        .says(&["Terraform manages the existing link from now on"]);
    let address = "bahriya_project_registry_attachment.ghcr";
    assert_eq!(
        bench.terraform.attributes(address)["join_id"],
        join.as_str()
    );
    assert_eq!(bench.sandbox.summary().await["attachments"], 1);

    bench.sandbox.detach(&project, "ghcr").await;
    let run = bench.terraform.step(&attached(&project));
    run.says(&["was detached outside Terraform", "1 added"]);
    assert_ne!(
        bench.terraform.attributes(address)["join_id"],
        join.as_str()
    );
}

#[tokio::test]
async fn a_registry_that_is_gone_cannot_come_back_under_its_handle() {
    let bench = Bench::new();
    bench.terraform.step(&registry("password = \"one\""));
    let path = format!("/registries/{}", bench.id("bahriya_registry.ghcr"));
    bench.sandbox.call("DELETE", &path, None).await.expect(200);
    bench
        .terraform
        .plan()
        .fails()
        .finds(&["registry_is_gone", "handle_is_spent"])
        .says(&["its handle is spent", "Choose another handle"]);

    bench
        .terraform
        .step(&registry("password = \"one\"").replace("\"ghcr\"\n", "\"ghcr-2\"\n"));
    assert_eq!(
        bench.terraform.attributes("bahriya_registry.ghcr")["handle"],
        "ghcr-2"
    );
}

#[tokio::test]
async fn a_handle_that_is_taken_says_by_whom() {
    let bench = Bench::new();
    let id = bench
        .sandbox
        .create_registry("ghcr", "ghcr.io", "other", "secret")
        .await;
    bench
        .terraform
        .write("main.tf", &registry("password = \"one\""));
    let command = format!("terraform import ADDRESS {id}");
    bench
        .terraform
        .apply()
        .fails()
        .finds(&["handle_is_taken"])
        .says(&[&command, "choose another handle"]);
    assert_eq!(bench.terraform.instance("bahriya_registry.ghcr"), None);
    assert_eq!(bench.sandbox.summary().await["versions_made"], 1);
}

#[tokio::test]
async fn a_registry_that_others_attached_says_to_which_project() {
    let bench = Bench::new();
    let hcl = registry("password = \"one\"; timeouts = { delete = \"6s\" }");
    bench.terraform.step(&hcl);
    let project = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    bench.sandbox.attach(&project, "ghcr").await;
    let refused = bench.terraform.destroy().fails();
    refused.says(&[
        "Failed to delete registry \"ghcr\"",
        "shop",
        "Detach the registry",
    ]);
    bench.terraform.assert_empty_plan();
    // As the old half of a replacement it is kept aside until it can go.
    let next = hcl.replace(
        "= \"ghcr\"\n",
        "= \"ghcr-2\"\n  lifecycle {\n    create_before_destroy = true\n  }\n",
    );
    bench.terraform.write("main.tf", &next);
    bench
        .terraform
        .apply()
        .fails()
        .says(&["Failed to delete registry \"ghcr\""]);
    bench.sandbox.detach(&project, "ghcr").await;
    bench
        .terraform
        .step(&next)
        .says(&["0 added, 0 changed, 1 destroyed"]);
    assert_eq!(bench.sandbox.summary().await["registries"], 1);
}

#[tokio::test]
async fn a_list_that_is_missing_is_not_a_list_that_is_empty() {
    let bench = Bench::new();
    let project = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    bench.terraform.step(&attached(&project));
    let state = bench.terraform.state();
    for path in [
        "/organisations/*/projects/*/attachments",
        "/organisations/*/registries",
    ] {
        let missing =
            json!({"method": "GET", "path": path, "fault": {"kind": "missing_key"}, "times": 99});
        bench.sandbox.fault(missing).await;
    }
    bench
        .terraform
        .plan()
        .fails()
        .says(&["Failed to read attachment"]);
    let words = ["Failed to read attachment"];
    bench.terraform.apply().fails().says(&words);
    assert_eq!(bench.terraform.state(), state);
    bench.sandbox.clear_faults().await;
    bench.terraform.assert_empty_plan();
}
