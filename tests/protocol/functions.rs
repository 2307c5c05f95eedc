//! CallFunction, on a process that is never configured.

use serde_json::{Value as Json, json};
use support::plugin::Options;
use support::provider_client::{Client, dynamic, json_of, rpc, unknown};
use terraform_provider_bahriya::proto::tfplugin6 as proto;

async fn call(
    client: &mut Client,
    name: &str,
    arguments: &[Json],
) -> Result<Json, (String, Option<i64>)> {
    let request = || proto::call_function::Request {
        name: name.to_owned(),
        arguments: arguments.iter().map(dynamic).collect(),
    };
    let answer = rpc!(client, call_function, request());
    let again = rpc!(client, call_function, request());
    assert_eq!(answer, again, "a function is pure");
    match answer.error {
        None => Ok(json_of(answer.result.as_ref())),
        Some(error) => {
            assert!(answer.result.is_none());
            Err((error.text, error.function_argument))
        }
    }
}

#[tokio::test]
async fn functions_answer_with_values_of_their_types() {
    let mut client = Client::start(Options::default()).await;
    let digest = format!("sha256:{}", "a".repeat(64));
    for (name, arguments, expected) in [
        (
            "parse_image",
            vec![json!("ghcr.io/my-org/api:1.4.0")],
            json!({"host": "ghcr.io", "repository": "my-org/api", "tag": "1.4.0", "digest": null}),
        ),
        (
            "parse_image",
            vec![json!(format!("nginx@{digest}"))],
            json!({"host": "docker.io", "repository": "library/nginx", "tag": null, "digest": digest}),
        ),
        (
            "registry_server",
            vec![json!("registry.gitlab.com/a/b")],
            json!("registry.gitlab.com"),
        ),
        (
            "normalize_server",
            vec![json!("https://GHCR.io/")],
            json!("ghcr.io"),
        ),
        ("monthly_cost", vec![json!([2, 1])], json!("0.08")),
        ("monthly_cost", vec![json!([])], json!("0.02")),
        ("monthly_cost", vec![json!([49])], json!(1)),
    ] {
        assert_eq!(
            call(&mut client, name, &arguments).await,
            Ok(expected),
            "{name}"
        );
    }
}

#[tokio::test]
async fn errors_name_the_argument() {
    let mut client = Client::start(Options::default()).await;
    for (name, argument) in [
        ("parse_image", json!("MyOrg/app")),
        ("registry_server", json!("")),
        ("normalize_server", json!("ghcr.io/path")),
        ("monthly_cost", json!([-1])),
        (
            "monthly_cost",
            json!([{"$raw": [0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]}]),
        ),
        ("monthly_cost", json!([null])),
        // These four never reach a function in Terraform.
        ("parse_image", json!(null)),
        ("parse_image", unknown()),
        ("parse_image", json!(5)),
        ("monthly_cost", json!([1, unknown()])),
    ] {
        let (text, position) = call(&mut client, name, &[argument]).await.expect_err(name);
        assert_eq!(position, Some(0), "{text}");
        assert!(!text.ends_with('.'), "Terraform adds the full stop: {text}");
    }
}

#[tokio::test]
async fn a_call_that_does_not_fit_is_an_error_of_the_call() {
    let mut client = Client::start(Options::default()).await;
    for (name, arguments, text) in [
        (
            "nothing",
            vec![],
            "this provider has no function \"nothing\"",
        ),
        (
            "parse_image",
            vec![],
            "parse_image takes 1 arguments, not 0",
        ),
        (
            "monthly_cost",
            vec![json!([]), json!([])],
            "monthly_cost takes 1 arguments, not 2",
        ),
    ] {
        assert_eq!(
            call(&mut client, name, &arguments).await,
            Err((text.to_owned(), None))
        );
    }
}
