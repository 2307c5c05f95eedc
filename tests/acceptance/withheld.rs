//! An API that shows no version numbers, as observed in July 2026: what works, and what says why it cannot.

use support::sandbox::Sandbox;

use crate::bench::{Bench, registry, secret};

const ADDRESS: &str = "bahriya_registry.ghcr";

async fn story(dialect: &str, rotation: &str) -> Bench {
    let bench = Bench::with(Sandbox::options().dialect(dialect).versions_withheld());
    bench.terraform.step(&registry(&secret("one", "1")));
    bench
        .terraform
        .step(&registry(&secret("one", "1")).replace("GitHub", "Packages"));
    bench
        .terraform
        .step(&registry(&secret("two", "2")).replace("GitHub", "Packages"));
    assert!(bench.sandbox.current_is("ghcr", "bot", "two").await);
    bench
        .terraform
        .step(&registry(&secret("two", "3")).replace("GitHub", "Packages"));
    assert_eq!(
        bench.writes().await,
        ["POST /registries", "PUT /registries/*", rotation]
    );
    bench
        .terraform
        .step(&registry("password = \"two\"").replace("GitHub", "Packages"));
    assert_eq!(bench.writes().await, [""; 0]);
    bench
}

#[tokio::test]
async fn in_the_put_dialect_credentials_change_and_a_pin_says_why_not() {
    needs!(WRITE_ONLY);
    let bench = story("put", "PUT /registries/*").await;
    assert_eq!(
        bench.terraform.attributes(ADDRESS)["current_version"],
        serde_json::Value::Null
    );
    bench.terraform.write(
        "main.tf",
        &registry("password = \"two\"; active_version = 1"),
    );
    let run = bench.terraform.plan().fails();
    run.says(&[
        "Versions cannot be pinned here",
        "shows no version numbers",
        "Remove active_version",
    ]);
    // Earlier credentials make a new version, for none can be activated.
    bench.terraform.step(&registry(&secret("one", "1")));
    assert_eq!(bench.writes().await, ["PUT /registries/*"]);
    assert!(bench.sandbox.current_is("ghcr", "bot", "one").await);
    // Nothing to send along with a rename.
    bench
        .terraform
        .write("main.tf", &registry("").replace("GitHub", "Renamed"));
    let run = bench.terraform.plan().fails();
    run.says(&[
        "registry \"ghcr\" cannot be changed without its password",
        "Set password_wo or password",
    ]);
    assert_eq!(bench.writes().await, [""; 0]);
    bench.terraform.write("main.tf", &registry(""));
    bench.terraform.destroy().succeeds();
}

#[tokio::test]
async fn in_the_put_dialect_a_pin_is_no_way_back_even_where_numbers_show() {
    needs!(WRITE_ONLY);
    let bench = Bench::with(Sandbox::options().dialect("put"));
    for (password, trigger) in [("one", "1"), ("two", "2")] {
        bench.terraform.step(&registry(&secret(password, trigger)));
    }
    bench.writes().await;
    bench.terraform.write(
        "main.tf",
        &registry(&format!("{}; active_version = 1", secret("two", "2"))),
    );
    bench
        .terraform
        .plan()
        .fails()
        .says(&["Version 1 cannot be activated", "only as a whole"]);
    bench.terraform.step(&registry(&secret("one", "1")));
    assert_eq!(bench.writes().await, ["PUT /registries/*"]);
    assert_eq!(bench.terraform.attributes(ADDRESS)["current_version"], 3);
}

#[tokio::test]
async fn in_the_put_dialect_a_rename_takes_no_other_password_along() {
    needs!(WRITE_ONLY);
    let bench = Bench::with(Sandbox::options().dialect("put"));
    bench.terraform.step(&registry(&secret("one", "1")));
    bench.writes().await;
    // Nobody asked for a rotation, and this dialect cannot rename without sending the password that is configured.
    let renamed =
        |password, trigger| registry(&secret(password, trigger)).replace("GitHub", "Packages");
    bench.terraform.write("main.tf", &renamed("two", "1"));
    bench
        .terraform
        .plan()
        .fails()
        .finds(&["password_other_than_held"]);
    assert_eq!(bench.writes().await, [""; 0]);
    bench.terraform.step(&renamed("two", "2"));
    assert_eq!(bench.writes().await, ["PUT /registries/*"]);
    assert!(bench.sandbox.current_is("ghcr", "bot", "two").await);
    bench.terraform.step(&renamed("one", "3"));
    assert_eq!(bench.writes().await, ["PUT /registries/*"]);
    assert!(bench.sandbox.current_is("ghcr", "bot", "one").await);
}

#[tokio::test]
async fn in_the_rotate_dialect_the_list_of_versions_is_enough() {
    needs!(WRITE_ONLY);
    let bench = story("rotate", "POST /registries/*/rotate").await;
    assert_eq!(bench.terraform.attributes(ADDRESS)["current_version"], 2);
    bench
        .terraform
        .step(&registry("password = \"two\"; active_version = 1").replace("GitHub", "Packages"));
    assert_eq!(
        bench.writes().await,
        ["POST /registries/*/versions/1/activate"]
    );
    assert!(bench.sandbox.current_is("ghcr", "bot", "one").await);
    let id = bench.id(ADDRESS);
    bench.terraform.run(&["state", "rm", ADDRESS]).succeeds();
    bench.terraform.import(ADDRESS, &id).succeeds();
    bench
        .terraform
        .step(&registry("").replace("GitHub", "Packages"));
    assert_eq!(bench.writes().await, [""; 0]);
}
