//! Successes that are none: an answer that denies itself, one that names no new version, and a version that is evicted
//! before anybody has seen it.

use serde_json::{Value, json};
use support::sandbox::{Options, Sandbox};

use crate::bench::{Bench, registry, secret};

const ADDRESS: &str = "bahriya_registry.ghcr";
const ROTATE: (&str, &str) = ("POST", "/organisations/*/registries/*/rotate");
const REPLACE: (&str, &str) = ("PUT", "/organisations/*/registries/*");
const UNCERTAIN: &str = "not certain whose version this is";
const DRIFT: &str = "became current outside Terraform";
const NOBODYS: &str = "11111111-1111-4111-8111-111111111111";

/// The next such write is answered so, and does nothing.
async fn answer(bench: &Bench, (method, path): (&str, &str), status: u16, body: Value) {
    let fault = json!({"kind": "answer", "status": status, "body": body});
    let rule = json!({"method": method, "path": path, "fault": fault});
    bench.sandbox.fault(rule).await;
}

/// A registry with the password "one", for which "two" is configured.
async fn changing(options: Options) -> Bench {
    let bench = Bench::with(options);
    bench.terraform.step(&registry(&secret("one", "1")));
    let changed = registry(&secret("two", "2"));
    bench.terraform.write("main.tf", &changed);
    bench
}

#[tokio::test]
async fn an_answer_that_denies_itself_is_no_success() {
    needs!(WRITE_ONLY);
    for (dialect, request) in [("rotate", ROTATE), ("put", REPLACE)] {
        let bench = changing(Sandbox::options().dialect(dialect)).await;
        let body = json!({"code": 422, "status": "UNPROCESSABLE ENTITY", "data": "Too weak."});
        answer(&bench, request, 200, body).await;
        bench.terraform.apply().fails().says(&["Too weak."]);
        let prior = bench.terraform.attributes(ADDRESS);
        assert_eq!(prior["password_wo_version"], "1", "nothing was proved");
        bench.terraform.step(&registry(&secret("two", "2")));
        assert!(bench.sandbox.current_is("ghcr", "bot", "two").await);
    }
}

#[tokio::test]
async fn a_version_that_was_there_before_is_not_the_new_one() {
    needs!(WRITE_ONLY);
    let bench = changing(Sandbox::options()).await;
    let first = bench.terraform.attributes(ADDRESS)["currentversionid"].clone();
    answer(&bench, ROTATE, 201, json!({"code": 201, "data": first})).await;
    bench
        .terraform
        .apply()
        .fails()
        .says(&["no new version shows", "may have been made anyway"]);
    bench.terraform.step(&registry(&secret("two", "2")));
    assert!(bench.sandbox.current_is("ghcr", "bot", "two").await);
}

#[tokio::test]
async fn a_version_that_never_shows_is_missed() {
    needs!(WRITE_ONLY);
    let bench = changing(Sandbox::options()).await;
    let shown = bench.terraform.attributes(ADDRESS)["currentversionid"].clone();
    answer(&bench, ROTATE, 201, json!({"code": 201, "data": NOBODYS})).await;
    bench.terraform.apply().succeeds().says(&[UNCERTAIN]);
    for _ in 0..2 {
        bench.terraform.plan().says(&[DRIFT, NOBODYS]);
        let stored = bench.terraform.attributes(ADDRESS);
        assert_eq!(stored["currentversionid"], shown);
    }
    let restoring = format!("{}; on_drift = \"restore\"", secret("two", "2"));
    let restored = bench.terraform.step(&registry(&restoring));
    restored.finds(&["drift_is_undone_anew"]);
    assert!(bench.sandbox.current_is("ghcr", "bot", "two").await);
    let settled = bench.terraform.plan();
    settled.keeps_silent_about(&[DRIFT, UNCERTAIN]);
}

#[tokio::test]
async fn a_whole_object_that_is_as_before_proves_nothing() {
    needs!(WRITE_ONLY);
    let bench = changing(Sandbox::options().dialect("put")).await;
    let path = format!("/registries/{}", bench.id(ADDRESS));
    let whole = bench.sandbox.get(&path).await;
    answer(&bench, REPLACE, 200, json!({"code": 200, "data": whole})).await;
    bench.terraform.apply().succeeds().says(&[UNCERTAIN]);
    bench.terraform.plan().says(&[UNCERTAIN]);
    // What it holds is not known, so that a new trigger sends the same once more.
    bench.terraform.step(&registry(&secret("two", "3")));
    assert!(bench.sandbox.current_is("ghcr", "bot", "two").await);
    let settled = bench.terraform.plan();
    settled.keeps_silent_about(&[UNCERTAIN]);
}
