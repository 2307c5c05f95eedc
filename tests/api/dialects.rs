//! Metadata, rotation and activation in both dialects.

mod model;

use serde_json::json;
use terraform_provider_bahriya::api::{Credentials, Dialect, Kind, Outcome, Registry, Rotation};
use terraform_provider_bahriya::resources::advice::advice;
use terraform_provider_bahriya::secret::Secret;

use model::Model;

use crate::server::{Reply, Server, not_found, ok, organisations, within};

fn password() -> Secret {
    Secret::new("rotated-canary-0815")
}

fn rotation<'a>(password: &'a Secret, username: &'a str) -> Rotation<'a> {
    Rotation {
        server: None,
        username,
        password,
    }
}

async fn read(server: &Server) -> Registry {
    server
        .client()
        .registry(&within(5), "r")
        .await
        .expect("a read")
        .expect("a registry")
}

#[tokio::test]
async fn the_dialect_is_found_by_reading_and_remembered() {
    for dialect in [Dialect::Rotate, Dialect::Put] {
        let server = Model::new(dialect).start().await;
        let client = server.client();
        for _ in 0..3 {
            assert_eq!(
                client.dialect(&within(5), "r").await.expect("a dialect"),
                dialect
            );
        }
        let asked = if dialect == Dialect::Rotate { 1 } else { 2 };
        assert_eq!(server.count("GET /registries/r/versions"), asked);
        assert_eq!(server.count("POST") + server.count("PUT"), 0);
        let versions = client.versions(&within(5), "r").await.expect("versions");
        assert_eq!(versions.is_some(), dialect == Dialect::Rotate);
    }
    // A passing fault does not decide it.
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |got| match got.path.as_str() {
        "/registries/r" => ok(json!({"id": "r", "handle": "reg"})),
        _ if asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 => {
            Reply::Raw(404, "", "<html>".into())
        }
        _ => ok(json!({"count": 0, "versions": []})),
    })
    .await;
    assert_eq!(
        server
            .client()
            .dialect(&within(5), "r")
            .await
            .expect("a dialect"),
        Dialect::Rotate
    );
    // Nor does a registry that is gone.
    let server = Server::start(|got| {
        if got.path == "/organisations" {
            organisations()
        } else {
            not_found()
        }
    })
    .await;
    let error = server
        .client()
        .dialect(&within(5), "r")
        .await
        .expect_err("gone");
    assert_eq!(*error.kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_rename_sends_no_credentials() {
    let server = Model::new(Dialect::Rotate).start().await;
    let registry = read(&server).await;
    let done = server
        .client()
        .update_metadata(&within(5), &registry, "New", None, None)
        .await
        .expect("renamed");
    assert!(!done.may_have_made_version);
    let put = server
        .got()
        .into_iter()
        .find(|got| got.method == "PUT")
        .expect("a PUT");
    assert_eq!(
        put.json(),
        json!({"handle": "reg", "name": "New", "server": "ghcr.io", "username": "me", "maxversions": 5})
    );
}

#[tokio::test]
async fn a_rename_whose_answer_is_lost_is_looked_for() {
    for (acts, puts) in [(true, 1), (false, 2)] {
        let server = Model::new(Dialect::Rotate)
            .with(acts, || Reply::Cut)
            .start()
            .await;
        let registry = read(&server).await;
        server
            .client()
            .update_metadata(&within(20), &registry, "New", Some(5), None)
            .await
            .expect("renamed");
        assert_eq!(server.count("PUT"), puts);
    }
}

#[tokio::test]
async fn the_put_dialect_needs_the_credentials() {
    let server = Model::new(Dialect::Put).start().await;
    let registry = read(&server).await;
    let (client, op) = (server.client(), within(5));
    let error = client
        .update_metadata(&op, &registry, "New", None, None)
        .await
        .expect_err("no password");
    assert_eq!(
        (error.kind(), error.outcome()),
        (&Kind::CredentialsNeeded, Outcome::NotDone)
    );
    assert_eq!(server.count("PUT"), 0);

    let password = password();
    let held = Credentials {
        server: "ghcr.io",
        username: "me",
        password: &password,
    };
    let done = client
        .update_metadata(&op, &registry, "New", Some(3), Some(&held))
        .await
        .expect("renamed");
    assert!(done.may_have_made_version);
    let put = server
        .got()
        .into_iter()
        .find(|got| got.method == "PUT")
        .expect("a PUT");
    assert_eq!(put.json()["password"], json!("rotated-canary-0815"));
    assert_eq!(put.json()["maxversions"], json!(3));
}

#[tokio::test]
async fn a_rotation_is_one_write_and_tells_its_version() {
    let server = Model::new(Dialect::Rotate).start().await;
    let registry = read(&server).await;
    let password = password();
    let done = server
        .client()
        .rotate(&within(5), &registry, &rotation(&password, "you"))
        .await
        .expect("rotated");
    assert_eq!(
        (done.version, done.version_id.as_deref()),
        (Some(2), Some("v-2"))
    );
    assert!(done.warnings.is_empty());
    let post = server
        .got()
        .into_iter()
        .find(|got| got.method == "POST")
        .expect("a POST");
    assert_eq!(
        post.json(),
        json!({"username": "you", "password": "rotated-canary-0815"})
    );
}

#[tokio::test]
async fn a_rotation_happens_exactly_once() {
    let losses: [fn() -> Reply; 4] = [
        || Reply::Cut,
        || Reply::Data(503, json!("busy")),
        || Reply::Raw(504, "", "<html>".into()),
        || Reply::Raw(201, "", "{\"code\"".into()),
    ];
    for lost in losses {
        for (acts, posts) in [(true, 1), (false, 2)] {
            let server = Model::new(Dialect::Rotate).with(acts, lost).start().await;
            let registry = read(&server).await;
            let password = password();
            let done = server
                .client()
                .rotate(&within(30), &registry, &rotation(&password, "me"))
                .await
                .expect("rotated");
            assert_eq!(done.version, Some(2));
            assert!(done.warnings.is_empty());
            assert_eq!(server.count("POST"), posts);
        }
    }
}

#[tokio::test]
async fn where_no_version_shows_a_lost_rotation_is_sent_once_more() {
    for dialect in [Dialect::Rotate, Dialect::Put] {
        let server = Model::new(dialect)
            .hidden()
            .with(true, || Reply::Cut)
            .start()
            .await;
        let registry = read(&server).await;
        let password = password();
        let done = server
            .client()
            .rotate(&within(30), &registry, &rotation(&password, "me"))
            .await
            .expect("rotated");
        assert_eq!((done.version, done.warnings.len()), (None, 1));
        assert_eq!(server.count("POST") + server.count("PUT"), 2);

        let server = Model::new(dialect)
            .hidden()
            .with(false, || Reply::Cut)
            .with(false, || Reply::Cut)
            .start()
            .await;
        let error = server
            .client()
            .rotate(&within(30), &registry, &rotation(&password, "me"))
            .await
            .expect_err("lost");
        assert_eq!(error.outcome(), Outcome::Unknown);
        assert_eq!(server.count("POST") + server.count("PUT"), 2);
    }
}

#[tokio::test]
async fn the_put_dialect_rotates_by_replacing() {
    let server = Model::new(Dialect::Put)
        .with(true, || Reply::Cut)
        .start()
        .await;
    let registry = read(&server).await;
    let password = password();
    let done = server
        .client()
        .rotate(&within(30), &registry, &rotation(&password, "me"))
        .await
        .expect("rotated");
    assert_eq!(done.version, Some(2));
    assert_eq!(server.count("PUT"), 1);
    let put = server
        .got()
        .into_iter()
        .find(|got| got.method == "PUT")
        .expect("a PUT");
    assert_eq!(
        put.json(),
        json!({"handle": "reg", "name": "Name", "server": "ghcr.io", "username": "me",
            "password": "rotated-canary-0815", "maxversions": 5})
    );
}

#[tokio::test]
async fn activation_survives_lost_answers_and_names_what_remains() {
    for fault in [None, Some(true), Some(false)] {
        let mut model = Model::new(Dialect::Rotate);
        model.add("two".to_owned());
        if let Some(acts) = fault {
            model = model.with(acts, || Reply::Cut);
        }
        let server = model.start().await;
        let client = server.client();
        client
            .activate(&within(20), "r", 1)
            .await
            .expect("activated");
        assert_eq!(read(&server).await.currentversion, Some(1));

        let error = client
            .activate(&within(5), "r", 9)
            .await
            .expect_err("no such version");
        assert_eq!(
            *error.kind(),
            Kind::NoSuchVersion {
                version: 9,
                remaining: vec![1, 2]
            }
        );
        assert!(advice(&error).contains("1, 2"));
    }
}

#[tokio::test]
async fn activation_without_a_route_is_said_so() {
    let server = Model::new(Dialect::Put).start().await;
    let error = server
        .client()
        .activate(&within(5), "r", 1)
        .await
        .expect_err("put");
    assert_eq!(
        (error.kind(), error.outcome()),
        (&Kind::ActivationUnsupported, Outcome::NotDone)
    );

    let no_routes: [fn() -> Reply; 3] = [
        not_found,
        || Reply::Data(405, json!("no")),
        || Reply::Raw(404, "", "<html>".into()),
    ];
    for reply in no_routes {
        let mut model = Model::new(Dialect::Rotate);
        model.add("two".to_owned());
        let server = model.with(false, reply).start().await;
        let error = server
            .client()
            .activate(&within(5), "r", 1)
            .await
            .expect_err("no route");
        assert_eq!(
            (error.kind(), error.outcome()),
            (&Kind::ActivationUnsupported, Outcome::NotDone)
        );
    }
}
