//! Wrong provider settings: a diagnostic that says what to do, and nothing changes anywhere.

use serde_json::json;

use crate::bench::{Bench, registry};

const ABSENT: &str = "00000000-0000-4000-8000-000000000000";

/// A bench with a registry and an attachment in the state, and a configuration that wants changes.
async fn settled(patience: &str) -> Bench {
    let bench = Bench::new();
    let project = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let hcl = format!(
        "{}resource \"bahriya_project_registry_attachment\" \"ghcr\" {{\n  project_id = \"{project}\"\n  \
         handle = bahriya_registry.ghcr.handle\n  timeouts = {{ read = \"{patience}\" }}\n}}\n",
        registry(&format!(
            "password = \"one\"; timeouts = {{ read = \"{patience}\" }}"
        ))
    );
    bench.terraform.step(&hcl);
    let second = registry("password = \"two\"").replace("ghcr\"", "second\"");
    let wanted = hcl.replace("GitHub", "Packages") + &second;
    bench.terraform.write("main.tf", &wanted);
    bench
}

#[tokio::test]
async fn wrong_settings_say_what_to_do_and_change_nothing() {
    let mut bench = settled("2m").await;
    let (summary, state) = (bench.sandbox.summary().await, bench.terraform.state());
    let (token, api) = (bench.sandbox.token.clone(), bench.sandbox.api_url.clone());
    let mistyped = format!("{}0", token.trim_end_matches(char::is_alphanumeric)) + &"x".repeat(63);
    let without_suffix = api.replace("/console/v1", "");
    let elsewhere = format!("{}elsewhere/console/v1", bench.sandbox.page_url);
    let did_you_mean = format!("did you mean {api}?");
    let hidden = bench.sandbox.hidden_organisation.clone();
    let second = bench.sandbox.second_organisation.clone();
    for (variable, value, words) in [
        (
            "BAHRIYA_TOKEN",
            "",
            [
                "Missing token",
                "Set token in the provider block",
                "BAHRIYA_TOKEN",
            ],
        ),
        (
            "BAHRIYA_TOKEN",
            &mistyped,
            ["Failed to read", "expired or deleted", "BAHRIYA_TOKEN"],
        ),
        (
            "BAHRIYA_TOKEN",
            &format!("{token}\n"),
            ["Invalid token", "line break", "trimspace"],
        ),
        (
            "BAHRIYA_ORGANISATION_ID",
            "",
            [
                "Missing organisation_id",
                "organisation_id in",
                "BAHRIYA_ORGANISATION_ID",
            ],
        ),
        (
            "BAHRIYA_ORGANISATION_ID",
            "acme",
            ["Invalid organisation_id", "not a UUID", "console"],
        ),
        (
            "BAHRIYA_ORGANISATION_ID",
            "0f8fad5b-d9cb-469f-a165-70867728950e\n",
            [
                "Invalid organisation_id",
                "line break",
                "BAHRIYA_ORGANISATION_ID",
            ],
        ),
        (
            "BAHRIYA_TOKEN",
            "Bearer pat_0123456789",
            ["Invalid token", "the word Bearer", "BAHRIYA_TOKEN"],
        ),
        (
            "BAHRIYA_ORGANISATION_ID",
            ABSENT,
            ["belongs to another organisation", "alias", "state rm"],
        ),
        (
            "BAHRIYA_ORGANISATION_ID",
            &hidden,
            ["belongs to another organisation", "alias", "state rm"],
        ),
        (
            "BAHRIYA_ORGANISATION_ID",
            &second,
            ["belongs to another organisation", "alias", "state rm"],
        ),
        (
            "BAHRIYA_API_URL",
            &without_suffix,
            ["Invalid base_url", "/console/v1", &did_you_mean],
        ),
        (
            "BAHRIYA_API_URL",
            "http://api.bahriya.cloud/console/v1",
            ["unencrypted", "Use https", "base_url"],
        ),
        (
            "BAHRIYA_API_URL",
            &elsewhere,
            ["Failed to read", "base_url", "BAHRIYA_API_URL"],
        ),
        (
            "BAHRIYA_CA_CERTIFICATE_FILE",
            "/nowhere.pem",
            ["Invalid ca_certificate_file", "cannot be read", "PEM"],
        ),
    ] {
        let usual = bench
            .sandbox
            .env()
            .into_iter()
            .find(|(name, _)| *name == variable);
        bench.terraform.set(variable, value);
        bench
            .terraform
            .apply()
            .fails()
            .says(&words)
            .keeps_silent_about(&[&mistyped, &token]);
        bench
            .terraform
            .set(variable, &usual.map(|(_, value)| value).unwrap_or_default());
        assert_eq!(bench.terraform.state(), state, "{variable}={value:?}");
    }
    assert_eq!(bench.sandbox.summary().await, summary);
}

#[tokio::test]
async fn a_page_in_place_of_the_api_removes_nothing() {
    let bench = settled("2m").await;
    let (summary, state) = (bench.sandbox.summary().await, bench.terraform.state());
    let page = json!({"kind": "html", "status": 404});
    bench
        .sandbox
        .fault(json!({"method": "*", "path": "/**", "fault": page, "times": 9999}))
        .await;
    let words = [
        "Failed to read registry \"ghcr\"",
        "Check `base_url`",
        "BAHRIYA_API_URL",
    ];
    bench.terraform.apply().fails().says(&words);
    bench.terraform.destroy().fails().says(&words);
    assert_eq!(bench.terraform.state(), state);
    bench.sandbox.clear_faults().await;
    assert_eq!(bench.sandbox.summary().await, summary);
}

#[tokio::test]
async fn a_token_without_the_right_says_whom_to_ask() {
    let mut bench = settled("2m").await;
    let (summary, state) = (bench.sandbox.summary().await, bench.terraform.state());
    let viewer = bench.sandbox.viewer_token.clone();
    bench.terraform.set("BAHRIYA_TOKEN", &viewer);
    bench.terraform.plan().succeeds();
    bench.terraform.apply().fails().says(&[
        "Failed to update registry \"ghcr\"",
        "Failed to create registry \"second\"",
        "403",
        "ask an administrator",
    ]);
    assert_eq!(bench.sandbox.summary().await, summary);
    bench.terraform.destroy().fails().says(&[
        "Failed to delete attachment",
        "403",
        "ask an administrator",
    ]);
    assert_eq!(bench.sandbox.summary().await, summary);
    assert_eq!(bench.terraform.state()["resources"], state["resources"]);
}

#[tokio::test]
async fn an_organisation_that_the_token_does_not_see_gets_nothing() {
    let mut bench = Bench::new();
    bench
        .terraform
        .write("main.tf", &registry("password = \"one\""));
    for organisation in [ABSENT.to_owned(), bench.sandbox.hidden_organisation.clone()] {
        bench
            .terraform
            .set("BAHRIYA_ORGANISATION_ID", &organisation);
        bench
            .terraform
            .apply()
            .fails()
            .says(&["Failed to create registry", "organisation_id"]);
    }
    assert_eq!(bench.sandbox.summary().await["registries"], 0);
}

#[tokio::test]
async fn an_address_from_which_nothing_ever_came_is_given_up_soon() {
    let mut bench = settled("10m").await;
    let (summary, state) = (bench.sandbox.summary().await, bench.terraform.state());
    bench
        .terraform
        .set("BAHRIYA_API_URL", "http://127.0.0.1:1/console/v1");
    bench.terraform.apply().fails().says(&[
        "Failed to read",
        "nothing has answered in 6 attempts",
        "Check the network",
        "BAHRIYA_API_URL",
    ]);
    assert_eq!(bench.terraform.state(), state);
    assert_eq!(bench.sandbox.summary().await, summary);
}

#[test]
fn a_variable_that_names_no_proxy_is_named() {
    let mut bench = Bench::new();
    bench
        .terraform
        .write("main.tf", &registry("password = \"one\""));
    bench
        .terraform
        .set("BAHRIYA_API_URL", "https://127.0.0.1:1/console/v1");
    bench
        .terraform
        .set("HTTPS_PROXY", "http//user:hunter2@proxy:3128");
    let run = bench.terraform.apply().fails();
    run.says(&["the environment variable HTTPS_PROXY is not the address of a proxy"])
        .keeps_silent_about(&["hunter2"]);
}
