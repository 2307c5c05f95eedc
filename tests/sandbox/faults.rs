//! Faults on demand, latency and the request log.

use std::time::Duration;

use serde_json::{Value, json};
use support::sandbox::{LoggedRequest, Sandbox};

const CREATE: &str = "/organisations/*/registries";

fn registry(handle: &str) -> Value {
    json!({"handle": handle, "name": "n", "server": "s", "username": "u", "password": "p"})
}

async fn try_create(sandbox: &Sandbox, handle: &str) -> Result<u16, reqwest::Error> {
    let path = format!("/organisations/{}/registries", sandbox.organisation);
    let reply = sandbox
        .try_call(&sandbox.token, "POST", &path, Some(registry(handle)))
        .await;
    reply.map(|reply| reply.status)
}

async fn arm(sandbox: &Sandbox, method: &str, path: &str, fault: Value) {
    sandbox
        .fault(json!({"method": method, "path": path, "fault": fault}))
        .await;
}

async fn count(sandbox: &Sandbox) -> Value {
    sandbox.summary().await["registries"].clone()
}

/// Waits, for a minute at most, until that many registries have been made.
async fn until_there_are(sandbox: &Sandbox, expected: usize) {
    let looking = async {
        while count(sandbox).await != expected {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(60), looking).await;
    in_time.expect("they are made");
}

#[tokio::test]
async fn a_status_fault_acts_or_not_as_told() {
    let sandbox = Sandbox::start();
    arm(
        &sandbox,
        "POST",
        CREATE,
        json!({"kind": "status", "status": 503}),
    )
    .await;
    assert_eq!(try_create(&sandbox, "one").await.unwrap(), 503);
    assert_eq!(count(&sandbox).await, 0);
    arm(
        &sandbox,
        "POST",
        CREATE,
        json!({"kind": "status", "status": 502, "when": "after"}),
    )
    .await;
    assert_eq!(try_create(&sandbox, "one").await.unwrap(), 502);
    assert_eq!(count(&sandbox).await, 1);
    assert_eq!(try_create(&sandbox, "two").await.unwrap(), 201);
    let fired: Vec<Value> = sandbox
        .faults()
        .await
        .iter()
        .map(|rule| rule["fired"].clone())
        .collect();
    assert_eq!(fired, [1, 1]);
}

#[tokio::test]
async fn too_many_requests_come_with_retry_after() {
    let sandbox = Sandbox::start();
    let fault = json!({"kind": "status", "status": 429, "retry_after": 7});
    arm(&sandbox, "GET", "/regions", fault).await;
    let response = reqwest::Client::new()
        .get(format!("{}/regions", sandbox.api_url))
        .bearer_auth(&sandbox.token)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "7");
}

#[tokio::test]
async fn a_cut_connection_gives_no_answer_whether_it_acted_or_not() {
    let sandbox = Sandbox::start();
    for (when, expected) in [("before", 0), ("after", 1)] {
        arm(
            &sandbox,
            "POST",
            CREATE,
            json!({"kind": "drop", "when": when}),
        )
        .await;
        let error = try_create(&sandbox, "one").await.unwrap_err();
        assert!(error.is_request(), "{error:?}");
        assert_eq!(count(&sandbox).await, expected, "{when}");
    }
}

#[tokio::test]
async fn a_hanging_request_acted_before_its_client_gave_up() {
    let sandbox = Sandbox::start();
    arm(
        &sandbox,
        "POST",
        CREATE,
        json!({"kind": "hang", "when": "after"}),
    )
    .await;
    tokio::select! {
        answer = try_create(&sandbox, "one") => panic!("{answer:?}"),
        () = until_there_are(&sandbox, 1) => {}
    }
}

#[tokio::test]
async fn a_slow_request_answers_in_the_end() {
    let sandbox = Sandbox::start();
    arm(
        &sandbox,
        "POST",
        CREATE,
        json!({"kind": "slow", "ms": 200, "when": "after"}),
    )
    .await;
    assert_eq!(try_create(&sandbox, "one").await.unwrap(), 201);
    assert!(sandbox.requests().await[0].ms >= 200);
}

#[tokio::test]
async fn html_and_truncated_answers_are_not_json() {
    let sandbox = Sandbox::start();
    for fault in [
        json!({"kind": "html", "status": 404}),
        json!({"kind": "truncated"}),
    ] {
        arm(&sandbox, "GET", "/regions", fault).await;
        let error = sandbox
            .try_call(&sandbox.token, "GET", "/regions", None)
            .await
            .unwrap_err();
        assert!(error.is_decode(), "{error:?}");
    }
}

#[tokio::test]
async fn a_list_can_lose_its_key() {
    let sandbox = Sandbox::start();
    sandbox.registry("ghcr", "one").await;
    arm(&sandbox, "GET", CREATE, json!({"kind": "missing_key"})).await;
    let broken = sandbox.call("GET", "/registries", None).await.expect(200);
    assert_eq!(broken.data, json!({"count": 1}));
    let whole = sandbox.call("GET", "/registries", None).await.expect(200);
    assert_eq!(whole.data["registries"][0]["handle"], "ghcr");
}

#[tokio::test]
async fn stale_reads_show_the_state_before_the_last_write() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("ghcr", "one").await;
    let fault = json!({"kind": "stale", "ms": 60_000});
    sandbox
        .fault(json!({"method": "GET", "path": "/**", "fault": fault, "after": 1, "times": 1}))
        .await;
    let path = format!("/registries/{id}");
    let read = async || sandbox.get(&path).await["username"].clone();
    assert_eq!(read().await, "bot");
    sandbox.rotate(&id, "bot-2", "two").await;
    assert_eq!(read().await, "bot-2");
    assert_eq!(read().await, "bot");
    assert_eq!(read().await, "bot-2");
}

#[tokio::test]
async fn a_hostile_server_repeats_the_body() {
    let sandbox = Sandbox::start();
    arm(&sandbox, "POST", CREATE, json!({"kind": "echo"})).await;
    let mut body = registry("one");
    body["password"] = json!("echoed-secret");
    let reply = sandbox
        .call("POST", "/registries", Some(body))
        .await
        .expect(400);
    assert!(reply.text().contains("echoed-secret"));
}

#[tokio::test]
async fn the_request_log_has_methods_paths_and_statuses_only() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("requests.jsonl");
    let sandbox = Sandbox::options()
        .arg("--request-log")
        .arg(file.display().to_string())
        .latency_ms(30)
        .start();
    assert_eq!(try_create(&sandbox, "one").await.unwrap(), 201);
    arm(&sandbox, "*", "/regions", json!({"kind": "drop"})).await;
    let _ = sandbox
        .try_call(&sandbox.token, "GET", "/regions", None)
        .await;
    let log = sandbox.requests().await;
    let path = format!("/organisations/{}/registries", sandbox.organisation);
    assert_eq!(
        (log[0].method.as_str(), &log[0].path, log[0].status),
        ("POST", &path, 201)
    );
    assert_eq!((log[1].path.as_str(), log[1].status), ("/regions", 0));
    assert!(log.iter().all(|entry| entry.ms >= 30));
    let written = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<LoggedRequest> = written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, log);
    sandbox.clear_requests().await;
    assert!(sandbox.requests().await.is_empty());
}

#[tokio::test]
async fn a_rule_skips_then_fires_the_given_number_of_times() {
    let sandbox = Sandbox::start();
    let fault = json!({"kind": "status", "status": 500});
    sandbox
        .fault(json!({"method": "GET", "path": "/**", "fault": fault, "after": 1, "times": 2}))
        .await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(sandbox.call("GET", "/registries", None).await.status);
    }
    assert_eq!(statuses, [200, 500, 500, 200, 200]);
    let rule = &sandbox.faults().await[0];
    assert_eq!((&rule["seen"], &rule["fired"]), (&json!(5), &json!(2)));
    sandbox.clear_faults().await;
    assert!(sandbox.faults().await.is_empty());
}

#[tokio::test]
async fn a_star_is_one_segment_and_two_stars_are_the_rest() {
    let sandbox = Sandbox::start();
    let organisation = format!("/organisations/{}", sandbox.organisation);
    for (pattern, path, hit) in [
        ("/organisations/*/registries", "/registries", true),
        ("/organisations/*/registries", "/registries/1", false),
        ("/organisations/*", "/registries", false),
        ("/organisations/**", "/registries/1/versions", true),
        ("/**/registries", "/registries", false),
    ] {
        arm(
            &sandbox,
            "*",
            pattern,
            json!({"kind": "status", "status": 418}),
        )
        .await;
        let path = format!("{organisation}{path}");
        let reply = sandbox
            .try_call(&sandbox.token, "GET", &path, None)
            .await
            .unwrap();
        assert_eq!(reply.status == 418, hit, "{pattern} {path}");
        sandbox.clear_faults().await;
    }
}

#[tokio::test]
async fn a_late_request_is_answered_before_it_acts() {
    let sandbox = Sandbox::start();
    let late = json!({"kind": "late", "ms": 4000, "status": 504});
    arm(&sandbox, "POST", CREATE, late).await;
    assert_eq!(try_create(&sandbox, "one").await.unwrap(), 504);
    assert_eq!(count(&sandbox).await, 0);
    arm(&sandbox, "POST", CREATE, json!({"kind": "late", "ms": 300})).await;
    assert!(try_create(&sandbox, "two").await.is_err());
    until_there_are(&sandbox, 2).await;
}

#[tokio::test]
async fn a_rival_rotates_after_us_or_in_our_place() {
    for (fault, made) in [("rival", 3), ("rival_drop", 2)] {
        let sandbox = Sandbox::start();
        let id = sandbox.create_registry("one", "s", "u", "p1").await;
        let path = format!(
            "/organisations/{}/registries/{id}/rotate",
            sandbox.organisation
        );
        arm(
            &sandbox,
            "POST",
            "/organisations/*/registries/*/rotate",
            json!({"kind": fault}),
        )
        .await;
        let body = json!({"username": "u", "password": "p2"});
        let answer = sandbox
            .try_call(&sandbox.token, "POST", &path, Some(body))
            .await;
        assert!(answer.is_err(), "{answer:?}");
        assert_eq!(sandbox.summary().await["versions_made"], made);
        assert!(sandbox.current_is("one", "u", "rival-password").await);
        let ours = sandbox.check_credentials("one", "u", "p2").await;
        assert_eq!(ours.iter().any(|version| version.matches), fault == "rival");
    }
}

#[tokio::test]
async fn an_empty_replica_knows_no_registry_and_no_burned_handle() {
    let sandbox = Sandbox::start();
    let id = sandbox.create_registry("one", "s", "u", "p").await;
    let empty = json!({"method": "GET", "path": "/organisations/**", "times": 4, "fault": {"kind": "empty"}});
    sandbox.fault(empty).await;
    for path in ["/registries/".to_owned() + &id, "/registry/one".to_owned()] {
        sandbox.call("GET", &path, None).await.expect(404);
    }
    let listed = sandbox.call("GET", "/registries", None).await.expect(200);
    assert_eq!(listed.data, json!({"count": 0, "registries": []}));
    sandbox.call("GET", "/projects", None).await.expect(200);
    sandbox.call("GET", "/registry/one", None).await.expect(200);
}

#[tokio::test]
async fn the_mapper_shows_the_beginning_of_a_password() {
    let sandbox = Sandbox::start();
    arm(&sandbox, "POST", CREATE, json!({"kind": "mapper"})).await;
    let mut body = registry("one");
    body["password"] = "é".repeat(40).into();
    let reply = sandbox
        .call("POST", "/registries", Some(body))
        .await
        .expect(400);
    let cut = format!("password: '{}…'", "é".repeat(25));
    assert!(reply.text().contains(&cut), "{reply:?}");
    assert!(
        reply
            .text()
            .ends_with("A total of 2 errors were encountered."),
        "{reply:?}"
    );
    assert_eq!(count(&sandbox).await, 0);
}
