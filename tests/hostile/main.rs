//! The real provider process against an API server that means harm: it stays up, its memory is bounded, and
//! no secret comes back in what it tells or logs.

#![cfg(unix)]

mod echoes;
mod endless;
mod generated;
mod given_away;
mod unchanged;

use serde_json::{Value as Json, json};
use support::core::{Core, Object, REGISTRY, Trouble, VERSION, Wanted, Workspace};
use support::plugin::{Options, PluginProcess};

const ORGANISATION: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
const TOKEN: &str = "pat_hostile-canary/token+0123456789";
/// With every character that encoders treat in their own way.
const PASSWORD: &str = "hostile \"canary\" & <p>/\u{e4}+%7\\e";

/// A provider that logs everything, for the API at an address.
struct Victim {
    process: PluginProcess,
    core: Core,
    settings: Json,
}

impl Victim {
    async fn start(api_url: &str, organisation: &str, token: &str) -> Self {
        let options = Options::default().env("TF_LOG", "TRACE");
        let process = PluginProcess::start(options).await;
        let core = Core::connect(process.provider(), None).await;
        Self {
            core: core.expect("schemas"),
            process,
            settings: json!({"base_url": api_url, "organisation_id": organisation, "token": token}),
        }
    }

    /// Begins a run: a new connection to the API, which remembers nothing of the run before.
    async fn begin(&mut self) {
        let configured = self.core.configure(self.settings.clone(), VERSION).await;
        configured.expect("no request is made yet");
    }

    /// Plans and applies a registry.
    async fn apply(&mut self, workspace: &mut Workspace, username: &str) -> Result<(), Trouble> {
        let wanted = [Wanted::new("registry", REGISTRY, config(username))];
        let plan = workspace.plan(&mut self.core, &wanted).await?;
        assert!(!plan.is_empty());
        workspace.apply(&mut self.core, &wanted, &plan).await
    }

    /// Refreshes a registry that was there before the API went bad.
    async fn read(&mut self) -> Result<Option<Object>, Trouble> {
        let mut state = self.core.block(REGISTRY, config("bot"));
        state["password_wo"] = Json::Null;
        state["id"] = "7c9e6679-7425-40de-944b-e07fc1f90ae7".into();
        let stored = Object {
            state,
            private: Vec::new(),
            identity: None,
            tainted: false,
        };
        self.core.read(REGISTRY, &stored).await
    }
}

/// A registry with the canary as its password and little patience.
fn config(username: &str) -> Json {
    json!({
        "handle": "ghcr",
        "name": "Images",
        "server": "ghcr.io",
        "username": username,
        "password_wo": PASSWORD,
        "password_wo_version": "1",
        "timeouts": {"create": "2s", "read": "2s", "update": "2s", "delete": "2s"},
    })
}
