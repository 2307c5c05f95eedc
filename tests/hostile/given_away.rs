//! An API whose objects hold a credential in a field that never had one: nothing of it is stored.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use support::core::{Core, Object, REGISTRY, Trouble};
use support::plugin::Options;
use support::provider_client::{Client, errors};
use support::scripted::{Got, Reply, Server, not_found, ok, organisations};

use crate::{ORGANISATION, PASSWORD, TOKEN, VERSION, config};

const ID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

/// What the registry shows in place of a field.
type Shown = Arc<Mutex<Option<(&'static str, String)>>>;

fn answer(shown: &Shown, request: &Got) -> Reply {
    let mut registry = json!({"id": ID, "handle": "ghcr", "name": "Images", "server": "ghcr.io", "username": "bot",
        "maxversions": 5, "currentversion": 1, "versioncount": 1, "billable": true});
    if let Some((field, text)) = &*shown.lock().expect("no panic") {
        registry[field] = text.as_str().into();
    }
    let (_, below) = request.target.split_once(ORGANISATION).unwrap_or_default();
    match (request.method.as_str(), below) {
        ("POST", "/registries") => Reply::Data(201, ID.into()),
        ("GET", "/registries") => ok(json!({"count": 1, "registries": [registry]})),
        ("GET", "") => organisations(),
        ("GET", _) if below.ends_with("/versions") => not_found(),
        ("GET", "/projects") => ok(json!({"count": 0, "projects": []})),
        ("GET", _) if below.starts_with("/registries/") => ok(registry),
        // Known by this handle alone: that of the registry to create is free.
        ("GET", "/registry/mirror") => {
            registry["handle"] = "mirror".into();
            ok(registry)
        }
        _ => not_found(),
    }
}

async fn start() -> (Client, Shown, Server) {
    let shown = Shown::default();
    let told = Arc::clone(&shown);
    let server = Server::start(move |request| answer(&told, request)).await;
    let mut client = Client::start(Options::default()).await;
    begin(&mut client, &server).await;
    (client, shown, server)
}

/// Begins a run, which remembers nothing of the run before.
async fn begin(client: &mut Client, server: &Server) {
    let settings =
        json!({"base_url": server.address, "organisation_id": ORGANISATION, "token": TOKEN});
    assert_eq!(client.configure(settings, VERSION).await, []);
}

async fn create(client: &mut Client) -> (Option<Object>, Result<(), Trouble>) {
    let config = config("bot");
    let planned = client.plan(REGISTRY, None, config.clone()).await;
    let mut stored = None;
    let result = Core::apply(client, REGISTRY, &mut stored, Some(&config), &planned).await;
    (stored, result)
}

/// The credentials of this process, as they are and as others write them.
fn texts() -> [String; 4] {
    [
        TOKEN.to_owned(),
        PASSWORD.to_owned(),
        format!("set to {PASSWORD}"),
        STANDARD.encode(format!("bot:{PASSWORD}")),
    ]
}

#[track_caller]
fn assert_apart(client: &Client, stored: Option<&Object>, text: &str) {
    for text in [text, TOKEN, PASSWORD] {
        client.assert_never_answered(text);
        if let Some(object) = stored {
            let state = object.state.to_string();
            assert!(!state.contains(json!(text).to_string().trim_matches('"')));
            let private = String::from_utf8_lossy(&object.private);
            assert!(!private.contains(text));
        }
    }
}

#[tokio::test]
async fn a_credential_in_a_field_is_never_stored() {
    let (mut client, shown, server) = start().await;
    let (made, result) = create(&mut client).await;
    result.expect("the server is well");
    let made = made.expect("it is stored");
    let set = |field, text: &str| *shown.lock().expect("no panic") = Some((field, text.to_owned()));
    // What somebody else changed is stored, so the fields are looked at.
    set("name", "Other images");
    begin(&mut client, &server).await;
    let read = Core::read(&mut client, REGISTRY, &made).await;
    assert_eq!(
        read.expect("a good answer").expect("it is there").state["name"],
        "Other images"
    );
    for field in ["name", "server", "username", "currentversionid"] {
        for text in texts() {
            set(field, &text);
            begin(&mut client, &server).await;
            let read = Core::read(&mut client, REGISTRY, &made).await;
            assert!(
                matches!(read, Err(Trouble::Refused(_))),
                "{field}: {read:?}"
            );
            assert_apart(&client, None, &text);
        }
    }
    // Made, and then shown with the credential: known by its id and by what was asked for.
    for text in texts() {
        set("currentversionid", &text);
        begin(&mut client, &server).await;
        let (stored, result) = create(&mut client).await;
        result.expect("it was made");
        let stored = stored.expect("it is stored");
        assert_eq!(stored.state["id"], ID);
        assert!(stored.state["currentversionid"].is_null());
        assert_apart(&client, Some(&stored), &text);
    }
}

#[tokio::test]
async fn a_credential_in_a_field_is_neither_looked_up_nor_imported() {
    let (mut client, shown, server) = start().await;
    // A run in which the provider has met the password.
    create(&mut client).await.1.expect("the server is well");
    let looks = [
        ("bahriya_registry", json!({"id": ID})),
        ("bahriya_registry", json!({"handle": "mirror"})),
        ("bahriya_registries", json!({})),
    ];
    begin(&mut client, &server).await;
    for (ty, config) in &looks {
        let found = client.look_up(ty, config.clone()).await;
        assert!(found.state.is_some(), "{:?}", found.diagnostics);
    }
    // Such an answer is asked for again and again, so each field has one of the texts.
    let fields = ["name", "server", "username", "currentversionid"];
    for (field, text) in fields.into_iter().zip(texts().into_iter().cycle()) {
        *shown.lock().expect("no panic") = Some((field, text.clone()));
        begin(&mut client, &server).await;
        for (ty, config) in &looks {
            let found = client.look_up(ty, config.clone()).await;
            assert!(found.state.is_none(), "{field} of {ty}");
            assert_eq!(errors(&found.diagnostics), ["unexpected_answer"]);
        }
        for id in [ID, "mirror"] {
            let imported = Core::import(&mut client, REGISTRY, id).await;
            assert!(matches!(imported, Err(Trouble::Refused(_))), "{field}");
        }
        assert_apart(&client, None, &text);
    }
}
