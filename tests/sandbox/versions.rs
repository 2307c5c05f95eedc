//! Versions of credentials: rotation, activation, eviction, in the *rotate* dialect.

use serde_json::{Value, json};
use support::sandbox::{CheckedVersion, Reply, Sandbox};

async fn read(sandbox: &Sandbox, registry: &str) -> Value {
    let path = format!("/registries/{registry}");
    sandbox.get(&path).await
}

async fn versions(sandbox: &Sandbox, registry: &str) -> Vec<i64> {
    let path = format!("/registries/{registry}/versions");
    let data = sandbox.get(&path).await;
    let versions = data["versions"].as_array().unwrap();
    assert_eq!(data["count"], versions.len());
    versions
        .iter()
        .map(|version| version["version"].as_i64().unwrap())
        .collect()
}

async fn update(sandbox: &Sandbox, registry: &str, body: Value) -> Reply {
    let path = format!("/registries/{registry}");
    sandbox.call("PUT", &path, Some(body)).await
}

#[tokio::test]
async fn the_first_credentials_are_version_1() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("ghcr", "one").await;
    assert_eq!(versions(&sandbox, &id).await, [1]);
    let registry = read(&sandbox, &id).await;
    assert_eq!(registry["currentversion"], 1);
    assert_eq!(registry["versioncount"], 1);
    assert!(sandbox.current_is("ghcr", "bot", "one").await);
}

#[tokio::test]
async fn rotation_makes_version_2_current_and_keeps_version_1() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("ghcr", "one").await;
    sandbox.rotate(&id, "bot-2", "two").await;
    assert_eq!(versions(&sandbox, &id).await, [1, 2]);
    let registry = read(&sandbox, &id).await;
    assert_eq!(registry["currentversion"], 2);
    assert_eq!(registry["username"], "bot-2");
    assert_eq!(registry["server"], "ghcr.io");
    let first = CheckedVersion {
        version: 1,
        current: false,
        matches: true,
    };
    let second = CheckedVersion {
        version: 2,
        current: true,
        matches: false,
    };
    assert_eq!(
        sandbox.check_credentials(&id, "bot", "one").await,
        [first, second]
    );
}

#[tokio::test]
async fn activating_an_earlier_version_rolls_back_without_its_credentials() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("ghcr", "one").await;
    sandbox.rotate(&id, "bot", "two").await;
    sandbox.activate(&id, 1).await;
    assert_eq!(read(&sandbox, &id).await["currentversion"], 1);
    assert_eq!(versions(&sandbox, &id).await, [1, 2]);
    assert!(sandbox.current_is(&id, "bot", "one").await);
    let path = format!("/registries/{id}/versions/7/activate");
    let refused = sandbox.call("POST", &path, None).await.expect(404);
    assert_eq!(refused.text(), "Version 7 of registry 'ghcr' not found.");
}

#[tokio::test]
async fn versions_beyond_maxversions_are_evicted_but_never_the_current_one() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("ghcr", "1").await;
    for password in ["2", "3", "4", "5", "6"] {
        sandbox.rotate(&id, "bot", password).await;
    }
    assert_eq!(versions(&sandbox, &id).await, [2, 3, 4, 5, 6]);
    sandbox.activate(&id, 2).await;
    let fewer = json!({
        "handle": "ghcr", "name": "ghcr", "server": "ghcr.io", "username": "bot", "maxversions": 2,
    });
    update(&sandbox, &id, fewer).await.expect(200);
    assert_eq!(versions(&sandbox, &id).await, [2, 6]);
    // Numbers are never given twice.
    sandbox.rotate(&id, "bot", "7").await;
    assert_eq!(versions(&sandbox, &id).await, [6, 7]);
}

#[tokio::test]
async fn credentials_cannot_be_overwritten_in_place() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("ghcr", "one").await;
    let mut body = json!({
        "handle": "ghcr", "name": "n", "server": "ghcr.io", "username": "bot", "password": "two",
    });
    let refused = update(&sandbox, &id, body.clone()).await.expect(400);
    assert!(
        refused
            .text()
            .ends_with("path password: Unexpected key `password`.")
    );
    body.as_object_mut().unwrap().remove("password");
    body["username"] = json!("other");
    update(&sandbox, &id, body.clone()).await.expect(409);
    body["username"] = json!("bot");
    update(&sandbox, &id, body).await.expect(200);
    assert_eq!(versions(&sandbox, &id).await, [1]);
    assert_eq!(read(&sandbox, &id).await["name"], "n");
}

#[tokio::test]
async fn withheld_versions_are_null_in_every_registry_answer() {
    let sandbox = Sandbox::options().versions_withheld().start();
    let id = sandbox.registry("ghcr", "one").await;
    let list = sandbox.call("GET", "/registries", None).await.data;
    let by_handle = sandbox.call("GET", "/registry/ghcr", None).await.data;
    for registry in [
        &read(&sandbox, &id).await,
        &list["registries"][0],
        &by_handle,
    ] {
        assert_eq!(registry["handle"], "ghcr");
        for key in ["currentversion", "currentversionid", "versioncount"] {
            assert_eq!(registry.get(key), Some(&Value::Null), "{key}");
        }
    }
    assert_eq!(versions(&sandbox, &id).await, [1]);
}

#[tokio::test]
async fn rotation_may_move_to_another_server() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("ghcr", "one").await;
    let body = json!({"server": "registry.example:5000", "username": "bot", "password": "two"});
    let path = format!("/registries/{id}/rotate");
    sandbox.call("POST", &path, Some(body)).await.expect(201);
    assert_eq!(read(&sandbox, &id).await["server"], "registry.example:5000");
    sandbox.activate(&id, 1).await;
    assert_eq!(read(&sandbox, &id).await["server"], "ghcr.io");
}

#[tokio::test]
async fn renaming_a_registry_makes_no_version() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("ghcr", "one").await;
    let body = json!({
        "handle": "ghcr", "name": "Another name", "server": "ghcr.io", "username": "bot",
        "maxversions": 5.0,
    });
    update(&sandbox, &id, body).await.expect(200);
    let registry = read(&sandbox, &id).await;
    assert_eq!(
        (&registry["name"], &registry["currentversion"]),
        (&json!("Another name"), &json!(1))
    );
    assert_eq!(registry["maxversions"], 5);
}
