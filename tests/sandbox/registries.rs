//! Registries: metadata, handles, attachments, deletion.

use serde_json::{Value, json};
use support::sandbox::{Reply, Sandbox};

async fn read(sandbox: &Sandbox, registry: &str) -> Value {
    let path = format!("/registries/{registry}");
    sandbox.get(&path).await
}

async fn update(sandbox: &Sandbox, registry: &str, body: Value) -> Reply {
    let path = format!("/registries/{registry}");
    sandbox.call("PUT", &path, Some(body)).await
}

#[tokio::test]
async fn reads_show_metadata_and_never_the_password() {
    let sandbox = Sandbox::start();
    let project = sandbox.create_project("shop", &["falkenstein-1"]).await;
    let id = sandbox.registry("ghcr", "hunter2!").await;
    sandbox.attach(&project, "ghcr").await;
    let registry = read(&sandbox, &id).await;
    for (key, value) in [
        ("server", json!("ghcr.io")),
        ("username", json!("bot")),
        ("versioncount", json!(1)),
        ("maxversions", json!(5)),
        ("billable", json!(true)),
        ("projects", json!([{"id": project, "handle": "shop"}])),
        ("password", json!("value-hidden-for-your-own-good")),
    ] {
        assert_eq!(registry[key], value, "{key}");
    }
    for path in ["/registries", &format!("/registries/{id}/versions")] {
        let answer = sandbox.call("GET", path, None).await.expect(200);
        assert!(!answer.data.to_string().contains("hunter2!"));
    }
}

#[tokio::test]
async fn a_handle_is_unique_in_its_organisation_and_immutable() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("ghcr", "one").await;
    let body = json!({
        "handle": "ghcr", "name": "n", "server": "s", "username": "u", "password": "p",
    });
    let refused = sandbox
        .call("POST", "/registries", Some(body.clone()))
        .await;
    assert_eq!(
        refused.expect(409).text(),
        "A registry with the handle \"ghcr\" already exists"
    );
    let elsewhere = format!("/organisations/{}/registries", sandbox.second_organisation);
    let other = sandbox
        .try_call(&sandbox.token, "POST", &elsewhere, Some(body))
        .await;
    assert_eq!(other.unwrap().status, 201);
    let renamed = json!({"handle": "other", "name": "n", "server": "ghcr.io", "username": "bot"});
    update(&sandbox, &id, renamed).await.expect(409);
}

#[tokio::test]
async fn a_deleted_registrys_handle_is_spent_for_ever() {
    let sandbox = Sandbox::start();
    sandbox
        .call("GET", "/registry/ghcr", None)
        .await
        .expect(404);
    let id = sandbox.registry("ghcr", "one").await;
    let alive = sandbox
        .call("GET", "/registry/ghcr", None)
        .await
        .expect(200);
    assert_eq!(alive.data["id"], *id);
    let path = format!("/registries/{id}");
    sandbox.call("DELETE", &path, None).await.expect(200);
    sandbox.call("GET", &path, None).await.expect(404);
    let spent = sandbox
        .call("GET", "/registry/ghcr", None)
        .await
        .expect(200);
    assert_eq!(spent.data, Value::Null);
    let body = json!({
        "handle": "ghcr", "name": "n", "server": "s", "username": "u", "password": "p",
    });
    sandbox
        .call("POST", "/registries", Some(body))
        .await
        .expect(409);
    assert_eq!(sandbox.summary().await["spent_handles"], 1);
}

#[tokio::test]
async fn a_registry_that_is_attached_cannot_be_deleted() {
    let sandbox = Sandbox::start();
    let project = sandbox.create_project("shop", &["falkenstein-1"]).await;
    let id = sandbox.registry("ghcr", "one").await;
    sandbox.attach(&project, "ghcr").await;
    let path = format!("/registries/{id}");
    assert_eq!(
        sandbox.call("DELETE", &path, None).await.expect(400).text(),
        "A registry associated with a project cannot be deleted."
    );
    sandbox.detach(&project, "ghcr").await;
    sandbox.call("DELETE", &path, None).await.expect(200);
}

#[tokio::test]
async fn an_unknown_key_is_refused_in_the_observed_words() {
    let sandbox = Sandbox::start();
    let body = json!({
        "handle": "h", "name": "n", "server": "s", "username": "u", "password": "p",
        "organisation": sandbox.organisation,
    });
    let refused = sandbox
        .call("POST", "/registries", Some(body))
        .await
        .expect(400);
    assert_eq!(
        refused.text(),
        "Could not map type `Bahriya\\Contracts\\DataTransferObjects\\Console\\v1\\Registry`. An \
         error occurred at path organisation: Unexpected key `organisation`."
    );
}

#[tokio::test]
async fn attaching_twice_is_refused_and_lists_show_the_link() {
    let sandbox = Sandbox::start();
    let project = sandbox.create_project("shop", &["falkenstein-1"]).await;
    sandbox.registry("ghcr", "one").await;
    let join = sandbox.attach(&project, "ghcr").await;
    let path = format!("/projects/{project}/attach/registries/ghcr");
    sandbox.call("POST", &path, None).await.expect(409);
    let list_path = format!("/projects/{project}/attachments");
    let list = sandbox.get(&list_path).await;
    assert_eq!(list["registries"][0]["handle"], "ghcr");
    assert_eq!(list["registries"][0]["joinid"], *join);
    assert_eq!(list["secrets"], json!([]));
    sandbox.detach(&project, "ghcr").await;
    sandbox.call("DELETE", &path, None).await.expect(404);
}

#[tokio::test]
async fn where_handles_are_reusable_a_deleted_one_is_free_again() {
    let sandbox = Sandbox::options().arg("--handles-reusable").start();
    let id = sandbox.registry("ghcr", "one").await;
    let path = format!("/registries/{id}");
    sandbox.call("DELETE", &path, None).await.expect(200);
    sandbox
        .call("GET", "/registry/ghcr", None)
        .await
        .expect(404);
    let again = sandbox.registry("ghcr", "two").await;
    assert_ne!(again, id);
}

#[tokio::test]
async fn seed_data_is_two_projects_a_registry_and_an_attachment() {
    let sandbox = Sandbox::options().seed_data().start();
    let projects = sandbox.get("/projects").await;
    assert_eq!(projects["count"], 2);
    let registries = sandbox.get("/registries").await;
    assert_eq!(registries["registries"][0]["projects"][0]["handle"], "shop");
}

#[tokio::test]
async fn any_registry_server_is_supported_and_kept_as_written() {
    let sandbox = Sandbox::start();
    for (at, server) in [
        "docker.io",
        "ghcr.io",
        "registry.gitlab.com",
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
        "harbor.example:8443",
    ]
    .into_iter()
    .enumerate()
    {
        let handle = format!("registry-{at}");
        let id = sandbox.create_registry(&handle, server, "bot", "one").await;
        assert_eq!(read(&sandbox, &id).await["server"], server);
    }
    let list = sandbox.get("/registries").await;
    assert_eq!(list["count"], 5);
}

#[tokio::test]
async fn malformed_bodies_are_refused_without_repeating_a_value() {
    let sandbox = Sandbox::start();
    let whole = json!({
        "handle": "ghcr", "name": "n", "server": "s", "username": "u", "password": "p",
    });
    for (key, value, problem) in [
        (
            "handle",
            json!("Upper-case"),
            "A handle has 1 to 63 lower-case",
        ),
        ("name", json!(""), "Value must not be empty."),
        ("server", json!(["hunter2!"]), "Value is not a string."),
        ("username", Value::Null, "Value is not a string."),
        (
            "password",
            json!("value-hidden-for-your-own-good"),
            "Value is the mask",
        ),
        ("maxversions", json!(0), "Value must be between 1 and 100."),
        ("maxversions", json!(1.5), "Value is not a whole number."),
    ] {
        let mut body = whole.clone();
        body[key] = value;
        let refused = sandbox
            .call("POST", "/registries", Some(body))
            .await
            .expect(400);
        assert!(
            refused.text().contains(&format!("path {key}: {problem}")),
            "{refused:?}"
        );
        assert!(!refused.text().contains("hunter2!"));
    }
    let list = json!(["not an object"]);
    sandbox
        .call("POST", "/registries", Some(list))
        .await
        .expect(400);
    assert_eq!(sandbox.summary().await["registries"], 0);
}
