//! Moving from the official provider: its states and its configurations, as they are.

use serde_json::{Value, json};
use support::client::{self, MOVED_STATE};
use support::terraform::{OFFICIAL, OURS, Terraform};

use crate::bench::{Bench, named_registry};

/// As in the official documentation, with the project given by its id.
const CONFIGURATION: &str = r#"
resource "bahriya_registry" "ghcr" {
  PROVIDER
  handle   = "ghcr"
  name     = "GitHub Container Registry"
  server   = "ghcr.io"
  username = var.ghcr_username
  password = var.ghcr_token
}

resource "bahriya_project_registry_attachment" "web_registry" {
  PROVIDER
  project_id = var.project
  handle     = bahriya_registry.ghcr.handle
}

variable "ghcr_username" {
  default = "bot"
}

variable "ghcr_token" {
  default   = "one"
  sensitive = true
}

variable "project" {}
"#;

fn configuration(line: &str) -> String {
    CONFIGURATION.replace("PROVIDER", line)
}

/// A bench with both objects in the API, and nothing in Terraform.
async fn existing() -> (Bench, String, String) {
    let mut bench = Bench::new();
    let project = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let body = json!({
        "handle": "ghcr", "name": "GitHub Container Registry", "server": "ghcr.io", "username": "bot",
        "password": "one",
    });
    let made = bench
        .sandbox
        .call("POST", "/registries", Some(body))
        .await
        .expect(201);
    bench.sandbox.attach(&project, "ghcr").await;
    bench.writes().await;
    bench.terraform.set("TF_VAR_project", &project);
    (bench, made.text().to_owned(), project)
}

/// A state as the official provider writes it; `computed` are the attributes that it may leave null.
fn official_state(terraform: &Terraform, id: &str, project: &str, computed: &Value) {
    let mut registry = json!({
        "id": id, "handle": "ghcr", "name": "GitHub Container Registry", "server": "ghcr.io",
        "username": "bot", "password": "one",
    });
    for (name, value) in computed.as_object().into_iter().flatten() {
        registry[name] = value.clone();
    }
    let attachment = json!({
        "id": format!("{project}:ghcr"), "project_id": project, "handle": "ghcr", "join_id": null,
    });
    // Older clients plan an update where what is sensitive is not noted.
    let password = json!([[{"type": "get_attr", "value": "password"}]]);
    let resource = |kind: &str, name: &str, attributes: Value, sensitive: Value| {
        json!({
            "mode": "managed", "type": kind, "name": name,
            "provider": format!("provider[\"{}/{OFFICIAL}\"]", client::registry()),
            "instances": [{
                "schema_version": 0, "attributes": attributes, "sensitive_attributes": sensitive,
                "private": "bnVsbA==",
            }],
        })
    };
    let state = json!({
        "version": 4, "terraform_version": "1.11.4", "serial": 7,
        "lineage": "6b1f4f0e-5d4c-4d8e-9d6a-0c9b8a7f6e5d", "outputs": {},
        "resources": [
            resource("bahriya_registry", "ghcr", registry, password),
            resource("bahriya_project_registry_attachment", "web_registry", attachment, json!([])),
        ],
        "check_results": null,
    });
    terraform.write("terraform.tfstate", &state.to_string());
}

/// What versions of the official provider leave in the computed attributes.
fn computed_attributes() -> [Value; 3] {
    let nulls = json!({
        "maxversions": null, "billable": null, "currentversionid": null, "managedbyresourceid": null,
        "managedbyresourcetype": null,
    });
    let mut newest = nulls.clone();
    newest["maxversions"] = 5.into();
    newest["billable"] = true.into();
    let first = json!({"organisation": "00000000-0000-4000-8000-000000000000"});
    [newest, nulls, first]
}

const BOTH: [(&str, &str); 2] = [("bahriya", OFFICIAL), ("bahriya-rs", OURS)];

#[tokio::test]
async fn side_by_side_a_switch_plans_nothing() {
    needs!(WRITE_ONLY);
    let (bench, id, project) = existing().await;
    bench.terraform.require(&BOTH);
    bench
        .terraform
        .write("main.tf", &configuration("provider = bahriya-rs"));
    for computed in computed_attributes() {
        official_state(&bench.terraform, &id, &project, &computed);
        bench.terraform.assert_empty_plan();
    }
    bench
        .terraform
        .apply()
        .succeeds()
        .says(&["0 added, 0 changed, 0 destroyed"]);
    let providers = bench.terraform.read("terraform.tfstate");
    assert!(
        providers.contains(OURS) && !providers.contains(OFFICIAL),
        "{providers}"
    );
    bench.terraform.assert_empty_plan();
    assert_eq!(bench.writes().await, [""; 0]);

    // From here on everything is as if it had been made here.
    bench.terraform.set_variable("ghcr_token", "two");
    bench.terraform.apply().succeeds();
    bench.terraform.assert_empty_plan();
    bench.terraform.set_variable("ghcr_token", "one");
    bench.terraform.apply().succeeds();
    bench.terraform.assert_empty_plan();
    let rotate = "POST /registries/*/rotate";
    assert_eq!(bench.writes().await, [rotate, rotate]);
    // Out of the state with the password.
    let write_only = configuration("provider = bahriya-rs").replace(
        "password = var",
        "password_wo_version = \"1\"\n  password_wo = var",
    );
    bench.terraform.step(&write_only);
    bench.terraform.step(&write_only.replace("\"1\"", "\"2\""));
    assert_eq!(bench.writes().await, [""; 0]);
    assert_eq!(
        bench.terraform.attributes("bahriya_registry.ghcr")["current_version"],
        3
    );
}

#[tokio::test]
async fn replace_provider_plans_nothing() {
    let (bench, id, project) = existing().await;
    bench.terraform.write("main.tf", &configuration(""));
    for computed in computed_attributes() {
        official_state(&bench.terraform, &id, &project, &computed);
        let replace = ["state", "replace-provider", "-auto-approve", OFFICIAL, OURS];
        bench.terraform.run(&replace).succeeds();
        bench.terraform.assert_empty_plan();
    }
    assert_eq!(bench.writes().await, [""; 0]);
}

#[tokio::test]
async fn under_the_official_address_nothing_changes_at_all() {
    let (bench, id, project) = existing().await;
    bench.terraform.require(&[("bahriya", OFFICIAL)]);
    bench.terraform.write("main.tf", &configuration(""));
    for computed in computed_attributes() {
        official_state(&bench.terraform, &id, &project, &computed);
        bench.terraform.assert_empty_plan();
    }
    assert_eq!(bench.writes().await, [""; 0]);
    bench.terraform.destroy().succeeds().says(&["2 destroyed"]);
}

#[tokio::test]
async fn moved_blocks_cross_the_providers() {
    let (bench, id, project) = existing().await;
    bench.terraform.require(&BOTH);
    official_state(&bench.terraform, &id, &project, &computed_attributes()[0]);
    let moved = "moved {\n  from = bahriya_registry.ghcr\n  to = bahriya_registry.packages\n}\n\
        moved {\n  from = bahriya_project_registry_attachment.web_registry\n  \
        to = bahriya_project_registry_attachment.web\n}\n";
    let hcl = configuration("provider = bahriya-rs")
        .replace("\"ghcr\" {", "\"packages\" {")
        .replace("bahriya_registry.ghcr", "bahriya_registry.packages")
        .replace("\"web_registry\"", "\"web\"");
    bench
        .terraform
        .step(&(hcl + moved))
        .says(&["has moved to", "0 added, 0 changed, 0 destroyed"]);
    assert_eq!(bench.id("bahriya_registry.packages"), id);
    assert_eq!(bench.writes().await, [""; 0]);
}

/// An early version of it stored the organisation of a registry: what is gone there is gone.
#[tokio::test]
async fn the_organisation_that_it_stored_is_taken_over_with_a_move() {
    let (mut bench, id, project) = existing().await;
    bench.terraform.require(&BOTH);
    let organisation = bench.sandbox.organisation.clone();
    let first = json!({"organisation": organisation});
    official_state(&bench.terraform, &id, &project, &first);
    let attachment = "bahriya_project_registry_attachment.web_registry";
    bench.terraform.run(&["state", "rm", attachment]).succeeds();
    let hcl = named_registry("packages", "ghcr", "provider = bahriya-rs");
    let moved = "moved {\n  from = bahriya_registry.ghcr\n  to = bahriya_registry.packages\n}\n";
    bench.terraform.write("main.tf", &(hcl + moved));
    bench.sandbox.detach(&project, "ghcr").await;
    let path = format!("/registries/{id}");
    bench.sandbox.call("DELETE", &path, None).await.expect(200);
    let second = bench.sandbox.second_organisation.clone();
    bench.terraform.set("BAHRIYA_ORGANISATION_ID", &second);
    if !client::knows(&MOVED_STATE) {
        bench.terraform.plan().fails().says(&[MOVED_STATE.refusal]);
        return;
    }
    let words = [
        "registry \"ghcr\" belongs to another organisation",
        &organisation,
    ];
    bench.terraform.plan().fails().says(&words);
    bench
        .terraform
        .set("BAHRIYA_ORGANISATION_ID", &organisation);
    bench
        .terraform
        .run(&["plan", "-refresh-only"])
        .succeeds()
        .says(&["registry \"ghcr\" is gone"]);
}

#[tokio::test]
async fn the_documented_configuration_works_unchanged() {
    let (bench, _, _) = existing().await;
    bench
        .terraform
        .require(&[("bahriya", &format!("{}/{OFFICIAL}", client::registry()))]);
    let hcl = configuration("").replace("\"ghcr\"\n", "\"ghcr-new\"\n")
        + "provider \"bahriya\" {}\noutput \"registry_id\" {\n  value = bahriya_registry.ghcr.id\n}\n\
        resource \"bahriya_registry\" \"docker_hub\" {\n  handle   = \"docker-hub\"\n  name     = \"Docker Hub\"\n  \
        server   = \"registry-1.docker.io\"\n  username = \"bot\"\n  password = \"two\"\n}\n\
        resource \"bahriya_registry\" \"ecr\" {\n  handle   = \"ecr\"\n  name     = \"AWS ECR\"\n  \
        server   = \"123456789012.dkr.ecr.us-east-1.amazonaws.com\"\n  username = \"AWS\"\n  password = \"three\"\n}\n";
    bench.terraform.step(&hcl).says(&["4 added"]);
    bench.terraform.destroy().succeeds().says(&["4 destroyed"]);
}
