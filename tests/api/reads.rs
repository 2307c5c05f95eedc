//! Reading through faults.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use support::scripted::{Reply, Server, TOKEN, not_found, ok, organisations, settings, within};
use terraform_provider_bahriya::api::{Client, Fault, Kind, Outcome, Request, Transport};
use terraform_provider_bahriya::resources::advice::advice;
use terraform_provider_bahriya::secret::{self, Secret};
use tokio::task::JoinSet;
use tokio::time::Instant;

fn registry() -> serde_json::Value {
    json!({"id": "r", "handle": "h", "name": "n", "server": "s", "username": "u", "maxversions": 5})
}

/// A server whose answers to a read of the registry come from `script`, by number.
async fn reading(script: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Server {
    let reads = AtomicUsize::new(0);
    Server::start(move |got| match got.path.as_str() {
        "/organisations" => organisations(),
        _ => script(reads.fetch_add(1, Ordering::SeqCst)),
    })
    .await
}

#[tokio::test]
async fn every_request_says_who_asks_and_for_what() {
    let server = reading(|_| ok(registry())).await;
    let found = server.client().registry(&within(5), "r").await;
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
        let server = reading(move |read| if read == 0 { fault() } else { ok(registry()) }).await;
        let found = server.client().registry(&within(60), "r").await;
        assert!(found.expect("a read").is_some());
        assert_eq!(server.lines().len(), 2);
    }
}

#[tokio::test]
async fn retry_after_is_honoured() {
    let server = reading(|read| match read {
        0 => Reply::Raw(429, "retry-after: 2\r\n", String::new()),
        _ => ok(registry()),
    })
    .await;
    let began = Instant::now();
    let found = server.client().registry(&within(60), "r").await;
    assert!(found.expect("a read").is_some());
    assert!(began.elapsed() >= Duration::from_secs(2));
}

#[tokio::test]
async fn whoever_asks_for_no_wait_is_not_asked_more_often() {
    let past =
        "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: Sun, 06 Nov 1994 08:49:07 GMT\r\n";
    let mut cases = JoinSet::new();
    for headers in ["", "retry-after: 0\r\n", past] {
        for status in [429, 503] {
            cases.spawn(async move {
                let server = reading(move |_| Reply::Raw(status, headers, String::new())).await;
                let error = server.client().registry(&within(3), "r").await;
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

#[tokio::test]
async fn of_the_client_errors_those_about_time_pass() {
    for (status, requests) in [(407, 1), (408, 2), (425, 2), (400, 1)] {
        let server = reading(move |read| match read {
            0 => Reply::Raw(status, "", String::new()),
            _ => ok(registry()),
        })
        .await;
        let found = server.client().registry(&within(30), "r").await;
        assert_eq!(found.is_ok(), requests == 2, "{status}: {found:?}");
        assert_eq!(server.lines().len(), requests, "{status}");
    }
}

#[tokio::test]
async fn truncated_json_is_asked_for_again_but_not_for_ever() {
    let server = reading(|_| Reply::Raw(200, "", "{\"code\": 200, \"data\": {\"id\"".into())).await;
    let error = server
        .client()
        .registry(&within(60), "r")
        .await
        .expect_err("truncated");
    assert_eq!(*error.kind(), Kind::UnexpectedAnswer);
    assert_eq!(error.outcome(), Outcome::NotDone);
    assert_eq!(server.lines().len(), 3);
}

#[tokio::test]
async fn a_long_retry_after_ends_at_the_deadline() {
    let server = reading(|_| Reply::Raw(429, "retry-after: 60\r\n", String::new())).await;
    let began = Instant::now();
    let error = server
        .client()
        .registry(&within(20), "r")
        .await
        .expect_err("limited");
    assert_eq!(*error.kind(), Kind::RateLimited);
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn errors_tell_what_happened_where() {
    for (reply, kind, status) in [
        (
            Reply::Data(401, json!("bad token")),
            Kind::Unauthorised,
            401,
        ),
        (Reply::Data(403, json!("no")), Kind::Forbidden, 403),
        (
            Reply::Data(400, json!({"message": "bad"})),
            Kind::Refused,
            400,
        ),
        (
            Reply::Raw(500, "x-request-id: abc-1\r\n", "{}".into()),
            Kind::Server,
            500,
        ),
        (
            Reply::Data(501, json!("not implemented")),
            Kind::Server,
            501,
        ),
        (
            Reply::Raw(404, "", "<html>nginx</html>".into()),
            Kind::WrongAddress,
            404,
        ),
        (
            Reply::Raw(200, "", "\n<!doctype html>".into()),
            Kind::WrongAddress,
            200,
        ),
        (
            Reply::Raw(404, "", "{\"message\": \"no Route matched\"}".into()),
            Kind::NotFound,
            404,
        ),
        (Reply::Raw(404, "", String::new()), Kind::NotFound, 404),
        (
            Reply::Raw(302, "location: http://127.0.0.1:1/\r\n", String::new()),
            Kind::WrongAddress,
            302,
        ),
        (ok(json!({"id": "r"})), Kind::UnexpectedAnswer, 200),
        (ok(json!(null)), Kind::UnexpectedAnswer, 200),
    ] {
        let reply = std::sync::Mutex::new(Some(reply));
        let server =
            reading(move |_| reply.lock().expect("a reply").take().unwrap_or(Reply::Cut)).await;
        let error = server
            .client()
            .registry(&within(5), "r")
            .await
            .expect_err("an error");
        assert_eq!(*error.kind(), kind, "{error}");
        assert_eq!(error.status(), Some(status), "{error}");
        let request = format!("/registries/r, status {status}");
        let text = error.to_string();
        assert!(text.contains("(GET /organisations/"), "{text}");
        assert!(text.contains(&request), "{text}");
        assert!(!advice(&error).is_empty());
        assert_eq!(error.outcome(), Outcome::NotDone);
        assert_eq!(server.lines().len(), 1, "{error}");
        if status == 500 {
            assert!(text.contains("request abc-1"), "{text}");
        }
    }
}

#[tokio::test]
async fn a_404_is_believed_only_with_proof() {
    let server = reading(|_| not_found()).await;
    assert_eq!(
        server
            .client()
            .registry(&within(5), "r")
            .await
            .expect("proved"),
        None
    );
    assert_eq!(server.lines(), ["GET /registries/r", "GET /organisations"]);

    let elsewhere = Server::start(|got| match got.path.as_str() {
        "/organisations" => ok(json!({"count": 0, "organisations": []})),
        _ => not_found(),
    })
    .await;
    let error = elsewhere
        .client()
        .registry(&within(5), "r")
        .await
        .expect_err("not visible");
    assert_eq!(*error.kind(), Kind::OrganisationNotVisible);

    let broken = Server::start(|got| match got.path.as_str() {
        "/organisations" => Reply::Data(500, json!("oops")),
        _ => not_found(),
    })
    .await;
    let error = broken
        .client()
        .registry(&within(5), "r")
        .await
        .expect_err("no proof");
    assert_eq!(*error.kind(), Kind::Server);
}

#[tokio::test]
async fn many_that_are_gone_need_few_proofs() {
    let server = reading(|_| not_found()).await;
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
    assert!(
        server.count("GET /organisations") <= 25,
        "{}",
        server.count("GET /organisations")
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = reading(|_| ok(registry())).await;
    let location = target.address.clone();
    let header: &'static str = Box::leak(format!("location: {location}/x\r\n").into_boxed_str());
    let server = reading(move |_| Reply::Raw(307, header, String::new())).await;
    let error = server
        .client()
        .registry(&within(5), "r")
        .await
        .expect_err("a redirect");
    assert_eq!(*error.kind(), Kind::WrongAddress);
    assert!(target.got().is_empty());
}

#[tokio::test]
async fn answers_are_bounded_in_size_and_depth() {
    let server = reading(|_| Reply::Endless).await;
    let error = server
        .client()
        .registry(&within(60), "r")
        .await
        .expect_err("endless");
    assert_eq!(*error.kind(), Kind::UnexpectedAnswer);
    assert!(error.message().contains("larger than 16 MiB"), "{error}");

    let deep = format!(
        "{{\"code\":200,\"data\":{}{}}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    let server = reading(move |_| Reply::Raw(200, "", deep.clone())).await;
    let error = server
        .client()
        .registry(&within(60), "r")
        .await
        .expect_err("deep");
    assert_eq!(*error.kind(), Kind::UnexpectedAnswer);
}

#[tokio::test]
async fn no_connection_is_retried_until_the_deadline() {
    // A port that was free a moment ago; nobody listens there.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let client = terraform_provider_bahriya::api::Client::new(settings(&format!(
        "http://127.0.0.1:{port}/console/v1"
    )))
    .expect("good settings");
    let began = Instant::now();
    let error = client.registry(&within(2), "r").await.expect_err("refused");
    assert_eq!(*error.kind(), Kind::Unreachable);
    assert!(error.message().contains("attempts"), "{error}");
    assert!(
        error.message().to_lowercase().contains("refused"),
        "{error}"
    );
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_silent_server_meets_the_deadline() {
    let server = reading(|_| Reply::After(Duration::from_secs(60), Box::new(Reply::Cut))).await;
    let error = server
        .client()
        .registry(&within(1), "r")
        .await
        .expect_err("silence");
    assert_eq!(*error.kind(), Kind::Timeout);
}

#[tokio::test]
async fn cancelling_ends_waits_and_reads_at_once() {
    for reply in [
        || Reply::Raw(429, "retry-after: 30\r\n", String::new()),
        || Reply::After(Duration::from_secs(30), Box::new(Reply::Cut)),
    ] {
        let server = reading(move |_| reply()).await;
        let op = within(60);
        let cancel = op.cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            cancel.cancel();
        });
        let began = Instant::now();
        let error = server
            .client()
            .registry(&op, "r")
            .await
            .expect_err("cancelled");
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
    let error = server
        .client()
        .registry(&within(5), "r")
        .await
        .expect_err("an echo");
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
    let settings = settings("http://127.0.0.1:1/console/v1");
    let client = Client::over(settings, std::sync::Arc::new(Mute)).expect("good settings");
    let began = Instant::now();
    // A hundred resources, ten at a time, half of them by the list.
    for _ in 0..10 {
        let mut reads = JoinSet::new();
        for n in 0..10 {
            let client = client.clone();
            reads.spawn(async move {
                let (op, id) = (within(120), format!("r{n}"));
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
    assert!(took < Duration::from_secs(121), "{took:?}");
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

#[tokio::test]
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
