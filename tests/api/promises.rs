//! The table of promises in `docs/reliability.md`: how often each write is sent after each kind of answer.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use terraform_provider_bahriya::api::{Credentials, Dialect, Rotation};

use crate::dialects::model::Model;
use crate::registries::{new, password, shown};
use support::scripted::{Reply, Server, not_found, ok, organisations, within};

const PAGE: &str = include_str!("../../docs/reliability.md");

const LOST: [fn() -> Reply; 4] = [
    || Reply::Cut,
    || Reply::Data(502, json!("busy")),
    || Reply::Data(503, json!("busy")),
    || Reply::Raw(201, "", "{\"code\"".into()),
];

/// Said to be refused, under the status of a success.
const DENIED: fn() -> Reply =
    || Reply::Raw(200, "", json!({"code": 422, "data": "no"}).to_string());

/// The rows: write, answer, whether it is sent again.
fn rows() -> Vec<(String, String, bool)> {
    let (_, rest) = PAGE.split_once("<!-- promises -->").expect("the table");
    let (table, _) = rest
        .split_once("<!-- end of promises -->")
        .expect("its end");
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let again = cells[3].starts_with("yes");
        (cells[1].to_owned(), cells[2].to_owned(), again)
    })
    .collect()
}

/// How often a rotation or a change without credentials is sent, whose first attempt gets this answer and does not act.
async fn sent(model: Model, write: &str, lost: fn() -> Reply) -> usize {
    let server = model.with(false, lost).start();
    let client = server.client();
    let registry = client.registry(&within(5), "r").await.expect("a read");
    let registry = registry.expect("a registry");
    let password = password();
    let rotation = Rotation {
        credentials: Credentials {
            server: "ghcr.io",
            username: "me",
            password: &password,
        },
        moves: false,
        renews: true,
        name: None,
        maxversions: None,
        known: &[],
    };
    let op = within(4);
    match write {
        "rename" => drop(client.update_metadata(&op, &registry, "New", None).await),
        "activate" => drop(client.activate(&op, "r", 1).await),
        _ => drop(client.rotate(&op, &registry, &rotation).await),
    }
    server.count("POST") + server.count("PUT")
}

async fn created(lost: fn() -> Reply) -> usize {
    let posts = AtomicUsize::new(0);
    let server = Server::in_memory(move |got| match got.line().as_str() {
        "GET /organisations" => organisations(),
        "POST /registries" if posts.fetch_add(1, Ordering::SeqCst) == 0 => lost(),
        "POST /registries" => Reply::Data(201, json!("r-1")),
        "GET /registries/r-1" => ok(shown("r-1", "reg")),
        _ => not_found(),
    });
    let password = password();
    let (client, op) = (server.client(), within(8));
    drop(client.create_registry(&op, &new(&password)).await);
    server.count("POST")
}

async fn attached(lost: fn() -> Reply) -> usize {
    let posts = AtomicUsize::new(0);
    let server = Server::in_memory(move |got| match got.method.as_str() {
        "POST" if posts.fetch_add(1, Ordering::SeqCst) == 0 => lost(),
        "POST" => Reply::Data(201, json!("j-1")),
        _ => ok(json!({"registries": []})),
    });
    drop(server.client().attach(&within(8), "p", "reg").await);
    server.count("POST")
}

#[tokio::test(start_paused = true)]
async fn each_write_is_sent_as_often_as_the_page_says() {
    let rows = rows();
    assert_eq!(rows.len(), 8, "a row that no test knows");
    for (write, answer, again) in rows {
        let limited: fn() -> Reply = || Reply::Raw(429, "", String::new());
        let refused: fn() -> Reply = || Reply::Data(400, json!("no"));
        let good: fn() -> Reply = || Reply::Data(200, json!("v-2"));
        let answers = match answer.as_str() {
            "2xx" => vec![good],
            text if text.contains("429") => vec![limited],
            text if text.contains("4xx") => vec![refused],
            _ if again => LOST.to_vec(),
            _ => [&LOST[..], &[DENIED]].concat(),
        };
        for lost in &answers {
            let two = || {
                let mut model = Model::new(Dialect::Rotate);
                model.add("me".to_owned());
                model
            };
            let (rotate, put) = (Model::new(Dialect::Rotate), Model::new(Dialect::Put));
            let mut counts = Vec::new();
            match write.split([';', ' ']).next() {
                Some("any") => {
                    counts.push(sent(rotate, "rotate", *lost).await);
                    counts.push(sent(put, "rotate", *lost).await);
                    counts.push(sent(two(), "rename", *lost).await);
                    counts.push(sent(two(), "activate", *lost).await);
                    counts.push(created(*lost).await);
                }
                Some("rotation") => {
                    counts.push(sent(rotate, "rotate", *lost).await);
                    counts.push(sent(put, "rotate", *lost).await);
                }
                Some("the") => {
                    counts.push(sent(rotate.hidden(), "rotate", *lost).await);
                    counts.push(sent(put.hidden(), "rotate", *lost).await);
                }
                Some("creation") => counts.push(created(*lost).await),
                Some("attachment") => counts.push(attached(*lost).await),
                Some("name") => {
                    counts.push(sent(two(), "rename", *lost).await);
                    counts.push(sent(two(), "activate", *lost).await);
                }
                other => panic!("no test knows this write: {other:?}"),
            }
            for count in counts {
                assert_eq!(count, if again { 2 } else { 1 }, "{write} | {answer}");
            }
        }
    }
}
