//! Private bytes: empty, of another provider, of another version, or garbage.

use serde_json::Value as Json;
use support::provider_client::{ATTACHMENT, Client, Object, REGISTRY, errors, json_of, warnings};
use support::sandbox::Sandbox;

use terraform_provider_bahriya::proto::tfplugin6::Diagnostic;

use crate::{registry, with};

const FOREIGN: [&[u8]; 5] = [
    b"",
    b"\xff\xfe\x00garbage",
    br#"{".framework":"e30="}"#,
    br#"{"bahriya_rs":99,"data":{"organisation":"another"}}"#,
    br#"{"bahriya_rs":1,"data":[1,2,3]}"#,
];

/// Whatever was there and cannot be read is told.
#[track_caller]
fn told_of_loss(diagnostics: &[Diagnostic], private: &[u8]) {
    assert_eq!(errors(diagnostics), [""; 0]);
    let told = warnings(diagnostics);
    assert_eq!(told.len(), usize::from(!private.is_empty()), "{told:?}");
    assert!(told.iter().all(|name| *name == "memory_unreadable"));
}

#[tokio::test]
async fn a_registry_goes_on_with_any_private_bytes() {
    for (number, private) in FOREIGN.iter().enumerate() {
        let sandbox = Sandbox::start();
        let mut client = Client::configured(&sandbox).await;
        let created = client.apply(REGISTRY, None, registry("one")).await;
        let object = Object {
            private: private.to_vec(),
            ..created.clone()
        };

        let planned = client.plan(REGISTRY, Some(&object), registry("one")).await;
        assert_eq!(planned.state, created.state, "case {number}");
        let read = client.read(REGISTRY, &object).await;
        told_of_loss(&read.diagnostics, private);
        assert_eq!(json_of(read.new_state.as_ref()), created.state);
        assert_ne!(
            read.private, *private,
            "what a read learns is kept from now on"
        );

        let renamed = with(registry("one"), "name", "Another");
        let updated = client.apply(REGISTRY, Some(&object), renamed).await;
        assert_eq!(
            sandbox.summary().await["versions_made"],
            1,
            "a rename touches no credentials"
        );
        let object = Object {
            private: private.to_vec(),
            ..updated
        };
        let deleted = client.delete(REGISTRY, &object).await;
        assert_eq!(errors(&deleted.diagnostics), [""; 0]);
        assert_eq!(sandbox.summary().await["registries"], 0);
    }
}

#[tokio::test]
async fn an_attachment_goes_on_with_any_private_bytes() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let project = sandbox.create_project("shop", &["helsinki-1"]).await;
    sandbox.registry("one", "password").await;
    let config = serde_json::json!({"project_id": project, "handle": "one"});
    for private in FOREIGN {
        let created = client.apply(ATTACHMENT, None, config.clone()).await;
        let object = Object {
            private: private.to_vec(),
            ..created.clone()
        };
        let planned = client.plan(ATTACHMENT, Some(&object), config.clone()).await;
        assert_eq!(planned.state, created.state);
        let read = client.read(ATTACHMENT, &object).await;
        told_of_loss(&read.diagnostics, private);
        assert_eq!(json_of(read.new_state.as_ref()), created.state);
        let deleted = client.delete(ATTACHMENT, &object).await;
        assert_eq!(errors(&deleted.diagnostics), [""; 0]);
        assert_eq!(json_of(deleted.new_state.as_ref()), Json::Null);
    }
}

/// Beside a password in the state its fingerprint may be cheap; nowhere else.
#[tokio::test]
async fn a_cheap_fingerprint_goes_with_the_password_beside_it() {
    let cheap = |private: &[u8]| String::from_utf8_lossy(private).contains("\"8,2:");
    let config = registry("one");
    let write_only = |handle: &str, password: &str| {
        let config = with(registry(handle), "password", Json::Null);
        let config = with(config, "password_wo", password);
        with(config, "password_wo_version", "1")
    };
    for (changed, versions) in [
        (with(registry("one"), "password", "another"), 2),
        (with(registry("one"), "username", "robot"), 2),
        (with(registry("one"), "password", Json::Null), 1),
        (write_only("one", "first-password"), 1),
        (write_only("one", "another"), 2),
    ] {
        let sandbox = Sandbox::start();
        let mut client = Client::configured(&sandbox).await;
        let hidden = client.apply(REGISTRY, None, write_only("hidden", "password"));
        assert!(!cheap(&hidden.await.private), "no password is in the state");
        let created = client.apply(REGISTRY, None, config.clone()).await;
        assert!(cheap(&created.private));
        // It is kept as long as the password is.
        let renamed = with(config.clone(), "name", "Another name");
        let renamed = client.apply(REGISTRY, Some(&created), renamed).await;
        assert!(cheap(&renamed.private));

        let planned = client.plan(REGISTRY, Some(&renamed), changed.clone()).await;
        let in_plan = !planned.state["password"].is_null();
        assert!(
            in_plan || !cheap(&planned.answer.planned_private),
            "{changed}"
        );
        let updated = client
            .apply(REGISTRY, Some(&renamed), changed.clone())
            .await;
        assert!(!cheap(&updated.private), "{changed}");
        // What it was made for is recognised as before.
        let reverted = client.apply(REGISTRY, Some(&updated), config.clone()).await;
        assert_eq!(reverted.state["current_version"], 1, "{changed}");
        let made = &sandbox.summary().await["versions_made"];
        assert_eq!(*made, 1 + versions, "{changed}");
    }
}
