//! ValidateListResourceConfig and ListResource.

use serde_json::{Value as Json, json};
use support::plugin::Options;
use support::provider_client::{
    ATTACHMENT, Client, REGISTRY, complete, dynamic, errors, json_of, rpc, unknown,
};
use support::sandbox::Sandbox;
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use proto::list_resource::Event;

fn request(
    client: &Client,
    ty: &str,
    config: Json,
    objects: bool,
    limit: i64,
) -> proto::list_resource::Request {
    let config = complete(&client.schema.list_resource_schemas[ty], config);
    proto::list_resource::Request {
        type_name: ty.to_owned(),
        config: Some(dynamic(&config)),
        include_resource_object: objects,
        limit,
    }
}

async fn list(client: &mut Client, request: proto::list_resource::Request) -> Vec<Event> {
    let mut stream = client
        .grpc
        .list_resource(request)
        .await
        .expect("no status")
        .into_inner();
    let mut events = Vec::new();
    while let Some(event) = stream.message().await.expect("no status") {
        client.keep(&event);
        events.push(event);
    }
    events
}

fn identity(event: &Event) -> Json {
    json_of(
        event
            .identity
            .as_ref()
            .and_then(|one| one.identity_data.as_ref()),
    )
}

fn names(events: &[Event]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event.display_name.as_str())
        .collect()
}

#[tokio::test]
async fn registries_are_listed_with_identity_and_name() {
    let sandbox = Sandbox::start();
    let mut ids = Vec::new();
    for handle in ["c", "a", "b"] {
        ids.push(sandbox.registry(handle, "canary-51cc").await);
    }
    let mut client = Client::configured(&sandbox).await;
    let all = request(&client, REGISTRY, json!({}), false, 0);
    let events = list(&mut client, all).await;
    assert_eq!(names(&events), ["a", "b", "c"]);
    assert_eq!(
        identity(&events[0]),
        json!({"organisation_id": sandbox.organisation, "id": ids[1]})
    );
    assert!(
        events
            .iter()
            .all(|event| event.resource_object.is_none() && event.diagnostic.is_empty())
    );

    let some = request(&client, REGISTRY, json!({}), true, 2);
    let events = list(&mut client, some).await;
    assert_eq!(names(&events), ["a", "b"]);
    for event in &events {
        let imported = client.import(REGISTRY, &event.display_name).await;
        assert_eq!(json_of(event.resource_object.as_ref()), imported.state);
        assert_eq!(event.identity, imported.identity);
    }
    client.assert_never_answered("canary");
}

#[tokio::test]
async fn a_name_that_is_not_the_handle_is_shown_beside_it() {
    let sandbox = Sandbox::options().seed_data().start();
    let mut client = Client::configured(&sandbox).await;
    let all = request(&client, REGISTRY, json!({}), false, 0);
    let events = list(&mut client, all).await;
    assert_eq!(names(&events), ["Images of the team (team-images)"]);
}

#[tokio::test]
async fn attachments_are_listed_for_one_project_or_all() {
    let sandbox = Sandbox::start();
    let shop = sandbox.create_project("shop", &["helsinki-1"]).await;
    let lab = sandbox.create_project("lab", &["helsinki-1"]).await;
    for handle in ["a", "b"] {
        sandbox.registry(handle, "password").await;
        sandbox.attach(&shop, handle).await;
    }
    sandbox.attach(&lab, "a").await;
    let mut client = Client::configured(&sandbox).await;
    let all = request(&client, ATTACHMENT, json!({}), false, 0);
    let events = list(&mut client, all).await;
    let mut shown = names(&events);
    shown.sort_unstable();
    assert_eq!(shown, ["a in lab", "a in shop", "b in shop"]);

    let one = request(&client, ATTACHMENT, json!({"project_id": lab}), true, 10);
    let events = list(&mut client, one).await;
    assert_eq!(names(&events), ["a in lab"]);
    let imported = client.import(ATTACHMENT, "lab:a").await;
    assert_eq!(json_of(events[0].resource_object.as_ref()), imported.state);
    assert_eq!(events[0].identity, imported.identity);

    let nobody = json!({"project_id": "6f1c2e1e-8f5d-4f0e-9d1a-0d6f5b3a2c11"});
    let none = request(&client, ATTACHMENT, nobody, false, 0);
    let events = list(&mut client, none).await;
    assert_eq!(errors(&events[0].diagnostic), ["object_not_found"]);
    assert_eq!(events.len(), 1);
}

#[tokio::test]
async fn the_arguments_are_checked() {
    let mut client = Client::start(Options::default()).await;
    for (ty, config, expected) in [
        (REGISTRY, json!({}), &[][..]),
        (ATTACHMENT, json!({}), &[]),
        (ATTACHMENT, json!({"project_id": unknown()}), &[]),
        (ATTACHMENT, json!({"project_id": "shop"}), &["not_a_uuid"]),
    ] {
        let config = complete(&client.schema.list_resource_schemas[ty], config);
        let request = proto::validate_list_resource_config::Request {
            type_name: ty.to_owned(),
            config: Some(dynamic(&config)),
            include_resource_object: Some(dynamic(&json!(true))),
            limit: Some(dynamic(&json!(5))),
        };
        let answer = rpc!(client, validate_list_resource_config, request);
        assert_eq!(errors(&answer.diagnostics), expected);
    }
}

/// Errors come as the last event, never as a status.
#[tokio::test]
async fn what_fails_is_the_last_event() {
    let sandbox = Sandbox::start();
    let mut client = Client::start(Options::default()).await;
    let all = request(&client, REGISTRY, json!({}), false, 0);
    let events = list(&mut client, all.clone()).await;
    assert_eq!(errors(&events[0].diagnostic), ["not_configured"]);
    let strange = proto::list_resource::Request {
        type_name: "bahriya_nothing".to_owned(),
        ..all.clone()
    };
    let events = list(&mut client, strange).await;
    assert_eq!(errors(&events[0].diagnostic), ["unknown_type"]);
    let undecided = request(
        &client,
        ATTACHMENT,
        json!({"project_id": unknown()}),
        false,
        0,
    );

    client
        .configure(
            support::provider_client::provider_config(&sandbox),
            "1.14.0",
        )
        .await;
    let events = list(&mut client, undecided).await;
    assert_eq!(errors(&events[0].diagnostic), ["not_known_yet"]);
    for handle in ["a", "b"] {
        sandbox.registry(handle, "password").await;
    }
    let fault = json!({"method": "GET", "path": "/organisations/*/registries/*/versions", "after": 1,
        "fault": {"kind": "status", "status": 403}});
    sandbox.fault(fault).await;
    let objects = request(&client, REGISTRY, json!({}), true, 0);
    let events = list(&mut client, objects).await;
    assert_eq!(names(&events), ["a", ""]);
    assert_eq!(errors(&events[1].diagnostic), ["forbidden"]);
}

#[tokio::test]
async fn it_stops_when_the_client_goes_away() {
    let sandbox = Sandbox::options().latency_ms(50).start();
    let mut client = Client::configured(&sandbox).await;
    const MANY: usize = 80;
    for number in 0..MANY {
        sandbox.registry(&format!("reg-{number}"), "password").await;
    }
    sandbox.clear_requests().await;
    let objects = request(&client, REGISTRY, json!({}), true, 0);
    let mut stream = client
        .grpc
        .list_resource(objects)
        .await
        .expect("no status")
        .into_inner();
    assert!(stream.message().await.expect("no status").is_some());
    drop(stream);
    // Any later call shows that the server goes on; by then the list would have gone on, too.
    tokio::time::sleep(std::time::Duration::from_millis(50 * MANY as u64)).await;
    let all = request(&client, REGISTRY, json!({}), false, 1);
    assert_eq!(list(&mut client, all).await.len(), 1);
    let requests = sandbox.requests().await;
    let versions = requests
        .iter()
        .filter(|one| one.path.ends_with("/versions"));
    assert!(versions.count() < MANY / 2);
}
