//! Refactorings that people make every week. Without a `moved` block they would delete a registry and create it anew,
//! which spends its handle: they are refused in the plan. With one they plan nothing.

use crate::bench::{Bench, named_registry, registry};

const ADDRESS: &str = "bahriya_registry.ghcr";

/// The plan and the apply of this configuration are refused, and show how to say that nothing was to be deleted.
async fn refused(bench: &Bench, hcl: &str) {
    let before = bench.terraform.state();
    bench.terraform.write("main.tf", hcl);
    for run in [
        bench.terraform.plan(),
        bench.terraform.apply(),
        bench.terraform.apply_with(&["-refresh=false"]),
    ] {
        run.fails()
            .finds(&["handle_moves_by_deletion"])
            .says(&["add a \"moved\" block", "terraform destroy -refresh=false"]);
    }
    assert_eq!(bench.writes().await, [""; 0]);
    assert_eq!(bench.terraform.state(), before);
}

/// The same configuration with a `moved` block is planned as nothing, and is applied without a call.
async fn moved(bench: &Bench, hcl: &str, from: &str, to: &str) {
    bench.terraform.step(&format!(
        "{hcl}moved {{\n  from = {from}\n  to = {to}\n}}\n"
    ));
    assert_eq!(bench.writes().await, [""; 0]);
}

#[tokio::test]
async fn another_name_needs_a_moved_block() {
    let bench = Bench::new();
    bench.terraform.step(&registry("password = \"one\""));
    bench.writes().await;
    let renamed = named_registry("packages", "ghcr", "password = \"one\"");
    refused(&bench, &renamed).await;
    moved(&bench, &renamed, ADDRESS, "bahriya_registry.packages").await;
}

#[tokio::test]
async fn count_for_each_keys_and_modules_need_a_moved_block() {
    let bench = Bench::new();
    let one = |lines: &str| registry(&format!("password = \"one\"; {lines}"));
    bench.terraform.step(&one("count = 1"));
    bench.writes().await;
    let first = one("for_each = toset([\"a\"])");
    refused(&bench, &first).await;
    moved(
        &bench,
        &first,
        "bahriya_registry.ghcr[0]",
        "bahriya_registry.ghcr[\"a\"]",
    )
    .await;
    let second = one("for_each = toset([\"b\"])");
    refused(&bench, &second).await;
    moved(
        &bench,
        &second,
        "bahriya_registry.ghcr[\"a\"]",
        "bahriya_registry.ghcr[\"b\"]",
    )
    .await;
    std::fs::create_dir(bench.terraform.path("module")).expect("a new directory");
    let provider = bench.terraform.read("terraform.tf");
    bench.terraform.write("module/terraform.tf", &provider);
    bench
        .terraform
        .write("module/main.tf", &registry("password = \"one\""));
    let module = "module \"registries\" {\n  source = \"./module\"\n}\n";
    bench.terraform.write("main.tf", module);
    bench.terraform.run(&["get"]).succeeds();
    refused(&bench, module).await;
    moved(
        &bench,
        module,
        "bahriya_registry.ghcr[\"b\"]",
        "module.registries.bahriya_registry.ghcr",
    )
    .await;
}

#[tokio::test]
async fn two_registries_cannot_swap_their_handles() {
    let bench = Bench::new();
    let both = |a: &str, b: &str| {
        named_registry("a", a, "password = \"one\"") + &named_registry("b", b, "password = \"two\"")
    };
    bench.terraform.step(&both("one", "two"));
    bench.writes().await;
    refused(&bench, &both("two", "one")).await;
    // Neither may one take the handle that another gives up.
    refused(&bench, &both("two", "three")).await;
    bench.terraform.step(&both("one", "two"));
}

/// What goes at one address would be lost at the other, too.
#[tokio::test]
async fn a_registry_at_two_addresses_is_not_deleted_at_one() {
    let bench = Bench::new();
    let a = named_registry("a", "ghcr", "password = \"one\"");
    let b = named_registry("b", "ghcr", "");
    bench.terraform.step(&a);
    let id = bench.id("bahriya_registry.a");
    bench.terraform.write("main.tf", &(a + &b));
    bench.terraform.import("bahriya_registry.b", &id).succeeds();
    bench.writes().await;
    for _ in 0..3 {
        refused(&bench, &b).await;
    }
    bench
        .terraform
        .run(&["state", "rm", "bahriya_registry.a"])
        .succeeds();
    bench.terraform.step(&b);
    assert_eq!(bench.writes().await, [""; 0]);
    bench.terraform.destroy().succeeds();
}

/// The other address is not looked at, so that the message has to think of it.
#[tokio::test]
async fn a_new_address_that_is_targeted_alone_may_want_a_moved_block() {
    let bench = Bench::new();
    let keyed = |key: &str| {
        registry(&format!(
            "password = \"one\"; for_each = toset([\"{key}\"])"
        ))
    };
    bench.terraform.step(&keyed("a"));
    bench.writes().await;
    bench.terraform.write("main.tf", &keyed("b"));
    bench
        .terraform
        .apply_with(&["-target=bahriya_registry.ghcr[\"b\"]"])
        .fails()
        .finds(&["handle_is_taken"])
        .says(&["(-target looks at no other), add a \"moved\" block"]);
    assert_eq!(bench.writes().await, [""; 0]);
}

/// The first registry would be deleted, and its successor could not be created.
#[tokio::test]
async fn a_handle_that_another_address_keeps_is_not_planned_again() {
    let bench = Bench::new();
    let both = |a: &str| {
        named_registry("a", a, "password = \"one\"")
            + &named_registry("b", "two", "password = \"two\"")
    };
    bench.terraform.step(&both("one"));
    bench.writes().await;
    bench.terraform.write("main.tf", &both("two"));
    for run in [bench.terraform.plan(), bench.terraform.apply()] {
        run.fails().finds(&["handle_is_wanted_twice"]);
    }
    assert_eq!(bench.writes().await, [""; 0]);
    bench
        .terraform
        .run(&["destroy", "-auto-approve", "-refresh=false"])
        .succeeds();
}

#[tokio::test]
async fn what_only_looks_alike_is_not_refused() {
    needs!(REMOVED);
    let bench = Bench::new();
    let a = named_registry("a", "one", "password = \"one\"");
    let b = named_registry("b", "two", "password = \"two\"");
    bench.terraform.step(&a);
    // One goes, another comes.
    bench.terraform.step(&b);
    bench.writes().await;
    // One is given up without being deleted, and comes back by import.
    let id = bench.id("bahriya_registry.b");
    bench.terraform.step(
        "removed {\n  from = bahriya_registry.b\n  lifecycle {\n    destroy = false\n  }\n}\n",
    );
    let imported = format!("import {{\n  to = bahriya_registry.c\n  id = \"{id}\"\n}}\n");
    let c = named_registry("c", "two", "");
    bench.terraform.step(&(imported + &c));
    assert_eq!(bench.writes().await, [""; 0]);
    bench.terraform.run(&["plan", "-destroy"]).succeeds();
    bench.terraform.destroy().succeeds();
    assert_eq!(bench.writes().await, ["DELETE /registries/*"]);
}

#[tokio::test]
async fn a_deletion_beside_an_unknown_handle_is_a_warning() {
    let bench = Bench::new();
    bench.terraform.step(&registry("password = \"one\""));
    let late = "resource \"terraform_data\" \"late\" {\n  input = \"other\"\n}\n".to_owned()
        + &named_registry("new", "x", "password = \"one\"")
            .replace("\"x\"", "terraform_data.late.output");
    bench
        .terraform
        .step(&late)
        .finds(&["handle_may_move_by_deletion"])
        .says(&["add a \"moved\" block"]);
}

#[tokio::test]
async fn a_tainted_registry_is_told_in_the_plan_and_can_be_destroyed() {
    let bench = Bench::new();
    bench.terraform.step(&registry("password = \"one\""));
    bench.terraform.run(&["taint", ADDRESS]).succeeds();
    for arguments in [&["plan"][..], &["plan", "-refresh=false"]] {
        bench
            .terraform
            .run(arguments)
            .succeeds()
            .finds(&["handle_is_stored"])
            .says(&["terraform untaint"]);
    }
    bench.writes().await;
    bench.terraform.apply().fails().says(&["terraform untaint"]);
    assert_eq!(bench.writes().await, [""; 0]);
    bench.terraform.destroy().succeeds();
    assert_eq!(bench.writes().await, ["DELETE /registries/*"]);
}

#[tokio::test]
async fn a_create_that_cannot_succeed_is_refused_in_the_plan() {
    let bench = Bench::new();
    let id = bench
        .sandbox
        .create_registry("taken", "ghcr.io", "bot", "one")
        .await;
    let other = named_registry("other", "other", "password = \"one\"");
    bench.terraform.step(&other);
    let taken = named_registry("ghcr", "taken", "password = \"one\"");
    bench.terraform.write("main.tf", &(other.clone() + &taken));
    let words = format!("terraform import ADDRESS {id}");
    bench
        .terraform
        .plan()
        .fails()
        .finds(&["handle_is_taken"])
        .says(&[&words, "terraform destroy -refresh=false"]);
    let path = format!("/registries/{id}");
    bench.sandbox.call("DELETE", &path, None).await.expect(200);
    bench
        .terraform
        .plan()
        .fails()
        .finds(&["handle_is_spent"])
        .says(&["terraform destroy -refresh=false"]);
    bench
        .terraform
        .run(&["destroy", "-auto-approve", "-refresh=false"])
        .succeeds();
    assert_eq!(bench.sandbox.summary().await["registries"], 0);
}

#[tokio::test]
async fn a_token_that_is_refused_is_told_in_the_plan_of_a_create() {
    let mut bench = Bench::new();
    bench
        .terraform
        .set("BAHRIYA_TOKEN", "pat_not_a_token_of_anybody");
    bench
        .terraform
        .write("main.tf", &registry("password = \"one\""));
    bench
        .terraform
        .plan()
        .succeeds()
        .finds(&["handle_not_looked_up"])
        .says(&["401"]);
}

/// The organisation's data source waits, so that the handle made of it is not known in the plan.
#[tokio::test]
async fn a_handle_from_a_data_source_that_waits_replaces_nothing() {
    let bench = Bench::new();
    let hcl = |input: &str| {
        format!(
            "resource \"terraform_data\" \"wait\" {{\n  input = \"{input}\"\n}}\ndata \"bahriya_organisation\" \"o\" {{\n  \
             depends_on = [terraform_data.wait]\n}}\n{}",
            registry("password = \"one\"").replace(
                "\"ghcr\"\n",
                "\"${data.bahriya_organisation.o.handle}-ghcr\"\n"
            )
        )
    };
    bench.terraform.step(&hcl("a"));
    let id = bench.id(ADDRESS);
    bench.writes().await;
    bench
        .terraform
        .step(&hcl("b"))
        .keeps_silent_about(&["forces replacement", "will be spent"]);
    assert_eq!(bench.writes().await, [""; 0]);
    assert_eq!(bench.id(ADDRESS), id);
}
