//! The leak gate: secrets full of characters that get escaped go through every operation of the real Terraform,
//! and then everything that came out of it is searched for them.

use std::collections::BTreeSet;
use std::fs;
use std::time::Instant;

use serde_json::{Value, json};
use support::chance::Chance;
use support::sandbox::Sandbox;
use support::soak::{self, Effort};
use support::terraform::{Run, Terraform};

use crate::faults;
use crate::needles::Needles;

/// Kept in the state, as its argument is documented to be; nowhere else.
const STORED: [&str; 2] = ["st0red-1&<>\"'\\ü%+/=~-eNd", "st0red-2&<>\"'\\ü%+/=~-eNd"];
/// Kept nowhere.
const HIDDEN: [&str; 2] = ["h1dden-1&<>\"'\\ü%+/=~-eNd", "h1dden-2&<>\"'\\ü%+/=~-eNd"];
/// A token that no API accepts.
const BAD_TOKEN: &str = "pat_b4d&<>\"'\\%+/=~-eNd";

/// Values enter by variables, for a plan file holds a copy of the configuration; the ones that must not be
/// kept by ephemeral variables, for it holds the value of any other variable.
const HEAD: &str = r#"
variable "token" {
  type      = string
  ephemeral = true
}
variable "hidden" {
  type      = string
  ephemeral = true
}
variable "stored" {
  type      = string
  sensitive = true
}
provider "bahriya" {
  token = var.token
}
"#;

/// A working directory, and everything that its runs have printed.
struct Gate<'a> {
    sandbox: &'a Sandbox,
    terraform: Terraform,
    printed: Vec<u8>,
    operations: usize,
    searched: usize,
    found: BTreeSet<String>,
}

impl<'a> Gate<'a> {
    fn new(sandbox: &'a Sandbox) -> Self {
        let mut terraform = Terraform::new(&sandbox.env());
        terraform.unset("BAHRIYA_TOKEN");
        terraform.set("TF_LOG", "TRACE");
        let log = terraform.path("trace.log").display().to_string();
        terraform.set("TF_LOG_PATH", &log);
        terraform.set("RUST_BACKTRACE", "1");
        terraform.set("TF_VAR_token", &sandbox.token);
        terraform.set("TF_VAR_hidden", HIDDEN[0]);
        terraform.set("TF_VAR_stored", STORED[0]);
        Self {
            sandbox,
            terraform,
            printed: Vec::new(),
            operations: 0,
            searched: 0,
            found: BTreeSet::new(),
        }
    }

    /// Runs a command; what it prints is searched in the end.
    fn run(&mut self, args: &[&str]) -> Run {
        let run = self.terraform.run(args);
        self.printed.extend(run.stdout.as_bytes());
        self.printed.extend(run.stderr.as_bytes());
        self.operations += 1;
        run
    }

    fn apply(&mut self) -> Run {
        self.run(&["apply", "-auto-approve", "-json"])
    }

    fn write(&self, resources: &str) {
        self.terraform
            .write("main.tf", &format!("{HEAD}{resources}"));
    }

    fn search(&mut self, place: &str, data: &[u8], needles: &Needles) {
        self.searched += data.len();
        for found in needles.search(data) {
            self.found
                .insert(format!("{} in {place} ({})", found.name, found.through));
        }
    }

    /// Searches everything that there is.
    async fn close(mut self) -> Self {
        let all = needles(&self.sandbox.token, true);
        let unstored = needles(&self.sandbox.token, false);
        let printed = std::mem::take(&mut self.printed);
        self.search("what was printed", &printed, &all);
        let requests = self.sandbox.requests().await;
        self.search("the request log", format!("{requests:?}").as_bytes(), &all);
        let mut kinds = BTreeSet::new();
        for entry in fs::read_dir(self.terraform.path("")).expect("the directory is there") {
            let path = entry.expect("it can be read").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                continue;
            }
            let content = fs::read(&path).expect("the file can be read");
            kinds.insert(name.split('.').next_back().unwrap_or_default().to_owned());
            if name.starts_with("terraform.tfstate") {
                self.search(&name, &without_passwords(&content), &all);
            } else if name.ends_with(".plan") {
                self.search(&name, &content, &unstored);
            } else {
                self.search(&name, &content, &all);
            }
        }
        for kind in ["tfstate", "plan", "log"] {
            assert!(
                kinds.contains(kind),
                "no file of the kind {kind} was searched: {kinds:?}"
            );
        }
        self
    }
}

fn needles(token: &str, stored: bool) -> Needles {
    let mut values = vec![
        ("token", token),
        ("bad token", BAD_TOKEN),
        ("password_wo 1", HIDDEN[0]),
        ("password_wo 2", HIDDEN[1]),
    ];
    if stored {
        values.extend([("password 1", STORED[0]), ("password 2", STORED[1])]);
    }
    Needles::new(values)
}

/// A state without the arguments that are documented to be in it.
fn without_passwords(state: &[u8]) -> Vec<u8> {
    let mut state: Value = serde_json::from_slice(state).expect("a state is JSON");
    for resource in state["resources"].as_array_mut().into_iter().flatten() {
        for instance in resource["instances"].as_array_mut().into_iter().flatten() {
            instance["attributes"]["password"] = Value::Null;
        }
    }
    state.to_string().into_bytes()
}

fn registries(name: &str, trigger: &str, pin: &str) -> String {
    let timeouts = r#"timeouts = { create = "20s", read = "20s", update = "20s", delete = "20s" }"#;
    format!(
        r#"
resource "bahriya_registry" "stored" {{
  handle   = "stored"
  name     = "{name}"
  server   = "ghcr.io"
  username = "stored-bot"
  password = var.stored
  {pin}
  {timeouts}
}}
resource "bahriya_registry" "hidden" {{
  handle              = "hidden"
  name                = "{name}"
  server              = "ghcr.io"
  username            = "hidden-bot"
  password_wo         = var.hidden
  password_wo_version = "{trigger}"
  {pin}
  {timeouts}
}}
"#
    )
}

fn attachment(project: &str) -> String {
    format!(
        r#"
resource "bahriya_project_registry_attachment" "shop" {{
  project_id = "{project}"
  handle     = bahriya_registry.hidden.handle
}}
"#
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_leaves_in_any_operation() {
    let started = Instant::now();
    let sandbox = Sandbox::options().start();
    let project = sandbox.create_project("shop", &["falkenstein-1"]).await;
    let attached = attachment(&project);
    let mut gate = Gate::new(&sandbox);

    gate.write(&(registries("First", "1", "") + &attached));
    gate.run(&["validate", "-json"]).succeeds();
    gate.run(&["plan", "-out=create.plan", "-json"]).succeeds();
    // Terraform shows stored passwords here, which is its own documented behaviour.
    let shown = gate
        .terraform
        .run(&["show", "-json", "create.plan"])
        .succeeds();
    gate.search(
        "the shown plan",
        shown.stdout.as_bytes(),
        &needles(&sandbox.token, false),
    );
    gate.run(&["apply", "-json", "create.plan"]).succeeds();

    gate.terraform.set("TF_VAR_hidden", HIDDEN[1]);
    gate.terraform.set("TF_VAR_stored", STORED[1]);
    gate.write(&(registries("First", "2", "") + &attached));
    // A hostile server repeats the rotation in its refusal.
    let echo = json!({"kind": "echo"});
    let rotate = "/organisations/*/registries/*/rotate";
    sandbox
        .fault(json!({"method": "POST", "path": rotate, "fault": echo, "times": 2}))
        .await;
    let refused = ["Failed to update registry", "[redacted]"];
    gate.apply().fails().says(&refused);
    gate.apply().succeeds();

    gate.write(&(registries("Second", "2", "") + &attached));
    gate.apply().succeeds();
    gate.write(&(registries("Second", "2", "active_version = 1") + &attached));
    gate.run(&["plan", "-out=pin.plan"]).succeeds();
    gate.apply().succeeds();
    gate.run(&["plan", "-refresh-only", "-json"]).succeeds();
    gate.run(&["show"]).succeeds();

    for token in [BAD_TOKEN.to_owned(), format!("{}x", sandbox.token)] {
        gate.terraform.set("TF_VAR_token", &token);
        let refused = ["Failed to read registry", "does not accept the token"];
        gate.apply().fails().says(&refused);
    }
    gate.terraform.set("TF_VAR_token", &sandbox.token);

    gate.write(&(registries("Second", "2", "") + &attached));
    gate.run(&["state", "rm", "bahriya_registry.hidden"])
        .succeeds();
    gate.run(&["import", "bahriya_registry.hidden", "hidden"])
        .succeeds();
    gate.run(&["destroy", "-auto-approve", "-json"]).succeeds();
    assert_eq!(sandbox.summary().await["registries"], 0);

    let gate = gate.close().await;
    let totals = format!(
        "leak gate: {} leaks in {} commands of Terraform, {} KiB searched ({:.0?})",
        gate.found.len(),
        gate.operations,
        gate.searched / 1024,
        started.elapsed()
    );
    soak::publish("leak gate", &totals);
    assert_eq!(gate.found, BTreeSet::new());
}

/// What real Terraform makes of faults, and whether a secret leaves then. The fault matrix asks the same of
/// the provider alone, at every request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_leaves_in_any_fault() {
    let started = Instant::now();
    let (mut chance, seed) = Chance::of_this_run();
    let mut faults = faults::all();
    let effort = Effort::of_this_run();
    if effort != Effort::Whole {
        chance.shuffle(&mut faults);
        faults.retain(|fault| !fault.slow);
        faults.truncate(effort.choose(1, 5, usize::MAX));
    }
    let tried = faults.len();
    let (mut commands, mut searched, mut leaks) = (0, 0, BTreeSet::new());
    for fault in faults {
        let sandbox = Sandbox::options().start();
        let project = sandbox.create_project("shop", &["falkenstein-1"]).await;
        let mut gate = Gate::new(&sandbox);
        gate.write(&(registries("First", "1", "") + &attachment(&project)));
        let at = chance.below(5);
        sandbox.fault(fault.rule_anywhere(at)).await;
        gate.apply();
        sandbox.clear_faults().await;
        let mut healed = gate.apply();
        while let Some((address, id)) = import_asked_for(&healed) {
            gate.run(&["import", &address, &id]).succeeds();
            healed = gate.apply();
        }
        healed.succeeds();
        gate.run(&["plan", "-out=empty.plan", "-detailed-exitcode"])
            .succeeds();
        let summary = sandbox.summary().await;
        assert_eq!(
            (
                &summary["registries"],
                &summary["attachments"],
                &summary["spent_handles"]
            ),
            (&json!(2), &json!(1), &json!(0)),
            "{} at request {at}: {summary}",
            fault.name
        );
        let gate = gate.close().await;
        commands += gate.operations;
        searched += gate.searched;
        leaks.extend(
            gate.found
                .into_iter()
                .map(|found| format!("{}: {found}", fault.name)),
        );
    }
    let totals = format!(
        "leak gate under faults: {} leaks with {tried} faults in {commands} commands of Terraform, {} KiB searched \
         ({:.0?}, SEED={seed})",
        leaks.len(),
        searched / 1024,
        started.elapsed()
    );
    soak::publish("leak gate under faults", &totals);
    assert_eq!(leaks, BTreeSet::new());
}

/// The first import that the errors of a run with `-json` ask for: its address and its id.
pub fn import_asked_for(run: &Run) -> Option<(String, String)> {
    imports_asked_for(run).into_iter().next()
}

/// All of them.
pub fn imports_asked_for(run: &Run) -> Vec<(String, String)> {
    let lines = run
        .stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let asked = lines.filter_map(|line| {
        let diagnostic = &line["diagnostic"];
        let id = crate::matrix::import_command(diagnostic["detail"].as_str()?)?;
        Some((diagnostic["address"].as_str()?.to_owned(), id))
    });
    asked.collect()
}
