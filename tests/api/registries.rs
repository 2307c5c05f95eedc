//! Creating, refreshing and deleting registries: exactly once, with few requests.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use terraform_provider_bahriya::api::{HandleState, Kind, NewRegistry, Outcome};
use terraform_provider_bahriya::secret::Secret;
use tokio::time::Instant;

use crate::server::{Got, Reply, Server, not_found, ok, organisations, within};

pub fn shown(id: &str, handle: &str) -> Value {
    json!({"id": id, "handle": handle, "name": "Name", "server": "ghcr.io", "username": "me", "maxversions": 5,
        "billable": true, "versioncount": 1})
}

fn new(password: &Secret) -> NewRegistry<'_> {
    NewRegistry {
        handle: "reg",
        name: "Name",
        server: "ghcr.io",
        username: "me",
        password,
        maxversions: None,
    }
}

fn password() -> Secret {
    Secret::new("canary-password-4711")
}

/// A server where `post` answers the creations, by number, and says whether they act; and where a registry
/// that was created is found by its handle, as `shown` tells.
async fn creating(
    post: impl Fn(usize) -> (bool, Reply) + Send + Sync + 'static,
    existing: Option<Value>,
    shown: Value,
) -> Server {
    let (posts, there) = (AtomicUsize::new(0), Mutex::new(existing));
    Server::start(move |got| {
        let mut there = there.lock().expect("the state");
        match got.line().as_str() {
            "GET /organisations" => organisations(),
            "GET /registry/reg" => there.clone().map_or_else(not_found, ok),
            "POST /registries" => {
                let (acts, reply) = post(posts.fetch_add(1, Ordering::SeqCst));
                if there.is_some() && !matches!(reply, Reply::Cut) {
                    let text = "A registry with the handle \"reg\" already exists";
                    return Reply::Data(409, json!(text));
                }
                if acts {
                    *there = Some(shown.clone());
                }
                reply
            }
            _ => not_found(),
        }
    })
    .await
}

#[tokio::test]
async fn a_creation_is_one_request() {
    let server = creating(
        |_| (true, Reply::Data(201, json!("r-1"))),
        None,
        shown("r-1", "reg"),
    )
    .await;
    let created = server
        .client()
        .create_registry(&within(5), &new(&password()))
        .await
        .expect("created");
    assert_eq!((created.id.as_str(), created.warnings.len()), ("r-1", 0));
    let got = server.got();
    assert_eq!(server.lines(), ["POST /registries"]);
    assert_eq!(
        got[0].json(),
        json!({"handle": "reg", "name": "Name", "server": "ghcr.io", "username": "me", "password": "canary-password-4711"})
    );
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_looking() {
    let losses: [fn() -> Reply; 7] = [
        || Reply::Cut,
        || Reply::Data(500, json!("oops")),
        || Reply::Data(502, json!("oops")),
        || Reply::Raw(504, "", "<html>".into()),
        || Reply::Raw(200, "", "<html>".into()),
        || Reply::Raw(201, "", "{\"code\":201,\"da".into()),
        || Reply::Raw(204, "", String::new()),
    ];
    for lost in losses {
        let server = creating(move |_| (true, lost()), None, shown("r-1", "reg")).await;
        let created = server
            .client()
            .create_registry(&within(20), &new(&password()))
            .await
            .expect("found");
        assert_eq!((created.id.as_str(), created.warnings.len()), ("r-1", 0));
        assert_eq!(server.count("POST"), 1);
    }
}

#[tokio::test]
async fn a_request_that_got_lost_is_sent_again() {
    for lost in [|| Reply::Cut, || Reply::Data(503, json!("busy"))] {
        let server = creating(
            move |post| {
                if post == 0 {
                    (false, lost())
                } else {
                    (true, Reply::Data(201, json!("r-1")))
                }
            },
            None,
            shown("r-1", "reg"),
        )
        .await;
        let created = server
            .client()
            .create_registry(&within(30), &new(&password()))
            .await
            .expect("created");
        assert_eq!(created.id, "r-1");
        assert_eq!(server.count("POST"), 2);
    }
}

#[tokio::test]
async fn reads_that_lag_behind_do_not_make_a_second_registry() {
    // So late that the creation is sent again, which is refused, for it was done the first time.
    let (posts, looks) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let server = Server::start(move |got| match got.line().as_str() {
        "GET /organisations" => organisations(),
        "POST /registries" if posts.fetch_add(1, Ordering::SeqCst) == 0 => Reply::Cut,
        "POST /registries" => Reply::Data(409, json!("handle taken")),
        _ if looks.fetch_add(1, Ordering::SeqCst) < 5 => not_found(),
        _ => ok(shown("r-1", "reg")),
    })
    .await;
    let created = server
        .client()
        .create_registry(&within(30), &new(&password()))
        .await
        .expect("found");
    assert_eq!(created.id, "r-1");
    assert_eq!(server.count("POST"), 2);
}

#[tokio::test]
async fn a_500_that_did_nothing_is_an_error_that_says_so() {
    let server = creating(
        |_| (false, Reply::Data(500, json!("oops"))),
        None,
        shown("r", "reg"),
    )
    .await;
    let error = server
        .client()
        .create_registry(&within(30), &new(&password()))
        .await
        .expect_err("500");
    assert_eq!(
        (error.kind(), error.outcome()),
        (&Kind::Server, Outcome::NotDone)
    );
    assert_eq!(server.count("POST"), 1);
}

#[tokio::test]
async fn what_cannot_be_looked_at_stays_unknown() {
    let server = Server::start(|got| match got.method.as_str() {
        "POST" => Reply::Cut,
        _ => Reply::Data(403, json!("you may create, but not read")),
    })
    .await;
    let error = server
        .client()
        .create_registry(&within(5), &new(&password()))
        .await
        .expect_err("unknown");
    assert_eq!(
        (error.kind(), error.outcome()),
        (&Kind::Unreachable, Outcome::Unknown)
    );
    assert!(
        error.to_string().contains("you may create, but not read"),
        "{error}"
    );
}

#[tokio::test]
async fn another_registry_under_the_handle_is_named_not_taken() {
    let mut other = shown("r-0", "reg");
    other["username"] = json!("somebody-else");
    // Plainly refused, and refused after a lost answer: both times it is not ours.
    for post in [
        (|_| (false, Reply::Data(201, json!("never")))) as fn(usize) -> (bool, Reply),
        |_| (false, Reply::Cut),
    ] {
        let server = creating(post, Some(other.clone()), Value::Null).await;
        let error = server
            .client()
            .create_registry(&within(20), &new(&password()))
            .await
            .expect_err("taken");
        assert!(
            matches!(error.kind(), Kind::HandleTaken { alive: Some(registry), .. } if registry.id == "r-0"),
            "{error}"
        );
        assert!(error.advice().contains("terraform import ADDRESS r-0"));
        assert_eq!(error.outcome(), Outcome::NotDone);
    }
}

#[tokio::test]
async fn an_existing_registry_is_never_taken_for_ours_without_a_lost_answer() {
    let server = creating(
        |_| (false, Reply::Data(201, json!("never"))),
        Some(shown("r-0", "reg")),
        Value::Null,
    )
    .await;
    let error = server
        .client()
        .create_registry(&within(5), &new(&password()))
        .await
        .expect_err("taken");
    assert!(
        matches!(error.kind(), Kind::HandleTaken { alive: Some(_), .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_registry_with_more_versions_is_not_the_one_just_created() {
    let mut older = shown("r-0", "reg");
    older["versioncount"] = json!(3);
    let server = creating(|_| (true, Reply::Cut), None, older).await;
    let error = server
        .client()
        .create_registry(&within(5), &new(&password()))
        .await
        .expect_err("not ours");
    assert!(
        matches!(error.kind(), Kind::HandleTaken { alive: Some(_), .. }),
        "{error}"
    );
}

#[tokio::test]
async fn where_no_version_shows_the_three_suffice_with_a_warning() {
    let mut shown = shown("r-1", "reg");
    shown["versioncount"] = Value::Null;
    let server = creating(|_| (true, Reply::Cut), None, shown).await;
    let created = server
        .client()
        .create_registry(&within(5), &new(&password()))
        .await
        .expect("found");
    assert_eq!((created.id.as_str(), created.warnings.len()), ("r-1", 1));
}

#[tokio::test]
async fn a_burned_handle_is_told_apart() {
    for by_handle in [|| ok(Value::Null), not_found] {
        let server = Server::start(move |got| match got.line().as_str() {
            "POST /registries" => Reply::Data(409, json!("handle taken")),
            "GET /organisations" => organisations(),
            _ => by_handle(),
        })
        .await;
        let error = server
            .client()
            .create_registry(&within(5), &new(&password()))
            .await
            .expect_err("burned");
        assert!(
            matches!(error.kind(), Kind::HandleTaken { alive: None, .. }),
            "{error}"
        );
    }
    let server = Server::start(|got| {
        if got.path == "/organisations" {
            organisations()
        } else {
            ok(Value::Null)
        }
    })
    .await;
    let state = server
        .client()
        .registry_by_handle(&within(5), "reg")
        .await
        .expect("a state");
    assert_eq!(state, HandleState::Burned);
}

#[tokio::test]
async fn a_refresh_of_many_is_one_request() {
    let server = Server::start(|got| match got.line().as_str() {
        "GET /registries" => {
            let list: Vec<_> = (0..100).map(|n| shown(&format!("r{n}"), "reg")).collect();
            Reply::After(
                Duration::from_millis(50),
                Box::new(ok(json!({"count": 100, "registries": list}))),
            )
        }
        "POST /registries" => Reply::Data(201, json!("r-new")),
        "GET /organisations" => organisations(),
        _ => not_found(),
    })
    .await;
    let client = server.client();
    let tasks: Vec<_> = (0..100)
        .map(|n| {
            let client = client.clone();
            tokio::spawn(async move {
                client
                    .refreshed_registry(&within(20), &format!("r{n}"))
                    .await
            })
        })
        .collect();
    for task in tasks {
        assert!(task.await.expect("a task").expect("a read").is_some());
    }
    assert_eq!(server.lines(), ["GET /registries"]);

    // One that is not in the list is looked for by itself.
    assert_eq!(
        client
            .refreshed_registry(&within(5), "other")
            .await
            .expect("proved"),
        None
    );
    assert_eq!(
        server.lines()[1..],
        ["GET /registries/other", "GET /organisations"]
    );

    // A write of ours ends the life of the list.
    client
        .create_registry(&within(5), &new(&password()))
        .await
        .expect("created");
    client
        .refreshed_registry(&within(5), "r1")
        .await
        .expect("a read");
    assert_eq!(server.count("GET /registries"), 3);
}

#[tokio::test]
async fn without_a_proper_list_single_reads_serve() {
    let lists: [fn() -> Reply; 5] = [
        not_found,
        || Reply::Data(405, json!("no")),
        || ok(json!([shown("r", "reg")])),
        || ok(json!({"registries": [{"id": "r", "handle": "reg"}]})),
        || ok(json!({"count": 9, "registries": [shown("r", "reg")]})),
    ];
    for list in lists {
        let server = Server::start(move |got| match got.path.as_str() {
            "/registries" => list(),
            "/registries/r" => ok(shown("r", "reg")),
            _ => not_found(),
        })
        .await;
        let client = server.client();
        for _ in 0..2 {
            assert!(
                client
                    .refreshed_registry(&within(5), "r")
                    .await
                    .expect("a read")
                    .is_some()
            );
        }
        assert_eq!(
            server.lines(),
            ["GET /registries", "GET /registries/r", "GET /registries/r"]
        );
    }
}

#[tokio::test]
async fn an_api_that_is_down_is_not_asked_by_everyone() {
    let server = Server::start(|_| {
        Reply::After(
            Duration::from_millis(200),
            Box::new(Reply::Data(500, json!("down"))),
        )
    })
    .await;
    let client = server.client();
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let client = client.clone();
            tokio::spawn(async move {
                client
                    .refreshed_registry(&within(20), &format!("r{n}"))
                    .await
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(
            *task.await.expect("a task").expect_err("down").kind(),
            Kind::Server
        );
    }
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn reads_catch_up_with_writes() {
    let reads = AtomicUsize::new(0);
    let server = Server::start(move |_| match reads.fetch_add(1, Ordering::SeqCst) {
        0 => not_found(),
        1 => ok(shown("r", "old")),
        _ => ok(shown("r", "new")),
    })
    .await;
    let seen = server
        .client()
        .registry_after_write(&within(20), "r", |seen| seen.handle == "new")
        .await;
    assert_eq!(seen.expect("a read").handle, "new");
    assert_eq!(server.lines().len(), 3);

    // When they never do, what was seen last is the answer.
    let began = Instant::now();
    let seen = server
        .client()
        .registry_after_write(&within(2), "r", |_| false)
        .await;
    assert_eq!(seen.expect("a read").handle, "new");
    assert!(began.elapsed() < Duration::from_secs(2));
}

fn delete_server(
    reply: impl Fn(usize) -> Reply + Send + Sync + 'static,
    gone_after: usize,
) -> impl Future<Output = Server> {
    let deletes = AtomicUsize::new(0);
    Server::start(
        move |got: &Got| match (got.method.as_str(), got.path.as_str()) {
            ("DELETE", _) => reply(deletes.fetch_add(1, Ordering::SeqCst)),
            (_, "/organisations") => organisations(),
            _ if deletes.load(Ordering::SeqCst) >= gone_after => not_found(),
            _ => {
                let mut registry = shown("r", "reg");
                registry["projects"] = json!([{"id": "p", "handle": "shop"}]);
                ok(registry)
            }
        },
    )
}

#[tokio::test]
async fn a_deletion_waits_for_the_detachment() {
    for refusal in [
        || {
            Reply::Data(
                400,
                json!("A registry associated with a project cannot be deleted."),
            )
        },
        || {
            Reply::Data(
                409,
                json!(
                    "Cannot delete 'reg': still attached to project(s): shop. Detach from each project first."
                ),
            )
        },
    ] {
        let server =
            delete_server(move |n| if n < 2 { refusal() } else { ok(Value::Null) }, 3).await;
        server
            .client()
            .delete_registry(&within(30), "r")
            .await
            .expect("deleted");
        assert_eq!(server.count("DELETE"), 3);

        let server = delete_server(move |_| refusal(), 99).await;
        let error = server
            .client()
            .delete_registry(&within(1), "r")
            .await
            .expect_err("attached");
        assert_eq!(
            *error.kind(),
            Kind::StillAttached {
                projects: vec!["shop".to_owned()]
            }
        );
        assert_eq!(error.outcome(), Outcome::NotDone);
    }
}

#[tokio::test]
async fn a_deletion_that_was_done_is_a_success() {
    let server = delete_server(|_| Reply::Cut, 1).await;
    server
        .client()
        .delete_registry(&within(10), "r")
        .await
        .expect("deleted, unseen");
    assert_eq!(server.count("DELETE"), 1);

    let server = delete_server(|_| not_found(), 0).await;
    server
        .client()
        .delete_registry(&within(10), "r")
        .await
        .expect("gone before");

    let server = delete_server(|n| if n == 0 { Reply::Cut } else { ok(Value::Null) }, 2).await;
    server
        .client()
        .delete_registry(&within(10), "r")
        .await
        .expect("deleted at last");
    assert_eq!(server.count("DELETE"), 2);

    let server = Server::start(|_| Reply::Raw(404, "", "<html>".into())).await;
    let error = server
        .client()
        .delete_registry(&within(10), "r")
        .await
        .expect_err("not the API");
    assert_eq!(*error.kind(), Kind::WrongAddress);
}
