//! ValidateResourceConfig: every rule of a schema, at its argument, and never while a value is unknown.

use serde_json::{Value as Json, json};
use support::plugin::Options;
use support::provider_client::{ATTACHMENT, Client, REGISTRY, errors, unknown};

use crate::{registry, with};

#[tokio::test]
async fn every_rule_is_kept_on_an_unconfigured_process() {
    let mut client = Client::start(Options::default()).await;
    let timeouts = |name: &str, value: &str| json!({name: value});
    for (config, names) in [
        (registry("one"), &[][..]),
        (json!({}), &["missing", "missing", "missing", "missing"]),
        (
            with(registry("one"), "handle", "Not A Handle"),
            &["handle_malformed"],
        ),
        (with(registry("one"), "password", ""), &["empty"]),
        (
            with(
                registry("one"),
                "password",
                "value-hidden-for-your-own-good",
            ),
            &["password_is_the_mask"],
        ),
        (
            with(registry("one"), "password_wo", "another"),
            &["two_passwords"],
        ),
        (with(registry("one"), "password_wo", unknown()), &[]),
        (
            with(registry("one"), "active_version", 0),
            &["not_positive"],
        ),
        (
            with(
                registry("one"),
                "active_version",
                json!({"$raw": [0xa3, b'1', b'.', b'5']}),
            ),
            &["not_positive"],
        ),
        (with(registry("one"), "maxversions", -1), &["not_positive"]),
        (with(registry("one"), "on_drift", "maybe"), &["not_allowed"]),
        (with(registry("one"), "verify", ""), &["not_allowed"]),
        (
            with(registry("one"), "timeouts", timeouts("create", "soon")),
            &["not_a_duration"],
        ),
        (
            with(registry("one"), "timeouts", timeouts("read", "90s")),
            &[],
        ),
        (with(registry("one"), "id", "mine"), &["not_configurable"]),
        (
            with(registry("one"), "current_version", 1),
            &["not_configurable"],
        ),
    ] {
        let diagnostics = client.validate(REGISTRY, config.clone()).await;
        assert_eq!(errors(&diagnostics), names, "{config}");
        for diagnostic in diagnostics {
            // Terraform would print the line that the password stands in.
            let about_a_secret = diagnostic.summary.contains("password");
            assert_eq!(
                diagnostic.attribute.is_none(),
                about_a_secret,
                "{diagnostic:?}"
            );
            assert!(!diagnostic.detail.is_empty(), "{diagnostic:?}");
        }
    }
    for (config, names) in [
        (
            json!({"project_id": "6f1c2e1e-8f5d-4f0e-9d1a-0d6f5b3a2c11", "handle": "one"}),
            &[][..],
        ),
        (
            json!({"project_id": "shop", "handle": ""}),
            &["not_a_uuid", "empty"],
        ),
        (json!({"project_id": unknown(), "handle": unknown()}), &[]),
    ] {
        let diagnostics = client.validate(ATTACHMENT, config).await;
        assert_eq!(errors(&diagnostics), names);
    }
}

/// In the validate walk every variable is unknown, also those with defaults.
#[tokio::test]
async fn nothing_unknown_is_judged() {
    let mut client = Client::start(Options::default()).await;
    let mut config = registry("one");
    for name in config
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect::<Vec<_>>()
    {
        config[name] = unknown();
    }
    assert_eq!(client.validate(REGISTRY, config).await, []);
    let nested: Json = json!({"create": unknown(), "read": null, "update": null, "delete": null});
    let config = with(registry("one"), "timeouts", nested);
    assert_eq!(client.validate(REGISTRY, config).await, []);
}

#[tokio::test]
async fn a_refused_secret_is_not_repeated() {
    let mut client = Client::start(Options::default()).await;
    let mut config = registry("one");
    config["password"] = json!("canary-0b77\n");
    config["password_wo"] = json!("canary-0b78");
    let diagnostics = client.validate(REGISTRY, config).await;
    assert!(!diagnostics.is_empty());
    client.assert_never_answered("canary");
}
