//! ApplyResourceChange: what comes back is complete, known, and what was planned.

use serde_json::{Value as Json, json};
use support::provider_client::{ATTACHMENT, Client, REGISTRY, errors, json_of, rpc, warnings};
use support::sandbox::Sandbox;

use crate::{registry, with};

#[tokio::test]
async fn a_registry_is_created_changed_and_deleted() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let id = created.state["id"].as_str().expect("an id").to_owned();
    assert_eq!(created.state["current_version"], 1);
    assert_eq!(created.state["maxversions"], 5);
    let identity = created
        .identity
        .as_ref()
        .and_then(|one| one.identity_data.as_ref());
    assert_eq!(
        json_of(identity),
        json!({"organisation_id": sandbox.organisation, "id": id})
    );

    let renamed = with(registry("one"), "name", "Another name");
    let updated = client
        .apply(REGISTRY, Some(&created), renamed.clone())
        .await;
    assert_eq!(updated.state["name"], "Another name");
    assert_eq!(updated.state["current_version"], 1);
    assert_eq!(updated.identity, created.identity);

    let rotated = with(renamed, "password", "second-password");
    let rotated = client.apply(REGISTRY, Some(&updated), rotated).await;
    assert_eq!(rotated.state["current_version"], 2);
    assert!(sandbox.current_is("one", "bot", "second-password").await);

    let deleted = client.delete(REGISTRY, &rotated).await;
    assert_eq!(errors(&deleted.diagnostics), [""; 0]);
    assert_eq!(json_of(deleted.new_state.as_ref()), Json::Null);
    assert_eq!(deleted.private, b"");
    assert_eq!(sandbox.summary().await["registries"], 0);
}

#[tokio::test]
async fn an_attachment_is_made_and_removed() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let project = sandbox.create_project("shop", &["helsinki-1"]).await;
    sandbox.registry("one", "password").await;
    let config = json!({"project_id": project, "handle": "one"});
    let planned = client.plan(ATTACHMENT, None, config.clone()).await;
    assert_eq!(planned.state["id"], format!("{project}:one"));
    let created = client.apply(ATTACHMENT, None, config.clone()).await;
    assert!(created.state["join_id"].is_string());
    let identity = created
        .identity
        .as_ref()
        .and_then(|one| one.identity_data.as_ref());
    assert_eq!(
        json_of(identity),
        json!({"organisation_id": sandbox.organisation, "project_id": project, "handle": "one"})
    );

    let waiting = with(
        config,
        "timeouts",
        json!({"create": null, "read": null, "update": null, "delete": "5m"}),
    );
    sandbox.clear_requests().await;
    let updated = client.apply(ATTACHMENT, Some(&created), waiting).await;
    assert_eq!(updated.state["timeouts"]["delete"], "5m");
    assert_eq!(updated.identity, created.identity);
    assert_eq!(sandbox.requests().await, []);

    let deleted = client.delete(ATTACHMENT, &updated).await;
    assert_eq!(errors(&deleted.diagnostics), [""; 0]);
    assert_eq!(sandbox.summary().await["attachments"], 0);
}

/// Terraform drops an object from the state when a write-only value comes back.
#[tokio::test]
async fn a_write_only_password_is_in_no_answer() {
    const CANARY: &str = "canary-3f9c1d";
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let config = |password: &str, trigger: &str, name: &str| {
        json!({
            "handle": "one", "name": name, "server": "ghcr.io", "username": "bot",
            "password_wo": password, "password_wo_version": trigger,
        })
    };
    let first = format!("{CANARY}-first");
    let second = format!("{CANARY}-second");
    assert_eq!(
        client.validate(REGISTRY, config(&first, "1", "n")).await,
        []
    );
    let created = client.apply(REGISTRY, None, config(&first, "1", "n")).await;
    assert!(sandbox.current_is("one", "bot", &first).await);
    let read = client.read(REGISTRY, &created).await;
    assert_eq!(errors(&read.diagnostics), [""; 0]);
    let renamed = client
        .apply(REGISTRY, Some(&created), config(&first, "1", "m"))
        .await;
    let rotated = client
        .apply(REGISTRY, Some(&renamed), config(&second, "2", "m"))
        .await;
    assert!(sandbox.current_is("one", "bot", &second).await);
    // The API repeats the request in its refusal, and what it says goes into a diagnostic.
    let echo = json!({"method": "POST", "path": "/organisations/*/registries/*/rotate",
        "fault": {"kind": "echo"}});
    sandbox.fault(echo).await;
    let third = config(&format!("{CANARY}-third"), "3", "m");
    let planned = client.plan(REGISTRY, Some(&rotated), third.clone()).await;
    let request = client.apply_request(REGISTRY, Some(&rotated), third, &planned);
    let answer = rpc!(client, apply_resource_change, request);
    assert_eq!(errors(&answer.diagnostics), ["refused"]);
    assert_eq!(
        json_of(answer.new_state.as_ref())["password_wo_version"],
        "2"
    );
    assert!(!answer.private.is_empty());
    client.delete(REGISTRY, &rotated).await;
    client.assert_never_answered(CANARY);
}

/// Once the API has given an id, the object is kept, whatever fails afterwards.
#[tokio::test]
async fn what_could_not_be_read_back_is_null_and_not_unknown() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    // Neither by its id nor by its handle.
    for path in [
        "/organisations/*/registries/*",
        "/organisations/*/registry/*",
    ] {
        let fault = json!({"method": "GET", "path": path, "times": 1000,
            "fault": {"kind": "status", "status": 403}});
        sandbox.fault(fault).await;
    }
    let planned = client.plan(REGISTRY, None, registry("one")).await;
    let request = client.apply_request(REGISTRY, None, registry("one"), &planned);
    let answer = rpc!(client, apply_resource_change, request);
    assert_eq!(
        warnings(&answer.diagnostics).len(),
        1,
        "{:?}",
        answer.diagnostics
    );
    let stored = client.applied(REGISTRY, &planned, answer);
    assert!(stored.state["id"].is_string());
    assert!(stored.state["billable"].is_null());
    assert!(stored.identity.is_some());
    sandbox.clear_faults().await;
    let read = client.read(REGISTRY, &stored).await;
    assert_eq!(json_of(read.new_state.as_ref())["billable"], true);
}

#[tokio::test]
async fn a_failed_create_leaves_nothing_and_a_failed_update_keeps_the_prior_object() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let refuse = |method: &str, path: &str| json!({"method": method, "path": path, "fault": {"kind": "status", "status": 403}});
    sandbox
        .fault(refuse("POST", "/organisations/*/registries"))
        .await;
    let planned = client.plan(REGISTRY, None, registry("one")).await;
    let request = client.apply_request(REGISTRY, None, registry("one"), &planned);
    let answer = rpc!(client, apply_resource_change, request);
    assert_eq!(errors(&answer.diagnostics), ["forbidden"]);
    assert_eq!(json_of(answer.new_state.as_ref()), Json::Null);

    let created = client.apply(REGISTRY, None, registry("one")).await;
    sandbox
        .fault(refuse("PUT", "/organisations/*/registries/*"))
        .await;
    let renamed = with(registry("one"), "name", "Another name");
    let planned = client.plan(REGISTRY, Some(&created), renamed.clone()).await;
    let request = client.apply_request(REGISTRY, Some(&created), renamed, &planned);
    let answer = rpc!(client, apply_resource_change, request);
    assert_eq!(errors(&answer.diagnostics), ["forbidden"]);
    assert_eq!(json_of(answer.new_state.as_ref()), created.state);
    assert!(
        !answer.private.is_empty(),
        "a bare error would wipe the private bytes"
    );
}

/// Each new set of credentials is hashed in 19 MiB, by at most four threads. That memory has to serve again: asked
/// for anew each time, it became 800 MiB within a hundred creations.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn many_creations_take_the_memory_of_a_few() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let mut creations = tokio::task::JoinSet::new();
    for number in 0..40 {
        let config = registry(&format!("registry-{number}"));
        let planned = client.plan(REGISTRY, None, config.clone()).await;
        let request = client.apply_request(REGISTRY, None, config, &planned);
        let mut grpc = client.grpc.clone();
        creations.spawn(async move { grpc.apply_resource_change(request).await });
    }
    while let Some(creation) = creations.join_next().await {
        let answer = creation.unwrap().expect("no status").into_inner();
        assert_eq!(errors(&answer.diagnostics), [""; 0]);
    }
    let mebibytes = client.plugin.most_memory() / 1024;
    println!("peak: {mebibytes} MiB");
    assert!(mebibytes < 200, "{mebibytes} MiB");
}
