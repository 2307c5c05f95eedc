//! Values on the wire (plugin-protocol section 3.7): every form that a client may send.

use serde_json::{Value as Json, json};
use support::provider_client::{
    Client, DynamicValue, REGISTRY, dynamic, errors, json_of, rpc, summaries,
};
use support::sandbox::Sandbox;
use terraform_provider_bahriya::framework::findings::missing;
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use crate::{registry, with};

async fn validate(client: &mut Client, config: Option<DynamicValue>) -> Vec<proto::Diagnostic> {
    let request = proto::validate_resource_config::Request {
        type_name: REGISTRY.to_owned(),
        config,
        client_capabilities: Some(client.capabilities),
    };
    rpc!(client, validate_resource_config, request).diagnostics
}

/// What comes back of a number in the configuration.
async fn planned_number(client: &mut Client, raw: &[u8]) -> Result<Json, String> {
    let config = with(registry("one"), "maxversions", json!({"$raw": raw}));
    let request = client.plan_request(REGISTRY, None, config);
    let answer = rpc!(client, plan_resource_change, request);
    match answer.diagnostics.first() {
        Some(error) => Err(error.detail.clone()),
        None => Ok(json_of(answer.planned_state.as_ref())["maxversions"].clone()),
    }
}

#[tokio::test]
async fn numbers_are_taken_in_every_form() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    for raw in [
        &[0x07][..],
        &[0xcc, 7],
        &[0xcd, 0, 7],
        &[0xce, 0, 0, 0, 7],
        &[0xcf, 0, 0, 0, 0, 0, 0, 0, 7],
        &[0xd0, 7],
        &[0xd3, 0, 0, 0, 0, 0, 0, 0, 7],
        &[0xca, 0x40, 0xe0, 0, 0],
        &[0xcb, 0x40, 0x1c, 0, 0, 0, 0, 0, 0],
        &[0xa1, b'7'],
        &[0xa3, b'7', b'.', b'0'],
        &[0xa3, b'7', b'e', b'0'],
    ] {
        assert_eq!(
            planned_number(&mut client, raw).await,
            Ok(json!(7)),
            "{raw:x?}"
        );
    }
    for raw in [
        &[0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0][..], // infinity
        &[0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0],     // not a number
        &[0xa1, b'x'],
        &[0xa0],
        &[0xc3],
        &[0x90],
    ] {
        let error = planned_number(&mut client, raw)
            .await
            .expect_err("no number");
        assert!(error.contains("maxversions"), "it says where: {error}");
    }
}

#[tokio::test]
async fn an_object_has_exactly_the_attributes_of_the_schema() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let whole = client.block(REGISTRY, registry("one"));
    assert_eq!(validate(&mut client, Some(dynamic(&whole))).await, []);
    let mut missing = whole.clone();
    missing.as_object_mut().unwrap().remove("verify");
    let extra = with(whole.clone(), "foreign", "x");
    let deep = with(whole.clone(), "timeouts", json!({"create": "5m"}));
    for (case, config) in [("missing", missing), ("extra", extra), ("deep", deep)] {
        let diagnostics = validate(&mut client, Some(dynamic(&config))).await;
        assert_eq!(errors(&diagnostics), ["unreadable"], "{case}");
    }
}

#[tokio::test]
async fn broken_bytes_are_an_error_in_words() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let whole =
        dynamic(&client.block(REGISTRY, with(registry("one"), "password", "canary-c0de"))).msgpack;
    let mut trailing = whole.clone();
    trailing.push(0xc0);
    let mut wrong = whole.clone();
    wrong[0] = 0x91;
    for bytes in [
        whole[..whole.len() / 2].to_vec(),
        trailing,
        wrong,
        vec![0xc1],
        vec![0xdf, 0xff, 0xff, 0xff, 0xff],
    ] {
        let value = DynamicValue {
            msgpack: bytes,
            json: Vec::new(),
        };
        let diagnostics = validate(&mut client, Some(value)).await;
        assert_eq!(errors(&diagnostics), ["unreadable"]);
    }
    client.assert_never_answered("canary");
}

#[tokio::test]
async fn the_json_form_is_taken_where_there_is_no_other() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let json = |value: &Json| DynamicValue {
        msgpack: Vec::new(),
        json: value.to_string().into_bytes(),
    };
    let whole = client.block(REGISTRY, registry("one"));
    assert_eq!(validate(&mut client, Some(json(&whole))).await, []);
    let bad = with(whole.clone(), "handle", "Not A Handle");
    assert_eq!(
        errors(&validate(&mut client, Some(json(&bad))).await),
        ["handle_malformed"]
    );
    // MessagePack wins where both are there.
    let both = DynamicValue {
        msgpack: dynamic(&whole).msgpack,
        json: json(&bad).json,
    };
    assert_eq!(validate(&mut client, Some(both)).await, []);
}

#[tokio::test]
async fn an_absent_message_is_null() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let missing = ["handle", "name", "server", "username"].map(|name| missing(name).summary);
    for config in [
        None,
        Some(DynamicValue::default()),
        Some(dynamic(&Json::Null)),
    ] {
        let diagnostics = validate(&mut client, config).await;
        assert_eq!(summaries(&diagnostics), missing);
    }
    // A create without any word about the prior object.
    let mut request = client.plan_request(REGISTRY, None, registry("one"));
    request.prior_state = None;
    let answer = rpc!(client, plan_resource_change, request);
    assert_eq!(errors(&answer.diagnostics), [""; 0]);
    assert_eq!(json_of(answer.planned_state.as_ref())["handle"], "one");
}

/// Any extension is an unknown value, whatever its type and length.
#[tokio::test]
async fn every_extension_is_unknown() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    for raw in [
        &[0xd4, 0, 0][..],
        &[0xd4, 12, 0x80],
        &[0xd6, 77, 1, 2, 3, 4],
        &[0xc7, 0, 5],
    ] {
        let config = with(registry("one"), "name", json!({"$raw": raw}));
        let request = client.plan_request(REGISTRY, None, config);
        let answer = rpc!(client, plan_resource_change, request);
        assert_eq!(answer.diagnostics, [], "{raw:x?}");
        let planned = json_of(answer.planned_state.as_ref());
        assert!(planned["name"].get("$unknown").is_some(), "{raw:x?}");
    }
    let mut long = vec![0xc8, 0x04, 0x01, 12];
    long.extend([0; 1025]);
    let config = with(registry("one"), "name", json!({"$raw": long}));
    let diagnostics = client.validate(REGISTRY, config).await;
    assert_eq!(errors(&diagnostics), ["unreadable"]);
}

/// Strings are passed on as they are: Terraform compares them with what it sent.
#[tokio::test]
async fn texts_come_back_as_they_were() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    for text in [
        "",
        " ",
        "é",
        "e\u{301}",
        "\u{0}",
        "line\nbreak",
        "🦀",
        &"long".repeat(20_000),
    ] {
        let config = with(registry("one"), "name", text);
        let planned = client.plan(REGISTRY, None, config).await;
        assert_eq!(planned.state["name"], text);
    }
}
