//! ReadResource: what is there, what is gone, and what must not be lost.

use serde_json::{Value as Json, json};
use support::provider_client::{
    ATTACHMENT, Client, REGISTRY, check_stored, errors, json_of, provider_config, rpc, warnings,
};
use support::sandbox::Sandbox;
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use crate::registry;

#[tokio::test]
async fn an_unchanged_object_is_answered_as_it_was_with_its_private_bytes() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let read = client.read(REGISTRY, &created).await;
    assert_eq!(read.diagnostics, []);
    assert_eq!(json_of(read.new_state.as_ref()), created.state);
    assert_eq!(
        read.private, created.private,
        "what a read answers replaces what is stored"
    );
    assert_eq!(read.new_identity, created.identity);
    assert!(read.deferred.is_none());
}

#[tokio::test]
async fn changes_from_outside_are_shown() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    sandbox
        .rotate(
            created.state["id"].as_str().unwrap(),
            "other",
            "other-password",
        )
        .await;
    let read = client.read(REGISTRY, &created).await;
    let state = json_of(read.new_state.as_ref());
    check_stored(client.resource(REGISTRY), &state).unwrap();
    assert_eq!(state["current_version"], 2);
    assert_eq!(state["password"], "first-password");
}

#[tokio::test]
async fn what_is_gone_is_null_with_a_warning() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let project = sandbox.create_project("shop", &["helsinki-1"]).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let config = json!({"project_id": project, "handle": "one"});
    let attached = client.apply(ATTACHMENT, None, config).await;
    sandbox.detach(&project, "one").await;
    let path = format!("/registries/{}", created.state["id"].as_str().unwrap());
    sandbox.call("DELETE", &path, None).await.expect(200);
    // Another process has no lists of its own yet.
    let mut client = Client::configured(&sandbox).await;
    for (ty, object, gone) in [
        (REGISTRY, &created, "registry_is_gone"),
        (ATTACHMENT, &attached, "attachment_is_gone"),
    ] {
        let read = client.read(ty, object).await;
        assert_eq!(json_of(read.new_state.as_ref()), Json::Null, "{ty}");
        assert_eq!(errors(&read.diagnostics), [""; 0]);
        assert_eq!(warnings(&read.diagnostics), [gone]);
    }
}

#[tokio::test]
async fn an_error_is_no_proof_that_it_is_gone() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let fault = json!({"method": "GET", "path": "/organisations/**", "times": 100,
        "fault": {"kind": "html", "status": 404}});
    sandbox.fault(fault).await;
    let mut client = Client::configured(&sandbox).await;
    let read = client.read(REGISTRY, &created).await;
    assert_eq!(errors(&read.diagnostics), ["wrong_address"]);
    assert_eq!(json_of(read.new_state.as_ref()), created.state);
    assert_eq!(read.private, created.private);
}

/// Private bytes may be lost; clients from 1.12 on keep the identity beside them.
#[tokio::test]
async fn an_identity_says_where_what_is_gone_was() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let project = sandbox.create_project("shop", &["helsinki-1"]).await;
    let mut registry = client.apply(REGISTRY, None, registry("one")).await;
    let config = json!({"project_id": project, "handle": "one"});
    let mut attached = client.apply(ATTACHMENT, None, config).await;
    (registry.private, attached.private) = (Vec::new(), Vec::new());
    let mut elsewhere = provider_config(&sandbox);
    elsewhere["organisation_id"] = json!(sandbox.second_organisation);
    client.configure(elsewhere, "1.11.4").await;
    for (ty, object) in [(REGISTRY, &registry), (ATTACHMENT, &attached)] {
        let read = client.read(ty, object).await;
        assert_eq!(errors(&read.diagnostics), ["other_organisation"]);
        assert_eq!(json_of(read.new_state.as_ref()), object.state);
    }
    sandbox.detach(&project, "one").await;
    let path = format!("/registries/{}", registry.state["id"].as_str().unwrap());
    sandbox.call("DELETE", &path, None).await.expect(200);
    client.configure(provider_config(&sandbox), "1.11.4").await;
    for (ty, mut object) in [(REGISTRY, registry), (ATTACHMENT, attached)] {
        let read = client.read(ty, &object).await;
        assert_eq!(json_of(read.new_state.as_ref()), Json::Null, "{ty}");
        object.identity = None;
        let read = client.read(ty, &object).await;
        assert_eq!(json_of(read.new_state.as_ref()), object.state, "{ty}");
        assert_eq!(errors(&read.diagnostics), ["absence_not_proved"]);
    }
}

#[tokio::test]
async fn nothing_to_look_for_is_nothing() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let request = proto::read_resource::Request {
        type_name: REGISTRY.to_owned(),
        ..Default::default()
    };
    let answer = rpc!(client, read_resource, request);
    assert_eq!(answer, proto::read_resource::Response::default());
}

/// Somebody deleted the registry and made another where handles are free again.
#[tokio::test]
async fn another_registry_under_the_handle_is_named_and_not_taken() {
    let sandbox = Sandbox::options().arg("--handles-reusable").start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let path = format!("/registries/{}", created.state["id"].as_str().unwrap());
    sandbox.call("DELETE", &path, None).await.expect(200);
    let other = sandbox.registry("one", "theirs").await;
    let read = client.read(REGISTRY, &created).await;
    assert_eq!(errors(&read.diagnostics), ["registry_has_another_id"]);
    assert!(read.diagnostics[0].detail.contains(&other));
}
