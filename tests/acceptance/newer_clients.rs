//! What newer clients have for resources, and what it means for a handle. Where a client does not know it, its refusal
//! is what the guides say.

use support::client::{self, IMPORT_IN_MODULES, Product, QUERY};

use crate::bench::{Bench, registry};

const ADDRESS: &str = "bahriya_registry.ghcr";
const KEPT: &str = "password = \"one\"; lifecycle {; destroy = false; }";

/// A bench with the registry of this configuration, before which nothing was written.
async fn bench_with(hcl: &str) -> (Bench, String) {
    let bench = Bench::new();
    bench.terraform.step(hcl);
    bench.writes().await;
    let id = bench.id(ADDRESS);
    (bench, id)
}

fn import(address: &str, id: &str) -> String {
    format!("import {{\n  to = {address}\n  id = \"{id}\"\n}}\n")
}

#[tokio::test]
async fn what_is_not_to_be_destroyed_survives_a_destroy_and_is_imported_again() {
    needs!(KEEP);
    let (bench, id) = bench_with(&registry(KEPT)).await;
    let run = bench.terraform.destroy();
    // OpenTofu calls it a failure that something is left.
    let complains = client::product() == Product::OpenTofu;
    assert_eq!(run.code != 0, complains, "{run}");
    assert_eq!(bench.terraform.instance(ADDRESS), None);
    assert_eq!(bench.registry(&id).await["handle"], "ghcr");
    // By itself it does not come back, for its handle is taken.
    let run = bench.terraform.plan().fails();
    let command = format!("terraform import ADDRESS {id}");
    run.says(&["A registry \"ghcr\" exists already", &command]);
    let again = import(ADDRESS, &id) + &registry("lifecycle {; destroy = false; }");
    bench.terraform.step(&again);
    assert_eq!(bench.id(ADDRESS), id);
    assert_eq!(bench.writes().await, [""; 0]);
}

/// Terraform looks into the configuration, and finds the promise gone with the block. OpenTofu looks into the state.
#[tokio::test]
async fn without_its_block_only_opentofu_remembers_that_nothing_is_to_be_destroyed() {
    needs!(KEEP);
    let (bench, id) = bench_with(&registry(KEPT)).await;
    let none = "resource \"terraform_data\" \"other\" {}\n";
    bench.terraform.write("main.tf", none);
    let run = bench.terraform.plan().succeeds();
    if client::product() == Product::Terraform {
        run.says(&["The handle \"ghcr\" will be spent", "1 to destroy"]);
        // The block that every client knows.
        let removed = client::REMOVED
            .example
            .replace("_registry.r", "_registry.ghcr");
        bench.terraform.step(&(removed + none));
    } else {
        run.says(&["0 to destroy"]);
        bench.terraform.step(none);
    }
    assert_eq!(bench.terraform.instance(ADDRESS), None);
    assert_eq!(bench.registry(&id).await["handle"], "ghcr");
    assert_eq!(bench.writes().await, [""; 0]);
}

#[tokio::test]
async fn with_a_new_handle_only_opentofu_keeps_the_old_one_alive() {
    needs!(KEEP);
    let (bench, id) = bench_with(&registry(KEPT)).await;
    let other = registry(KEPT).replace("\"ghcr\"\n", "\"ghcr-new\"\n");
    bench
        .terraform
        .step(&other)
        .says(&["The handle \"ghcr\" will be spent"]);
    let expected: &[&str] = match client::product() {
        Product::Terraform => &["DELETE /registries/*", "POST /registries"],
        Product::OpenTofu => &["POST /registries"],
    };
    assert_eq!(bench.writes().await, expected);
    assert_ne!(bench.id(ADDRESS), id);
}

#[tokio::test]
async fn a_registry_that_is_not_enabled_is_deleted_and_its_handle_spent() {
    needs!(ENABLED);
    let enabled = |enabled: bool| {
        registry(&format!(
            "password = \"one\"; lifecycle {{; enabled = {enabled}; }}"
        ))
    };
    let (bench, _) = bench_with(&enabled(true)).await;
    bench.terraform.write("main.tf", &enabled(false));
    bench
        .terraform
        .plan()
        .succeeds()
        .says(&["The handle \"ghcr\" will be spent"]);
    bench.terraform.step(&enabled(false));
    assert_eq!(bench.writes().await, ["DELETE /registries/*"]);
    bench.terraform.write("main.tf", &enabled(true));
    bench
        .terraform
        .plan()
        .fails()
        .says(&["The handle \"ghcr\" is spent"]);
    assert_eq!(bench.writes().await, [""; 0]);
}

#[tokio::test]
async fn what_is_neither_enabled_nor_to_be_destroyed_is_let_go() {
    needs!(ENABLED);
    needs!(KEEP);
    let lines = |enabled: bool| {
        format!("password = \"one\"; lifecycle {{; enabled = {enabled}; destroy = false; }}")
    };
    let (bench, id) = bench_with(&registry(&lines(true))).await;
    bench.terraform.step(&registry(&lines(false)));
    assert_eq!(bench.terraform.instance(ADDRESS), None);
    assert_eq!(bench.registry(&id).await["handle"], "ghcr");
    bench.terraform.write("main.tf", &registry(&lines(true)));
    bench.terraform.plan().fails().says(&["exists already"]);
    assert_eq!(bench.writes().await, [""; 0]);
}

#[tokio::test]
async fn a_module_may_hold_the_import_of_its_registry() {
    let bench = Bench::new();
    let id = bench
        .sandbox
        .create_registry("ghcr", "ghcr.io", "bot", "one")
        .await;
    bench.writes().await;
    std::fs::create_dir(bench.terraform.path("module")).expect("a new directory");
    let provider = bench.terraform.read("terraform.tf");
    bench.terraform.write("module/terraform.tf", &provider);
    let module = import(ADDRESS, &id) + &registry("").replace("GitHub", "ghcr");
    bench.terraform.write("module/main.tf", &module);
    let main = "module \"registries\" {\n  source = \"./module\"\n}\n";
    bench.terraform.write("main.tf", main);
    bench.terraform.run(&["get"]);
    if client::knows(&IMPORT_IN_MODULES) {
        let run = bench.terraform.step(main);
        run.says(&["1 imported, 0 added, 0 changed, 0 destroyed"]);
    } else {
        let run = bench.terraform.plan().fails();
        run.says(&[IMPORT_IN_MODULES.refusal]);
    }
    assert_eq!(bench.registry(&id).await["handle"], "ghcr");
    assert_eq!(bench.writes().await, [""; 0]);
}

#[tokio::test]
async fn an_identity_imports_what_it_belongs_to_and_nothing_of_another_organisation() {
    needs!(IDENTITY);
    let bench = Bench::new();
    let create = bench
        .sandbox
        .create_registry("ghcr", "ghcr.io", "bot", "one");
    let id = create.await;
    bench.writes().await;
    let by_identity = |organisation: &str| {
        format!(
            "import {{\n  to = {ADDRESS}\n  identity = {{\n    id = \"{id}\"\n    organisation_id = \"{organisation}\"\n  \
             }}\n}}\n{}",
            registry("").replace("GitHub", "ghcr")
        )
    };
    let other = by_identity(&bench.sandbox.second_organisation);
    bench.terraform.write("main.tf", &other);
    bench.terraform.plan().fails().says(&["organisation"]);
    let run = bench
        .terraform
        .step(&by_identity(&bench.sandbox.organisation));
    run.says(&["1 imported, 0 added, 0 changed, 0 destroyed"]);
    assert_eq!(bench.writes().await, [""; 0]);
}

#[tokio::test]
async fn a_query_finds_what_is_there_and_its_configuration_plans_nothing() {
    let bench = Bench::new();
    let project = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let create = bench
        .sandbox
        .create_registry("ghcr", "ghcr.io", "bot", "one");
    create.await;
    bench.sandbox.attach(&project, "ghcr").await;
    bench.writes().await;
    let lists = ["bahriya_registry", "bahriya_project_registry_attachment"]
        .map(|kind| format!("list \"{kind}\" \"all\" {{\n  provider = bahriya\n}}\n"));
    bench.terraform.write("all.tfquery.hcl", &lists.concat());
    bench
        .terraform
        .write("main.tf", "provider \"bahriya\" {}\n");
    let run = bench
        .terraform
        .run(&["query", "-generate-config-out=found.tf"]);
    if !client::knows(&QUERY) {
        run.fails().says(&[QUERY.refusal]);
        return;
    }
    run.succeeds().says(&["ghcr in shop"]);
    let run = bench.terraform.apply().succeeds();
    run.says(&["2 imported, 0 added, 0 changed, 0 destroyed"]);
    bench.terraform.assert_empty_plan();
    assert_eq!(bench.writes().await, [""; 0]);
}
