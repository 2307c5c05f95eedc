//! Servers that send back what they were sent, in every place where a text can be.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::{Value as Json, json};
use support::core::{Trouble, Workspace};
use support::sandbox::Sandbox;
use support::scripted::{reply, serve};
use tokio::io::AsyncWriteExt;

use crate::{ORGANISATION, PASSWORD, TOKEN, Victim};

/// Looks for the secrets in everything that the provider has told and logged.
#[track_caller]
fn assert_silent(victim: &Victim, token: &str) {
    let mut texts = victim.core.told();
    let log = victim.process.stderr();
    assert!(
        log.iter().any(|line| line.contains("request to the API")),
        "nothing was logged"
    );
    texts.extend(log);
    for (number, text) in texts.iter().enumerate() {
        // A log line is JSON, so what it holds is escaped once more: both forms are searched.
        let decoded = serde_json::from_str::<Json>(text).map(|line| line.to_string());
        for text in [text.as_str(), decoded.as_deref().unwrap_or_default()] {
            for form in traces(token).into_iter().chain(traces(PASSWORD)) {
                assert!(
                    !text.contains(&form),
                    "text {number} holds a secret: {text}"
                );
            }
        }
    }
}

/// A secret in the encodings that servers use, and as it is.
fn forms(secret: &str) -> Vec<String> {
    let json = json!(secret).to_string();
    let json = json.trim_matches('"').to_owned();
    let json_twice = json!(json).to_string();
    let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let percent = percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC);
    let as_go = json
        .replace('&', "\\u0026")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e");
    vec![
        secret.to_owned(),
        json_twice.trim_matches('"').to_owned(),
        json,
        as_go,
        hex,
        percent.to_string(),
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
        STANDARD.encode(format!("bot:{secret}")),
    ]
}

/// What is looked for: the forms, and half of the last one, which is the same for other users.
fn traces(secret: &str) -> Vec<String> {
    let mut traces = forms(secret);
    let with_user = traces[traces.len() - 1].clone();
    traces.push(with_user[with_user.len() / 2..with_user.len() - 4].to_owned());
    traces
}

/// A create and a refresh, both of which have to fail.
async fn fail_both(victim: &mut Victim) {
    victim.begin().await;
    let applied = victim.apply(&mut Workspace::default(), "bot").await;
    assert!(matches!(applied, Err(Trouble::Refused(_))), "{applied:?}");
    // After the create, so that its password is known to the redactor whoever echoes it.
    let read = victim.read().await;
    assert!(matches!(read, Err(Trouble::Refused(_))), "{read:?}");
}

#[tokio::test]
async fn a_sandbox_that_echoes_tells_nothing() {
    for dialect in ["rotate", "put"] {
        let sandbox = Sandbox::options().dialect(dialect).start();
        let mut victim =
            Victim::start(&sandbox.api_url, &sandbox.organisation, &sandbox.token).await;
        let echo = |method: &str, path: &str| json!({"method": method, "path": path, "times": 100, "fault": {"kind": "echo"}});
        sandbox.fault(echo("*", "/**")).await;
        fail_both(&mut victim).await;
        sandbox.clear_faults().await;

        // A registry that is made well, and a rotation that is echoed.
        let mut workspace = Workspace::default();
        let made = victim.apply(&mut workspace, "bot").await;
        made.expect("the sandbox is well");
        sandbox.fault(echo("POST", "/**")).await;
        sandbox.fault(echo("PUT", "/**")).await;
        let applied = victim.apply(&mut workspace, "robot").await;
        assert!(matches!(applied, Err(Trouble::Refused(_))), "{applied:?}");
        let told = victim.core.told().join("\n");
        assert!(
            told.contains("Could not process"),
            "the echo was not seen: {told}"
        );
        assert_silent(&victim, &sandbox.token);
    }
}

/// Every place of an answer, by its name.
const PLACES: [&str; 9] = [
    "message",
    "encoded",
    "at the cut",
    "request id",
    "reason",
    "location",
    "page",
    "ids",
    "garbage",
];

#[tokio::test]
async fn no_place_of_an_answer_lets_a_secret_through() {
    // Much of it is waiting, which can be done at once.
    for trial in PLACES.map(|place| tokio::spawn(lets_nothing_through(place))) {
        trial.await.expect("nothing is shown");
    }
}

async fn lets_nothing_through(place: &'static str) {
    let address = serve(move |request, mut stream| async move {
            let token = request.header("authorization").unwrap_or_default();
            // What came before is asked for again: a server that remembers echoes it at any time.
            let all = format!("{} {token} {PASSWORD} {TOKEN}", request.body);
            let envelope = |code: u16, data: Json| json!({"code": code, "status": "X", "data": data}).to_string();
            let plain = all.replace(['\r', '\n'], " ");
            match place {
                "message" => reply(stream, "HTTP/1.1 400 X", envelope(400, json!(all)).as_bytes()).await,
                "encoded" => {
                    let text = [forms(TOKEN), forms(PASSWORD)].concat().join(" ");
                    reply(stream, "HTTP/1.1 409 X", envelope(409, json!(text)).as_bytes()).await
                }
                "at the cut" => {
                    let text = format!("{PASSWORD}{TOKEN}").repeat(500);
                    reply(stream, "HTTP/1.1 400 X", envelope(400, json!(text)).as_bytes()).await
                }
                "request id" => {
                    let head = format!("HTTP/1.1 403 X\r\nx-request-id: {TOKEN} {PASSWORD}");
                    reply(stream, &head, envelope(403, json!("no")).as_bytes()).await
                }
                "reason" => reply(stream, &format!("HTTP/1.1 500 {plain}"), b"").await,
                "location" => {
                    let head = format!("HTTP/1.1 302 X\r\nlocation: http://127.0.0.1:1/{TOKEN}");
                    reply(stream, &head, b"").await
                }
                "page" => reply(stream, "HTTP/1.1 200 X", format!("<html>{all}").as_bytes()).await,
                "ids" => {
                    let data = json!({"id": all, "handle": all, "name": all, "count": 1, "organisations": [all]});
                    reply(stream, "HTTP/1.1 200 X", envelope(200, json!({"registries": [data]})).as_bytes()).await
                }
                _ => stream.write_all(format!("{all}\r\n\r\n{all}").as_bytes()).await,
            }
        })
        .await;
    let mut victim = Victim::start(&address, ORGANISATION, TOKEN).await;
    fail_both(&mut victim).await;
    assert_silent(&victim, TOKEN);
}
