//! Reading through faults.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::advice;
use serde_json::{Value, json};
use support::scripted::{
    self, Got, Reply, Server, TOKEN, not_found, ok, organisations, settings, within,
};
use terraform_provider_bahriya::api::{Client, Error, Fault, Kind, Registry, Request, Transport};
use terraform_provider_bahriya::secret::{self, Secret};
use tokio::task::JoinSet;
use tokio::time::Instant;

fn registry() -> Value {
    json!({"id": "r", "handle": "h", "name": "n", "server": "s", "username": "u", "maxversions": 5})
}

/// Answers to reads of the registry, by number.
fn answers(
    script: impl Fn(usize) -> Reply + Send + Sync + 'static,
) -> impl Fn(&Got) -> Reply + Send + Sync + 'static {
    let reads = AtomicUsize::new(0);
    move |got| match got.path.as_str() {
        "/organisations" => organisations(),
        _ => script(reads.fetch_add(1, Ordering::SeqCst)),
    }
}

/// Where they come over the network.
async fn listening(script: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(answers(script)).await
}

/// Where they come in virtual time.
fn reading(script: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Server {
    Server::in_memory(answers(script))
}

async fn read(server: &Server, seconds: u64) -> Result<Option<Registry>, Error> {
    server.client().registry(&within(seconds), "r").await
}

#[tokio::test]
async fn every_request_says_who_asks_and_for_what() {
    let server = listening(|_| ok(registry())).await;
    let found = read(&server, 5).await;
    assert_eq!(found.expect("a read").expect("a registry").handle, "h");
    let got = &server.got()[0];
    assert_eq!(got.line(), "GET /registries/r");
    assert_eq!(
        got.header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
    assert_eq!(got.header("accept"), Some("application/json"));
    assert_eq!(got.header("content-type"), Some("application/json"));
    assert_eq!(
        got.header("user-agent"),
        Some("terraform-provider-bahriya/0.4.0 test")
    );
}

#[tokio::test]
async fn passing_faults_are_outlived() {
    let faults: [fn() -> Reply; 5] = [
        || Reply::Raw(503, "", "<html>".into()),
        || Reply::Cut,
        || Reply::Short("{".into()),
        || Reply::Data(502, json!("bad gateway")),
        || Reply::Data(504, json!("gateway timeout")),
    ];
    for fault in faults {
        let server = listening(move |read| if read == 0 { fault() } else { ok(registry()) }).await;
        let found = read(&server, 60).await;
        assert!(found.expect("a read").is_some());
        assert_eq!(server.lines().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured() {
    let server = reading(|read| match read {
        0 => Reply::Raw(429, "retry-after: 2\r\n", String::new()),
        _ => ok(registry()),
    });
    let began = Instant::now();
    let found = read(&server, 60).await;
    assert!(found.expect("a read").is_some());
    assert!(began.elapsed() >= Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_for_no_wait_is_not_asked_more_often() {
    let past =
        "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: Sun, 06 Nov 1994 08:49:07 GMT\r\n";
    let mut cases = JoinSet::new();
    for headers in ["", "retry-after: 0\r\n", past] {
        for status in [429, 503] {
            cases.spawn(async move {
                let server = reading(move |_| Reply::Raw(status, headers, String::new()));
                let error = read(&server, 3).await;
                error.expect_err("no answer");
                // After 0, 1/4, 3/4 and 7/4 s, or later: chance doubles a delay at most.
                let asked = server.count("GET /registries/r");
                assert!(
                    (2..=4).contains(&asked),
                    "{asked} requests: {status} {headers}"
                );
            });
        }
    }
    cases.join_all().await;
}

#[tokio::test(start_paused = true)]
async fn of_the_client_errors_those_about_time_pass() {
    for (status, requests) in [(407, 1), (408, 2), (425, 2), (400, 1)] {
        let server = reading(move |read| match read {
            0 => Reply::Raw(status, "", String::new()),
            _ => ok(registry()),
        });
        let found = read(&server, 30).await;
        assert_eq!(found.is_ok(), requests == 2, "{status}: {found:?}");
        assert_eq!(server.lines().len(), requests, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn truncated_json_is_asked_for_again_but_not_for_ever() {
    let server = reading(|_| Reply::Raw(200, "", "{\"code\": 200, \"data\": {\"id\"".into()));
    let error = read(&server, 60).await.expect_err("truncated");
    assert_eq!(*error.kind(), Kind::UnexpectedAnswer);
    assert!(!error.is_unknown());
    assert_eq!(server.lines().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_long_retry_after_ends_at_the_deadline() {
    let server = reading(|_| Reply::Raw(429, "retry-after: 60\r\n", String::new()));
    let began = Instant::now();
    let error = read(&server, 20).await.expect_err("limited");
    assert_eq!(*error.kind(), Kind::RateLimited);
    assert!(began.elapsed() < Duration::from_secs(20));
}

type Answer = Box<dyn Fn(u16) -> Reply + Send + Sync>;

fn data(data: impl Into<Value>) -> Answer {
    let data = data.into();
    Box::new(move |status| Reply::Data(status, data.clone()))
}

fn raw(headers: &'static str, body: &'static str) -> Answer {
    Box::new(move |status| Reply::Raw(status, headers, body.to_owned()))
}

#[tokio::test(start_paused = true)]
async fn errors_tell_what_happened_where() {
    let location = "location: http://127.0.0.1:1/\r\n";
    let no_route = "{\"message\": \"no Route matched\"}";
    for (status, reply, kind) in [
        (401, data("bad token"), Kind::Unauthorised),
        (403, data("no"), Kind::Forbidden),
        (400, data(json!({"message": "bad"})), Kind::Refused),
        (500, raw("x-request-id: abc-1\r\n", "{}"), Kind::Server),
        (501, data("not implemented"), Kind::Server),
        (404, raw("", "<html>nginx</html>"), Kind::WrongAddress),
        (200, raw("", "\n<!doctype html>"), Kind::WrongAddress),
        (404, raw("", no_route), Kind::NotFound),
        (404, raw("", ""), Kind::NotFound),
        (302, raw(location, ""), Kind::WrongAddress),
        (200, data(json!({"id": "r"})), Kind::UnexpectedAnswer),
        (200, data(json!(null)), Kind::UnexpectedAnswer),
    ] {
        let server = reading(move |_| reply(status));
        let error = read(&server, 5).await.expect_err("an error");
        assert_eq!(*error.kind(), kind, "{error}");
        assert_eq!(error.status(), Some(status), "{error}");
        let request = format!("/registries/r, status {status}");
        let text = error.to_string();
        assert!(text.contains("(GET /organisations/"), "{text}");
        assert!(text.contains(&request), "{text}");
        assert!(!advice(&error).is_empty());
        assert!(!error.is_unknown());
        assert_eq!(server.lines().len(), 1, "{error}");
        if status == 500 {
            assert!(text.contains("request abc-1"), "{text}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_404_is_believed_only_with_proof() {
    let server = reading(|_| not_found());
    assert_eq!(read(&server, 5).await.expect("proved"), None);
    assert_eq!(server.lines(), ["GET /registries/r", "GET /organisations"]);

    let nowhere: fn() -> Reply = || ok(json!({"count": 0, "organisations": []}));
    for (organisations, kind) in [
        (nowhere, Kind::OrganisationNotVisible),
        (|| Reply::Data(500, json!("oops")), Kind::Server),
    ] {
        let server = Server::in_memory(move |got| match got.path.as_str() {
            "/organisations" => organisations(),
            _ => not_found(),
        });
        let error = read(&server, 5).await.expect_err("no proof");
        assert_eq!(*error.kind(), kind);
    }
}

#[tokio::test(start_paused = true)]
async fn many_that_are_gone_need_few_proofs() {
    let server = Server::in_memory(|got| {
        let answer = match got.path.as_str() {
            "/organisations" => organisations(),
            _ => not_found(),
        };
        Reply::After(Duration::from_millis(20), Box::new(answer))
    });
    let client = server.client();
    let reads: Vec<_> = (0..50)
        .map(|n| {
            let client = client.clone();
            tokio::spawn(async move { client.registry(&within(10), &format!("r{n}")).await })
        })
        .collect();
    for read in reads {
        assert_eq!(read.await.expect("a task").expect("proved"), None);
    }
    assert_eq!(server.count("GET /registries/"), 50);
    let proofs = server.count("GET /organisations");
    assert!(proofs <= 25, "{proofs}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = listening(|_| ok(registry())).await;
    let location = format!("location: {}/x\r\n", target.address);
    let server = listening(move |_| scripted::raw(307, &location, "")).await;
    let error = read(&server, 5).await.expect_err("a redirect");
    assert_eq!(*error.kind(), Kind::WrongAddress);
    assert!(target.got().is_empty());
}

#[tokio::test]
async fn answers_are_bounded_in_size_and_depth() {
    let server = listening(|_| Reply::Endless).await;
    let error = read(&server, 60).await.expect_err("endless");
    assert_eq!(*error.kind(), Kind::UnexpectedAnswer);
    assert!(error.message().contains("larger than 16 MiB"), "{error}");

    let deep = format!(
        "{{\"code\":200,\"data\":{}{}}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    let server = listening(move |_| Reply::Raw(200, "", deep.clone())).await;
    let error = read(&server, 60).await.expect_err("deep");
    assert_eq!(*error.kind(), Kind::UnexpectedAnswer);
}

#[tokio::test]
async fn no_connection_is_retried_until_the_deadline() {
    // A port that was free a moment ago; nobody listens there.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let address = listener.expect("a port").local_addr().expect("an address");
    let client = Client::new(settings(&format!("http://{address}/console/v1")));
    let (client, began) = (client.expect("good settings"), Instant::now());
    let error = client.registry(&within(4), "r").await.expect_err("refused");
    assert_eq!(*error.kind(), Kind::Unreachable);
    let said = error.message().to_lowercase();
    assert!(
        said.contains("attempts") && said.contains("refused"),
        "{error}"
    );
    // A busy machine adds to the time.
    assert!(began.elapsed() < Duration::from_secs(45));
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_meets_the_deadline() {
    let server = reading(|_| Reply::After(Duration::from_secs(60), Box::new(Reply::Cut)));
    let error = read(&server, 1).await.expect_err("silence");
    assert_eq!(*error.kind(), Kind::Timeout);
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_waits_and_reads_at_once() {
    for reply in [
        || Reply::Raw(429, "retry-after: 30\r\n", String::new()),
        || Reply::After(Duration::from_secs(30), Box::new(Reply::Cut)),
    ] {
        let server = reading(move |_| reply());
        let op = within(60);
        let cancel = op.cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            cancel.cancel();
        });
        let began = Instant::now();
        let read = server.client().registry(&op, "r").await;
        let error = read.expect_err("cancelled");
        assert_eq!(*error.kind(), Kind::Cancelled);
        assert!(began.elapsed() < Duration::from_secs(15));
    }
}

#[tokio::test]
async fn an_echo_is_redacted() {
    secret::register(&Secret::new(TOKEN));
    let server = Server::start(|got| {
        let echo = format!("you sent {:?} {}", got.header("authorization"), got.body);
        Reply::Data(400, json!(echo))
    })
    .await;
    let error = read(&server, 5).await.expect_err("an echo");
    assert!(error.message().contains("you sent"), "{error}");
    assert!(!format!("{error} {error:?} {}", advice(&error)).contains(TOKEN));
}

/// Whoever takes every request and answers none.
struct Mute;

#[async_trait::async_trait]
impl Transport for Mute {
    async fn exchange(&self, _: &Request) -> Result<terraform_provider_bahriya::api::Reply, Fault> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn an_api_that_hangs_costs_one_deadline_for_many() {
    for deadline in [120, 20, 6] {
        let settings = settings("http://127.0.0.1:1/console/v1");
        let client = Client::over(settings, std::sync::Arc::new(Mute)).expect("good settings");
        let began = Instant::now();
        // A hundred resources, ten at a time, half of them by the list.
        for _ in 0..10 {
            let mut reads = JoinSet::new();
            for n in 0..10 {
                let client = client.clone();
                reads.spawn(async move {
                    let (op, id) = (within(deadline), format!("r{n}"));
                    match n % 2 {
                        0 => client.registry(&op, &id).await,
                        _ => client.refreshed_registry(&op, &id).await,
                    }
                });
            }
            for read in reads.join_all().await {
                assert_eq!(*read.expect_err("silence").kind(), Kind::Timeout);
            }
        }
        let took = began.elapsed();
        assert!(took < Duration::from_secs(deadline + 1), "{took:?}");
    }
}

/// Nothing listens where the sandbox would.
struct Nobody;

#[async_trait::async_trait]
impl Transport for Nobody {
    async fn exchange(&self, _: &Request) -> Result<terraform_provider_bahriya::api::Reply, Fault> {
        let why = "127.0.0.1:7357: Connection refused (os error 111)";
        Err(Fault::NotSent(why.to_owned()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_sandbox_that_does_not_run_is_to_be_started() {
    let settings = settings("http://127.0.0.1:7357/console/v1");
    let client = Client::over(settings, std::sync::Arc::new(Nobody)).expect("good settings");
    let error = client.registry(&within(1), "r").await.expect_err("nobody");
    assert!(error.to_string().contains("127.0.0.1:7357"), "{error}");
    assert!(
        advice(&error).contains("make sandbox"),
        "{}",
        advice(&error)
    );
}
