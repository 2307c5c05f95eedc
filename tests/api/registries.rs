//! Creating registries: exactly once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use support::scripted::{Reply, Server, not_found, ok, organisations, within};
use terraform_provider_bahriya::api::{HandleState, Kind, NewRegistry, Outcome, Proof, Written};
use terraform_provider_bahriya::resources::advice::advice;
use terraform_provider_bahriya::secret::Secret;

pub fn shown(id: &str, handle: &str) -> Value {
    json!({"id": id, "handle": handle, "name": "Name", "server": "ghcr.io", "username": "me", "maxversions": 5,
        "billable": true, "versioncount": 1})
}

pub fn new(password: &Secret) -> NewRegistry<'_> {
    NewRegistry {
        handle: "reg",
        name: "Name",
        server: "ghcr.io",
        username: "me",
        password,
        maxversions: None,
    }
}

pub fn password() -> Secret {
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
async fn a_creation_is_a_look_up_and_one_write() {
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
        .result()
        .expect("created");
    assert_eq!(created, "r-1");
    let got = server.got();
    assert_eq!(server.lines(), ["GET /registry/reg", "POST /registries"]);
    assert_eq!(
        got[1].json(),
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
            .result()
            .expect("found");
        assert_eq!(created, "r-1");
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
            .result()
            .expect("created");
        assert_eq!(created, "r-1");
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
        _ if looks.fetch_add(1, Ordering::SeqCst) < 6 => not_found(),
        _ => ok(shown("r-1", "reg")),
    })
    .await;
    let created = server
        .client()
        .create_registry(&within(30), &new(&password()))
        .await
        .result()
        .expect("found");
    assert_eq!(created, "r-1");
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
        .result()
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
        .result()
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
            .result()
            .expect_err("taken");
        assert!(
            matches!(error.kind(), Kind::HandleTaken { alive: Some(id), .. } if id == "r-0"),
            "{error}"
        );
        assert!(advice(&error).contains("terraform import ADDRESS r-0"));
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
        .result()
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
        .result()
        .expect_err("not ours");
    assert!(
        matches!(error.kind(), Kind::HandleTaken { alive: Some(_), .. }),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_found_after_a_lost_answer_is_only_a_candidate() {
    let server = creating(|_| (true, Reply::Cut), None, shown("r-1", "reg")).await;
    let password = password();
    let written = server
        .client()
        .create_registry(&within(5), &new(&password))
        .await;
    assert!(
        matches!(written, Written::Done { proof: Proof::OnlyCandidate, ref value } if value == "r-1"),
        "{written:?}"
    );
}

#[tokio::test]
async fn a_registry_that_was_there_before_is_never_adopted() {
    // It fits in all that shows, and the answer to the creation would be lost.
    let server = creating(
        |_| (true, Reply::Cut),
        Some(shown("r-0", "reg")),
        Value::Null,
    )
    .await;
    let error = server
        .client()
        .create_registry(&within(5), &new(&password()))
        .await
        .result()
        .expect_err("taken");
    assert!(
        matches!(error.kind(), Kind::HandleTaken { alive: Some(id), .. } if id == "r-0"),
        "{error}"
    );
    assert_eq!(server.count("POST"), 0);

    // Nor one of which nobody can say whether it was.
    let looks = AtomicUsize::new(0);
    let server = Server::start(move |got| match got.line().as_str() {
        "POST /registries" => Reply::Cut,
        _ if looks.fetch_add(1, Ordering::SeqCst) == 0 => Reply::Data(403, json!("not now")),
        _ => ok(shown("r-0", "reg")),
    })
    .await;
    let error = server
        .client()
        .create_registry(&within(5), &new(&password()))
        .await
        .result()
        .expect_err("not ours for certain");
    assert!(
        matches!(error.kind(), Kind::HandleTaken { alive: Some(id), .. } if id == "r-0"),
        "{error}"
    );
}

#[tokio::test]
async fn a_plan_and_its_creation_ask_once_who_has_the_handle() {
    let server = creating(
        |_| (true, Reply::Data(201, json!("r-1"))),
        None,
        shown("r-1", "reg"),
    )
    .await;
    let client = server.client();
    let before = client.handle_before(&within(5), "reg").await;
    assert_eq!(before.expect("a state"), HandleState::Free);
    let password = password();
    let written = client.create_registry(&within(5), &new(&password)).await;
    assert_eq!(written.result().expect("created"), "r-1");
    assert_eq!(server.lines(), ["GET /registry/reg", "POST /registries"]);
    // What is created now is there: the next one asks again.
    let before = client.handle_before(&within(5), "reg").await;
    assert!(matches!(before.expect("a state"), HandleState::Alive(_)));
}

#[tokio::test]
async fn an_odd_id_is_no_id_and_an_answer_about_another_is_none() {
    for odd in ["", "..", "../../secrets", "a b", "x".repeat(200).as_str()] {
        let odd = odd.to_owned();
        let server = creating(
            move |_| (true, Reply::Data(201, json!(odd))),
            None,
            shown("r-1", "reg"),
        )
        .await;
        let created = server
            .client()
            .create_registry(&within(5), &new(&password()))
            .await
            .result()
            .expect("found by its handle");
        assert_eq!(created, "r-1");
        assert_eq!(server.count("POST"), 1);
    }
    let server = Server::start(|_| ok(shown("r-2", "other"))).await;
    let error = server
        .client()
        .registry(&within(5), "r-1")
        .await
        .expect_err("another");
    assert_eq!(*error.kind(), Kind::UnexpectedAnswer);
}

#[tokio::test]
async fn a_spent_handle_is_told_apart() {
    for (by_handle, spent) in [
        ((|| ok(Value::Null)) as fn() -> Reply, true),
        (not_found, false),
    ] {
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
            .result()
            .expect_err("spent");
        assert_eq!(
            matches!(error.kind(), Kind::HandleTaken { alive: None, .. }),
            spent,
            "{error}"
        );
        assert_eq!(
            error.to_string().contains("handle taken"),
            !spent,
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
async fn a_conflict_about_something_else_is_told_in_its_words() {
    for (status, text) in [
        (409, "Your plan allows 10 registries."),
        (400, "This username is in use, and no handle is to blame."),
    ] {
        let server = creating(
            move |_| (false, Reply::Data(status, json!(text))),
            None,
            Value::Null,
        )
        .await;
        let error = server
            .client()
            .create_registry(&within(5), &new(&password()))
            .await
            .result()
            .expect_err("refused");
        assert!(
            matches!(error.kind(), Kind::Conflict | Kind::Refused),
            "{error}"
        );
        assert!(error.to_string().contains(text), "{error}");
    }
}
