//! Attaching and detaching.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::advice;
use serde_json::{Value, json};
use support::scripted::{Reply, Server, not_found, ok, organisations, within};
use terraform_provider_bahriya::api::{Attached, Attachment, Client, Detached, Error, Kind};

const LINK: &str = "/projects/p/attach/registries/reg";

/// A project whose link is made and unmade by the acts of `write`, which gets the number of the write.
fn project(linked: bool, write: impl Fn(usize) -> (bool, Reply) + Send + Sync + 'static) -> Server {
    let (writes, linked) = (AtomicUsize::new(0), Mutex::new(linked));
    Server::in_memory(move |got| {
        let mut linked = linked.lock().expect("the state");
        match (got.method.as_str(), got.path.as_str()) {
            ("GET", "/organisations") => organisations(),
            ("GET", "/projects/p") => ok(json!({"projects": [{"id": "p", "handle": "shop"}]})),
            ("GET", "/projects/p/attachments") => {
                let list = if *linked {
                    json!([{"handle": "reg", "joinid": "j-1"}])
                } else {
                    json!([])
                };
                ok(json!({"registries": list, "secrets": []}))
            }
            (method @ ("POST" | "DELETE"), LINK) => {
                let (acts, reply) = write(writes.fetch_add(1, Ordering::SeqCst));
                if acts {
                    *linked = method == "POST";
                }
                reply
            }
            _ => not_found(),
        }
    })
}

fn attached(join_id: &str, adopted: bool) -> Attached {
    Attached {
        join_id: Some(join_id.to_owned()),
        adopted,
    }
}

async fn attach(server: &Server, seconds: u64, project: &str) -> Result<Attached, Error> {
    let (client, op) = (server.client(), within(seconds));
    client.attach(&op, project, "reg").await
}

async fn detach(server: &Server, seconds: u64, project: &str) -> Result<Detached, Error> {
    let (client, op) = (server.client(), within(seconds));
    client
        .detach(&op, project, "reg", || async { Some(()) })
        .await
}

#[tokio::test(start_paused = true)]
async fn attaching_is_one_request() {
    let server = project(false, |_| (true, Reply::Data(201, json!("j-1"))));
    let done = attach(&server, 5, "p").await;
    assert_eq!(done.expect("attached"), attached("j-1", false));
    assert_eq!(server.lines(), [format!("POST {LINK}")]);
    assert_eq!(server.got()[0].body, "");
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_there_is_adopted() {
    let conflict = |_| (false, Reply::Data(409, json!("already attached")));
    let done = attach(&project(true, conflict), 5, "p").await;
    assert_eq!(done.expect("adopted"), attached("j-1", true));

    let conflict = |_| (false, Reply::Data(409, json!("something else")));
    let done = attach(&project(false, conflict), 5, "p").await;
    assert_eq!(*done.expect_err("a conflict").kind(), Kind::Conflict);
}

#[tokio::test(start_paused = true)]
async fn lost_answers_are_settled_by_the_list() {
    let server = project(false, |_| (true, Reply::Cut));
    let done = attach(&server, 10, "p").await;
    assert_eq!(done.expect("attached"), attached("j-1", false));
    assert_eq!(server.count("POST"), 1);

    let server = project(false, |n| match n {
        0 => (false, Reply::Cut),
        _ => (true, Reply::Data(201, json!("j-2"))),
    });
    let done = attach(&server, 10, "p").await;
    assert_eq!(done.expect("attached"), attached("j-2", false));
    assert_eq!(server.count("POST"), 2);

    let server = project(true, |_| (true, Reply::Cut));
    detach(&server, 10, "p").await.expect("detached");
    assert_eq!(server.count("DELETE"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_for_an_attachment_is_named() {
    let server = project(false, |_| (false, not_found()));
    for (project, missing) in [
        ("p", "no registry with the handle \"reg\""),
        ("q", "no project q"),
    ] {
        let error = attach(&server, 5, project).await.expect_err(missing);
        assert!(error.to_string().contains(missing), "{error}");
        assert_eq!(*error.kind(), Kind::NotFound);
    }
}

#[tokio::test(start_paused = true)]
async fn detaching_waits_for_the_container() {
    let guard = || {
        let text = "Cannot detach registry 'reg' from project: container 'web' still references it. Detach from the \
                    container first or update the container to remove the reference.";
        (false, Reply::Data(409, json!(text)))
    };
    let server = project(true, move |n| match n {
        0 => guard(),
        _ => (true, ok(Value::Null)),
    });
    detach(&server, 10, "p").await.expect("detached");
    assert_eq!(server.count("DELETE"), 2);

    let server = project(true, move |_| guard());
    let error = detach(&server, 1, "p").await.expect_err("referenced");
    let container = Some("web".to_owned());
    assert_eq!(*error.kind(), Kind::StillReferenced { container });
    assert!(advice(&error).contains("web"));

    // Meanwhile it may turn out that it is to stay.
    let server = project(true, move |_| guard());
    let turns = AtomicUsize::new(0);
    let once = || {
        let first = turns.fetch_add(1, Ordering::Relaxed) == 0;
        async move { first.then_some(()) }
    };
    let (client, op) = (server.client(), within(10));
    let kept = client.detach(&op, "p", "reg", once).await;
    assert_eq!(kept.expect("no error"), Detached::Kept);
    assert_eq!(server.count("DELETE"), 1);
}

#[tokio::test(start_paused = true)]
async fn detaching_what_is_gone_succeeds_only_with_proof() {
    let server = project(false, |_| (false, not_found()));
    detach(&server, 5, "p").await.expect("not linked");
    detach(&server, 5, "q").await.expect("no such project");

    let server = project(true, |_| (false, not_found()));
    let error = detach(&server, 5, "p").await.expect_err("in the list");
    assert_eq!(*error.kind(), Kind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn a_missing_key_is_not_an_empty_list() {
    for data in [
        json!({"secrets": []}),
        json!({"registries": null}),
        json!({"registries": [{"id": "r"}]}),
        json!([]),
    ] {
        let server = Server::in_memory(move |_| ok(data.clone()));
        let error = refreshed(&server.client(), "p", "reg").await;
        let error = error.expect_err("no list");
        assert_eq!(*error.kind(), Kind::UnexpectedAnswer);
    }
}

async fn refreshed(
    client: &Client,
    project: &str,
    handle: &str,
) -> Result<Option<Attachment>, Error> {
    let op = within(20);
    client.refreshed_attachment(&op, project, handle).await
}

#[tokio::test(start_paused = true)]
async fn a_refresh_costs_one_request_for_each_project() {
    let server = Server::in_memory(|got| match got.path.as_str() {
        "/organisations" => organisations(),
        path if path.ends_with("/attachments") => {
            let list: Vec<_> = (0..50)
                .map(|n| json!({"handle": format!("reg{n}")}))
                .collect();
            let list = ok(json!({"registries": list}));
            Reply::After(Duration::from_millis(50), Box::new(list))
        }
        _ if got.method == "POST" => Reply::Data(201, json!("j")),
        _ => not_found(),
    });
    let client = server.client();
    let tasks: Vec<_> = (0..150)
        .map(|n| {
            let client = client.clone();
            let (project, handle) = (format!("p{}", n % 3), format!("reg{}", n / 3));
            tokio::spawn(async move { refreshed(&client, &project, &handle).await })
        })
        .collect();
    for task in tasks {
        assert!(task.await.expect("a task").expect("a read").is_some());
    }
    assert_eq!(server.lines().len(), 3);

    // Missing from a kept list: believed only after a fresh one.
    let gone = refreshed(&client, "p0", "gone").await;
    assert_eq!(gone.expect("a read"), None);
    assert_eq!(server.lines().len(), 4);

    // A write of ours ends the life of this project's list, and of no other.
    let written = client.attach(&within(5), "p0", "new").await;
    written.expect("attached");
    for project in ["p0", "p1"] {
        let found = refreshed(&client, project, "reg1").await;
        found.expect("a read");
    }
    assert_eq!(server.count("GET /projects/p0"), 3);
    assert_eq!(server.count("GET /projects/p1"), 1);
}
