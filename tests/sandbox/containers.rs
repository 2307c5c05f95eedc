//! Containers: what they hold on to, and what holds on to them.

use serde_json::{Value, json};

use crate::world::{World, outcome};

#[tokio::test]
async fn a_project_can_only_use_a_registry_that_was_attached_to_it() {
    let world = World::new().await;
    world
        .sandbox
        .create_registry("ghcr", &world.server.address, "bot", "one")
        .await;
    let body = json!({
        "handle": "api", "project": "shop", "regions": ["falkenstein-1"], "image": "x",
        "registry": "ghcr",
    });
    let refused = world
        .sandbox
        .call("POST", "/containers", Some(body))
        .await
        .expect(409);
    assert_eq!(
        refused.text(),
        "Registry 'ghcr' is not attached to project 'shop'."
    );
}

#[tokio::test]
async fn detaching_is_refused_while_a_container_references_the_registry_and_names_it() {
    let world = World::new().await;
    world.attached_registry("ghcr").await;
    let container = world.container("api", Some("ghcr")).await;
    let detach = format!("/projects/{}/attach/registries/ghcr", world.project);
    let refused = world
        .sandbox
        .call("DELETE", &detach, None)
        .await
        .expect(409);
    assert_eq!(
        refused.text(),
        "Cannot detach registry 'ghcr' from project: container 'api' still references it. Detach \
         from the container first or update the container to remove the reference."
    );
    let path = format!("/containers/{container}");
    let without = json!({"image": "x", "regions": ["falkenstein-1"]});
    world
        .sandbox
        .call("PUT", &path, Some(without))
        .await
        .expect(200);
    world
        .sandbox
        .call("DELETE", &detach, None)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_terminated_container_references_nothing() {
    let world = World::new().await;
    world.attached_registry("ghcr").await;
    let container = world.container("api", Some("ghcr")).await;
    let path = format!("/containers/{container}/terminate");
    world.sandbox.call("POST", &path, None).await.expect(200);
    world.sandbox.detach(&world.project, "ghcr").await;
    let deploy = format!("/containers/{container}/deploy");
    world.sandbox.call("POST", &deploy, None).await.expect(409);
}

#[tokio::test]
async fn a_project_with_something_in_it_is_not_deleted() {
    let world = World::new().await;
    world.attached_registry("ghcr").await;
    let container = world.container("api", Some("ghcr")).await;
    let path = format!("/projects/{}", world.project);
    let confirm = json!({"confirmName": "shop"});
    let refused = world
        .sandbox
        .call("DELETE", &path, Some(confirm.clone()))
        .await
        .expect(409);
    assert_eq!(
        refused.text(),
        "Project cannot be deleted because it still has 1 registry, 1 container. Please detach or \
         remove these resources from this project before deleting it."
    );
    let terminate = format!("/containers/{container}/terminate");
    world
        .sandbox
        .call("POST", &terminate, None)
        .await
        .expect(200);
    world.sandbox.detach(&world.project, "ghcr").await;
    let unconfirmed = json!({"confirmName": "other"});
    world
        .sandbox
        .call("DELETE", &path, Some(unconfirmed))
        .await
        .expect(409);
    world
        .sandbox
        .call("DELETE", &path, Some(confirm))
        .await
        .expect(200);
    world.sandbox.call("GET", &path, None).await.expect(404);
    let spent = world
        .sandbox
        .call("GET", "/project/shop", None)
        .await
        .expect(200);
    assert_eq!(spent.data, Value::Null);
}

#[tokio::test]
async fn where_deletion_detaches_containers_fail_to_pull_on_their_next_deployment() {
    let world = World::with_arguments(&["--delete-detaches"]).await;
    let registry = world.attached_registry("ghcr").await;
    let container = world.container("api", Some("ghcr")).await;
    assert_eq!(
        outcome(&world.deploy(&container, "deploy").await).0,
        "succeeded"
    );
    let path = format!("/registries/{registry}");
    world.sandbox.call("DELETE", &path, None).await.expect(200);
    let attachments = format!("/projects/{}/attachments", world.project);
    let list = world.sandbox.call("GET", &attachments, None).await.data;
    assert_eq!(list["registries"], json!([]));
    assert_eq!(world.sandbox.summary().await["versions_retained"], 0);
    let deployment = world.deploy(&container, "redeploy").await;
    assert_eq!(deployment["status"], "failed");
    let message = deployment["regions"][0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("registry 'ghcr' was deleted"),
        "{message}"
    );
}

#[tokio::test]
async fn a_container_is_redeployed_only_after_it_was_deployed() {
    let world = World::new().await;
    let container = world.container("api", None).await;
    let path = format!("/containers/{container}/redeploy");
    let refused = world.sandbox.call("POST", &path, None).await.expect(409);
    assert_eq!(refused.text(), "Container 'api' was never deployed.");
}
