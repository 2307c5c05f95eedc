//! Attachments that move, and those that are replaced before they are destroyed.

use serde_json::Value;

use crate::bench::{Bench, registry};

const ADDRESS: &str = "bahriya_project_registry_attachment.ghcr";
const LIFECYCLE: &str = "lifecycle {\n    create_before_destroy = true\n  }";

fn attachment(project: &str, lines: &str) -> String {
    format!(
        "{}resource \"bahriya_project_registry_attachment\" \"ghcr\" {{\n  project_id = {project}\n  \
         handle = bahriya_registry.ghcr.handle\n  {lines}\n}}\n",
        registry("password = \"one\"")
    )
}

async fn attached(bench: &Bench, project: &str) -> Vec<Value> {
    let path = format!("/projects/{project}/attachments");
    let list = bench
        .sandbox
        .call("GET", &path, None)
        .await
        .expect(200)
        .data;
    list["registries"].as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_replacement_that_is_created_first_stays_attached() {
    let bench = Bench::new();
    let shop = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let hcl = attachment(&format!("\"{shop}\""), LIFECYCLE);
    bench.terraform.step(&hcl);
    for _ in 0..2 {
        bench
            .terraform
            .apply_with(&[&format!("-replace={ADDRESS}")])
            .succeeds()
            .finds(&["attachment_stays"])
            .says(&["1 added", "1 destroyed"]);
        assert_eq!(attached(&bench, &shop).await.len(), 1);
        bench.terraform.assert_empty_plan();
    }
    // Inherited from what depends on it, and marked by nothing of ours.
    let inherited = attachment(&format!("\"{shop}\""), "")
        + "resource \"terraform_data\" \"after\" {\n  input = \
           bahriya_project_registry_attachment.ghcr.id\n  lifecycle {\n    create_before_destroy = true\n  }\n}\n";
    bench.terraform.step(&inherited);
    bench
        .terraform
        .apply_with(&[&format!("-replace={ADDRESS}")])
        .succeeds();
    assert_eq!(attached(&bench, &shop).await.len(), 1);
    bench.terraform.assert_empty_plan();
    bench.terraform.destroy().succeeds();
    assert_eq!(attached(&bench, &shop).await.len(), 0);
}

#[tokio::test]
async fn a_project_that_is_not_known_yet_replaces_nothing() {
    let bench = Bench::new();
    let shop = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let blog = bench.sandbox.create_project("blog", &["helsinki-1"]).await;
    let hcl = |project: &str| {
        format!(
            "resource \"terraform_data\" \"late\" {{\n  input = \"{project}\"\n}}\n{}",
            attachment("terraform_data.late.output", "")
        )
    };
    bench
        .terraform
        .step(&attachment(&format!("\"{shop}\""), ""));
    bench.writes().await;
    bench
        .terraform
        .step(&hcl(&shop))
        .keeps_silent_about(&["forces replacement"]);
    assert_eq!(bench.writes().await, [""; 0]);
    // It turns out to be another one: attached there, then no more here.
    bench.terraform.write("main.tf", &hcl(&blog));
    bench
        .terraform
        .apply_with(&["-replace=terraform_data.late"])
        .succeeds();
    bench.terraform.assert_empty_plan();
    let (attach, detach) = (
        "POST /projects/*/attach/registries/ghcr",
        "DELETE /projects/*/attach/registries/ghcr",
    );
    assert_eq!(bench.writes().await, [attach, detach]);
    assert_eq!(attached(&bench, &blog).await.len(), 1);
    assert_eq!(attached(&bench, &shop).await.len(), 0);
    let stored = bench.terraform.attributes(ADDRESS);
    assert_eq!(stored["id"], format!("{blog}:ghcr"));
}
