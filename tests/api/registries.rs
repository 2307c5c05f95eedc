//! Creating registries: exactly once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::advice;
use serde_json::{Value, json};
use support::scripted::{Reply, Server, not_found, ok, organisations, within};
use terraform_provider_bahriya::api::{Credentials, Error, HandleState, Kind, NewRegistry, Proof};
use terraform_provider_bahriya::secret::Secret;

pub fn shown(id: &str, handle: &str) -> Value {
    json!({"id": id, "handle": handle, "name": "Name", "server": "ghcr.io", "username": "me", "maxversions": 5,
        "billable": true, "versioncount": 1})
}

pub fn new(password: &Secret) -> NewRegistry<'_> {
    NewRegistry {
        handle: "reg",
        name: "Name",
        credentials: Credentials {
            server: "ghcr.io",
            username: "me",
            password,
        },
        maxversions: None,
    }
}

pub fn password() -> Secret {
    Secret::new("canary-password-4711")
}

async fn create(server: &Server, seconds: u64) -> Result<String, Error> {
    let (client, op, password) = (server.client(), within(seconds), password());
    let written = client.create_registry(&op, &new(&password)).await;
    written.map(|(id, _)| id)
}

/// The handle is that of a living registry, which is not ours.
#[track_caller]
fn taken(result: Result<String, Error>, by: &str) -> Error {
    let error = result.expect_err("taken");
    assert!(
        matches!(error.kind(), Kind::HandleTaken { alive: Some(id), .. } if id == by),
        "{error}"
    );
    error
}

/// A server where `post` answers the creations, by number, and says whether they act.
fn creating(post: impl Fn(usize) -> (bool, Reply) + Send + Sync + 'static) -> Server {
    creating_beside(None, post, shown("r-1", "reg"))
}

/// The same with what has the handle before, and what is found by the handle once a creation has acted.
fn creating_beside(
    existing: Option<Value>,
    post: impl Fn(usize) -> (bool, Reply) + Send + Sync + 'static,
    shown: Value,
) -> Server {
    let (posts, there) = (AtomicUsize::new(0), Mutex::new(existing));
    Server::in_memory(move |got| {
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
}

fn made() -> (bool, Reply) {
    (true, Reply::Data(201, json!("r-1")))
}

#[tokio::test(start_paused = true)]
async fn a_creation_is_a_look_up_and_one_write() {
    let server = creating(|_| made());
    assert_eq!(create(&server, 5).await.expect("created"), "r-1");
    let got = server.got();
    assert_eq!(server.lines(), ["GET /registry/reg", "POST /registries"]);
    assert_eq!(
        got[1].json(),
        json!({"handle": "reg", "name": "Name", "server": "ghcr.io", "username": "me", "password": "canary-password-4711"})
    );
}

#[tokio::test(start_paused = true)]
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
        let server = creating(move |_| (true, lost()));
        assert_eq!(create(&server, 20).await.expect("found"), "r-1");
        assert_eq!(server.count("POST"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_got_lost_is_sent_again() {
    for lost in [|| Reply::Cut, || Reply::Data(503, json!("busy"))] {
        let server = creating(move |post| if post == 0 { (false, lost()) } else { made() });
        assert_eq!(create(&server, 30).await.expect("created"), "r-1");
        assert_eq!(server.count("POST"), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn reads_that_lag_behind_do_not_make_a_second_registry() {
    // So late that the creation is sent again, which is refused, for it was done the first time.
    let (posts, looks) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let server = Server::in_memory(move |got| match got.line().as_str() {
        "GET /organisations" => organisations(),
        "POST /registries" if posts.fetch_add(1, Ordering::SeqCst) == 0 => Reply::Cut,
        "POST /registries" => Reply::Data(409, json!("handle taken")),
        _ if looks.fetch_add(1, Ordering::SeqCst) < 6 => not_found(),
        _ => ok(shown("r-1", "reg")),
    });
    assert_eq!(create(&server, 30).await.expect("found"), "r-1");
    assert_eq!(server.count("POST"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_500_that_did_nothing_is_an_error_that_says_so() {
    let server = creating(|_| (false, Reply::Data(500, json!("oops"))));
    let error = create(&server, 30).await.expect_err("500");
    let said = (error.kind(), error.is_unknown());
    assert_eq!(said, (&Kind::Server, false));
    assert_eq!(server.count("POST"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_looked_at_stays_unknown() {
    let server = Server::in_memory(|got| match got.method.as_str() {
        "POST" => Reply::Cut,
        _ => Reply::Data(403, json!("you may create, but not read")),
    });
    let error = create(&server, 5).await.expect_err("unknown");
    let said = (error.kind(), error.is_unknown());
    assert_eq!(said, (&Kind::Unreachable, true));
    let text = error.to_string();
    assert!(text.contains("you may create, but not read"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn another_registry_under_the_handle_is_named_not_taken() {
    let mut other = shown("r-0", "reg");
    other["username"] = json!("somebody-else");
    // Plainly refused, and refused after a lost answer: both times it is not ours. Nor is one that fits in all that
    // shows, which was there before.
    for existing in [other, shown("r-0", "reg")] {
        for lost in [false, true] {
            let answer = move |_| (false, if lost { Reply::Cut } else { made().1 });
            let server = creating_beside(Some(existing.clone()), answer, Value::Null);
            let error = taken(create(&server, 20).await, "r-0");
            assert!(advice(&error).contains("terraform import ADDRESS r-0"));
            assert!(!error.is_unknown());
            assert_eq!(server.count("POST"), 0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_registry_with_more_versions_is_not_the_one_just_created() {
    let mut older = shown("r-0", "reg");
    older["versioncount"] = json!(3);
    let server = creating_beside(None, |_| (true, Reply::Cut), older);
    taken(create(&server, 5).await, "r-0");
}

#[tokio::test(start_paused = true)]
async fn what_is_found_after_a_lost_answer_is_only_a_candidate() {
    let server = creating(|_| (true, Reply::Cut));
    let password = password();
    let (client, op) = (server.client(), within(5));
    let written = client.create_registry(&op, &new(&password)).await;
    let (id, proof) = written.expect("created");
    assert_eq!((id.as_str(), proof), ("r-1", Proof::OnlyCandidate));
}

#[tokio::test(start_paused = true)]
async fn one_of_which_nobody_knows_whether_it_was_there_is_never_adopted() {
    let looks = AtomicUsize::new(0);
    let server = Server::in_memory(move |got| match got.line().as_str() {
        "POST /registries" => Reply::Cut,
        _ if looks.fetch_add(1, Ordering::SeqCst) == 0 => Reply::Data(403, json!("not now")),
        _ => ok(shown("r-0", "reg")),
    });
    taken(create(&server, 5).await, "r-0");
}

#[tokio::test(start_paused = true)]
async fn a_plan_and_its_creation_ask_once_who_has_the_handle() {
    let server = creating(|_| made());
    let client = server.client();
    let before = client.handle_before(&within(5), "reg").await;
    assert_eq!(before.expect("a state"), HandleState::Free);
    let password = password();
    let written = client.create_registry(&within(5), &new(&password)).await;
    assert_eq!(written.expect("created").0, "r-1");
    assert_eq!(server.lines(), ["GET /registry/reg", "POST /registries"]);
    // What is created now is there: the next one asks again.
    let before = client.handle_before(&within(5), "reg").await;
    assert!(matches!(before.expect("a state"), HandleState::Alive(_)));
}

#[tokio::test(start_paused = true)]
async fn an_odd_id_is_no_id_and_an_answer_about_another_is_none() {
    for odd in ["", "..", "../../secrets", "a b", "x".repeat(200).as_str()] {
        let odd = odd.to_owned();
        let server = creating(move |_| (true, Reply::Data(201, json!(odd))));
        let created = create(&server, 5).await;
        assert_eq!(created.expect("found by its handle"), "r-1");
        assert_eq!(server.count("POST"), 1);
    }
    let server = Server::in_memory(|_| ok(shown("r-2", "other")));
    let found = server.client().registry(&within(5), "r-1").await;
    let error = found.expect_err("another");
    assert_eq!(*error.kind(), Kind::UnexpectedAnswer);
}

#[tokio::test(start_paused = true)]
async fn a_spent_handle_is_told_apart() {
    let burned: fn() -> Reply = || ok(Value::Null);
    for (by_handle, spent) in [(burned, true), (not_found, false)] {
        let server = Server::in_memory(move |got| match got.line().as_str() {
            "POST /registries" => Reply::Data(409, json!("handle taken")),
            "GET /organisations" => organisations(),
            _ => by_handle(),
        });
        let error = create(&server, 5).await.expect_err("spent");
        let taken = matches!(error.kind(), Kind::HandleTaken { alive: None, .. });
        let repeats = error.to_string().contains("handle taken");
        assert_eq!((taken, repeats), (spent, !spent), "{error}");
        if spent {
            let state = server.client().registry_by_handle(&within(5), "reg").await;
            assert_eq!(state.expect("a state"), HandleState::Burned);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_conflict_about_something_else_is_told_in_its_words() {
    for (status, text) in [
        (409, "Your plan allows 10 registries."),
        (400, "This username is in use, and no handle is to blame."),
    ] {
        let refused = move |_| (false, Reply::Data(status, json!(text)));
        let server = creating_beside(None, refused, Value::Null);
        let error = create(&server, 5).await.expect_err("refused");
        let told = matches!(error.kind(), Kind::Conflict | Kind::Refused);
        assert!(told && error.to_string().contains(text), "{error}");
    }
}
