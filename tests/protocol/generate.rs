//! GenerateResourceConfig: what it writes for an imported object plans nothing.

use serde_json::{Value as Json, json};
use support::provider_client::{ATTACHMENT, Client, Object, REGISTRY, dynamic, json_of, rpc};
use support::sandbox::Sandbox;
use terraform_provider_bahriya::proto::tfplugin6 as proto;

async fn generate(client: &mut Client, ty: &str, state: &Json) -> Json {
    let request = proto::generate_resource_config::Request {
        type_name: ty.to_owned(),
        state: Some(dynamic(state)),
    };
    let answer = rpc!(client, generate_resource_config, request);
    assert_eq!(answer.diagnostics, []);
    json_of(answer.config.as_ref())
}

async fn plans_nothing(client: &mut Client, ty: &str, object: &Object, config: &Json) {
    assert_eq!(client.validate(ty, config.clone()).await, []);
    let planned = client.plan(ty, Some(object), config.clone()).await;
    assert_eq!(planned.state, object.state);
    assert_eq!(planned.answer.diagnostics, []);
}

#[tokio::test]
async fn an_imported_registry_is_adopted_without_a_password() {
    let sandbox = Sandbox::start();
    sandbox.registry("one", "password").await;
    let mut client = Client::configured(&sandbox).await;
    let object = client.import(REGISTRY, "one").await;
    let config = generate(&mut client, REGISTRY, &object.state).await;
    let written = json!({"handle": "one", "name": "one", "server": "ghcr.io", "username": "bot"});
    assert_eq!(config, client.block(REGISTRY, written));
    plans_nothing(&mut client, REGISTRY, &object, &config).await;
}

#[tokio::test]
async fn an_imported_attachment_is_adopted() {
    let sandbox = Sandbox::start();
    sandbox.registry("one", "password").await;
    let project = sandbox.create_project("shop", &["helsinki-1"]).await;
    sandbox.attach(&project, "one").await;
    let mut client = Client::configured(&sandbox).await;
    let object = client.import(ATTACHMENT, "shop:one").await;
    let config = generate(&mut client, ATTACHMENT, &object.state).await;
    let written = json!({"project_id": project, "handle": "one"});
    assert_eq!(config, client.block(ATTACHMENT, written));
    plans_nothing(&mut client, ATTACHMENT, &object, &config).await;
}

#[tokio::test]
async fn a_stored_password_is_not_written_into_a_configuration() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let given = json!({"handle": "one", "password": "canary-77aa", "on_drift": "restore"});
    let state = client.block(REGISTRY, given);
    let config = generate(&mut client, REGISTRY, &state).await;
    assert_eq!(config["password"], Json::Null);
    assert_eq!(config["on_drift"], "restore");
    client.assert_never_answered("canary");
    assert_eq!(
        generate(&mut client, REGISTRY, &Json::Null).await,
        Json::Null
    );
}
