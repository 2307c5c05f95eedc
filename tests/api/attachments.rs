//! Attaching and detaching.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use support::scripted::{Reply, Server, not_found, ok, organisations, within};
use terraform_provider_bahriya::api::{Attached, Kind};
use terraform_provider_bahriya::resources::advice::advice;

const LINK: &str = "/projects/p/attach/registries/reg";

/// A project whose link is made and unmade by the acts of `write`, which gets the number of the write.
async fn project(
    linked: bool,
    write: impl Fn(usize) -> (bool, Reply) + Send + Sync + 'static,
) -> Server {
    let (writes, linked) = (AtomicUsize::new(0), Mutex::new(linked));
    Server::start(move |got| {
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
    .await
}

fn attached(join_id: &str, adopted: bool) -> Attached {
    Attached {
        join_id: Some(join_id.to_owned()),
        adopted,
    }
}

#[tokio::test]
async fn attaching_is_one_request() {
    let server = project(false, |_| (true, Reply::Data(201, json!("j-1")))).await;
    let done = server
        .client()
        .attach(&within(5), "p", "reg")
        .await
        .expect("attached");
    assert_eq!(done, attached("j-1", false));
    assert_eq!(server.lines(), [format!("POST {LINK}")]);
    assert_eq!(server.got()[0].body, "");
}

#[tokio::test]
async fn a_link_that_is_there_is_adopted() {
    let server = project(true, |_| {
        (false, Reply::Data(409, json!("already attached")))
    })
    .await;
    let done = server
        .client()
        .attach(&within(5), "p", "reg")
        .await
        .expect("adopted");
    assert_eq!(done, attached("j-1", true));

    let server = project(false, |_| {
        (false, Reply::Data(409, json!("something else")))
    })
    .await;
    let error = server
        .client()
        .attach(&within(5), "p", "reg")
        .await
        .expect_err("a conflict");
    assert_eq!(*error.kind(), Kind::Conflict);
}

#[tokio::test]
async fn lost_answers_are_settled_by_the_list() {
    let server = project(false, |_| (true, Reply::Cut)).await;
    let done = server
        .client()
        .attach(&within(10), "p", "reg")
        .await
        .expect("attached");
    assert_eq!(done, attached("j-1", false));
    assert_eq!(server.count("POST"), 1);

    let server = project(false, |n| {
        if n == 0 {
            (false, Reply::Cut)
        } else {
            (true, Reply::Data(201, json!("j-2")))
        }
    })
    .await;
    let done = server
        .client()
        .attach(&within(10), "p", "reg")
        .await
        .expect("attached");
    assert_eq!(done, attached("j-2", false));
    assert_eq!(server.count("POST"), 2);

    let server = project(true, |_| (true, Reply::Cut)).await;
    server
        .client()
        .detach(&within(10), "p", "reg")
        .await
        .expect("detached");
    assert_eq!(server.count("DELETE"), 1);
}

#[tokio::test]
async fn what_is_missing_for_an_attachment_is_named() {
    let server = project(false, |_| (false, not_found())).await;
    let error = server
        .client()
        .attach(&within(5), "p", "reg")
        .await
        .expect_err("no registry");
    assert!(
        error
            .to_string()
            .contains("no registry with the handle \"reg\""),
        "{error}"
    );
    let error = server
        .client()
        .attach(&within(5), "q", "reg")
        .await
        .expect_err("no project");
    assert!(error.to_string().contains("no project q"), "{error}");
    assert_eq!(*error.kind(), Kind::NotFound);
}

#[tokio::test]
async fn detaching_waits_for_the_container() {
    let guard = || {
        Reply::Data(
            409,
            json!(
                "Cannot detach registry 'reg' from project: container 'web' still references it. Detach \
            from the container first or update the container to remove the reference."
            ),
        )
    };
    let server = project(true, move |n| {
        if n == 0 {
            (false, guard())
        } else {
            (true, ok(Value::Null))
        }
    })
    .await;
    server
        .client()
        .detach(&within(10), "p", "reg")
        .await
        .expect("detached");
    assert_eq!(server.count("DELETE"), 2);

    let server = project(true, move |_| (false, guard())).await;
    let error = server
        .client()
        .detach(&within(1), "p", "reg")
        .await
        .expect_err("referenced");
    assert_eq!(
        *error.kind(),
        Kind::StillReferenced {
            container: Some("web".to_owned())
        }
    );
    assert!(advice(&error).contains("web"));
}

#[tokio::test]
async fn detaching_what_is_gone_succeeds_only_with_proof() {
    let server = project(false, |_| (false, not_found())).await;
    server
        .client()
        .detach(&within(5), "p", "reg")
        .await
        .expect("not linked");
    server
        .client()
        .detach(&within(5), "q", "reg")
        .await
        .expect("no such project");

    let server = project(true, |_| (false, not_found())).await;
    let error = server
        .client()
        .detach(&within(5), "p", "reg")
        .await
        .expect_err("still in the list");
    assert_eq!(*error.kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_missing_key_is_not_an_empty_list() {
    for data in [
        json!({"secrets": []}),
        json!({"registries": null}),
        json!({"registries": [{"id": "r"}]}),
        json!([]),
    ] {
        let server = Server::start(move |_| ok(data.clone())).await;
        let error = server
            .client()
            .refreshed_attachment(&within(5), "p", "reg")
            .await
            .expect_err("no list");
        assert_eq!(*error.kind(), Kind::UnexpectedAnswer);
    }
}

#[tokio::test]
async fn a_refresh_costs_one_request_for_each_project() {
    let server = Server::start(|got| match got.path.as_str() {
        "/organisations" => organisations(),
        path if path.ends_with("/attachments") => {
            let list: Vec<_> = (0..50)
                .map(|n| json!({"handle": format!("reg{n}")}))
                .collect();
            Reply::After(
                Duration::from_millis(50),
                Box::new(ok(json!({"registries": list}))),
            )
        }
        _ if got.method == "POST" => Reply::Data(201, json!("j")),
        _ => not_found(),
    })
    .await;
    let client = server.client();
    let tasks: Vec<_> = (0..150)
        .map(|n| {
            let client = client.clone();
            let (project, handle) = (format!("p{}", n % 3), format!("reg{}", n / 3));
            tokio::spawn(async move {
                client
                    .refreshed_attachment(&within(20), &project, &handle)
                    .await
            })
        })
        .collect();
    for task in tasks {
        assert!(task.await.expect("a task").expect("a read").is_some());
    }
    assert_eq!(server.lines().len(), 3);

    // Missing from a kept list: believed only after a fresh one.
    assert_eq!(
        client
            .refreshed_attachment(&within(5), "p0", "gone")
            .await
            .expect("a read"),
        None
    );
    assert_eq!(server.lines().len(), 4);

    // A write of ours ends the life of this project's list, and of no other.
    client
        .attach(&within(5), "p0", "new")
        .await
        .expect("attached");
    for project in ["p0", "p1"] {
        client
            .refreshed_attachment(&within(5), project, "reg1")
            .await
            .expect("a read");
    }
    assert_eq!(server.count("GET /projects/p0"), 3);
    assert_eq!(server.count("GET /projects/p1"), 1);
}
