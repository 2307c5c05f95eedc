//! A sandbox and a real image registry with an image in it, for the tests of containers.

use std::process::{Command, Output};

use serde_json::{Value, json};
use support::executables;
use support::registry_server::RegistryServer;
use support::sandbox::Sandbox;

/// A sandbox, an image registry with one image, and a project with two regions.
pub struct World {
    pub sandbox: Sandbox,
    pub server: RegistryServer,
    pub project: String,
}

pub const IMAGE: &str = "team/app:1.4.0";

impl World {
    pub async fn new() -> Self {
        Self::with_arguments(&[]).await
    }

    pub async fn with_arguments(arguments: &[&str]) -> Self {
        let server = RegistryServer::start("bot", "one");
        push(&server, "one", &["--plain-http-registry", &server.address]);
        let mut options = Sandbox::options()
            .arg("--plain-http-registry")
            .arg(&server.address);
        for argument in arguments {
            options = options.arg(*argument);
        }
        let sandbox = options.start();
        let project = sandbox
            .create_project("shop", &["falkenstein-1", "helsinki-1", "virginia-1"])
            .await;
        Self {
            sandbox,
            server,
            project,
        }
    }

    /// A registry for the image registry, attached to the project. Returns its identifier.
    pub async fn attached_registry(&self, handle: &str) -> String {
        let id = self
            .sandbox
            .create_registry(handle, &self.server.address, "bot", "one")
            .await;
        self.sandbox.attach(&self.project, handle).await;
        id
    }

    /// A container of the image; returns its identifier.
    pub async fn container(&self, handle: &str, registry: Option<&str>) -> String {
        let mut body = json!({
            "handle": handle, "type": "http", "project": "shop", "regions": ["falkenstein-1"],
            "image": format!("{}/{IMAGE}", self.server.address),
        });
        if let Some(registry) = registry {
            body["registry"] = json!(registry);
        }
        let reply = self.sandbox.call("POST", "/containers", Some(body)).await;
        reply.expect(201).text().to_owned()
    }

    pub async fn deploy(&self, container: &str, how: &str) -> Value {
        let path = format!("/containers/{container}/{how}");
        self.sandbox
            .call("POST", &path, None)
            .await
            .expect(201)
            .data
    }
}

pub fn push(server: &RegistryServer, password: &str, access: &[&str]) {
    let Output { status, stderr, .. } = Command::new(executables::example("sandbox"))
        .args(["push-image", "--username", "bot", "--image"])
        .arg(format!("{}/{IMAGE}", server.address))
        .args(access)
        .env("SANDBOX_PUSH_PASSWORD", password)
        .output()
        .unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
}

pub fn outcome(deployment: &Value) -> (&str, Option<i64>) {
    let first = &deployment["regions"][0];
    (
        deployment["status"].as_str().unwrap(),
        first["version"].as_i64(),
    )
}
