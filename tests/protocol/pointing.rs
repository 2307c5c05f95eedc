//! Which argument a message points at. Terraform prints the line of it, so never at one that may show a secret.

use serde_json::{Value as Json, json};
use support::core::VERSION;
use support::findings;
use support::plugin::Options;
use support::provider_client::{Client, REGISTRY, rpc};
use support::scripted::{Got, ORGANISATION, Reply, Server, TOKEN, not_found, ok, organisations};
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use crate::{registry, with};

const ID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

/// The argument that a message points at, if any.
fn pointed_at(diagnostic: &proto::Diagnostic) -> Option<&str> {
    use proto::attribute_path::step::Selector;
    match diagnostic
        .attribute
        .as_ref()?
        .steps
        .first()?
        .selector
        .as_ref()?
    {
        Selector::AttributeName(name) => Some(name),
        other => panic!("{other:?}"),
    }
}

/// The answer of the API's mapper about one key of a body.
fn mapped(path: &str, said: &str) -> String {
    format!(
        "Could not map type `Bahriya\\Contracts\\DataTransferObjects\\Console\\v1\\Registry`. An error occurred at \
         path {path}: {said}"
    )
}

/// A provider, and an API that answers with this text to creates, and to reads of a registry.
async fn refusing(text: String) -> (Client, Server) {
    let server = Server::start(move |request: &Got| {
        let (_, below) = request.target.split_once(ORGANISATION).unwrap_or_default();
        match (request.method.as_str(), below) {
            ("POST", "/registries") => Reply::Data(400, json!(text)),
            ("GET", "/registries") => ok(json!({"count": 0, "registries": []})),
            ("GET", "") => organisations(),
            ("GET", _) if below.starts_with("/registries/") => Reply::Data(400, json!(text)),
            _ => not_found(),
        }
    })
    .await;
    let mut client = Client::start(Options::default()).await;
    let settings =
        json!({"base_url": server.address, "organisation_id": ORGANISATION, "token": TOKEN});
    assert_eq!(client.configure(settings, VERSION).await, []);
    (client, server)
}

#[tokio::test]
async fn what_the_mapper_refuses_is_shown_at_its_argument() {
    let empty = "Value \"\" is not a valid non-empty string.";
    for (path, said, config, at, words) in [
        (
            "server",
            empty,
            registry("one"),
            Some("server"),
            "server must not be empty. ",
        ),
        (
            "username",
            empty,
            registry("one"),
            Some("username"),
            "username must not be empty. ",
        ),
        (
            "maxversions",
            "Value 7 is not a valid integer between 1 and 5.",
            with(registry("one"), "maxversions", 7),
            Some("maxversions"),
            "maxversions must be a whole number between 1 and 5. ",
        ),
        // The lines of these may show a secret.
        (
            "password",
            empty,
            registry("one"),
            None,
            "password must not be empty. ",
        ),
        (
            "server",
            empty,
            with(registry("one"), "server", "ghcr.io:5000"),
            None,
            "server must",
        ),
        (
            "username",
            empty,
            with(registry("one"), "username", "bot@acme.test"),
            None,
            "username must",
        ),
        // Nobody's argument.
        (
            "organisation",
            "Unexpected key `organisation`.",
            registry("one"),
            None,
            "Bahriya: ",
        ),
    ] {
        let text = mapped(path, said);
        let (mut client, _server) = refusing(text.clone()).await;
        let planned = client.plan(REGISTRY, None, config.clone()).await;
        let request = client.apply_request(REGISTRY, None, config.clone(), &planned);
        let answer = rpc!(client, apply_resource_change, request);
        let [refused] = answer.diagnostics.as_slice() else {
            panic!("{path}: {:?}", answer.diagnostics);
        };
        let name = if words == "Bahriya: " {
            "refused"
        } else {
            "value_refused"
        };
        assert_eq!(findings::name_of(&refused.summary), name);
        assert_eq!(pointed_at(refused), at, "{config}: {refused:?}");
        assert!(refused.detail.starts_with(words), "{refused:?}");
        assert!(refused.detail.contains(&text), "{refused:?}");
    }
}

#[tokio::test]
async fn a_refused_read_points_at_no_line_with_a_secret() {
    for (path, config, at) in [
        ("name", registry("one"), Some("name")),
        ("password", registry("one"), None),
        (
            "username",
            with(registry("one"), "username", "bot:s3cret"),
            None,
        ),
    ] {
        let (mut client, _server) = refusing(mapped(path, "Cannot be empty.")).await;
        let object = support::provider_client::Object {
            state: client.block(REGISTRY, with(config, "id", ID)),
            private: Vec::new(),
            identity: None,
            tainted: false,
        };
        let read = client.read(REGISTRY, &object).await;
        let [refused] = read.diagnostics.as_slice() else {
            panic!("{path}: {:?}", read.diagnostics);
        };
        assert_eq!(pointed_at(refused), at, "{refused:?}");
    }
}

#[tokio::test]
async fn a_value_that_may_hold_a_password_is_not_pointed_at() {
    let (mut client, _server) = refusing(String::new()).await;
    for (argument, value, at) in [
        ("server", "ghcr.io/acme", Some("server")),
        ("server", "https://bot:s3cret@ghcr.io", None),
        ("server", "bot@ghcr.io", None),
        ("server", "ghcr.io:s3cret", None),
        ("username", "bot\n", Some("username")),
        ("username", "bot:s3cret\n", None),
        ("username", "bot@acme.test\n", None),
    ] {
        let config: Json = with(registry("one"), argument, value);
        let request = client.plan_request(REGISTRY, None, config.clone());
        let diagnostics = rpc!(client, plan_resource_change, request).diagnostics;
        assert!(!diagnostics.is_empty(), "{config}");
        for diagnostic in &diagnostics {
            assert_eq!(pointed_at(diagnostic), at, "{config}: {diagnostic:?}");
        }
    }
}
