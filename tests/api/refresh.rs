//! Refreshing registries with few requests, and reads that lag behind writes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use support::scripted::{Reply, Server, not_found, ok, organisations, within};
use terraform_provider_bahriya::api::{Client, Error, Kind, Registry};
use tokio::time::Instant;

use crate::registries::{new, password, shown};

/// What the refreshes of `r0`, `r1` and so on come to, all begun before any has ended.
async fn refreshed_at_once(client: &Client, count: usize) -> Vec<Result<Option<Registry>, Error>> {
    let tasks: Vec<_> = (0..count)
        .map(|n| {
            let client = client.clone();
            let id = format!("r{n}");
            tokio::spawn(async move { client.refreshed_registry(&within(20), &id).await })
        })
        .collect();
    let mut reads = Vec::new();
    for task in tasks {
        reads.push(task.await.expect("a task"));
    }
    reads
}

#[tokio::test(start_paused = true)]
async fn a_refresh_of_many_is_one_request() {
    let server = Server::in_memory(|got| match got.line().as_str() {
        "GET /registries" => {
            let list: Vec<_> = (0..100).map(|n| shown(&format!("r{n}"), "reg")).collect();
            let list = ok(json!({"count": 100, "registries": list}));
            Reply::After(Duration::from_millis(50), Box::new(list))
        }
        "POST /registries" => Reply::Data(201, json!("r-new")),
        "GET /organisations" => organisations(),
        _ => not_found(),
    });
    let client = server.client();
    for read in refreshed_at_once(&client, 100).await {
        assert!(read.expect("a read").is_some());
    }
    assert_eq!(server.lines(), ["GET /registries"]);

    // One that is not in the list is looked for by itself.
    let other = client.refreshed_registry(&within(5), "other").await;
    assert_eq!(other.expect("proved"), None);
    assert_eq!(
        server.lines()[1..],
        ["GET /registries/other", "GET /organisations"]
    );

    // A write of ours ends the life of the list.
    let password = password();
    let written = client.create_registry(&within(5), &new(&password)).await;
    written.expect("created");
    let read = client.refreshed_registry(&within(5), "r1").await;
    read.expect("a read");
    assert_eq!(server.count("GET /registries"), 3);
}

#[tokio::test(start_paused = true)]
async fn without_a_proper_list_single_reads_serve() {
    let lists: [fn() -> Reply; 5] = [
        not_found,
        || Reply::Data(405, json!("no")),
        || ok(json!([shown("r", "reg")])),
        || ok(json!({"registries": [{"id": "r", "handle": "reg"}]})),
        || ok(json!({"count": 9, "registries": [shown("r", "reg")]})),
    ];
    for list in lists {
        let server = Server::in_memory(move |got| match got.path.as_str() {
            "/registries" => list(),
            "/registries/r" => ok(shown("r", "reg")),
            _ => not_found(),
        });
        let client = server.client();
        for _ in 0..2 {
            let read = client.refreshed_registry(&within(5), "r").await;
            assert!(read.expect("a read").is_some());
        }
        assert_eq!(
            server.lines(),
            ["GET /registries", "GET /registries/r", "GET /registries/r"]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_api_that_is_down_is_not_asked_by_everyone() {
    let down = || Box::new(Reply::Data(500, json!("down")));
    let server = Server::in_memory(move |_| Reply::After(Duration::from_millis(200), down()));
    for read in refreshed_at_once(&server.client(), 50).await {
        assert_eq!(*read.expect_err("down").kind(), Kind::Server);
    }
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn reads_catch_up_with_writes() {
    let reads = AtomicUsize::new(0);
    let server = Server::in_memory(move |_| match reads.fetch_add(1, Ordering::SeqCst) {
        0 => not_found(),
        1 => ok(shown("r", "old")),
        _ => ok(shown("r", "new")),
    });
    let (client, op) = (server.client(), within(20));
    let seen = client.registry_after_write(&op, "r", |seen| seen.handle == "new");
    let seen = seen.await;
    assert_eq!(seen.expect("a read").handle, "new");
    assert_eq!(server.lines().len(), 3);

    // When they never do, what was seen last is the answer.
    let began = Instant::now();
    let op = within(2);
    let seen = client.registry_after_write(&op, "r", |_| false).await;
    assert_eq!(seen.expect("a read").handle, "new");
    assert!(began.elapsed() < Duration::from_secs(2));
}
