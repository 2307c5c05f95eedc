//! What holds for every write: never cut short by us, never sent twice without need, never telling secrets.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use support::scripted::{Got, Reply, Server, TOKEN, not_found, ok, organisations, within};
use terraform_provider_bahriya::api::{Credentials, Kind, NewRegistry};
use terraform_provider_bahriya::secret::{self, Secret};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::registries::shown;

const PASSWORD: &str = "c4nary/pass\"word&4711";

async fn create(
    server: &Server,
    seconds: u64,
    cancel_after: Option<u64>,
) -> Result<String, terraform_provider_bahriya::api::Error> {
    let op = within(seconds);
    if let Some(ms) = cancel_after {
        let cancel = op.cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            cancel.cancel();
        });
    }
    let password = Secret::new(PASSWORD);
    let new = NewRegistry {
        handle: "reg",
        name: "Name",
        credentials: Credentials {
            server: "ghcr.io",
            username: "me",
            password: &password,
        },
        maxversions: Some(7),
    };
    server
        .client()
        .create_registry(&op, &new)
        .await
        .map(|(id, _)| id)
}

/// A server where nothing has the handle until it is created; the rest is answered by `answer`.
fn creating(answer: impl Fn(&Got) -> Reply + Send + Sync + 'static) -> Server {
    let posted = AtomicBool::new(false);
    Server::in_memory(move |got| {
        posted.fetch_or(got.method == "POST", Ordering::SeqCst);
        match got.line().as_str() {
            "GET /registry/reg" if !posted.load(Ordering::SeqCst) => not_found(),
            _ => answer(got),
        }
    })
}

fn after(milliseconds: u64, reply: Reply) -> Reply {
    Reply::After(Duration::from_millis(milliseconds), Box::new(reply))
}

#[tokio::test(start_paused = true)]
async fn a_write_in_flight_outlives_cancellation() {
    let server = creating(|_| after(800, Reply::Data(201, json!("r-1"))));
    let created = create(&server, 30, Some(100)).await;
    assert_eq!(created.expect("created"), "r-1");
    assert_eq!(server.got()[1].json()["maxversions"], json!(7));
}

#[tokio::test(start_paused = true)]
async fn so_does_the_look_that_settles_it() {
    let server = creating(|got| match got.line().as_str() {
        "POST /registries" => after(600, Reply::Cut),
        _ => after(300, ok(shown("r-1", "reg"))),
    });
    assert_eq!(create(&server, 30, Some(100)).await.expect("found"), "r-1");
}

#[tokio::test(start_paused = true)]
async fn and_it_has_time_after_the_deadline() {
    let server = creating(|got| match got.method.as_str() {
        "POST" => after(60_000, Reply::Cut),
        _ => ok(shown("r-1", "reg")),
    });
    assert_eq!(create(&server, 1, None).await.expect("found"), "r-1");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_after_cancellation() {
    let server = Server::in_memory(|_| Reply::Data(201, json!("r-1")));
    let (client, op) = (server.client(), within(30));
    op.cancel.cancel();
    for written in [
        client.activate(&op, "r", 1).await,
        client.delete_registry(&op, "r").await.map(drop),
    ] {
        let error = written.expect_err("cancelled");
        let said = (error.kind(), error.is_unknown());
        assert_eq!(said, (&Kind::Cancelled, false));
    }
    assert!(server.got().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_429_was_not_acted_on_and_is_repeated() {
    let first = Mutex::new(true);
    let server = creating(move |_| {
        if std::mem::take(&mut *first.lock().expect("a flag")) {
            Reply::Raw(429, "retry-after: 1\r\n", String::new())
        } else {
            Reply::Data(201, json!("r-1"))
        }
    });
    let began = Instant::now();
    assert_eq!(create(&server, 30, None).await.expect("created"), "r-1");
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.count("POST /registries"), 2);

    let server = creating(|_| Reply::Raw(429, "retry-after: 60\r\n", String::new()));
    let began = Instant::now();
    let error = create(&server, 200, Some(200))
        .await
        .expect_err("cancelled");
    let said = (error.kind(), error.is_unknown());
    assert_eq!(said, (&Kind::Cancelled, false));
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn what_was_cut_stays_unknown_whatever_comes_after() {
    // The deadline or Ctrl-C ends the waiting that a 429 asks for; a 403 ends the write.
    let limited: fn() -> Reply = || Reply::Raw(429, "retry-after: 60\r\n", String::new());
    let refused: fn() -> Reply = || Reply::Data(403, json!("no"));
    let cases = [
        (refused, 30, None, 2),
        (limited, 10, None, 2),
        (limited, 60, Some(5000), 2),
        // No second is sent at all.
        (refused, 60, Some(200), 1),
    ];
    let mut stories = JoinSet::new();
    for (second, seconds, cancel_after, sent) in cases {
        stories.spawn(async move {
            let posts = AtomicUsize::new(0);
            let server = creating(move |got| match got.line().as_str() {
                "POST /registries" if posts.fetch_add(1, Ordering::SeqCst) == 0 => Reply::Cut,
                "POST /registries" => second(),
                "GET /organisations" => organisations(),
                _ => not_found(),
            });
            let error = create(&server, seconds, cancel_after)
                .await
                .expect_err("nobody knows");
            assert!(error.is_unknown(), "{error}");
            assert_eq!(server.count("POST"), sent, "{:?}", server.lines());
        });
    }
    stories.join_all().await;
}

#[tokio::test(start_paused = true)]
async fn a_clean_refusal_is_final() {
    let server = creating(|_| Reply::Data(400, json!("Unexpected key `organisation`.")));
    let error = create(&server, 30, None).await.expect_err("refused");
    let said = (error.kind(), error.is_unknown());
    assert_eq!(said, (&Kind::Refused, false));
    assert!(error.to_string().contains("Unexpected key `organisation`."));
    assert_eq!(server.count("POST"), 1);
}

#[tokio::test(start_paused = true)]
async fn secrets_do_not_come_back_in_errors_or_events() {
    let events = Arc::new(Mutex::new(String::new()));
    let _guard = {
        use tracing_subscriber::layer::SubscriberExt;
        tracing::subscriber::set_default(
            tracing_subscriber::registry().with(Events(Arc::clone(&events))),
        )
    };
    let server = creating(|got| {
        let text = format!("{} {:?} {}", got.body, got.headers, PASSWORD);
        Reply::Raw(
            400,
            "x-request-id: id-1\r\n",
            json!({"code": 400, "status": "BAD REQUEST", "data": text}).to_string(),
        )
    });
    // Terraform's values are registered where they are decoded.
    for secret in [TOKEN, PASSWORD] {
        secret::register(&Secret::new(secret));
    }
    let error = create(&server, 5, None).await.expect_err("an echo");
    let events = events.lock().expect("the events").clone();
    assert!(
        events.contains("status=400") && events.contains("id-1") && events.contains("attempt=1"),
        "{events}"
    );
    for text in [format!("{error} {error:?}"), events] {
        let escaped = serde_json::to_string(PASSWORD).expect("JSON");
        for secret in [PASSWORD, escaped.trim_matches('"'), TOKEN] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

/// Collects the events of the crate.
struct Events(Arc<Mutex<String>>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Events {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.0.lock().expect("the events").push_str(&fields.0);
    }
}

struct Fields(String);

impl tracing::field::Visit for Fields {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        use std::fmt::Write;
        write!(self.0, "{}={value:?} ", field.name()).expect("a string");
    }
}
