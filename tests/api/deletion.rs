//! Deleting registries: exactly once, and not while they are attached.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use support::scripted::{Got, Reply, Server, not_found, ok, organisations, within};
use terraform_provider_bahriya::api::{Kind, Outcome};

use crate::registries::shown;

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
