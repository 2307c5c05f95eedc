//! Deleting registries: exactly once, and not while they are attached.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use support::scripted::{Reply, Server, not_found, ok, organisations, within};
use terraform_provider_bahriya::api::{Error, Kind};

use crate::registries::shown;

fn deleting(reply: impl Fn(usize) -> Reply + Send + Sync + 'static, gone_after: usize) -> Server {
    let deletes = AtomicUsize::new(0);
    Server::in_memory(move |got| match (got.method.as_str(), got.path.as_str()) {
        ("DELETE", _) => reply(deletes.fetch_add(1, Ordering::SeqCst)),
        (_, "/organisations") => organisations(),
        _ if deletes.load(Ordering::SeqCst) >= gone_after => not_found(),
        _ => {
            let mut registry = shown("r", "reg");
            registry["projects"] = json!([{"id": "p", "handle": "shop"}]);
            ok(registry)
        }
    })
}

async fn delete(server: &Server, seconds: u64) -> Result<bool, Error> {
    let (client, op) = (server.client(), within(seconds));
    client.delete_registry(&op, "r").await
}

#[tokio::test(start_paused = true)]
async fn a_deletion_waits_for_the_detachment() {
    for (status, text) in [
        (
            400,
            "A registry associated with a project cannot be deleted.",
        ),
        (
            409,
            "Cannot delete 'reg': still attached to project(s): shop. Detach from each project first.",
        ),
    ] {
        let refusal = move || Reply::Data(status, json!(text));
        let server = deleting(move |n| if n < 2 { refusal() } else { ok(Value::Null) }, 3);
        delete(&server, 30).await.expect("deleted");
        assert_eq!(server.count("DELETE"), 3);

        let server = deleting(move |_| refusal(), 99);
        let error = delete(&server, 1).await.expect_err("attached");
        let projects = vec!["shop".to_owned()];
        assert_eq!(*error.kind(), Kind::StillAttached { projects });
        assert!(!error.is_unknown());
    }
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_was_done_is_a_success() {
    let server = deleting(|_| Reply::Cut, 1);
    delete(&server, 10).await.expect("deleted, unseen");
    assert_eq!(server.count("DELETE"), 1);

    let server = deleting(|_| not_found(), 0);
    delete(&server, 10).await.expect("gone before");

    let server = deleting(|n| if n == 0 { Reply::Cut } else { ok(Value::Null) }, 2);
    delete(&server, 10).await.expect("deleted at last");
    assert_eq!(server.count("DELETE"), 2);

    let server = Server::in_memory(|_| Reply::Raw(404, "", "<html>".into()));
    let error = delete(&server, 10).await.expect_err("not the API");
    assert_eq!(*error.kind(), Kind::WrongAddress);
}
