//! A registry that containers still use cannot be detached.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::bench::{Bench, registry};

async fn used_registry(bench: &Bench, timeout: &str) -> String {
    let project = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let attachment = format!(
        "resource \"bahriya_project_registry_attachment\" \"ghcr\" {{\n  project_id = \"{project}\"\n  \
         handle = bahriya_registry.ghcr.handle\n  timeouts = {{ delete = \"{timeout}\" }}\n}}\n"
    );
    bench
        .terraform
        .step(&(registry("password = \"one\"") + &attachment));
    let body = json!({
        "handle": "api", "image": "ghcr.io/acme/api:1", "project": "shop", "registry": "ghcr",
        "regions": ["helsinki-1"],
    });
    let made = bench
        .sandbox
        .call("POST", "/containers", Some(body))
        .await
        .expect(201);
    bench.writes().await;
    made.text().to_owned()
}

async fn terminate(bench: &Bench, container: &str) {
    let path = format!("/containers/{container}/terminate");
    bench.sandbox.call("POST", &path, None).await.expect(200);
}

#[tokio::test]
async fn a_refused_detach_names_the_container() {
    let bench = Bench::new();
    let container = used_registry(&bench, "2s").await;
    let refused = bench.terraform.destroy().fails();
    refused.says(&[
        "Failed to delete attachment",
        "\"api\"",
        "terminate the container",
    ]);
    bench.terraform.assert_empty_plan();
    assert_eq!(bench.sandbox.summary().await["attachments"], 1);
    terminate(&bench, &container).await;
    bench.terraform.destroy().succeeds().says(&["2 destroyed"]);
}

#[tokio::test]
async fn a_detach_waits_for_a_container_that_is_on_its_way_out() {
    let bench = Bench::new();
    let container = used_registry(&bench, "2m").await;
    let running = bench.terraform.spawn(&["destroy", "-auto-approve"]);
    let patience = Instant::now() + Duration::from_secs(60);
    while !bench
        .sandbox
        .requests()
        .await
        .iter()
        .any(|request| request.status == 409)
    {
        assert!(Instant::now() < patience, "the detach never came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    terminate(&bench, &container).await;
    running.finish().succeeds().says(&["2 destroyed"]);
}
