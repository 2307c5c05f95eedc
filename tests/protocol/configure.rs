//! ValidateProviderConfig and ConfigureProvider.

use serde_json::{Value as Json, json};
use support::plugin::Options;
use support::provider_client::{
    Client, REGISTRY, complete, dynamic, errors, json_of, provider_config, rpc, unknown, warnings,
};
use support::sandbox::Sandbox;
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use crate::registry;

async fn validate(client: &mut Client, config: Json) -> Vec<proto::Diagnostic> {
    let config = complete(client.schema.provider.as_ref().unwrap(), config);
    let request = proto::validate_provider_config::Request {
        config: Some(dynamic(&config)),
    };
    rpc!(client, validate_provider_config, request).diagnostics
}

#[tokio::test]
async fn nothing_is_missed_before_it_is_needed() {
    let mut client = Client::start(Options::default()).await;
    for config in [
        json!({}),
        json!({"token": unknown(), "base_url": unknown()}),
    ] {
        assert_eq!(validate(&mut client, config).await, []);
    }
    let absent = proto::validate_provider_config::Request { config: None };
    let answer = rpc!(client, validate_provider_config, absent);
    assert_eq!(answer.diagnostics, []);
}

#[tokio::test]
async fn what_is_missing_is_named_with_both_ways_to_set_it() {
    let mut client = Client::start(Options::default()).await;
    let diagnostics = client.configure(json!({}), "1.11.4").await;
    assert_eq!(errors(&diagnostics), ["setting_missing", "setting_missing"]);
    for (diagnostic, variable) in diagnostics
        .iter()
        .zip(["BAHRIYA_TOKEN", "BAHRIYA_ORGANISATION_ID"])
    {
        assert!(
            diagnostic.detail.contains(variable),
            "{}",
            diagnostic.detail
        );
        assert!(diagnostic.attribute.is_some());
    }
    // Unconfigured, it still answers in words.
    let object = support::provider_client::Object {
        state: client.block(REGISTRY, json!({"id": "x"})),
        private: Vec::new(),
        identity: None,
        tainted: false,
    };
    let read = client.read(REGISTRY, &object).await;
    assert_eq!(errors(&read.diagnostics), ["not_configured"]);
}

#[tokio::test]
async fn the_environment_stands_in_for_arguments() {
    let sandbox = Sandbox::start();
    let options = sandbox
        .env()
        .into_iter()
        .fold(Options::default(), |options, (name, value)| {
            options.env(name, value)
        });
    let mut client = Client::start(options).await;
    assert_eq!(client.configure(json!({}), "1.11.4").await, []);
    let found = client.look_up("bahriya_organisation", json!({})).await;
    assert_eq!(json_of(found.state.as_ref())["id"], sandbox.organisation);
    // An argument wins.
    let other = json!({"organisation_id": sandbox.second_organisation});
    assert_eq!(client.configure(other, "1.11.4").await, []);
    let found = client.look_up("bahriya_organisation", json!({})).await;
    assert_eq!(
        json_of(found.state.as_ref())["id"],
        sandbox.second_organisation
    );
}

#[tokio::test]
async fn a_bad_setting_is_an_error_at_its_argument() {
    let sandbox = Sandbox::start();
    let mut client = Client::start(Options::default()).await;
    for (name, value) in [
        ("base_url", "http://api.example.com/console/v1"),
        ("organisation_id", "acme"),
        ("token", "pat with spaces"),
        ("ca_certificate_file", "/nowhere/ca.pem"),
    ] {
        let mut config = provider_config(&sandbox);
        config[name] = json!(value);
        let diagnostics = client.configure(config, "1.11.4").await;
        assert_eq!(errors(&diagnostics), [format!("{name}_unusable")]);
    }
}

#[tokio::test]
async fn it_can_be_configured_again() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let mut other = provider_config(&sandbox);
    other["organisation_id"] = json!(sandbox.second_organisation);
    assert_eq!(client.configure(other, "1.11.4").await, []);
    // Looked for in another organisation it would seem to be gone.
    let read = client.read(REGISTRY, &created).await;
    assert_eq!(errors(&read.diagnostics), ["other_organisation"]);
    assert_eq!(
        client.configure(provider_config(&sandbox), "1.11.4").await,
        []
    );
    let read = client.read(REGISTRY, &created).await;
    assert_eq!(json_of(read.new_state.as_ref()), created.state);
}

/// During a plan the provider's own configuration may depend on what is applied later.
#[tokio::test]
async fn an_unknown_configuration_is_no_error_until_the_api_is_needed() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let mut config = provider_config(&sandbox);
    config["token"] = unknown();
    assert_eq!(client.configure(config, "1.11.4").await, []);

    let read = client.read(REGISTRY, &created).await;
    assert_eq!(warnings(&read.diagnostics), ["not_refreshed"]);
    assert_eq!(json_of(read.new_state.as_ref()), created.state);
    assert_eq!(read.private, created.private);
    assert_eq!(read.new_identity, created.identity);

    let planned = client.plan(REGISTRY, None, registry("two")).await;
    let request = client.apply_request(REGISTRY, None, registry("two"), &planned);
    let answer = rpc!(client, apply_resource_change, request);
    assert_eq!(errors(&answer.diagnostics), ["settings_not_known_yet"]);
    assert!(answer.diagnostics[0].detail.contains("token"));
    let found = client.look_up("bahriya_registries", json!({})).await;
    assert_eq!(errors(&found.diagnostics), ["settings_not_known_yet"]);
    assert!(found.state.is_none());
}
