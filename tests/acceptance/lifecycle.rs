//! Create, change, replace and destroy, with the calls that each of them costs.

use crate::bench::{Bench, named_registry, registry};

const CREATE: &str = "POST /registries";
const METADATA: &str = "PUT /registries/*";
const ROTATE: &str = "POST /registries/*/rotate";
const DELETE: &str = "DELETE /registries/*";

#[tokio::test]
async fn each_argument_costs_the_one_call_that_it_needs() {
    let bench = Bench::new();
    let hcl = registry("password = \"one\"; maxversions = 5");
    bench.terraform.step(&hcl);
    assert_eq!(bench.writes().await, [CREATE]);
    let id = bench.id("bahriya_registry.ghcr");
    let mut hcl = hcl;
    for (from, to, call) in [
        ("GitHub", "Packages", METADATA),
        ("maxversions = 5", "maxversions = 7", METADATA),
        ("\"one\"", "\"two\"", ROTATE),
        ("\"bot\"", "\"robot\"", ROTATE),
        ("ghcr.io", "registry.gitlab.com", ROTATE),
    ] {
        hcl = hcl.replace(from, to);
        let run = bench.terraform.step(&hcl);
        let run = run.says(&["0 added, 1 changed, 0 destroyed"]);
        // Only a new version has properties that are not known before.
        assert_eq!(run.text().contains("(known after apply)"), call == ROTATE);
        assert_eq!(bench.writes().await, [call], "{from} to {to}");
    }
    for line in [
        "timeouts = { read = \"3m\" }",
        "on_drift = \"restore\"",
        "verify = \"off\"",
    ] {
        hcl = hcl.replace("maxversions", &format!("{line}\n  maxversions"));
        bench.terraform.step(&hcl);
        assert_eq!(bench.writes().await, [""; 0], "{line}");
    }
    // What pulls images looks credentials up by the very name, so that another spelling is another version.
    bench
        .terraform
        .step(&hcl.replace("registry.gitlab.com", "registry.gitlab.com:443"));
    assert_eq!(bench.writes().await, [ROTATE]);
    let stored = bench.terraform.attributes("bahriya_registry.ghcr");
    assert_eq!(stored["current_version"], 5);
    assert_eq!(stored["id"], id.as_str());
    let seen = bench.registry(&id).await;
    assert_eq!(seen["name"], "Packages");
    assert_eq!(seen["maxversions"], 7);
    assert_eq!(seen["server"], "registry.gitlab.com:443");
    assert!(bench.sandbox.current_is(&id, "robot", "two").await);

    bench
        .terraform
        .destroy()
        .succeeds()
        .finds(&["handle_will_be_spent"])
        .says(&["1 destroyed"]);
    assert_eq!(bench.writes().await, [DELETE]);
    assert_eq!(bench.sandbox.summary().await["registries"], 0);
}

#[tokio::test]
async fn another_handle_is_another_registry() {
    let bench = Bench::new();
    bench.terraform.step(&registry("password = \"one\""));
    let first = bench.id("bahriya_registry.ghcr");
    bench.writes().await;
    bench
        .terraform
        .step(&named_registry("ghcr", "ghcr-2", "password = \"one\""))
        .finds(&["handle_will_be_spent"])
        .says(&["must be replaced"]);
    assert_eq!(bench.writes().await, [DELETE, CREATE]);
    assert_ne!(bench.id("bahriya_registry.ghcr"), first);
}

#[tokio::test]
async fn an_attachment_comes_and_goes() {
    let bench = Bench::new();
    let shop = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let blog = bench.sandbox.create_project("blog", &["helsinki-1"]).await;
    let with = |project: &str, lines: &str| {
        format!(
            "{}resource \"bahriya_project_registry_attachment\" \"ghcr\" {{\n  project_id = \"{project}\"\n  \
             handle = bahriya_registry.ghcr.handle\n  {lines}\n}}\n",
            registry("password = \"one\"")
        )
    };
    bench.writes().await;
    bench.terraform.step(&with(&shop, ""));
    let attach = |project| format!("POST /projects/{project}/attach/registries/ghcr");
    assert_eq!(bench.writes().await, [CREATE.to_owned(), attach("*")]);
    let stored = bench
        .terraform
        .attributes("bahriya_project_registry_attachment.ghcr");
    assert_eq!(stored["id"], format!("{shop}:ghcr"));
    assert!(stored["join_id"].is_string());

    bench
        .terraform
        .step(&with(&shop, "timeouts = { delete = \"5m\" }"));
    assert_eq!(bench.writes().await, [""; 0]);
    bench
        .terraform
        .step(&with(&blog, ""))
        .says(&["must be replaced"]);
    let detach = "DELETE /projects/*/attach/registries/ghcr";
    assert_eq!(bench.writes().await, [detach.to_owned(), attach("*")]);
    bench.terraform.destroy().succeeds();
    assert_eq!(bench.writes().await, [detach, DELETE]);
}
