//! UpgradeResourceState and UpgradeResourceIdentity, which come before every read of a stored object.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use support::plugin::Options;
use support::provider_client::{Client, REGISTRY, errors, json_of, rpc};
use terraform_provider_bahriya::proto::tfplugin6 as proto;

async fn upgrade(
    client: &mut Client,
    raw_state: Option<proto::RawState>,
) -> proto::upgrade_resource_state::Response {
    let request = proto::upgrade_resource_state::Request {
        type_name: REGISTRY.to_owned(),
        version: 0,
        raw_state,
    };
    rpc!(client, upgrade_resource_state, request)
}

fn raw(json: &str) -> Option<proto::RawState> {
    Some(proto::RawState {
        json: json.as_bytes().to_vec(),
        flatmap: HashMap::new(),
    })
}

#[tokio::test]
async fn a_stored_object_is_read_by_name() {
    let mut client = Client::start(Options::default()).await;
    let state = json!({
        "handle": "one",
        "maxversions": 5,
        "billable": true,
        "organisation": "from an early release of the official provider",
        "password_wo": "never stored, and dropped if it is",
        "timeouts": {"create": "5m", "foreign": [1, 2]},
        "nested": {"foreign": [null, 1.5]},
    });
    let expected = client.block(
        REGISTRY,
        json!({"handle": "one", "maxversions": 5, "billable": true, "timeouts": {"create": "5m"}}),
    );
    let pretty = serde_json::to_string_pretty(&state).unwrap();
    for text in [
        state.to_string(),
        pretty.clone(),
        pretty.replace('\n', "\r\n"),
    ] {
        let answer = upgrade(&mut client, raw(&text)).await;
        assert_eq!(answer.diagnostics, []);
        assert_eq!(json_of(answer.upgraded_state.as_ref()), expected);
    }
    client.assert_never_answered("never stored");
}

#[tokio::test]
async fn integers_of_any_size_are_kept() {
    let mut client = Client::start(Options::default()).await;
    for (text, expected) in [
        (
            "12345678901234567890123456789",
            json!("12345678901234567890123456789"),
        ),
        ("9223372036854775807", json!(9_223_372_036_854_775_807_i64)),
        ("9223372036854775808", json!("9223372036854775808")),
        ("-1", json!(-1)),
        ("0.1", json!("0.1")),
        ("1e3", json!(1000)),
        ("5.0", json!(5)),
    ] {
        let answer = upgrade(&mut client, raw(&format!("{{\"maxversions\": {text}}}"))).await;
        assert_eq!(answer.diagnostics, [], "{text}");
        assert_eq!(
            json_of(answer.upgraded_state.as_ref())["maxversions"],
            expected
        );
    }
}

/// An empty answer would make the object vanish from the state, and be planned anew.
#[tokio::test]
async fn what_cannot_be_read_is_an_error_and_never_null() {
    let mut client = Client::start(Options::default()).await;
    let flatmap = proto::RawState {
        json: Vec::new(),
        flatmap: [("id".to_owned(), "x".to_owned())].into(),
    };
    for (case, state) in [
        ("absent", None),
        ("empty", raw("")),
        ("null", raw("null")),
        ("flatmap", Some(flatmap)),
        ("no JSON", raw("{")),
        ("a list", raw("[]")),
        ("another type", raw(r#"{"handle": 5}"#)),
        ("an absurd number", raw(r#"{"maxversions": 1e999999999}"#)),
    ] {
        let answer = upgrade(&mut client, state).await;
        let name = match case {
            "absent" | "empty" | "null" | "flatmap" => "nothing_stored",
            _ => "unreadable",
        };
        assert_eq!(errors(&answer.diagnostics), [name], "{case}");
        assert!(answer.upgraded_state.is_none(), "{case}");
    }
}

#[tokio::test]
async fn an_identity_is_read_by_name() {
    let mut client = Client::start(Options::default()).await;
    let upgrade = |json: &str| proto::upgrade_resource_identity::Request {
        type_name: REGISTRY.to_owned(),
        version: 0,
        raw_identity: raw(json),
    };
    let request = upgrade("{\n  \"id\": \"x\",\n  \"foreign\": true\n}");
    let answer = rpc!(client, upgrade_resource_identity, request);
    assert_eq!(answer.diagnostics, []);
    let identity: Json = json_of(answer.upgraded_identity.unwrap().identity_data.as_ref());
    assert_eq!(identity, json!({"organisation_id": null, "id": "x"}));
    for text in ["", "{", "[]"] {
        let answer = rpc!(client, upgrade_resource_identity, upgrade(text));
        assert_eq!(errors(&answer.diagnostics), ["unreadable"], "{text}");
        assert!(answer.upgraded_identity.is_none());
    }
}
