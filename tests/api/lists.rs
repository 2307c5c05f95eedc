//! Lists, and look-ups by id and handle.

use serde_json::json;
use support::scripted::{Reply, Server, not_found, ok, organisations, within};
use terraform_provider_bahriya::api::Kind;

#[tokio::test(start_paused = true)]
async fn lists_are_whole_or_errors() {
    let server = Server::in_memory(|got| match got.path.as_str() {
        "/regions" => ok(
            json!({"count": 1, "regions": [{"id": "helsinki-1", "location": {"city": "Helsinki"}}]}),
        ),
        "/regions/helsinki-1" => ok(json!({"regions": [{"id": "helsinki-1"}]})),
        "/regions/virginia-1" => ok(json!({"id": "virginia-1"})),
        "/organisations" => organisations(),
        "/projects" => ok(json!({"count": 2, "projects": [{"id": "p", "handle": "shop"}]})),
        "/projects/p" => {
            ok(json!({"projects": [{"id": "p", "handle": "shop", "regions": ["helsinki-1"]}]}))
        }
        "/projects/q" => ok(json!({"projects": []})),
        "/project/shop" => ok(json!({"projects": [{"id": "p", "handle": "shop"}]})),
        _ => not_found(),
    });
    let (client, op) = (server.client(), within(10));
    let regions = client.regions(&op).await.expect("regions");
    assert_eq!(regions[0].city.as_deref(), Some("Helsinki"));
    for (region, known) in [
        ("helsinki-1", true),
        ("virginia-1", true),
        ("nowhere", false),
    ] {
        let found = client.region(&op, region).await.expect("an answer");
        assert_eq!(found.is_some(), known);
    }
    let organisations = client.organisations(&op).await.expect("organisations");
    assert_eq!(organisations.len(), 1);
    let project = client.project(&op, "p").await.expect("a project");
    let regions = project.expect("there").regions;
    assert_eq!(regions, Some(vec!["helsinki-1".to_owned()]));
    let shop = client.project_by_handle(&op, "shop").await;
    assert_eq!(shop.expect("a project").expect("there").id, "p");
    let gone = client.project_by_handle(&op, "gone").await;
    assert_eq!(gone.expect("proved"), None);
    let error = client.projects(&op).await.expect_err("one page of two");
    assert_eq!(*error.kind(), Kind::UnexpectedAnswer);
    // An empty list is no 404 of the API's own making, but the proof is the same.
    assert_eq!(client.project(&op, "q").await.expect("proved"), None);
}

/// The list is wanted whole, so that one which holds too much is an error, and says how much is too much.
#[tokio::test]
async fn more_registries_than_an_answer_may_hold_name_the_bound() {
    let registry = json!({"id": "r", "handle": "h", "name": "n", "server": "s", "username": "u", "maxversions": 5,
        "billable": true, "currentversionid": null, "projects": []});
    for (count, problem) in [
        (20_000, None),
        (40_000, Some("the answer holds more than 262144 values")),
        (150_000, Some("the answer is larger than 16 MiB")),
    ] {
        let registries = vec![registry.to_string(); count].join(",");
        let body = format!(
            "{{\"code\":200,\"status\":\"OK\",\"data\":{{\"count\":{count},\"registries\":[{registries}]}}}}"
        );
        let server = Server::start(move |got| match got.path.as_str() {
            "/organisations" => organisations(),
            _ => Reply::Raw(200, "", body.clone()),
        })
        .await;
        let listed = server.client().registries(&within(120)).await;
        match problem {
            None => assert_eq!(listed.expect("a list").len(), count),
            Some(problem) => {
                let error = listed.expect_err("too many");
                assert!(error.message().contains(problem), "{error}");
            }
        }
    }
}
