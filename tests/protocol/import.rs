//! ImportResourceState and MoveResourceState.

use serde_json::{Value as Json, json};
use support::provider_client::{
    ATTACHMENT, Client, Object, REGISTRY, check_stored, dynamic, errors, json_of, rpc,
};
use support::sandbox::Sandbox;
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use crate::registry;

async fn import(
    client: &mut Client,
    ty: &str,
    id: &str,
    identity: Option<Json>,
) -> proto::import_resource_state::Response {
    let request = proto::import_resource_state::Request {
        type_name: ty.to_owned(),
        id: id.to_owned(),
        identity: identity.map(|identity| proto::ResourceIdentityData {
            identity_data: Some(dynamic(&identity)),
        }),
        ..Default::default()
    };
    rpc!(client, import_resource_state, request)
}

#[tokio::test]
async fn every_form_of_a_name_finds_the_same_object() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("one", "password").await;
    let project = sandbox.create_project("shop", &["helsinki-1"]).await;
    sandbox.attach(&project, "one").await;
    let mut client = Client::configured(&sandbox).await;
    sandbox.clear_requests().await;

    let by_id = client.import(REGISTRY, &id).await;
    assert_eq!(client.import(REGISTRY, "one").await, by_id);
    assert_eq!(by_id.state["id"], id);
    assert_eq!(by_id.state["password"], Json::Null);
    check_stored(client.resource(REGISTRY), &by_id.state).unwrap();
    let identities = [
        json!({"organisation_id": sandbox.organisation, "id": id}),
        json!({"organisation_id": null, "id": id}),
    ];
    for identity in identities {
        let answer = import(&mut client, REGISTRY, "", Some(identity)).await;
        assert_eq!(errors(&answer.diagnostics), [""; 0]);
        let imported = &answer.imported_resources[0];
        assert_eq!(json_of(imported.state.as_ref()), by_id.state);
        assert_eq!(imported.identity, by_id.identity);
    }

    let by_id = client.import(ATTACHMENT, &format!("{project}:one")).await;
    assert_eq!(by_id.state["id"], format!("{project}:one"));
    for other in [
        format!("{project}/one"),
        "shop:one".to_owned(),
        "shop/one".to_owned(),
    ] {
        assert_eq!(client.import(ATTACHMENT, &other).await, by_id, "{other}");
    }
    let identity = json!({"organisation_id": null, "project_id": project, "handle": "one"});
    let answer = import(&mut client, ATTACHMENT, "", Some(identity)).await;
    assert_eq!(
        json_of(answer.imported_resources[0].state.as_ref()),
        by_id.state
    );

    let writes = sandbox
        .requests()
        .await
        .into_iter()
        .filter(|one| one.method != "GET");
    assert_eq!(writes.count(), 0, "an import only reads");
}

#[tokio::test]
async fn what_cannot_be_imported_is_an_error() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("gone", "password").await;
    sandbox
        .call("DELETE", &format!("/registries/{id}"), None)
        .await
        .expect(200);
    sandbox.create_project("shop", &["helsinki-1"]).await;
    let mut client = Client::configured(&sandbox).await;
    for (ty, id, summary) in [
        (REGISTRY, "never", "object_not_found"),
        (REGISTRY, "", "object_not_found"),
        (REGISTRY, "gone", "registry_was_deleted"),
        (ATTACHMENT, "shop", "attachment_id_malformed"),
        (ATTACHMENT, "shop:", "attachment_id_malformed"),
        (ATTACHMENT, "shop:never", "attachment_not_found"),
        (ATTACHMENT, "never:one", "attachment_not_found"),
    ] {
        let answer = import(&mut client, ty, id, None).await;
        assert_eq!(errors(&answer.diagnostics), [summary]);
        assert_eq!(answer.imported_resources, [], "{id}");
    }
    let other = json!({"organisation_id": sandbox.second_organisation, "id": id});
    let answer = import(&mut client, REGISTRY, "", Some(other)).await;
    assert_eq!(errors(&answer.diagnostics), ["other_organisation"]);
}

fn moved(
    source: &str,
    ty: &str,
    target: &str,
    state: &Json,
) -> proto::move_resource_state::Request {
    proto::move_resource_state::Request {
        source_provider_address: source.to_owned(),
        source_type_name: ty.to_owned(),
        source_state: Some(proto::RawState {
            json: serde_json::to_vec_pretty(state).unwrap(),
            ..Default::default()
        }),
        source_private: br#"{".framework":"e30="}"#.to_vec(),
        target_type_name: target.to_owned(),
        ..Default::default()
    }
}

/// The state that the official provider writes becomes ours, and then plans nothing.
#[tokio::test]
async fn an_object_of_the_official_provider_moves_here() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("one", "first-password").await;
    let mut client = Client::configured(&sandbox).await;
    let official = json!({
        "id": id, "handle": "one", "name": "one", "server": "ghcr.io", "username": "bot",
        "password": "first-password", "maxversions": 5, "billable": true, "currentversionid": null,
        "managedbyresourceid": null, "managedbyresourcetype": null,
    });
    let request = moved(
        "registry.terraform.io/bahriya-cloud/bahriya",
        REGISTRY,
        REGISTRY,
        &official,
    );
    let answer = rpc!(client, move_resource_state, request);
    assert_eq!(answer.diagnostics, []);
    let moved = json_of(answer.target_state.as_ref());
    assert_eq!(moved, client.block(REGISTRY, official));
    assert_eq!(answer.target_private, b"");

    let object = Object {
        state: moved,
        private: answer.target_private,
        identity: None,
        tainted: false,
    };
    let read = client.read(REGISTRY, &object).await;
    assert!(
        read.new_identity.is_some(),
        "the first read tells the identity"
    );
    let object = Object {
        state: json_of(read.new_state.as_ref()),
        private: read.private,
        identity: read.new_identity,
        tainted: false,
    };
    let mut config = registry("one");
    config["name"] = json!("one");
    let planned = client.plan(REGISTRY, Some(&object), config).await;
    assert_eq!(planned.state, object.state);
}

#[tokio::test]
async fn anything_else_does_not_move_here() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let state = json!({"id": "x"});
    for (source, ty, target) in [
        ("registry.terraform.io/hashicorp/aws", REGISTRY, REGISTRY),
        (
            "registry.terraform.io/evil-bahriya-cloud/bahriya",
            REGISTRY,
            REGISTRY,
        ),
        (
            "registry.terraform.io/bahriya-cloud/bahriya",
            "bahriya_secret",
            REGISTRY,
        ),
        (
            "registry.terraform.io/bahriya-cloud/bahriya",
            REGISTRY,
            ATTACHMENT,
        ),
    ] {
        let answer = rpc!(
            client,
            move_resource_state,
            moved(source, ty, target, &state)
        );
        assert_eq!(
            errors(&answer.diagnostics),
            ["move_not_supported"],
            "{source} {ty} {target}"
        );
        assert!(answer.diagnostics[0].detail.contains(source));
        assert!(answer.target_state.is_none());
    }
    let ours = "registry.terraform.io/bahriya-rs/bahriya";
    let nothing = moved(ours, REGISTRY, REGISTRY, &Json::Null);
    let answer = rpc!(client, move_resource_state, nothing);
    assert_eq!(errors(&answer.diagnostics), ["nothing_stored"]);
}
