//! The ways of other clients: older and newer Terraform, and OpenTofu.

use serde_json::json;
use support::plugin::Options;
use support::provider_client::{
    Client, Object, REGISTRY, errors, json_of, provider_config, rpc, unknown,
};
use support::sandbox::Sandbox;
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use crate::{registry, with};

/// Terraform before 1.11 and OpenTofu before 1.11 would store a write-only argument.
#[tokio::test]
async fn without_write_only_arguments_only_their_use_is_an_error() {
    let mut client = Client::start(Options::default()).await;
    let mut write_only = registry("one");
    write_only["password"] = json!(null);
    write_only["password_wo"] = json!("canary-9d1e");
    for capabilities in [None, Some(proto::ClientCapabilities::default())] {
        for (config, names) in [
            (registry("one"), &[][..]),
            (write_only.clone(), &["client_too_old"]),
        ] {
            let config = client.block(REGISTRY, config);
            let request = proto::validate_resource_config::Request {
                type_name: REGISTRY.to_owned(),
                config: Some(support::provider_client::dynamic(&config)),
                client_capabilities: capabilities,
            };
            let answer = rpc!(client, validate_resource_config, request);
            assert_eq!(errors(&answer.diagnostics), names);
        }
    }
    assert_eq!(client.validate(REGISTRY, write_only).await, []);
    client.assert_never_answered("canary");
}

/// Before Terraform 1.12 and OpenTofu 1.12 no message carries an identity.
#[tokio::test]
async fn a_client_without_identities_can_do_everything() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let forgetful = |object: Object| Object {
        identity: None,
        ..object
    };
    let object = forgetful(created);
    let read = client.read(REGISTRY, &object).await;
    assert_eq!(errors(&read.diagnostics), [""; 0]);
    let renamed = with(registry("one"), "name", "Another");
    let updated = forgetful(client.apply(REGISTRY, Some(&object), renamed).await);
    let deleted = client.delete(REGISTRY, &updated).await;
    assert_eq!(errors(&deleted.diagnostics), [""; 0]);
}

/// OpenTofu from 1.12 on says 1.13.0 to every provider; nothing may depend on it.
#[tokio::test]
async fn the_version_of_the_client_does_not_matter() {
    let sandbox = Sandbox::start();
    let mut client = Client::start(Options::default()).await;
    for version in [
        "1.13.0",
        "",
        "0.12.31",
        "2.0.0-dev",
        "1.11.4\r\nX-Evil: yes",
        "ünïcode",
    ] {
        let diagnostics = client.configure(provider_config(&sandbox), version).await;
        assert_eq!(diagnostics, [], "{version:?}");
        let found = client.look_up("bahriya_organisation", json!({})).await;
        assert_eq!(found.diagnostics, [], "{version:?}");
    }
}

/// Terraform says in the apply that deferring is allowed although the plan said it is not.
#[tokio::test]
async fn nothing_is_ever_deferred() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    for deferral_allowed in [false, true] {
        client.capabilities.deferral_allowed = deferral_allowed;
        // The helper fails over a plan that defers.
        let planned = client
            .plan(REGISTRY, None, with(registry("two"), "server", unknown()))
            .await;
        assert_eq!(planned.answer.diagnostics, []);
        let mut config = provider_config(&sandbox);
        config["organisation_id"] = unknown();
        assert_eq!(client.configure(config, "1.11.4").await, []);
        let planned = client.plan(REGISTRY, Some(&created), registry("one")).await;
        assert_eq!(planned.state, created.state);
        let read = client.read(REGISTRY, &created).await;
        assert!(read.deferred.is_none());
        let found = client.look_up("bahriya_regions", json!({})).await;
        assert!(found.deferred.is_none());
        let request = proto::import_resource_state::Request {
            type_name: REGISTRY.to_owned(),
            id: "one".to_owned(),
            client_capabilities: Some(client.capabilities),
            ..Default::default()
        };
        let answer = rpc!(client, import_resource_state, request);
        assert!(answer.deferred.is_none());
        assert_eq!(errors(&answer.diagnostics), ["settings_not_known_yet"]);
        client.configure(provider_config(&sandbox), "1.11.4").await;
    }
}

/// What a client says that it can do changes nothing about a plan.
#[tokio::test]
async fn older_and_newer_capabilities_get_the_same_plan() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let newest = proto::ClientCapabilities {
        deferral_allowed: true,
        write_only_attributes_allowed: true,
        store_planned_private: true,
        computed_blocks_allowed: true,
    };
    let config = with(registry("one"), "password", "second-password");
    let mut answers = Vec::new();
    for capabilities in [
        None,
        Some(proto::ClientCapabilities::default()),
        Some(newest),
    ] {
        let mut request = client.plan_request(REGISTRY, Some(&created), config.clone());
        request.client_capabilities = capabilities;
        if capabilities == Some(newest) {
            // Terraform 1.16 hands back what the first plan of the run answered.
            let first: &proto::plan_resource_change::Response = &answers[0];
            request.planned_private = first.planned_private.clone();
        }
        answers.push(rpc!(client, plan_resource_change, request));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

/// OpenTofu asks for functions that it misses in the schema, on any process.
#[tokio::test]
async fn functions_are_told_before_and_after_configuration() {
    let sandbox = Sandbox::start();
    let mut client = Client::start(Options::default()).await;
    let before = rpc!(client, get_functions, proto::get_functions::Request {});
    assert_eq!(before.functions.len(), 4);
    client.configure(provider_config(&sandbox), "1.13.0").await;
    let after = rpc!(client, get_functions, proto::get_functions::Request {});
    assert_eq!(before, after);
}

/// A client that keeps the schema between processes never asks for it.
#[tokio::test]
async fn no_call_depends_on_the_schema_having_been_asked_for() {
    let sandbox = Sandbox::start();
    let asked = Client::start(Options::default()).await;
    let plugin = support::plugin::PluginProcess::start(Options::default()).await;
    let mut client = Client::with_schema(plugin, asked.schema.clone()).await;
    assert_eq!(
        client.configure(provider_config(&sandbox), "1.11.4").await,
        []
    );
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let read = client.read(REGISTRY, &created).await;
    assert_eq!(json_of(read.new_state.as_ref()), created.state);
}
