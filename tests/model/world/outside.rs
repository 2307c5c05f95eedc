//! What others do to the same registry, past Terraform.

use serde_json::json;
use support::sandbox::Sandbox;

use super::Sequence;
use crate::actions::{NAMES, Outside, PASSWORDS, USERNAMES};
use crate::reference::{Credentials, Registry};

impl Sequence<'_> {
    /// Lets somebody else act, if there is something to act on.
    pub(super) async fn outside(&mut self, action: &Outside) {
        let (sandbox, project, handle) = (&self.world.sandbox, &self.world.project, &self.handle);
        let Some(registry) = &mut self.reference.registry else {
            return;
        };
        let id = sandbox
            .call("GET", &format!("/registry/{handle}"), None)
            .await;
        // Only where a step went wrong is there none.
        let Some(id) = id.data["id"].as_str() else {
            return;
        };
        let id = id.to_owned();
        match *action {
            Outside::Rotate { username, password } => {
                let credentials = Credentials {
                    username,
                    password,
                    ..registry.current()
                };
                if self.world.api.rotates {
                    sandbox
                        .rotate(&id, USERNAMES[username], PASSWORDS[password])
                        .await;
                    registry.add(credentials);
                } else {
                    put(sandbox, &id, registry, Some(credentials)).await;
                    registry.put(credentials);
                }
            }
            Outside::Activate(version) => {
                let versions: Vec<i64> = registry.versions.keys().copied().collect();
                if self.world.api.rotates {
                    registry.current = versions[version as usize % versions.len()];
                    sandbox.activate(&id, registry.current).await;
                }
            }
            Outside::Rename(name) => {
                registry.name = name;
                let credentials = (!self.world.api.rotates).then(|| registry.current());
                put(sandbox, &id, registry, credentials).await;
            }
            Outside::Attach if !self.reference.attached => {
                sandbox.attach(project, handle).await;
                self.reference.attached = true;
            }
            Outside::Detach if self.reference.attached => {
                sandbox.detach(project, handle).await;
                self.reference.attached = false;
            }
            Outside::Attach | Outside::Detach => {}
            Outside::Delete => {
                if self.reference.attached {
                    sandbox.detach(project, handle).await;
                    self.reference.attached = false;
                }
                let path = format!("/registries/{id}");
                sandbox.call("DELETE", &path, None).await.expect(200);
                (self.reference.registry, self.reference.spent) = (None, true);
            }
        }
    }
}

/// Another client's replacing write; without credentials where the API takes metadata only.
async fn put(sandbox: &Sandbox, id: &str, registry: &Registry, credentials: Option<Credentials>) {
    let path = format!("/registries/{id}");
    let shown = sandbox.call("GET", &path, None).await.expect(200).data;
    let mut body = json!({
        "handle": shown["handle"], "name": NAMES[registry.name], "maxversions": registry.maxversions,
        "server": shown["server"], "username": shown["username"],
    });
    if let Some(credentials) = credentials {
        body["username"] = USERNAMES[credentials.username].into();
        body["password"] = PASSWORDS[credentials.password].into();
    }
    sandbox.call("PUT", &path, Some(body)).await.expect(200);
}
