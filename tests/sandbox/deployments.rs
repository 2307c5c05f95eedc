//! Deployments: what a real image registry says to the stored credentials.

use serde_json::json;
use support::registry_server::RegistryServer;
use support::sandbox::Sandbox;

use crate::world::{IMAGE, World, outcome, push};

#[tokio::test]
async fn a_deployment_pulls_the_image_with_the_attached_registrys_credentials() {
    let world = World::new().await;
    world.attached_registry("ghcr").await;
    let container = world.container("api", Some("ghcr")).await;
    let deployment = world.deploy(&container, "deploy").await;
    assert_eq!(outcome(&deployment), ("succeeded", Some(1)), "{deployment}");
    let digest = deployment["regions"][0]["message"].as_str().unwrap();
    assert!(digest.starts_with("sha256:"), "{digest}");
    let path = format!("/containers/{container}");
    let read = world.sandbox.call("GET", &path, None).await.expect(200);
    assert_eq!(read.data["status"], "running");
}

#[tokio::test]
async fn a_private_image_cannot_be_pulled_without_a_registry() {
    let world = World::new().await;
    let container = world.container("api", None).await;
    let deployment = world.deploy(&container, "deploy").await;
    assert_eq!(outcome(&deployment), ("failed", None));
    let message = deployment["regions"][0]["message"].as_str().unwrap();
    assert!(message.contains("asks for credentials"), "{message}");
}

#[tokio::test]
async fn a_public_image_needs_no_registry() {
    let public = RegistryServer::start_public();
    push(&public, "", &["--plain-http-registry", &public.address]);
    let sandbox = Sandbox::options()
        .arg("--plain-http-registry")
        .arg(&public.address)
        .start();
    sandbox.create_project("shop", &["falkenstein-1"]).await;
    let body = json!({
        "handle": "web", "project": "shop", "regions": ["falkenstein-1"],
        "image": format!("{}/{IMAGE}", public.address),
    });
    let reply = sandbox.call("POST", "/containers", Some(body)).await;
    let path = format!("/containers/{}/deploy", reply.expect(201).text());
    let deployment = sandbox.call("POST", &path, None).await.expect(201).data;
    assert_eq!(outcome(&deployment), ("succeeded", None), "{deployment}");
}

#[tokio::test]
async fn credentials_are_applied_to_every_region_of_the_container() {
    let world = World::new().await;
    world.attached_registry("ghcr").await;
    let container = world.container("api", Some("ghcr")).await;
    let body = json!({
        "image": format!("{}/{IMAGE}", world.server.address), "registry": "ghcr",
        "regions": ["falkenstein-1", "helsinki-1", "virginia-1"],
    });
    let path = format!("/containers/{container}");
    world
        .sandbox
        .call("PUT", &path, Some(body))
        .await
        .expect(200);
    let deployment = world.deploy(&container, "deploy").await;
    let regions = deployment["regions"].as_array().unwrap();
    let succeeded: Vec<(&str, &str)> = regions
        .iter()
        .map(|pull| {
            (
                pull["region"].as_str().unwrap(),
                pull["status"].as_str().unwrap(),
            )
        })
        .collect();
    let expected =
        ["falkenstein-1", "helsinki-1", "virginia-1"].map(|region| (region, "succeeded"));
    assert_eq!(succeeded, expected);
}

#[tokio::test]
async fn the_next_deployment_after_a_rotation_uses_the_new_credentials_and_after_an_activation_the_old_ones()
 {
    let world = World::new().await;
    let registry = world.attached_registry("ghcr").await;
    let container = world.container("api", Some("ghcr")).await;
    world.deploy(&container, "deploy").await;

    // The image registry takes another token: the old version is refused until the rotation.
    world.server.set_user("bot", "two");
    let refused = world.deploy(&container, "redeploy").await;
    assert_eq!(outcome(&refused), ("failed", Some(1)));
    let message = refused["regions"][0]["message"].as_str().unwrap();
    assert!(
        message.ends_with("refused version 1 of registry 'ghcr'"),
        "{message}"
    );
    world.sandbox.rotate(&registry, "bot", "two").await;
    let path = format!("/containers/{container}");
    let untouched = world.sandbox.call("GET", &path, None).await.data;
    assert_eq!(
        untouched["deployment"]["number"], 2,
        "rotation alone deploys nothing"
    );
    let redeployed = world.deploy(&container, "redeploy").await;
    assert_eq!(outcome(&redeployed), ("succeeded", Some(2)));

    // The other way round: the rotation went wrong, and the old token is the one that works.
    world.server.set_user("bot", "one");
    assert_eq!(
        outcome(&world.deploy(&container, "redeploy").await),
        ("failed", Some(2))
    );
    world.sandbox.activate(&registry, 1).await;
    assert_eq!(
        outcome(&world.deploy(&container, "redeploy").await),
        ("succeeded", Some(1))
    );
}

#[tokio::test]
async fn one_registry_serves_many_containers_and_many_projects() {
    let world = World::new().await;
    world.attached_registry("ghcr").await;
    for handle in ["api", "worker"] {
        let container = world.container(handle, Some("ghcr")).await;
        assert_eq!(
            outcome(&world.deploy(&container, "deploy").await).0,
            "succeeded"
        );
    }
    let lab = world.sandbox.create_project("lab", &["singapore-1"]).await;
    world.sandbox.attach(&lab, "ghcr").await;
    let body = json!({
        "handle": "job", "project": lab, "regions": ["singapore-1"], "registry": "ghcr",
        "image": format!("{}/{IMAGE}", world.server.address),
    });
    let reply = world
        .sandbox
        .call("POST", "/containers", Some(body))
        .await
        .expect(201);
    assert_eq!(
        outcome(&world.deploy(reply.text(), "deploy").await).0,
        "succeeded"
    );
}

#[tokio::test]
async fn credentials_are_not_sent_to_another_server_than_their_own() {
    let world = World::new().await;
    world.sandbox.registry("other", "one").await;
    world.sandbox.attach(&world.project, "other").await;
    let container = world.container("api", Some("other")).await;
    let deployment = world.deploy(&container, "deploy").await;
    let message = deployment["regions"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("holds credentials for ghcr.io"),
        "{message}"
    );
}

#[tokio::test]
async fn a_registry_with_a_private_certificate_authority_is_trusted_when_told() {
    let directory = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".into()]).unwrap();
    let (certificate, key) = (
        directory.path().join("ca.pem"),
        directory.path().join("key.pem"),
    );
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let server = RegistryServer::start_tls("bot", "one", &certificate, &key);
    let trusted = certificate.display().to_string();
    push(&server, "one", &["--registry-ca", &trusted]);
    for (arguments, expected) in [
        (vec!["--registry-ca", &trusted], "succeeded"),
        (vec![], "failed"),
    ] {
        let mut options = Sandbox::options();
        for argument in arguments {
            options = options.arg(argument);
        }
        let sandbox = options.start();
        let project = sandbox.create_project("shop", &["falkenstein-1"]).await;
        sandbox
            .create_registry("own", &server.address, "bot", "one")
            .await;
        sandbox.attach(&project, "own").await;
        let body = json!({
            "handle": "api", "project": "shop", "regions": ["falkenstein-1"], "registry": "own",
            "image": format!("{}/{IMAGE}", server.address),
        });
        let reply = sandbox
            .call("POST", "/containers", Some(body))
            .await
            .expect(201);
        let path = format!("/containers/{}/deploy", reply.text());
        let deployment = sandbox.call("POST", &path, None).await.expect(201).data;
        assert_eq!(deployment["status"], expected, "{deployment}");
    }
}

#[tokio::test]
async fn the_next_deployment_after_an_update_of_the_entry_uses_the_new_credentials() {
    let world = World::with_arguments(&["--dialect", "put"]).await;
    let registry = world.attached_registry("ghcr").await;
    let container = world.container("api", Some("ghcr")).await;
    world.server.set_user("bot", "two");
    assert_eq!(
        outcome(&world.deploy(&container, "deploy").await).0,
        "failed"
    );
    let body = json!({
        "handle": "ghcr", "name": "ghcr", "server": world.server.address, "username": "bot",
        "password": "two",
    });
    let path = format!("/registries/{registry}");
    world
        .sandbox
        .call("PUT", &path, Some(body))
        .await
        .expect(200);
    assert_eq!(
        outcome(&world.deploy(&container, "redeploy").await).0,
        "succeeded"
    );
}
