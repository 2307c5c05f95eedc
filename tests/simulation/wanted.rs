//! What the configuration of a story asks for.

use serde_json::{Value as Json, json};
use support::core::{ATTACHMENT, REGISTRY};
use support::memory_api::{Credentials, Dialect, Says, Sent, State, What, Writer};

/// The handle of the one registry.
pub const HANDLE: &str = "deploy";
/// Nothing else in a story looks like these.
pub const PASSWORDS: [&str; 4] = [
    "ours-Quartz-1",
    "ours-Basalt-2",
    "ours-Gneiss-3",
    "ours-Schist-4",
];
/// Those of somebody else.
pub const THEIRS: [&str; 2] = ["theirs-Marble-1", "theirs-Flint-2"];

/// One registry, perhaps attached to a project.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub exists: bool,
    pub attached: bool,
    pub name: String,
    pub server: String,
    pub username: String,
    pub password: &'static str,
    /// The password is write-only, with this trigger.
    pub trigger: Option<u32>,
    pub maxversions: Option<i64>,
    pub pin: Option<i64>,
    pub restores: bool,
}

impl Wanted {
    pub fn new(write_only: bool) -> Self {
        Self {
            exists: true,
            attached: false,
            name: "Deploy".into(),
            server: "ghcr.io".into(),
            username: "ada".into(),
            password: PASSWORDS[0],
            trigger: write_only.then_some(1),
            maxversions: None,
            pin: None,
            restores: false,
        }
    }

    /// Another password, with another trigger where one is needed.
    pub fn rotate(&mut self, password: &'static str) {
        self.password = password;
        self.touch();
    }

    /// Credentials were changed.
    pub fn touch(&mut self) {
        if let Some(trigger) = &mut self.trigger {
            *trigger += 1;
        }
    }

    pub fn credentials(&self) -> Credentials {
        Credentials {
            server: self.server.clone(),
            username: self.username.clone(),
            password: self.password.into(),
        }
    }

    /// The resources of the configuration, each at its kind for an address.
    pub fn blocks(&self, project: &str) -> Vec<support::core::Wanted> {
        let block = |kind, config| support::core::Wanted::new(kind, kind, config);
        let mut blocks = Vec::new();
        if self.exists {
            blocks.push(block(REGISTRY, self.registry()));
        }
        if self.exists && self.attached {
            blocks.push(block(
                ATTACHMENT,
                json!({"project_id": project, "handle": HANDLE}),
            ));
        }
        blocks
    }

    fn registry(&self) -> Json {
        let mut block = json!({
            "handle": HANDLE, "name": self.name, "server": self.server, "username": self.username,
        });
        match self.trigger {
            None => block["password"] = json!(self.password),
            Some(trigger) => {
                block["password_wo"] = json!(self.password);
                block["password_wo_version"] = json!(trigger.to_string());
            }
        }
        if let Some(maxversions) = self.maxversions {
            block["maxversions"] = json!(maxversions);
        }
        if let Some(pin) = self.pin {
            block["active_version"] = json!(pin);
        }
        if self.restores {
            block["on_drift"] = json!("restore");
        }
        block
    }

    /// Why the API does not hold what is asked for, if it does not.
    pub fn missing(&self, state: &State, project: &str) -> Option<String> {
        let registry = match (state.by_handle(HANDLE), self.exists) {
            (None, false) => return None,
            (None, true) => return Some("there is no registry".into()),
            (Some(_), false) => return Some("the registry is still there".into()),
            (Some(registry), true) => registry,
        };
        let current = registry.current_version();
        if let Some(pin) = self.pin {
            if current.number != pin {
                return Some(format!(
                    "version {} is current, and {pin} is pinned",
                    current.number
                ));
            }
        } else if current.credentials != self.credentials() {
            return Some(format!(
                "the credentials in use are {:?}, by {:?}",
                current.credentials, current.by
            ));
        }
        if registry.name != self.name {
            return Some(format!("its name is {}", registry.name));
        }
        if self
            .maxversions
            .is_some_and(|wanted| wanted != registry.maxversions)
        {
            return Some(format!("it retains {} versions", registry.maxversions));
        }
        // A link that somebody else made is no business of a configuration that has none.
        if self.attached && state.link(project, &registry.id).is_none() {
            return Some("it is not attached".into());
        }
        None
    }

    /// Whether what is missing cannot be seen: a version under the same names where writes are not told which they
    /// made. It is somebody else's, and nothing shows by which to tell versions apart; or it stands in the place of one
    /// that was answered and not made; or it is that of a write which everybody has forgotten when it acts: an answer
    /// to a later one has ended the wait for it, or the process that sent it has died.
    pub fn cannot_see(&self, state: &State, sent: &[Sent]) -> bool {
        let shape = state.shape;
        let Some(registry) = state.by_handle(HANDLE) else {
            return false;
        };
        let current = registry.current_version();
        let believed = |one: &&Sent| {
            let good = matches!(one.fate.says, Says::Truth | Says::Wrapped | Says::Accepted);
            let good = good || one.fate.says.is_untruth();
            good && one.answered.is_some_and(|status| status < 300)
        };
        let forgotten = match current.by {
            Writer::Other => !shape.versions_shown || sent.iter().any(Sent::is_hollow),
            Writer::Provider(request) => {
                let number = What::VersionMade(current.number);
                let mut journal = state.journal.iter();
                let made = journal.find(|one| one.registry == HANDLE && one.what == number);
                let mut later = sent[request + 1..]
                    .iter()
                    .filter(|one| believed(one) || one.is_hollow());
                let ended = later.any(|one| {
                    let before_it = made.is_some_and(|made| one.at < made.at);
                    one.has_credentials() && (before_it || one.is_hollow() || !shape.versions_shown)
                });
                ended || !shape.versions_shown && sent[request].fate.says == Says::Death
            }
        };
        forgotten
            && shape.dialect == Dialect::Put
            && current.credentials.server == self.server
            && current.credentials.username == self.username
    }
}
