//! The operations of both resources: what has to be there before, what is asked for, and what is true afterwards.

use serde_json::{Value as Json, json};
use support::core::{ATTACHMENT, REGISTRY};
use support::sandbox::{self, Sandbox};

use crate::driver::{Outcome, Terraform};

pub const HANDLE: &str = "ghcr-deploy";
pub const USERNAME: &str = "deploy-bot";
/// Passwords with every character that some encoding escapes.
pub const PASSWORDS: [&str; 2] = ["c4nary-1&<>\"'\\ü%+/=~-eNd", "c4nary-2&<>\"'\\ü%+/=~-eNd"];
/// How long an operation may take, all retries included: short, so that a fault is not just waited out.
const IMPATIENT: &str = "6s";
/// The same without a fault, on a busy machine.
const PATIENT: &str = "1m";

/// How the API at hand behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Api {
    /// Rotation, versions and activation have routes.
    Rotate,
    /// The same, and registries carry no version fields.
    RotateWithheld,
    /// Every change replaces the whole object.
    Put,
    /// The same, and answers carry no version fields, as in July 2026.
    PutWithheld,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    Create,
    Read,
    Rename,
    Rotate,
    RenameAndRotate,
    Pin,
    RollBack,
    Delete,
    Import,
    Attach,
    ReadAttachment,
    Detach,
    ImportAttachment,
}

pub const APIS: [Api; 4] = [Api::Rotate, Api::RotateWithheld, Api::Put, Api::PutWithheld];
pub const OPERATIONS: [Operation; 13] = [
    Operation::Create,
    Operation::Read,
    Operation::Rename,
    Operation::Rotate,
    Operation::RenameAndRotate,
    Operation::Pin,
    Operation::RollBack,
    Operation::Delete,
    Operation::Import,
    Operation::Attach,
    Operation::ReadAttachment,
    Operation::Detach,
    Operation::ImportAttachment,
];

/// What is true when an operation is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    pub registries: i64,
    pub attachments: i64,
    pub versions_made: i64,
    /// The password of the current version, as an index.
    pub password: usize,
    pub name: &'static str,
    /// Whether the object is in the state.
    pub managed: bool,
    /// Another client may have made versions, too, and one of them may be current.
    pub rival: bool,
}

impl Api {
    pub fn options(self) -> sandbox::Options {
        match self {
            Self::Rotate => Sandbox::options(),
            Self::RotateWithheld => Sandbox::options().versions_withheld(),
            Self::Put => Sandbox::options().dialect("put"),
            Self::PutWithheld => Sandbox::options().dialect("put").versions_withheld(),
        }
    }

    /// Whether credentials have routes of their own.
    pub fn rotates(self) -> bool {
        matches!(self, Self::Rotate | Self::RotateWithheld)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Rotate => "rotate",
            Self::RotateWithheld => "rotate, versions withheld",
            Self::Put => "put",
            Self::PutWithheld => "put, versions withheld",
        }
    }
}

/// A configuration of `bahriya_registry`.
#[derive(Clone, Copy)]
struct Wanted {
    name: &'static str,
    /// `None`: neither password nor trigger, as after an import.
    password: Option<usize>,
    pin: Option<i64>,
}

const FIRST: Wanted = Wanted {
    name: "First name",
    password: Some(0),
    pin: None,
};

impl Wanted {
    fn config(self, timeout: &str) -> Json {
        json!({
            "handle": HANDLE,
            "name": self.name,
            "server": "ghcr.io",
            "username": USERNAME,
            "password_wo": self.password.map(|index| PASSWORDS[index]),
            "password_wo_version": self.password.map(|index| format!("trigger-{index}")),
            "active_version": self.pin,
            "timeouts": timeouts(timeout),
        })
    }
}

fn attachment(project: &str, timeout: &str) -> Json {
    json!({"project_id": project, "handle": HANDLE, "timeouts": timeouts(timeout)})
}

fn timeouts(timeout: &str) -> Json {
    json!({"create": timeout, "read": timeout, "update": timeout, "delete": timeout})
}

impl Operation {
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Rename => "rename",
            Self::Rotate => "rotate",
            Self::RenameAndRotate => "rename + rotate",
            Self::Pin => "activate (pin)",
            Self::RollBack => "activate (roll back)",
            Self::Delete => "delete",
            Self::Import => "import",
            Self::Attach => "attach",
            Self::ReadAttachment => "read attachment",
            Self::Detach => "detach",
            Self::ImportAttachment => "import attachment",
        }
    }

    /// Whether there is anything to try: the *put* dialect has no activation, and a pin is refused in the plan;
    /// attachments have no credentials, so that all APIs are one to them.
    pub fn differs_in(self, api: Api) -> bool {
        match self {
            Self::Pin => api.rotates(),
            _ => api == Api::Rotate || self.on_registry(),
        }
    }

    fn on_registry(self) -> bool {
        !matches!(
            self,
            Self::Attach | Self::ReadAttachment | Self::Detach | Self::ImportAttachment
        )
    }

    pub fn resource(self) -> &'static str {
        if self.on_registry() {
            REGISTRY
        } else {
            ATTACHMENT
        }
    }

    /// What is true when it is done.
    pub fn target(self, api: Api) -> Target {
        let one = Target {
            registries: 1,
            attachments: 0,
            versions_made: 1,
            password: 0,
            name: FIRST.name,
            managed: true,
            rival: false,
        };
        match self {
            Self::Create | Self::Read | Self::Import => one,
            Self::Rename => Target {
                name: "Second name",
                ..one
            },
            Self::Rotate => Target {
                versions_made: 2,
                password: 1,
                ..one
            },
            Self::RenameAndRotate => Target {
                versions_made: 2,
                password: 1,
                name: "Second name",
                ..one
            },
            Self::Pin => Target {
                versions_made: 2,
                ..one
            },
            // Without activation, going back is one more version.
            Self::RollBack if api.rotates() => Target {
                versions_made: 2,
                ..one
            },
            Self::RollBack => Target {
                versions_made: 3,
                ..one
            },
            Self::Delete => Target {
                registries: 0,
                managed: false,
                ..one
            },
            Self::Attach | Self::ReadAttachment | Self::ImportAttachment => Target {
                attachments: 1,
                name: HANDLE,
                ..one
            },
            Self::Detach => Target {
                name: HANDLE,
                managed: false,
                ..one
            },
        }
    }
}

/// An operation about to happen in a world of its own.
pub struct Scene<'a> {
    operation: Operation,
    pub terraform: Terraform<'a>,
    pub project: String,
}

impl<'a> Scene<'a> {
    /// Makes everything that has to be there before.
    pub async fn set(operation: Operation, sandbox: &'a Sandbox) -> Self {
        let mut scene = Self {
            operation,
            terraform: Terraform::new(operation.resource(), sandbox),
            project: String::new(),
        };
        match operation {
            Operation::Create => {}
            Operation::Import => {
                let body = json!({
                    "handle": HANDLE, "name": FIRST.name, "server": "ghcr.io",
                    "username": USERNAME, "password": PASSWORDS[0],
                });
                sandbox
                    .call("POST", "/registries", Some(body))
                    .await
                    .expect(201);
            }
            _ if operation.on_registry() => {
                scene.prepare(FIRST.config(IMPATIENT)).await;
                if matches!(operation, Operation::Pin | Operation::RollBack) {
                    let second = Wanted {
                        password: Some(1),
                        ..FIRST
                    };
                    scene.prepare(second.config(IMPATIENT)).await;
                }
            }
            _ => {
                scene.project = sandbox.create_project("shop", &["falkenstein-1"]).await;
                sandbox
                    .create_registry(HANDLE, "ghcr.io", USERNAME, PASSWORDS[0])
                    .await;
                match operation {
                    Operation::Attach => {}
                    Operation::ImportAttachment => {
                        sandbox.attach(&scene.project, HANDLE).await;
                    }
                    _ => scene.prepare(attachment(&scene.project, IMPATIENT)).await,
                }
            }
        }
        scene
    }

    async fn prepare(&mut self, config: Json) {
        for _ in 0..3 {
            // The timeouts are short, and a busy machine may take longer.
            if !self.terraform.apply_in_one_walk(Some(&config)).await.failed {
                return;
            }
        }
        panic!("the setup fails");
    }

    /// The configuration that asks for the operation; `None` is a destroy.
    fn config(&self, timeout: &str) -> Option<Json> {
        let wanted = match self.operation {
            Operation::Create | Operation::Read => FIRST,
            Operation::RollBack => FIRST,
            Operation::Import => Wanted {
                password: None,
                ..FIRST
            },
            Operation::Rename => Wanted {
                name: "Second name",
                ..FIRST
            },
            Operation::Rotate => Wanted {
                password: Some(1),
                ..FIRST
            },
            Operation::RenameAndRotate => Wanted {
                name: "Second name",
                password: Some(1),
                ..FIRST
            },
            Operation::Pin => Wanted {
                password: Some(1),
                pin: Some(1),
                ..FIRST
            },
            Operation::Delete | Operation::Detach => return None,
            Operation::Attach | Operation::ReadAttachment | Operation::ImportAttachment => {
                return Some(attachment(&self.project, timeout));
            }
        };
        Some(wanted.config(timeout))
    }

    /// One run of Terraform that wants the operation done, and does not wait long.
    pub async fn run(&mut self) -> Outcome {
        if let Some(failed) = self.import_first().await {
            return failed;
        }
        let config = self.config(IMPATIENT);
        self.terraform.apply(config.as_ref()).await
    }

    /// One more run, when nothing is wrong any more.
    pub async fn run_again(&mut self) -> Outcome {
        if let Some(failed) = self.import_first().await {
            return failed;
        }
        let config = self.config(PATIENT);
        self.terraform.apply_in_one_walk(config.as_ref()).await
    }

    /// What is left to do after that.
    pub async fn plan_again(&mut self) -> Outcome {
        let config = self.config(PATIENT);
        self.terraform.plan_only(config.as_ref()).await
    }

    async fn import_first(&mut self) -> Option<Outcome> {
        let id = match self.operation {
            Operation::Import => HANDLE.to_owned(),
            Operation::ImportAttachment => format!("shop:{HANDLE}"),
            _ => return None,
        };
        if self.terraform.object().is_some() {
            return None;
        }
        let outcome = self.terraform.import(&id).await;
        outcome.failed.then_some(outcome)
    }
}
