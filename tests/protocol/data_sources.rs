//! ValidateDataResourceConfig and ReadDataSource.

use serde_json::{Value as Json, json};
use support::provider_client::{
    Client, complete, dynamic, errors, has_unknown, json_of, rpc, unknown,
};
use support::sandbox::Sandbox;
use terraform_provider_bahriya::proto::tfplugin6 as proto;

async fn found(client: &mut Client, ty: &str, config: Json) -> Json {
    let answer = client.look_up(ty, config).await;
    assert_eq!(answer.diagnostics, [], "{ty}");
    assert!(answer.deferred.is_none());
    let state = json_of(answer.state.as_ref());
    assert!(!has_unknown(&state));
    state
}

async fn refused(client: &mut Client, ty: &str, config: Json) -> &'static str {
    let answer = client.look_up(ty, config).await;
    assert!(answer.state.is_none(), "{ty}");
    let [name] = errors(&answer.diagnostics)[..] else {
        panic!("one error: {:?}", answer.diagnostics);
    };
    assert!(answer.diagnostics[0].detail.len() > 20, "a next step");
    name
}

async fn validate(client: &mut Client, ty: &str, config: Json) -> Vec<&'static str> {
    let config = complete(&client.schema.data_source_schemas[ty], config);
    let request = proto::validate_data_resource_config::Request {
        type_name: ty.to_owned(),
        config: Some(dynamic(&config)),
    };
    let answer = rpc!(client, validate_data_resource_config, request);
    errors(&answer.diagnostics)
}

#[tokio::test]
async fn a_registry_is_found_by_id_and_by_handle() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("one", "canary-a81f").await;
    sandbox.rotate(&id, "robot", "canary-b92e").await;
    let shop = sandbox.create_project("shop", &["helsinki-1"]).await;
    sandbox.create_project("lab", &["virginia-1"]).await;
    sandbox.attach(&shop, "one").await;
    let mut client = Client::configured(&sandbox).await;
    let by_id = found(&mut client, "bahriya_registry", json!({"id": id})).await;
    let by_handle = found(&mut client, "bahriya_registry", json!({"handle": "one"})).await;
    assert_eq!(by_id, by_handle);
    assert_eq!(by_id["id"], id);
    assert_eq!(by_id["handle"], "one");
    assert_eq!(by_id["server"], "ghcr.io");
    assert_eq!(by_id["username"], "robot");
    assert_eq!(by_id["maxversions"], 5);
    assert_eq!(by_id["current_version"], 2);
    assert_eq!(by_id["billable"], true);
    assert_eq!(by_id["projects"], json!([{"id": shop, "handle": "shop"}]));
    let versions = by_id["versions"].as_array().expect("a list");
    let shown: Vec<_> = versions
        .iter()
        .map(|one| (&one["version"], &one["username"], &one["current"]))
        .collect();
    assert_eq!(
        shown,
        [
            (&json!(1), &json!("bot"), &json!(false)),
            (&json!(2), &json!("robot"), &json!(true))
        ]
    );
    assert!(
        versions
            .iter()
            .all(|one| one["id"].is_string() && one["created"].is_string())
    );
    client.assert_never_answered("canary");
}

#[tokio::test]
async fn where_a_registry_does_not_show_its_projects_their_lists_do() {
    let sandbox = Sandbox::start();
    sandbox.registry("one", "password").await;
    let shop = sandbox.create_project("shop", &["helsinki-1"]).await;
    sandbox.create_project("lab", &["virginia-1"]).await;
    sandbox.attach(&shop, "one").await;
    let mut client = Client::configured(&sandbox).await;
    let fault = json!({"method": "GET", "path": "/organisations/*/registry/one", "times": 2,
        "fault": {"kind": "missing_key"}});
    sandbox.fault(fault).await;
    sandbox.clear_requests().await;
    for _ in 0..2 {
        let state = found(&mut client, "bahriya_registry", json!({"handle": "one"})).await;
        assert_eq!(state["projects"], json!([{"id": shop, "handle": "shop"}]));
    }
    let requests = sandbox.requests().await;
    let lists = requests
        .iter()
        .filter(|one| one.path.ends_with("/attachments"));
    assert_eq!(
        lists.count(),
        2,
        "one for each project, shared by all look-ups"
    );
}

#[tokio::test]
async fn where_the_api_has_no_versions_they_are_null() {
    let sandbox = Sandbox::options()
        .dialect("put")
        .versions_withheld()
        .start();
    sandbox.registry("one", "password").await;
    let mut client = Client::configured(&sandbox).await;
    let state = found(&mut client, "bahriya_registry", json!({"handle": "one"})).await;
    assert_eq!(state["versions"], Json::Null);
    assert_eq!(state["current_version"], Json::Null);
    assert_eq!(state["projects"], json!([]));
}

#[tokio::test]
async fn what_is_not_there_is_an_error_with_a_next_step() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("gone", "password").await;
    sandbox
        .call("DELETE", &format!("/registries/{id}"), None)
        .await
        .expect(200);
    let mut client = Client::configured(&sandbox).await;
    let nobody = "6f1c2e1e-8f5d-4f0e-9d1a-0d6f5b3a2c11";
    for (ty, config, name) in [
        (
            "bahriya_registry",
            json!({"handle": "gone"}),
            "registry_was_deleted",
        ),
        (
            "bahriya_registry",
            json!({"handle": "never"}),
            "object_not_found",
        ),
        (
            "bahriya_registry",
            json!({"id": nobody}),
            "object_not_found",
        ),
        (
            "bahriya_project",
            json!({"handle": "never"}),
            "object_not_found",
        ),
        ("bahriya_project", json!({"id": nobody}), "object_not_found"),
        (
            "bahriya_project_attachments",
            json!({"project_handle": "never"}),
            "object_not_found",
        ),
        (
            "bahriya_region",
            json!({"id": "atlantis-1"}),
            "region_not_found",
        ),
    ] {
        assert_eq!(refused(&mut client, ty, config).await, name);
    }
}

#[tokio::test]
async fn exactly_one_name_is_needed() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let id = "6f1c2e1e-8f5d-4f0e-9d1a-0d6f5b3a2c11";
    for (ty, by_id, by_handle) in [
        ("bahriya_registry", "id", "handle"),
        ("bahriya_project", "id", "handle"),
        (
            "bahriya_project_attachments",
            "project_id",
            "project_handle",
        ),
    ] {
        let both = json!({by_id: id, by_handle: "a"});
        assert_eq!(validate(&mut client, ty, both.clone()).await, ["two_keys"]);
        assert_eq!(refused(&mut client, ty, both).await, "two_keys");
        assert_eq!(validate(&mut client, ty, json!({})).await, ["no_key"]);
        assert_eq!(
            validate(&mut client, ty, json!({by_id: "a"})).await,
            ["not_a_uuid"]
        );
        assert_eq!(
            validate(&mut client, ty, json!({by_handle: ""})).await,
            ["empty"]
        );
        let undecided = json!({by_id: unknown(), by_handle: "a"});
        assert_eq!(validate(&mut client, ty, undecided).await, [""; 0]);
        assert_eq!(
            refused(&mut client, ty, json!({by_id: unknown()})).await,
            "not_known_yet"
        );
    }
    assert_eq!(
        validate(&mut client, "bahriya_organisation", json!({"id": "a"})).await,
        ["not_configurable"]
    );
    assert_eq!(
        validate(&mut client, "bahriya_region", json!({})).await,
        ["missing"]
    );
}

#[tokio::test]
async fn projects_and_their_attachments_are_found() {
    let sandbox = Sandbox::start();
    let shop = sandbox
        .create_project("shop", &["helsinki-1", "virginia-1"])
        .await;
    let lab = sandbox.create_project("lab", &["virginia-1"]).await;
    let mut client = Client::configured(&sandbox).await;
    for handle in ["b", "a"] {
        sandbox.registry(handle, "password").await;
    }
    let links = [
        sandbox.attach(&shop, "b").await,
        sandbox.attach(&shop, "a").await,
    ];

    let by_id = found(&mut client, "bahriya_project", json!({"id": shop})).await;
    let by_handle = found(&mut client, "bahriya_project", json!({"handle": "shop"})).await;
    assert_eq!(by_id, by_handle);
    assert_eq!(by_id["regions"], json!(["helsinki-1", "virginia-1"]));
    assert_eq!(by_id["organisation"], sandbox.organisation);
    assert_eq!(by_id["users"].as_array().map(Vec::len), Some(1));
    let all = found(&mut client, "bahriya_projects", json!({})).await;
    let handles: Vec<_> = all["projects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["handle"])
        .collect();
    assert_eq!(handles, ["lab", "shop"]);
    assert_eq!(all["projects"][1], by_id);

    let of = "bahriya_project_attachments";
    let by_id = found(&mut client, of, json!({"project_id": shop})).await;
    let by_handle = found(&mut client, of, json!({"project_handle": "shop"})).await;
    assert_eq!(by_id, by_handle);
    let handles: Vec<_> = by_id["registries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["handle"])
        .collect();
    assert_eq!(handles, ["a", "b"]);
    for one in by_id["registries"].as_array().unwrap() {
        assert!(one["join_id"].is_null() || links.iter().any(|link| one["join_id"] == *link));
    }
    let none = found(&mut client, of, json!({"project_id": lab})).await;
    assert_eq!(none["registries"], json!([]));

    let all = found(&mut client, "bahriya_registries", json!({})).await;
    let shown: Vec<_> = all["registries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["handle"], &one["server"], &one["current_version"]))
        .collect();
    let (server, version) = (json!("ghcr.io"), json!(1));
    assert_eq!(
        shown,
        [
            (&json!("a"), &server, &version),
            (&json!("b"), &server, &version)
        ]
    );
}

#[tokio::test]
async fn the_organisation_and_the_regions_are_those_of_the_official_provider() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let state = found(&mut client, "bahriya_organisation", json!({})).await;
    assert_eq!(state["id"], sandbox.organisation);
    assert_eq!(state["handle"], "acme");
    assert_eq!(state["role"], "owner");

    let state = found(&mut client, "bahriya_regions", json!({})).await;
    let regions = state["regions"].as_array().expect("a list").clone();
    assert!(regions.len() >= 4);
    assert_eq!(state["status_filter"], Json::Null);
    let one = found(&mut client, "bahriya_region", json!({"id": "helsinki-1"})).await;
    assert!(regions.contains(&one));
    assert_eq!(one["city"], "Helsinki");
    assert_eq!(one["latitude"], "60.1699", "decimals are exact on the wire");
    let active = found(
        &mut client,
        "bahriya_regions",
        json!({"status_filter": "active"}),
    )
    .await;
    assert_eq!(active["regions"].as_array(), Some(&regions));
    let none = found(
        &mut client,
        "bahriya_regions",
        json!({"status_filter": "retired"}),
    )
    .await;
    assert_eq!(none["regions"], json!([]));
}

#[tokio::test]
async fn an_api_that_fails_is_told_with_the_request() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    for (path, ty, config, name) in [
        (
            "/organisations/*/registry/*",
            "bahriya_registry",
            json!({"handle": "a"}),
            "wrong_address",
        ),
        (
            "/organisations/*/projects",
            "bahriya_projects",
            json!({}),
            "wrong_address",
        ),
        (
            "/organisations",
            "bahriya_organisation",
            json!({}),
            "wrong_address",
        ),
        ("/regions", "bahriya_regions", json!({}), "wrong_address"),
    ] {
        let fault =
            json!({"method": "GET", "path": path, "fault": {"kind": "html", "status": 404}});
        sandbox.fault(fault).await;
        assert_eq!(refused(&mut client, ty, config).await, name);
    }
    let answer = client
        .look_up("bahriya_registry", json!({"handle": "never"}))
        .await;
    assert_eq!(errors(&answer.diagnostics), ["object_not_found"]);
}

#[tokio::test]
async fn an_invisible_organisation_is_named() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let mut config = support::provider_client::provider_config(&sandbox);
    config["organisation_id"] = json!(sandbox.hidden_organisation);
    assert_eq!(client.configure(config, "1.11.4").await, []);
    let name = refused(&mut client, "bahriya_organisation", json!({})).await;
    assert_eq!(name, "organisation_not_found");
}
