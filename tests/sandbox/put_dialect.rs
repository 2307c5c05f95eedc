//! The *put* dialect: a PUT of the whole registry, no routes for credentials.

use serde_json::{Value, json};
use support::sandbox::{Reply, Sandbox};

fn whole(name: &str, password: &str) -> Value {
    json!({
        "handle": "ghcr", "name": name, "server": "ghcr.io", "username": "bot",
        "password": password, "maxversions": 5,
    })
}

async fn put(sandbox: &Sandbox, id: &str, body: Value) -> Reply {
    let path = format!("/registries/{id}");
    sandbox.call("PUT", &path, Some(body)).await
}

#[tokio::test]
async fn a_put_with_changed_credentials_makes_a_version() {
    let sandbox = Sandbox::options().dialect("put").start();
    let id = sandbox.registry("ghcr", "one").await;
    put(&sandbox, &id, whole("renamed", "one"))
        .await
        .expect(200);
    assert_eq!(sandbox.summary().await["versions_made"], 1);
    put(&sandbox, &id, whole("renamed", "two"))
        .await
        .expect(200);
    assert_eq!(sandbox.summary().await["versions_made"], 2);
    assert!(sandbox.current_is(&id, "bot", "two").await);
}

#[tokio::test]
async fn a_put_without_a_password_is_refused() {
    let sandbox = Sandbox::options().dialect("put").start();
    let id = sandbox.registry("ghcr", "one").await;
    let mut body = whole("renamed", "one");
    body.as_object_mut().unwrap().remove("password");
    let refused = put(&sandbox, &id, body).await.expect(400);
    assert!(
        refused
            .text()
            .ends_with("path password: Missing key `password`.")
    );
    let masked = whole("renamed", "value-hidden-for-your-own-good");
    put(&sandbox, &id, masked).await.expect(400);
}

#[tokio::test]
async fn a_missing_route_is_told_from_a_missing_registry() {
    let sandbox = Sandbox::options().dialect("put").start();
    let id = sandbox.registry("ghcr", "one").await;
    for (method, route) in [
        ("GET", "versions"),
        ("POST", "rotate"),
        ("POST", "versions/1/activate"),
        ("GET", "no-such-route"),
    ] {
        let path = format!("/registries/{id}/{route}");
        let refused = sandbox.call(method, &path, None).await.expect(404);
        assert_eq!(refused.text(), "Route not found.", "{route}");
    }
    let refused = sandbox
        .call("GET", "/registries/nope", None)
        .await
        .expect(404);
    assert_eq!(refused.text(), "Registry 'nope' not found.");
    sandbox.change_settings(json!({"dialect": "rotate"})).await;
    let path = format!("/registries/{id}/versions");
    sandbox.call("GET", &path, None).await.expect(200);
}
