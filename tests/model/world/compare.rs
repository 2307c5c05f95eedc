//! The state and the sandbox, compared with the reference.

use serde_json::json;

use super::Sequence;
use crate::actions::{NAMES, PASSWORDS, SERVERS, USERNAMES};

impl Sequence<'_> {
    /// The state says what the configuration says and what there is.
    pub(super) fn compare_state(&self) -> Result<(), String> {
        let registry = self.workspace.object("registry");
        let (stored, real) = match (registry, &self.reference.registry, &self.config) {
            (Some(stored), Some(real), Some(_)) => (&stored.state, real),
            (None, _, None) => return Ok(()),
            (stored, real, config) => {
                return Err(format!(
                    "stored: {}, real: {real:?}, config: {config:?}",
                    stored.is_some()
                ));
            }
        };
        let config = &self.wanted()[0].config;
        let current = json!(self.reference.numbers().then_some(real.current));
        let mut wrong = Vec::new();
        for name in [
            "name",
            "server",
            "username",
            "password",
            "password_wo_version",
            "active_version",
            "on_drift",
        ] {
            if stored[name] != config[name] {
                wrong.push(name);
            }
        }
        for (name, right) in [
            ("maxversions", stored["maxversions"] == real.maxversions),
            (
                "current_version",
                self.reference.unforeseen || stored["current_version"] == current,
            ),
            ("id", stored["id"].is_string()),
        ] {
            if !right {
                wrong.push(name);
            }
        }
        if self.workspace.object("attachment").is_some() != self.reference.attachment_known {
            wrong.push("the attachment");
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(format!(
                "wrong in the state: {wrong:?}: {stored:?}; real: {real:?}"
            ))
        }
    }

    /// Versions, their order, what they hold, names and links are those of the reference.
    pub(super) async fn compare_reality(&self) -> Result<(), String> {
        let (sandbox, handle) = (&self.world.sandbox, &self.handle);
        let shown = sandbox
            .call("GET", &format!("/registry/{handle}"), None)
            .await;
        let alive = shown.status == 200 && !shown.data.is_null();
        let Some(real) = &self.reference.registry else {
            return if alive {
                Err("it exists and should not".to_owned())
            } else {
                Ok(())
            };
        };
        if !alive {
            return Err("it should exist and does not".to_owned());
        }
        let credentials = real.current();
        let (username, password) = (
            USERNAMES[credentials.username],
            PASSWORDS[credentials.password],
        );
        let found = sandbox.check_credentials(handle, username, password).await;
        let is = (
            shown.data["name"].as_str().unwrap_or_default(),
            shown.data["maxversions"].as_i64().unwrap_or_default(),
            shown.data["projects"] != json!([]),
            found
                .iter()
                .map(|version| version.version)
                .collect::<Vec<_>>(),
            found
                .iter()
                .filter(|version| version.current)
                .map(|version| version.version)
                .collect::<Vec<_>>(),
            found
                .iter()
                .any(|version| version.current && version.matches),
        );
        let should = (
            NAMES[real.name],
            real.maxversions,
            self.reference.attached,
            real.versions.keys().copied().collect::<Vec<_>>(),
            vec![real.current],
            true,
        );
        if is != should {
            return Err(format!(
                "(name, maxversions, attached, versions, current, credentials) is {is:?}, should be {should:?}"
            ));
        }
        let server = shown.data["server"].as_str().unwrap_or_default();
        if server != SERVERS[credentials.server] {
            return Err(format!("the server is {server}"));
        }
        Ok(())
    }
}
