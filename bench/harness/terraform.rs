//! Whole commands of the real Terraform: registries, each attached to one of ten projects.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use support::executables;
use support::sandbox::Sandbox;
use tempfile::TempDir;

use crate::contender::{Contender, Kind};
use crate::stats::Samples;

const PROJECTS: usize = 10;
/// Latency of every API answer, in ms.
pub const SLOW: u64 = 50;

const CONFIGURATION: &str = r#"
terraform {
  required_providers {
    bahriya = { source = "registry.terraform.io/bahriya-rs/bahriya" }
  }
}

variable "size" { type = number }
variable "projects" { type = list(string) }

provider "bahriya" {}

resource "bahriya_registry" "all" {
  count    = var.size
  handle   = "bench-${count.index}"
  name     = "Registry ${count.index}"
  server   = "ghcr.io"
  username = "bot"
  password = "not-a-secret-${count.index}"
}

# Not by reference: Terraform reads all instances of a resource for each reference to one of them, and
# would be what is measured.
resource "bahriya_project_registry_attachment" "all" {
  count      = var.size
  project_id = var.projects[count.index % length(var.projects)]
  handle     = "bench-${count.index}"
  depends_on = [bahriya_registry.all]
}
"#;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    Validate,
    Apply,
    Plan,
    Destroy,
}

impl Operation {
    pub const ALL: [Self; 4] = [Self::Validate, Self::Apply, Self::Plan, Self::Destroy];

    pub fn name(self) -> &'static str {
        match self {
            Self::Validate => "validate",
            Self::Apply => "apply (create all)",
            Self::Plan => "plan (no-op)",
            Self::Destroy => "destroy",
        }
    }

    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Validate => &["validate", "-no-color"],
            Self::Apply => &["apply", "-no-color", "-input=false", "-auto-approve"],
            // Anything left to do is an error.
            Self::Plan => &["plan", "-no-color", "-input=false", "-detailed-exitcode"],
            Self::Destroy => &["destroy", "-no-color", "-input=false", "-auto-approve"],
        }
    }
}

/// A program and the latency of the API behind it.
#[derive(Clone, Debug)]
pub struct Lane {
    pub name: String,
    pub latency_ms: u64,
    contender: Contender,
}

impl Lane {
    /// All programs, and this provider once more with a slow API. Behind the stands is nothing.
    pub fn of(contenders: &[Contender]) -> Vec<Self> {
        let mut lanes = Vec::new();
        for contender in contenders.iter().filter(|one| one.kind != Kind::Other) {
            let latencies: &[u64] = match contender.kind {
                Kind::Ours => &[0, SLOW],
                _ => &[0],
            };
            lanes.extend(latencies.iter().map(|&latency_ms| Self {
                name: contender.name.clone(),
                latency_ms,
                contender: contender.clone(),
            }));
        }
        lanes
    }
}

/// How often each command is run.
#[derive(Clone, Copy)]
pub struct Effort {
    pub size: usize,
    /// Validates and plans.
    pub looks: usize,
    /// Applies and destroys.
    pub rounds: usize,
}

/// What one lane took for one size: seconds for each command.
pub type Times = BTreeMap<Operation, Samples>;

/// Requests of one command, by method and kind of address.
pub type Requests = BTreeMap<String, usize>;

pub struct Outcome {
    pub size: usize,
    pub lanes: Vec<Times>,
    /// Of this provider, by command.
    pub requests: BTreeMap<Operation, Requests>,
}

/// Measures every lane in turn, command by command.
pub async fn measure(lanes: &[Lane], effort: Effort) -> Outcome {
    // A database of its own for each size, in which handles are free again after a destroy.
    let sandbox = Sandbox::options().arg("--handles-reusable").start();
    let mut projects = Vec::new();
    for number in 0..PROJECTS {
        let handle = format!("project-{number}");
        projects.push(sandbox.create_project(&handle, &["helsinki-1"]).await);
    }
    let mut outcome = Outcome {
        size: effort.size,
        lanes: vec![Times::new(); lanes.len()],
        requests: BTreeMap::new(),
    };
    let works: Vec<Work> = lanes
        .iter()
        .map(|lane| Work::new(lane, effort.size, &projects, &sandbox))
        .collect();
    for _ in 0..effort.rounds {
        // The two lanes of this provider share one organisation: the second plans on the state of the first.
        let (fast, slow) = (&works[0], &works[1]);
        for command in [Operation::Apply, Operation::Destroy] {
            if command == Operation::Destroy {
                fs::copy(fast.state(), slow.state()).expect("a state");
                for _ in 0..effort.looks {
                    for look in [Operation::Validate, Operation::Plan] {
                        for (index, work) in works.iter().enumerate() {
                            if work.state().exists() {
                                work.measure(look, &sandbox, &mut outcome, index).await;
                            }
                        }
                    }
                }
                fs::remove_file(slow.state()).expect("a state");
            }
            for (index, work) in works.iter().enumerate() {
                if !work.last {
                    work.measure(command, &sandbox, &mut outcome, index).await;
                }
            }
        }
        for (index, work) in works.iter().enumerate().filter(|(_, work)| work.last) {
            for command in [Operation::Apply, Operation::Plan, Operation::Destroy] {
                work.measure(command, &sandbox, &mut outcome, index).await;
            }
            // An empty state would be looked at in the next round.
            fs::remove_file(work.state()).expect("a state");
        }
    }
    outcome
}

/// The working directory of a lane.
struct Work {
    directory: TempDir,
    env: Vec<(String, String)>,
    latency_ms: u64,
    /// It creates the same handles, and so waits until nobody else holds them.
    last: bool,
    counted: bool,
}

impl Work {
    fn new(lane: &Lane, size: usize, projects: &[String], sandbox: &Sandbox) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path();
        let programs = path.join("programs");
        fs::create_dir(&programs).expect("a directory");
        fs::copy(
            &lane.contender.program,
            programs.join("terraform-provider-bahriya"),
        )
        .expect("the program");
        write(&path.join("main.tf"), CONFIGURATION);
        let variables = json!({"size": size, "projects": projects});
        write(&path.join("terraform.tfvars.json"), &variables.to_string());
        let settings = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"bahriya-rs/bahriya\" = {programs:?}\n  }}\n  \
             direct {{}}\n}}\n"
        );
        let settings_file = path.join("terraform.rc");
        write(&settings_file, &settings);
        let mut env: Vec<(String, String)> = sandbox
            .env()
            .map(|(name, value)| (name.to_owned(), value))
            .into();
        let settings_file = settings_file.display().to_string();
        env.push(("TF_CLI_CONFIG_FILE".to_owned(), settings_file));
        env.push(("CHECKPOINT_DISABLE".to_owned(), "1".to_owned()));
        Self {
            directory,
            env,
            latency_ms: lane.latency_ms,
            last: lane.latency_ms > 0 || lane.contender.kind == Kind::Earlier,
            counted: lane.contender.kind == Kind::Ours && lane.latency_ms == 0,
        }
    }

    fn state(&self) -> std::path::PathBuf {
        self.directory.path().join("terraform.tfstate")
    }

    async fn measure(
        &self,
        command: Operation,
        sandbox: &Sandbox,
        outcome: &mut Outcome,
        index: usize,
    ) {
        let latency = json!({"latency_ms": self.latency_ms});
        sandbox.change_settings(latency).await;
        sandbox.clear_requests().await;
        let time = self.run(command);
        let samples = outcome.lanes[index].entry(command).or_default();
        samples.add(time.as_secs_f64());
        if self.counted {
            let mut counts = Requests::new();
            for request in sandbox.requests().await {
                let address = format!("{} {}", request.method, kind_of(&request.path));
                *counts.entry(address).or_default() += 1;
            }
            outcome.requests.insert(command, counts);
        }
    }

    fn run(&self, command: Operation) -> Duration {
        let mut terraform = Command::new(executables::terraform());
        for (name, _) in std::env::vars() {
            if name.starts_with("TF_") || name.starts_with("BAHRIYA_") {
                terraform.env_remove(name);
            }
        }
        let started = Instant::now();
        let output = terraform
            .args(command.words())
            .current_dir(self.directory.path())
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .expect("terraform");
        let time = started.elapsed();
        assert!(
            output.status.success(),
            "{command:?} ended with {}: {}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        time
    }
}

/// The address with what differs between objects left out.
fn kind_of(path: &str) -> String {
    let parts = path.split('/').scan("", |before, part| {
        let name = match *before {
            "organisations" => "{org}",
            "projects" => "{project}",
            "registries" => "{registry}",
            "registry" => "{handle}",
            _ => part,
        };
        *before = part;
        Some(name)
    });
    parts.collect::<Vec<_>>().join("/")
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("a file");
}
