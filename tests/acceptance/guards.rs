//! A deleted handle is lost for ever: what stands between a user and that loss.

use crate::bench::{Bench, registry};

const ADDRESS: &str = "bahriya_registry.ghcr";

#[tokio::test]
async fn a_registry_is_not_replaced_by_its_own_handle() {
    let bench = Bench::new();
    let hcl = registry("password = \"one\"");
    bench.terraform.step(&hcl);
    let id = bench.id(ADDRESS);
    bench.writes().await;

    let replaced = bench
        .terraform
        .apply_with(&["-replace=bahriya_registry.ghcr"])
        .fails();
    replaced
        .finds(&["replaced_by_itself"])
        .says(&["give it a new handle", "undo what asks for the replacement"]);
    assert_eq!(bench.writes().await, [""; 0]);

    bench.terraform.run(&["taint", ADDRESS]).succeeds();
    let words = ["was not deleted", "terraform untaint", "new handle"];
    bench.terraform.apply().fails().says(&words);
    assert_eq!(bench.writes().await, [""; 0]);
    bench.terraform.run(&["untaint", ADDRESS]).succeeds();
    bench.terraform.assert_empty_plan();
    assert_eq!(bench.id(ADDRESS), id);
    bench.terraform.step(&hcl.replace("\"one\"", "\"two\""));
    assert_eq!(bench.writes().await, ["POST /registries/*/rotate"]);

    // What was remembered of the versions has survived the refusal.
    bench.terraform.run(&["taint", ADDRESS]).succeeds();
    bench.terraform.apply().fails().says(&words);
    bench.terraform.run(&["untaint", ADDRESS]).succeeds();
    bench.terraform.step(&hcl);
    assert_eq!(
        bench.writes().await,
        ["POST /registries/*/versions/1/activate"]
    );

    bench.terraform.run(&["taint", ADDRESS]).succeeds();
    bench.terraform.apply().fails().says(&words);
    bench
        .terraform
        .run(&["destroy", "-auto-approve", "-refresh=false"])
        .succeeds();
    assert_eq!(bench.writes().await, ["DELETE /registries/*"]);
}

#[tokio::test]
async fn a_new_handle_may_replace() {
    let bench = Bench::new();
    let hcl = registry("password = \"one\"");
    bench.terraform.step(&hcl);
    let replacing = ["POST /registries", "DELETE /registries/*"];
    let first = hcl.replace(
        "= \"ghcr\"\n",
        "= \"ghcr-2\"\n  lifecycle {\n    create_before_destroy = true\n  }\n",
    );
    bench.writes().await;
    bench
        .terraform
        .step(&first)
        .finds(&["handle_will_be_spent"]);
    assert_eq!(bench.writes().await, replacing);

    bench.terraform.run(&["taint", ADDRESS]).succeeds();
    bench.terraform.step(&first.replace("ghcr-2", "ghcr-3"));
    assert_eq!(bench.writes().await, replacing);

    // A handle that is unknown in the plan.
    let unknown = "resource \"terraform_data\" \"handle\" {\n  input = \"ghcr-4\"\n}\n".to_owned()
        + &first.replace("\"ghcr-2\"", "terraform_data.handle.output");
    bench.terraform.write("main.tf", &unknown);
    bench
        .terraform
        .apply()
        .fails()
        .says(&["inconsistent final plan", "plan again"]);
    assert_eq!(bench.writes().await, [""; 0]);
    bench.terraform.step(&unknown);
    assert_eq!(bench.writes().await, replacing);
    bench.terraform.destroy().succeeds();
    assert_eq!(bench.sandbox.summary().await["registries"], 0);
}
