//! Attachments that move, and those that are replaced before they are destroyed.

use serde_json::{Value, json};

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

/// Without a `moved` block, one object of the same link is created while the other is destroyed.
#[tokio::test]
async fn an_attachment_of_another_name_stays_attached() {
    let bench = Bench::new();
    let shop = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let hcl = attachment(&format!("\"{shop}\""), "");
    let named = |name: &str| {
        hcl.replace(
            "_attachment\" \"ghcr\"",
            &format!("_attachment\" \"{name}\""),
        )
    };
    bench.terraform.step(&named("a"));
    let slow = |method: &str, when: &str| {
        let fault = json!({"kind": "slow", "ms": 700, "when": when});
        json!({"method": method, "path": "/organisations/*/projects/*/attach/**", "fault": fault})
    };
    for (name, befallen) in [
        ("b", vec![slow("DELETE", "before")]),
        ("c", vec![slow("POST", "before"), slow("POST", "after")]),
        ("d", vec![slow("DELETE", "after")]),
        ("e", vec![]),
    ] {
        for fault in befallen {
            bench.sandbox.fault(fault).await;
        }
        bench
            .terraform
            .step(&named(name))
            .says(&["1 added", "1 destroyed"]);
        bench.sandbox.clear_faults().await;
        assert_eq!(attached(&bench, &shop).await.len(), 1, "{name}");
    }
    // While a container uses it, it is never detached, and nothing waits for that.
    let body = json!({
        "handle": "api", "image": "ghcr.io/acme/api:1", "project": "shop", "registry": "ghcr",
        "regions": ["helsinki-1"],
    });
    bench
        .sandbox
        .call("POST", "/containers", Some(body))
        .await
        .expect(201);
    bench
        .terraform
        .step(&named("f"))
        .says(&["existed already", "stays"]);
    assert_eq!(attached(&bench, &shop).await.len(), 1);
}

/// Two objects of the state are one link to the API: it goes with the last of them.
#[tokio::test]
async fn a_link_outlives_one_of_two_attachments() {
    let bench = Bench::new();
    let shop = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let hcl = attachment(&format!("\"{shop}\""), "");
    let named = |name: &str| {
        hcl.replace(
            "_attachment\" \"ghcr\"",
            &format!("_attachment\" \"{name}\""),
        )
    };
    let block = |name: &str| named(name).split_off(registry("password = \"one\"").len());
    // As after an apply that was cut between the creation of the new address and the deletion of the old one.
    bench.terraform.step(&named("a"));
    for (old, new) in [("a", "b"), ("b", "c"), ("c", "a")] {
        bench.terraform.write("main.tf", &named(new));
        let target = format!("-target=bahriya_project_registry_attachment.{new}");
        bench
            .terraform
            .apply_with(&[&target])
            .succeeds()
            .finds(&["attachment_adopted"]);
        assert_eq!(attached(&bench, &shop).await.len(), 1);
        let apply = bench.terraform.apply().succeeds();
        let address = format!("bahriya_project_registry_attachment.{old}");
        assert!(bench.terraform.instance(&address).is_none(), "{apply:?}");
        assert_eq!(attached(&bench, &shop).await.len(), 1, "{apply:?}");
        bench.terraform.assert_empty_plan();
    }
    // Two blocks, of which one goes; then both.
    let both = named("a") + &block("b");
    bench.terraform.step(&both);
    bench.terraform.step(&named("b"));
    assert_eq!(attached(&bench, &shop).await.len(), 1);
    bench.terraform.step(&both);
    bench.terraform.step(&registry("password = \"one\""));
    assert_eq!(attached(&bench, &shop).await.len(), 0);
}

/// A project of the official provider that is replaced has to be left before it goes. Another resource stands in for it,
/// which asks the API for the same.
#[tokio::test]
async fn a_project_that_is_replaced_is_left_before_it_goes() {
    let bench = Bench::new();
    let curl = format!(
        "curl -fsS -H 'Authorization: Bearer {}' -H 'Content-Type: application/json'",
        bench.sandbox.token
    );
    let projects = format!(
        "{}/organisations/{}",
        bench.sandbox.api_url, bench.sandbox.organisation
    );
    let organisation = &bench.sandbox.organisation;
    let hcl = |handle: &str| {
        format!(
            r#"
resource "terraform_data" "shop" {{
  input            = "{handle}"
  triggers_replace = "{handle}"
  provisioner "local-exec" {{
    command = <<-END
      {curl} -d '{{"handle": "${{self.input}}", "name": "${{self.input}}", "regions": ["helsinki-1"], "users": [], "organisation": "{organisation}"}}' {projects}/projects
    END
  }}
  provisioner "local-exec" {{
    when    = destroy
    command = <<-END
      id=$({curl} {projects}/project/${{self.input}} | grep -o '"id": *"[^"]*"' | head -1 | cut -d'"' -f4)
      {curl} -X DELETE -d '{{"confirmName": "${{self.input}}"}}' {projects}/projects/$id
    END
  }}
}}
data "bahriya_project" "shop" {{
  handle = terraform_data.shop.output
}}
{}"#,
            attachment(
                "data.bahriya_project.shop.id",
                "lifecycle {\n    replace_triggered_by = [terraform_data.shop.id]\n  }"
            )
        )
    };
    bench.terraform.step(&hcl("shop"));
    bench.writes().await;
    bench
        .terraform
        .step(&hcl("boutique"))
        .says(&["2 added", "2 destroyed"]);
    assert_eq!(
        bench.writes().await,
        [
            "DELETE /projects/*/attach/registries/ghcr",
            "DELETE /projects/*",
            "POST /projects",
            "POST /projects/*/attach/registries/ghcr",
        ]
    );
    bench.terraform.destroy().succeeds();
}
