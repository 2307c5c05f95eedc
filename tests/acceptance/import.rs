//! Bringing what exists under management, by every form of id.

use crate::bench::{Bench, registry};

fn attachment(name: &str, project: &str) -> String {
    format!(
        "resource \"bahriya_project_registry_attachment\" \"{name}\" {{\n  project_id = \"{project}\"\n  handle = \"ghcr\"\n}}\n"
    )
}

fn import_block(to: &str, id: &str) -> String {
    format!("import {{\n  to = {to}\n  id = \"{id}\"\n}}\n")
}

#[tokio::test]
async fn commands_take_each_form_of_id() {
    let bench = Bench::new();
    let project = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let id = bench.sandbox.registry("ghcr", "one").await;
    bench.sandbox.attach(&project, "ghcr").await;
    bench.writes().await;
    let hcl = registry("").replace("GitHub", "ghcr") + &attachment("link", &project);
    bench.terraform.write("main.tf", &hcl);
    bench
        .terraform
        .import("bahriya_registry.ghcr", &id)
        .succeeds();
    let by_id = bench.terraform.attributes("bahriya_registry.ghcr");
    bench
        .terraform
        .run(&["state", "rm", "bahriya_registry.ghcr"])
        .succeeds();
    bench
        .terraform
        .import("bahriya_registry.ghcr", "ghcr")
        .succeeds();
    assert_eq!(bench.terraform.attributes("bahriya_registry.ghcr"), by_id);
    bench
        .terraform
        .import("bahriya_project_registry_attachment.link", "shop/ghcr")
        .succeeds();
    bench.terraform.assert_empty_plan();
    assert_eq!(bench.writes().await, [""; 0]);
}

#[tokio::test]
async fn import_blocks_take_each_form_of_id() {
    let bench = Bench::new();
    let project = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let id = bench.sandbox.registry("ghcr", "one").await;
    bench.sandbox.attach(&project, "ghcr").await;
    bench.writes().await;
    let mut hcl = String::new();
    for (name, registry_id) in [("a", id.as_str()), ("b", "ghcr")] {
        hcl += &import_block(&format!("bahriya_registry.{name}"), registry_id);
        hcl += &registry("")
            .replace("GitHub", "ghcr")
            .replace("\"ghcr\" {", &format!("\"{name}\" {{"));
    }
    let forms = [
        format!("{project}:ghcr"),
        format!("{project}/ghcr"),
        "shop:ghcr".into(),
        "shop/ghcr".into(),
    ];
    for (n, form) in forms.iter().enumerate() {
        hcl += &import_block(
            &format!("bahriya_project_registry_attachment.link{n}"),
            form,
        );
        hcl += &attachment(&format!("link{n}"), &project);
    }
    bench
        .terraform
        .step(&hcl)
        .says(&["6 imported, 0 added, 0 changed, 0 destroyed"]);
    let stored = bench
        .terraform
        .attributes("bahriya_project_registry_attachment.link3");
    assert_eq!(stored["id"], format!("{project}:ghcr"));
    assert!(stored["join_id"].is_string());
    assert_eq!(
        bench.terraform.attributes("bahriya_registry.a"),
        bench.terraform.attributes("bahriya_registry.b")
    );
    assert_eq!(bench.writes().await, [""; 0]);
}

#[tokio::test]
async fn generated_configuration_plans_nothing() {
    let bench = Bench::new();
    let project = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    bench.sandbox.registry("ghcr", "one").await;
    bench.sandbox.attach(&project, "ghcr").await;
    bench.writes().await;
    let blocks = import_block("bahriya_registry.ghcr", "ghcr")
        + &import_block("bahriya_project_registry_attachment.link", "shop:ghcr");
    // As long as no resource says which provider it belongs to, the block has to: Terraform 1.16 asks for it.
    let named = blocks.replace("import {\n", "import {\n  provider = bahriya\n");
    bench.terraform.write("main.tf", &named);
    bench
        .terraform
        .run(&["plan", "-generate-config-out=generated.tf"])
        .succeeds();
    let generated = bench.terraform.read("generated.tf");
    assert!(
        generated.contains("server") && generated.contains("project_id"),
        "{generated}"
    );
    bench.terraform.write("main.tf", &blocks);
    bench
        .terraform
        .apply()
        .succeeds()
        .says(&["2 imported, 0 added, 0 changed"]);
    bench.terraform.assert_empty_plan();
    assert_eq!(bench.writes().await, [""; 0]);
}

#[tokio::test]
async fn what_cannot_be_imported_says_why() {
    let bench = Bench::new();
    let project = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let id = bench.sandbox.registry("spent", "one").await;
    bench
        .sandbox
        .call("DELETE", &format!("/registries/{id}"), None)
        .await
        .expect(200);
    bench
        .terraform
        .write("main.tf", &(registry("") + &attachment("link", &project)));
    let absent = "00000000-0000-4000-8000-000000000000";
    for (address, id, (name, words)) in [
        (
            "bahriya_registry.ghcr",
            absent,
            ("object_not_found", "by its handle"),
        ),
        (
            "bahriya_registry.ghcr",
            "nothing",
            ("object_not_found", "organisation_id"),
        ),
        (
            "bahriya_registry.ghcr",
            "spent",
            ("registry_was_deleted", "Nothing is left to import"),
        ),
        (
            "bahriya_project_registry_attachment.link",
            "shop",
            ("attachment_id_malformed", "{project_id}:{handle}"),
        ),
        (
            "bahriya_project_registry_attachment.link",
            "shop:ghcr",
            ("attachment_not_found", "not attached"),
        ),
        (
            "bahriya_project_registry_attachment.link",
            "nothing:ghcr",
            ("attachment_not_found", "no such project"),
        ),
    ] {
        let run = bench.terraform.import(address, id).fails();
        run.finds(&[name]).says(&[words]);
    }
}
