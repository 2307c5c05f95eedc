//! Metadata, rotation and activation in both dialects.

pub mod model;

use std::task::Poll;

use crate::advice;
use serde_json::{Value, json};
use support::scripted::{Reply, Server, not_found, ok, within};
use terraform_provider_bahriya::api::{
    Credentials, Dialect, Error, Kind, Look, Made, Proof, Registry, Rotated, Rotation,
};
use terraform_provider_bahriya::secret::Secret;

use model::Model;

fn password() -> Secret {
    Secret::new("rotated-canary-0815")
}

fn rotation<'a>(password: &'a Secret, username: &'a str) -> Rotation<'a> {
    Rotation {
        credentials: Credentials {
            server: "ghcr.io",
            username,
            password,
        },
        moves: false,
        renews: true,
        name: None,
        maxversions: None,
        known: &[],
    }
}

async fn read(server: &Server) -> Registry {
    let found = server.client().registry(&within(5), "r").await;
    found.expect("a read").expect("a registry")
}

/// The body of the first request with this method.
fn body(server: &Server, method: &str) -> Value {
    let mut got = server.got().into_iter();
    let found = got.find(|got| got.method == method);
    found.expect("a write").json()
}

fn said(error: &Error) -> (&Kind, bool) {
    (error.kind(), error.is_unknown())
}

#[tokio::test(start_paused = true)]
async fn the_dialect_is_found_by_reading_and_remembered() {
    for dialect in [Dialect::Rotate, Dialect::Put] {
        let server = Model::new(dialect).start();
        let registry = read(&server).await;
        let client = server.client();
        let op = within(5);
        // Many ask at once, and one finds it out for all.
        let asked = (0..10).map(|_| client.dialect(&op, &registry));
        for found in futures(asked).await {
            assert_eq!(found.expect("a dialect"), dialect);
        }
        let asked = if dialect == Dialect::Rotate { 1 } else { 2 };
        assert_eq!(server.count("GET /registries/r/versions"), asked);
        assert_eq!(server.count("POST") + server.count("PUT"), 0);
        let versions = client.versions(&op, &registry).await.expect("versions");
        assert_eq!(versions.is_some(), dialect == Dialect::Rotate);
    }
}

#[tokio::test(start_paused = true)]
async fn a_passing_or_foreign_fault_does_not_decide_the_dialect() {
    // The API's own 404 once, and a list after it.
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::in_memory(move |got| match got.path.as_str() {
        "/registries/r" => ok(json!({"id": "r", "handle": "reg"})),
        _ if asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 => not_found(),
        _ => ok(json!({"count": 0, "versions": []})),
    });
    let registry = read(&server).await;
    let found = server.client().dialect(&within(5), &registry).await;
    assert_eq!(found.expect("a dialect"), Dialect::Rotate);
    // Somebody else's.
    let server = Server::in_memory(|got| match got.path.as_str() {
        "/registries/r" => ok(json!({"id": "r", "handle": "reg"})),
        _ => Reply::Raw(404, "", "<html>".into()),
    });
    let registry = read(&server).await;
    let found = server.client().dialect(&within(5), &registry).await;
    assert_eq!(*found.expect_err("no API").kind(), Kind::WrongAddress);
}

/// What becomes of some futures that run at once.
async fn futures<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut all: Vec<_> = all.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        all.retain_mut(|one| match one.as_mut().poll(context) {
            Poll::Ready(value) => {
                done.push(value);
                false
            }
            Poll::Pending => true,
        });
        if all.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    done
}

#[tokio::test(start_paused = true)]
async fn a_rename_sends_no_credentials() {
    let server = Model::new(Dialect::Rotate).start();
    let registry = read(&server).await;
    let (client, op) = (server.client(), within(5));
    let renamed = client.update_metadata(&op, &registry, "New", None).await;
    renamed.expect("renamed");
    let put = body(&server, "PUT");
    assert_eq!(
        put,
        json!({"handle": "reg", "name": "New", "server": "ghcr.io", "username": "me", "maxversions": 5})
    );
}

#[tokio::test(start_paused = true)]
async fn a_rename_whose_answer_is_lost_is_looked_for() {
    for (acts, puts) in [(true, 1), (false, 2)] {
        let server = Model::new(Dialect::Rotate)
            .with(acts, || Reply::Cut)
            .start();
        let registry = read(&server).await;
        let (client, op) = (server.client(), within(20));
        let renamed = client.update_metadata(&op, &registry, "New", Some(5));
        renamed.await.expect("renamed");
        assert_eq!(server.count("PUT"), puts);
    }
}

#[tokio::test(start_paused = true)]
async fn the_put_dialect_needs_the_credentials() {
    let server = Model::new(Dialect::Put).start();
    let registry = read(&server).await;
    let (client, op) = (server.client(), within(5));
    let renamed = client.update_metadata(&op, &registry, "New", None).await;
    let error = renamed.expect_err("no password");
    assert_eq!(said(&error), (&Kind::CredentialsNeeded, false));
    assert_eq!(server.count("PUT"), 0);

    let password = password();
    let rotation = Rotation {
        name: Some("New"),
        maxversions: Some(3),
        ..rotation(&password, "me")
    };
    done(client.rotate(&op, &registry, &rotation).await);
    let put = body(&server, "PUT");
    assert_eq!(put["password"], json!("rotated-canary-0815"));
    assert_eq!(put["maxversions"], json!(3));
}

/// A rotation that was done, and how that is known.
fn done(written: Result<Rotated, Error>) -> (Made, Proof) {
    match written {
        Ok(Rotated::Done { made, proof, .. }) => (made, proof),
        other => panic!("not done: {other:?}"),
    }
}

/// A rotation of the registry as it is now.
async fn rotate(server: &Server, seconds: u64) -> Result<Rotated, Error> {
    rotate_from(server, seconds, &read(server).await, "me").await
}

async fn rotate_from(
    server: &Server,
    seconds: u64,
    registry: &Registry,
    username: &str,
) -> Result<Rotated, Error> {
    let (op, password) = (within(seconds), password());
    let rotation = rotation(&password, username);
    server.client().rotate(&op, registry, &rotation).await
}

fn made(number: i64) -> Made {
    Made {
        number: Some(number),
        id: Some(format!("v-{number}")),
    }
}

#[tokio::test(start_paused = true)]
async fn a_rotation_is_one_write_and_tells_its_version() {
    let server = Model::new(Dialect::Rotate).start();
    let written = rotate_from(&server, 5, &read(&server).await, "you").await;
    assert_eq!(done(written), (made(2), Proof::Answer));
    let post = body(&server, "POST");
    assert_eq!(
        post,
        json!({"username": "you", "password": "rotated-canary-0815"})
    );
}

#[tokio::test(start_paused = true)]
async fn a_version_is_told_by_its_id_whoever_came_after() {
    let server = Model::new(Dialect::Rotate).rival().start();
    let written = rotate(&server, 5).await;
    assert_eq!(done(written), (made(2), Proof::Answer));
    assert_eq!(read(&server).await.currentversion, Some(3));
}

const LOSSES: [fn() -> Reply; 6] = [
    || Reply::Cut,
    || Reply::Data(503, json!("busy")),
    || Reply::Data(502, json!("busy")),
    || Reply::Raw(504, "", "<html>".into()),
    || Reply::Raw(201, "", "{\"code\"".into()),
    || Reply::Raw(302, "location: /\r\n", String::new()),
];

#[tokio::test(start_paused = true)]
async fn a_rotation_is_sent_once_and_found_again_or_unknown() {
    for dialect in [Dialect::Rotate, Dialect::Put] {
        for lost in LOSSES {
            for acts in [true, false] {
                let server = Model::new(dialect).with(acts, lost).start();
                let registry = read(&server).await;
                match (acts, rotate_from(&server, 2, &registry, "me").await) {
                    (true, written) => {
                        let (made, proof) = done(written);
                        assert_eq!((made.number, proof), (Some(2), Proof::OnlyCandidate));
                    }
                    (false, Ok(Rotated::Unknown { error, baseline })) => {
                        assert!(error.is_unknown());
                        // What lands after all is found by the baseline.
                        let client = server.client();
                        let versions = client.versions(&within(5), &registry).await;
                        let versions = versions.expect("a read");
                        let look = baseline.find(&registry, versions.as_deref());
                        assert!(matches!(look, Look::Absent));
                    }
                    (false, written) => panic!("not unknown: {written:?}"),
                }
                assert_eq!(server.count("POST") + server.count("PUT"), 1);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_proves_only_a_version_that_is_new_and_shows() {
    type Case = (fn() -> Reply, bool, Option<(Made, Proof)>);
    let nothing = || Reply::Data(201, Value::Null);
    let earlier = || Reply::Data(201, json!("v-1"));
    let stranger = || Reply::Data(201, json!("v-99"));
    let unnumbered = Made {
        number: None,
        id: Some("v-99".to_owned()),
    };
    let doubtful = Proof::OnlyCandidate;
    let answers: [Case; 6] = [
        (nothing, true, Some((made(2), Proof::Answer))),
        (nothing, false, None),
        (earlier, true, Some((made(2), doubtful))),
        (earlier, false, None),
        (stranger, true, Some((unnumbered.clone(), doubtful))),
        (stranger, false, Some((unnumbered, doubtful))),
    ];
    for (answer, acts, expected) in answers {
        let server = Model::new(Dialect::Rotate).with(acts, answer).start();
        let written = rotate(&server, 30).await;
        match expected {
            Some(expected) => assert_eq!(done(written), expected),
            None => assert!(
                matches!(written, Ok(Rotated::Unknown { .. })),
                "{written:?}"
            ),
        }
        assert_eq!(server.count("POST"), 1);
    }
    let answers: [fn() -> Reply; 2] = [
        || ok(json!("r")),
        || ok(json!({"id": "r", "currentversion": 1})),
    ];
    for answer in answers {
        let server = Model::new(Dialect::Put).with(false, answer).start();
        let (made, proof) = done(rotate(&server, 30).await);
        assert_eq!((made, proof), (Made::default(), doubtful));
        assert_eq!(server.count("PUT"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_code_of_an_answer_counts_where_its_status_says_otherwise() {
    let denied = || {
        let body = json!({"code": 422, "status": "UNPROCESSABLE ENTITY", "data": "Too weak."});
        Reply::Raw(200, "", body.to_string())
    };
    for dialect in [Dialect::Rotate, Dialect::Put] {
        for acts in [true, false] {
            let server = Model::new(dialect).with(acts, denied).start();
            match rotate(&server, 30).await {
                Ok(Rotated::Unknown { error, .. }) if !acts => {
                    assert_eq!(said(&error), (&Kind::Refused, true));
                    assert!(error.message().contains("Too weak."));
                }
                written => assert_eq!(done(written).1, Proof::OnlyCandidate),
            }
            assert_eq!(server.count("POST") + server.count("PUT"), 1);
        }
    }
    // Nor is anything gone, or free, by it.
    let gone = || Reply::Raw(200, "", json!({"code": 404, "data": null}).to_string());
    let server = Server::in_memory(move |_| gone());
    let (client, op) = (server.client(), within(5));
    let read = client.registry(&op, "r").await;
    assert_eq!(*read.expect_err("no answer").kind(), Kind::Refused);
    assert!(client.registry_by_handle(&op, "reg").await.is_err());
}

#[tokio::test(start_paused = true)]
async fn what_another_client_made_since_the_plan_is_not_the_only_candidate() {
    let server = Model::new(Dialect::Rotate)
        .with(true, || Reply::Data(201, json!("v-2")))
        .with(false, || Reply::Cut)
        .start();
    let registry = read(&server).await;
    // The version of a client of its own, after the registry was read, and with the same user name.
    assert_eq!(done(rotate(&server, 5).await).0, made(2));
    let ours = rotate_from(&server, 2, &registry, "me").await;
    assert!(matches!(ours, Ok(Rotated::Unknown { .. })), "{ours:?}");
    assert_eq!(server.count("POST"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_429_is_no_attempt() {
    let limited = || Reply::Raw(429, "retry-after: 0\r\n", String::new());
    let server = Model::new(Dialect::Rotate).with(false, limited).start();
    let written = rotate(&server, 5).await;
    assert_eq!(done(written), (made(2), Proof::Answer));
    assert_eq!(server.count("POST"), 2);
}

#[tokio::test(start_paused = true)]
async fn where_no_version_shows_a_lost_rotation_stays_unknown() {
    for dialect in [Dialect::Rotate, Dialect::Put] {
        for acts in [true, false] {
            let server = Model::new(dialect)
                .hidden()
                .with(acts, || Reply::Cut)
                .start();
            let written = rotate(&server, 30).await;
            assert!(matches!(written, Ok(Rotated::Unknown { .. })));
            assert_eq!(server.count("POST") + server.count("PUT"), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_put_dialect_rotates_by_replacing() {
    let server = Model::new(Dialect::Put).start();
    let written = rotate(&server, 5).await;
    let (made, proof) = done(written);
    assert_eq!((made.number, proof), (Some(2), Proof::Answer));
    let put = body(&server, "PUT");
    assert_eq!(
        put,
        json!({"handle": "reg", "name": "Name", "server": "ghcr.io", "username": "me",
            "password": "rotated-canary-0815", "maxversions": 5})
    );
}

#[tokio::test(start_paused = true)]
async fn in_the_put_dialect_the_number_has_to_fit() {
    // Somebody else's came between ours and the read.
    let server = Model::new(Dialect::Put).rival().start();
    let written = rotate(&server, 5).await;
    let (made, proof) = done(written);
    assert_eq!((made.number, proof), (None, Proof::OnlyCandidate));
}

/// Neither by its id nor by its number, nor because the same write has changed the name.
#[tokio::test(start_paused = true)]
async fn a_version_that_was_there_before_was_not_made_by_a_rotation() {
    let unchanged = || {
        ok(
            json!({"id": "r", "handle": "reg", "name": "Name", "server": "ghcr.io", "username": "me",
            "maxversions": 5, "currentversion": 1}),
        )
    };
    for (dialect, told) in [
        (
            Dialect::Rotate,
            (|| Reply::Data(201, json!("v-1"))) as fn() -> Reply,
        ),
        (Dialect::Put, unchanged),
    ] {
        let server = Model::new(dialect).with(false, told).start();
        match (dialect, rotate(&server, 5).await) {
            // Its list shows no new version.
            (Dialect::Rotate, Ok(Rotated::Unknown { .. })) => {}
            (_, written) => assert_eq!(done(written), (Made::default(), Proof::OnlyCandidate)),
        }
    }
    let renamed = std::sync::atomic::AtomicBool::new(false);
    let server = Server::in_memory(move |got| {
        let order = std::sync::atomic::Ordering::SeqCst;
        match (got.method.as_str(), got.path.as_str()) {
            ("GET", "/registries/r") => {
                let name = if renamed.load(order) { "New" } else { "Name" };
                ok(
                    json!({"id": "r", "handle": "reg", "name": name, "server": "ghcr.io", "username": "me",
                    "maxversions": 5, "currentversion": 1, "currentversionid": "v-1"}),
                )
            }
            ("PUT", "/registries/r") => {
                renamed.store(true, order);
                ok(json!("r"))
            }
            _ => not_found(),
        }
    });
    let (op, password) = (within(5), password());
    let rotation = Rotation {
        name: Some("New"),
        ..rotation(&password, "me")
    };
    let registry = read(&server).await;
    let written = server.client().rotate(&op, &registry, &rotation).await;
    assert_eq!(done(written), (Made::default(), Proof::OnlyCandidate));
}

/// The API's own word counts, whatever status it comes with.
#[tokio::test(start_paused = true)]
async fn an_answer_that_says_it_failed_is_no_success() {
    let refused = || {
        let body =
            json!({"code": 422, "status": "UNPROCESSABLE ENTITY", "data": "They are wrong."});
        Reply::Raw(200, "", body.to_string())
    };
    for dialect in [Dialect::Rotate, Dialect::Put] {
        let server = Model::new(dialect).with(false, refused).start();
        match rotate(&server, 5).await {
            Ok(Rotated::Unknown { error, .. }) => {
                assert_eq!(error.message(), "They are wrong.");
            }
            written => panic!("{written:?}"),
        }
    }
    let server = Server::in_memory(move |_| refused());
    let (client, op) = (server.client(), within(5));
    let deleted = client.delete_registry(&op, "r").await;
    assert_eq!(*deleted.expect_err("refused").kind(), Kind::Refused);
    let attached = client.attach(&op, "p", "reg").await;
    assert_eq!(*attached.expect_err("refused").kind(), Kind::Refused);
}

#[tokio::test(start_paused = true)]
async fn activation_survives_lost_answers_and_names_what_remains() {
    for fault in [None, Some(true), Some(false)] {
        let mut model = Model::new(Dialect::Rotate);
        model.add("two".to_owned());
        if let Some(acts) = fault {
            model = model.with(acts, || Reply::Cut);
        }
        let server = model.start();
        let client = server.client();
        let activated = client.activate(&within(20), "r", 1).await;
        activated.expect("activated");
        assert_eq!(read(&server).await.currentversion, Some(1));

        let activated = client.activate(&within(5), "r", 9).await;
        let error = activated.expect_err("no such version");
        let (version, remaining) = (9, vec![1, 2]);
        assert_eq!(*error.kind(), Kind::NoSuchVersion { version, remaining });
        assert!(advice(&error).contains("1, 2"));
    }
}

#[tokio::test(start_paused = true)]
async fn activation_without_a_route_is_said_so() {
    let server = Model::new(Dialect::Put).start();
    let activated = server.client().activate(&within(5), "r", 1).await;
    let error = activated.expect_err("put");
    assert_eq!(said(&error), (&Kind::ActivationUnsupported, false));

    let no_routes: [fn() -> Reply; 3] = [
        not_found,
        || Reply::Data(405, json!("no")),
        || Reply::Raw(404, "", "<html>".into()),
    ];
    for reply in no_routes {
        let mut model = Model::new(Dialect::Rotate);
        model.add("two".to_owned());
        let server = model.with(false, reply).start();
        let activated = server.client().activate(&within(5), "r", 1).await;
        let error = activated.expect_err("no route");
        assert_eq!(said(&error), (&Kind::ActivationUnsupported, false));
    }
}
