//! Many objects at once, and values that are not known before other resources exist.

use crate::bench::Bench;

const FLEET: &str = r#"
locals {
  handles = toset([for n in range(20) : "team-${n}"])
}

resource "terraform_data" "late" {
  input = { user = "bot", password = "from-elsewhere", project = "PROJECT" }
}

resource "bahriya_registry" "team" {
  for_each            = local.handles
  handle              = each.key
  name                = "Registry of ${each.key}"
  server              = "ghcr.io"
  username            = terraform_data.late.output.user
  password_wo         = terraform_data.late.output.password
  password_wo_version = terraform_data.late.id
}

resource "bahriya_project_registry_attachment" "team" {
  for_each   = local.handles
  project_id = terraform_data.late.output.project
  handle     = bahriya_registry.team[each.key].handle
}
"#;

#[tokio::test]
async fn twenty_registries_with_attachments_at_high_parallelism() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    let project = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    bench.writes().await;
    let hcl = FLEET.replace("PROJECT", &project);
    bench.terraform.write("main.tf", &hcl);
    let parallel = ["-parallelism=50"];
    bench
        .terraform
        .apply_with(&parallel)
        .succeeds()
        .says(&["41 added"]);
    assert_eq!(bench.writes().await.len(), 40);
    bench.sandbox.clear_requests().await;
    bench.terraform.assert_empty_plan();
    let reads = bench.sandbox.requests().await;
    assert_eq!(
        reads.len(),
        2,
        "one list of registries, one of attachments: {reads:?}"
    );
    let summary = bench.sandbox.summary().await;
    assert_eq!(
        (&summary["registries"], &summary["versions_made"]),
        (&20.into(), &20.into())
    );
    assert_eq!(summary["attachments"], 20);
    assert!(
        bench
            .sandbox
            .current_is("team-7", "bot", "from-elsewhere")
            .await
    );

    // The source is replaced: what comes from it is unknown in the plan, and turns out to be the same.
    let hcl = hcl.replace(
        "= terraform_data.late.output.project",
        &format!("= \"{project}\""),
    );
    bench.terraform.write("main.tf", &hcl);
    let replaced = bench
        .terraform
        .apply_with(&["-parallelism=50", "-replace=terraform_data.late"]);
    replaced
        .succeeds()
        .says(&["1 added, 20 changed, 1 destroyed"]);
    bench.terraform.assert_empty_plan();
    assert_eq!(bench.writes().await, [""; 0]);

    bench
        .terraform
        .run(&["destroy", "-auto-approve", "-parallelism=50"])
        .succeeds();
    let summary = bench.sandbox.summary().await;
    assert_eq!(
        (&summary["registries"], &summary["attachments"]),
        (&0.into(), &0.into())
    );
}
