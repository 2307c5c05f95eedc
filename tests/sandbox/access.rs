//! Tokens, organisations and roles.

use serde_json::json;
use support::sandbox::Sandbox;

#[tokio::test]
async fn a_token_is_required_and_must_be_valid() {
    let sandbox = Sandbox::start();
    assert!(sandbox.token.starts_with("pat_") && sandbox.token.len() == 68);
    let path = format!("/organisations/{}/registries", sandbox.organisation);
    for path in ["/organisations", "/no-such-route", &path] {
        let reply = sandbox
            .try_call("pat_wrong", "GET", path, None)
            .await
            .unwrap();
        assert_eq!(reply.status, 401, "{path}");
    }
}

#[tokio::test]
async fn a_token_sees_its_organisations_only() {
    let sandbox = Sandbox::start();
    let get = async |path: &str| {
        sandbox
            .try_call(&sandbox.token, "GET", path, None)
            .await
            .unwrap()
    };
    let list = get("/organisations").await.data;
    assert_eq!(list["count"], 2);
    assert_eq!(list["organisations"][0]["id"], *sandbox.organisation);
    assert_eq!(list["organisations"][0]["role"], "owner");
    assert_eq!(list["organisations"][1]["id"], *sandbox.second_organisation);
    let hidden = format!("/organisations/{}/registries", sandbox.hidden_organisation);
    assert_eq!(get(&hidden).await.status, 403);
    assert_eq!(get("/organisations/nope/registries").await.status, 404);
    let single = get(&format!("/organisations/{}", sandbox.organisation)).await;
    assert_eq!((single.status, single.text()), (404, "Route not found."));
}

#[tokio::test]
async fn a_viewer_reads_and_cannot_write() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("ghcr", "one").await;
    let path = format!("/registries/{id}");
    let token = &sandbox.viewer_token;
    sandbox.call_as(token, "GET", &path, None).await.expect(200);
    sandbox
        .call_as(token, "DELETE", &path, None)
        .await
        .expect(403);
    let rotate = json!({"username": "u", "password": "p"});
    let rotate_path = format!("{path}/rotate");
    sandbox
        .call_as(token, "POST", &rotate_path, Some(rotate.clone()))
        .await
        .expect(403);
    assert_eq!(sandbox.summary().await["versions_made"], 1);

    let token = &sandbox.member_token;
    sandbox
        .call_as(token, "POST", &rotate_path, Some(rotate))
        .await
        .expect(201);
    sandbox
        .call_as(token, "DELETE", &path, None)
        .await
        .expect(403);
}

#[tokio::test]
async fn regions_are_listed_in_the_observed_order() {
    let sandbox = Sandbox::start();
    let get = async |path: &str| {
        sandbox
            .try_call(&sandbox.token, "GET", path, None)
            .await
            .unwrap()
    };
    let list = get("/regions").await.data;
    let ids: Vec<&str> = list["regions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|region| region["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        ["falkenstein-1", "helsinki-1", "virginia-1", "singapore-1"]
    );
    assert_eq!(
        get("/regions/helsinki-1").await.data["location"]["country"],
        "Finland"
    );
    assert_eq!(get("/regions/nowhere-1").await.status, 404);
}
