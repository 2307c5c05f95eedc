//! Lists, and look-ups by id and handle.

use serde_json::json;
use support::scripted::{Server, not_found, ok, organisations, within};
use terraform_provider_bahriya::api::Kind;

#[tokio::test]
async fn lists_are_whole_or_errors() {
    let server = Server::start(|got| match got.path.as_str() {
        "/regions" => ok(json!({"count": 1, "regions": [{"id": "helsinki-1", "location": {"city": "Helsinki"}}]})),
        "/regions/helsinki-1" => ok(json!({"regions": [{"id": "helsinki-1"}]})),
        "/regions/virginia-1" => ok(json!({"id": "virginia-1"})),
        "/organisations" => organisations(),
        "/projects" => ok(json!({"count": 2, "projects": [{"id": "p", "handle": "shop"}]})),
        "/projects/p" => ok(json!({"projects": [{"id": "p", "handle": "shop", "regions": ["helsinki-1"]}]})),
        "/projects/q" => ok(json!({"projects": []})),
        "/project/shop" => ok(json!({"projects": [{"id": "p", "handle": "shop"}]})),
        _ => not_found(),
    })
    .await;
    let (client, op) = (server.client(), within(10));
    assert_eq!(
        client.regions(&op).await.expect("regions")[0]
            .city
            .as_deref(),
        Some("Helsinki")
    );
    assert!(
        client
            .region(&op, "helsinki-1")
            .await
            .expect("a region")
            .is_some()
    );
    assert!(
        client
            .region(&op, "virginia-1")
            .await
            .expect("a region")
            .is_some()
    );
    assert_eq!(
        client.region(&op, "nowhere").await.expect("no region"),
        None
    );
    assert_eq!(
        client
            .organisations(&op)
            .await
            .expect("organisations")
            .len(),
        1
    );
    let project = client
        .project(&op, "p")
        .await
        .expect("a project")
        .expect("there");
    assert_eq!(project.regions, Some(vec!["helsinki-1".to_owned()]));
    assert_eq!(
        client
            .project_by_handle(&op, "shop")
            .await
            .expect("a project")
            .expect("there")
            .id,
        "p"
    );
    assert_eq!(
        client.project_by_handle(&op, "gone").await.expect("proved"),
        None
    );
    let error = client.projects(&op).await.expect_err("one page of two");
    assert_eq!(*error.kind(), Kind::UnexpectedAnswer);
    // An empty list is no 404 of the API's own making, but the proof is the same.
    assert_eq!(client.project(&op, "q").await.expect("proved"), None);
}
