//! What was not found is not gone: nothing is dropped from the state before everything there is to ask agrees.

use serde_json::json;
use support::sandbox::Sandbox;

use crate::bench::{Bench, registry};

const ADDRESS: &str = "bahriya_registry.ghcr";

fn with_attachment(project: &str) -> String {
    format!(
        "{}resource \"bahriya_project_registry_attachment\" \"ghcr\" {{\n  project_id = \"{project}\"\n  \
         handle = bahriya_registry.ghcr.handle\n}}\n",
        registry("password = \"one\"")
    )
}

/// Changes what is stored of every object.
fn edit(bench: &Bench, change: impl Fn(&mut serde_json::Value)) {
    let mut state = bench.terraform.state();
    for resource in state["resources"].as_array_mut().expect("resources") {
        for instance in resource["instances"].as_array_mut().expect("instances") {
            change(instance);
        }
    }
    let serial = state["serial"].as_i64().unwrap_or_default();
    state["serial"] = json!(serial + 1);
    bench
        .terraform
        .write("terraform.tfstate", &state.to_string());
}

#[tokio::test]
async fn a_state_without_an_id_finds_its_registry_by_the_handle() {
    let bench = Bench::new();
    bench.terraform.step(&registry("password = \"one\""));
    let id = bench.id(ADDRESS);
    bench.writes().await;
    let forget = |instance: &mut serde_json::Value| instance["attributes"]["id"] = json!(null);
    edit(&bench, forget);
    bench.terraform.apply().succeeds();
    assert_eq!(bench.id(ADDRESS), id);
    assert_eq!(bench.writes().await, [""; 0]);
    bench.terraform.assert_empty_plan();
    // Without a look beforehand, the deletion looks.
    edit(&bench, forget);
    bench
        .terraform
        .run(&["destroy", "-auto-approve", "-refresh=false"])
        .succeeds();
    assert_eq!(bench.writes().await, ["DELETE /registries/*"]);
    assert_eq!(bench.sandbox.summary().await["registries"], 0);
}

/// Those of every object of a state.
fn attributes(state: &serde_json::Value) -> Vec<&serde_json::Value> {
    let resources = state["resources"].as_array().expect("resources");
    let instances = resources.iter().map(|one| &one["instances"][0]);
    instances.map(|one| &one["attributes"]).collect()
}

#[tokio::test]
async fn private_bytes_that_are_lost_make_nothing_gone() {
    for private in [None, Some("eyIuZnJhbWV3b3JrIjoiZTMwPSJ9")] {
        let mut bench = Bench::new();
        let shop = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
        bench.terraform.step(&with_attachment(&shop));
        let lose = |instance: &mut serde_json::Value| {
            let object = instance.as_object_mut().expect("an object");
            object.remove("private");
            if let Some(bytes) = private {
                object.insert("private".to_owned(), json!(bytes));
            }
            // A newer client keeps it, and it names the organisation, too.
            object.remove("identity");
        };
        edit(&bench, lose);
        let before = bench.terraform.state();
        let second = bench.sandbox.second_organisation.clone();
        bench.terraform.set("BAHRIYA_ORGANISATION_ID", &second);
        bench
            .terraform
            .plan()
            .fails()
            .finds(&["absence_not_proved"])
            .says(&["terraform state rm", "-refresh=false"]);
        bench
            .terraform
            .run(&["destroy", "-auto-approve", "-refresh=false"])
            .fails()
            .finds(&["absence_not_proved"]);
        // What clients keep beside attributes and where there is no identity differs.
        assert_eq!(attributes(&bench.terraform.state()), attributes(&before));
        let first = bench.sandbox.organisation.clone();
        bench.terraform.set("BAHRIYA_ORGANISATION_ID", &first);
        let plan = bench.terraform.assert_empty_plan();
        if private.is_some() {
            plan.finds(&["memory_unreadable"]);
        }
        bench.terraform.apply().succeeds();
    }
}

/// A state in which a handle stands in capitals means the same registry.
#[tokio::test]
async fn a_handle_in_another_case_is_the_same() {
    let bench = Bench::new();
    let shop = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    bench.terraform.step(&with_attachment(&shop));
    bench.writes().await;
    edit(&bench, |instance| {
        let handle = instance["attributes"]["handle"]
            .as_str()
            .unwrap_or_default()
            .to_uppercase();
        instance["attributes"]["handle"] = json!(handle);
    });
    bench
        .terraform
        .run(&["plan", "-refresh=false"])
        .succeeds()
        .keeps_silent_about(&["must be replaced", "will be destroyed"]);
    bench.terraform.step(&with_attachment(&shop));
    assert_eq!(bench.writes().await, [""; 0]);
    assert_eq!(bench.terraform.attributes(ADDRESS)["handle"], "ghcr");
    bench.terraform.destroy().succeeds().says(&["2 destroyed"]);
}

#[tokio::test]
async fn an_empty_replica_drops_nothing() {
    let bench = Bench::new();
    let shop = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    bench.terraform.step(&with_attachment(&shop));
    let before = bench.terraform.state();
    let fault = json!({"method": "GET", "path": "/organisations/**", "times": 100, "fault": {"kind": "empty"}});
    bench.sandbox.fault(fault).await;
    for arguments in [&["plan"][..], &["apply", "-refresh-only", "-auto-approve"]] {
        bench
            .terraform
            .run(arguments)
            .fails()
            .finds(&["absence_not_proved"])
            .says(&["terraform state rm"]);
    }
    assert_eq!(bench.terraform.state()["resources"], before["resources"]);
}

#[tokio::test]
async fn another_address_of_the_api_drops_nothing() {
    let mut bench = Bench::new();
    bench.terraform.step(&registry("password = \"one\""));
    let other = Sandbox::start();
    for (name, value) in other.env() {
        if name != "BAHRIYA_ORGANISATION_ID" {
            bench.terraform.set(name, &value);
        }
    }
    let before = bench.terraform.state();
    let words = ["the organisation is not visible to this token"];
    bench.terraform.plan().fails().says(&words);
    assert_eq!(bench.terraform.state(), before);
}

/// The same organisation behind another address, where the registry is gone: that proves nothing about the first.
#[tokio::test]
async fn another_address_with_the_same_organisation_drops_nothing() {
    let files = tempfile::tempdir().expect("a directory");
    let file = |name: &str| files.path().join(name);
    let mut bench = Bench::with(Sandbox::options().database(&file("one.db")));
    bench.terraform.step(&registry("password = \"one\""));
    let api_url = bench.sandbox.api_url.clone();
    bench.sandbox.kill();
    for entry in std::fs::read_dir(files.path()).expect("a directory") {
        let from = entry.expect("an entry").path();
        let name = from
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .replace("one", "two");
        std::fs::copy(&from, file(&name)).expect("a copy");
    }
    let other = Sandbox::options().database(&file("two.db")).start();
    let path = format!("/registries/{}", bench.id(ADDRESS));
    other.call("DELETE", &path, None).await.expect(200);
    bench.terraform.set("BAHRIYA_API_URL", &other.api_url);
    let before = bench.terraform.state();
    let words = [
        "was not found, which does not prove that it is gone",
        "It was last seen at",
        &api_url,
    ];
    bench.terraform.plan().fails().says(&words);
    bench
        .terraform
        .run(&["destroy", "-auto-approve", "-refresh=false"])
        .fails()
        .says(&words);
    assert_eq!(bench.terraform.state()["resources"], before["resources"]);
}

/// A token from which one registry is hidden, while its organisation shows.
#[tokio::test]
async fn a_registry_that_a_token_does_not_see_is_not_dropped() {
    let bench = Bench::new();
    bench.terraform.step(&registry("password = \"one\""));
    let before = bench.terraform.state();
    for path in [
        "/organisations/*/registries",
        "/organisations/*/registries/*",
    ] {
        let fault =
            json!({"method": "GET", "path": path, "times": 100, "fault": {"kind": "empty"}});
        bench.sandbox.fault(fault).await;
    }
    // Its handle shows it, and with the same id.
    bench.terraform.assert_empty_plan();
    let fault = json!({"method": "GET", "path": "/organisations/*/registry/*", "times": 100, "fault": {"kind": "empty"}});
    bench.sandbox.fault(fault).await;
    bench.terraform.plan().fails().says(&[
        "was never used",
        "terraform state rm",
        "-refresh=false",
    ]);
    assert_eq!(bench.terraform.state()["resources"], before["resources"]);
}

/// Where deletion gives a handle back, nothing tells a deleted registry from one that never was.
#[tokio::test]
async fn a_handle_that_is_free_contradicts_the_state() {
    let bench = Bench::with(Sandbox::options().arg("--handles-reusable"));
    bench.terraform.step(&registry("password = \"one\""));
    let path = format!("/registries/{}", bench.id(ADDRESS));
    bench.sandbox.call("DELETE", &path, None).await.expect(200);
    bench.terraform.plan().fails().says(&[
        "was never used",
        "terraform state rm",
        "-refresh=false",
    ]);
    bench.terraform.run(&["state", "rm", ADDRESS]).succeeds();
    bench.terraform.apply().succeeds();
    bench.terraform.assert_empty_plan();
}
