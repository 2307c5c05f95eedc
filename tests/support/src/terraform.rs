//! Runs the real `terraform`, or another client that `TERRAFORM` names, with the real provider in a directory of its
//! own.
//!
//! ```ignore
//! let terraform = Terraform::new(&sandbox.env());
//! terraform.write("main.tf", r#"resource "bahriya_registry" "ghcr" { … }"#);
//! terraform.apply().succeeds();
//! terraform.assert_empty_plan();
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::executables;
use crate::findings;

/// The addresses that are served by the provider under test: our own, and that of the official provider.
pub const OURS: &str = "bahriya-rs/bahriya";
pub const OFFICIAL: &str = "bahriya-cloud/bahriya";

/// A working directory for Terraform.
pub struct Terraform {
    directory: TempDir,
    env: BTreeMap<String, String>,
}

/// What one command came to.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// A command under way.
pub struct Running(Child);

impl Terraform {
    /// A directory whose configuration already asks for the provider under our own address.
    pub fn new(env: &[(&str, String)]) -> Self {
        let terraform = Self::bare(env);
        terraform.require(&[("bahriya", OURS)]);
        terraform
    }

    /// A directory without any configuration.
    pub fn bare(env: &[(&str, String)]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let terraform = Self {
            env: surroundings(directory.path(), env),
            directory,
        };
        let plugins = terraform.path(".plugins");
        fs::create_dir(&plugins).expect("the directory is new");
        let provider = executables::provider();
        symlink(provider, plugins.join("terraform-provider-bahriya")).expect("the link is new");
        let plugins = plugins.display();
        terraform.write(
            ".terraformrc",
            &format!(
                "provider_installation {{\n  dev_overrides {{\n    \"{OURS}\" = \"{plugins}\"\n    \
                 \"{OFFICIAL}\" = \"{plugins}\"\n  }}\n  direct {{}}\n}}\n"
            ),
        );
        terraform
    }

    /// Writes the `required_providers`: local names and addresses.
    pub fn require(&self, providers: &[(&str, &str)]) {
        let lines: String = providers
            .iter()
            .map(|(name, source)| format!("    {name} = {{ source = \"{source}\" }}\n"))
            .collect();
        self.write(
            "terraform.tf",
            &format!("terraform {{\n  required_providers {{\n{lines}  }}\n}}\n"),
        );
    }

    /// A file of the directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).expect("the directory can be written to");
    }

    /// The content of a file of the directory; empty if there is none.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Sets a variable for all later commands.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    /// The value of an input variable, for all later commands.
    pub fn set_variable(&self, name: &str, value: &str) {
        let file = format!("{name}.auto.tfvars");
        self.write(&file, &format!("{name} = \"{value}\"\n"));
    }

    pub fn unset(&mut self, name: &str) {
        self.env.remove(name);
    }
}

/// Commands.
impl Terraform {
    /// Any command, to its end.
    pub fn run(&self, args: &[&str]) -> Run {
        self.spawn(args).finish()
    }

    /// Any command, in a process group of its own, as a shell starts it.
    pub fn spawn(&self, args: &[&str]) -> Running {
        let client = executables::terraform();
        let child = Command::new(client)
            .args(args)
            .current_dir(self.directory.path())
            .env_clear()
            .envs(&self.env)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let failed = |error| panic!("failed to start {}: {error}", client.display());
        Running(child.unwrap_or_else(failed))
    }

    pub fn apply(&self) -> Run {
        self.apply_with(&[])
    }

    pub fn apply_with(&self, args: &[&str]) -> Run {
        self.run(&[&["apply", "-auto-approve"], args].concat())
    }

    pub fn plan(&self) -> Run {
        self.run(&["plan"])
    }

    pub fn import(&self, address: &str, id: &str) -> Run {
        self.run(&["import", address, id])
    }

    pub fn destroy(&self) -> Run {
        self.run(&["destroy", "-auto-approve"])
    }

    /// Writes `main.tf`, applies it, and sees that nothing is left to do.
    #[track_caller]
    pub fn step(&self, hcl: &str) -> Run {
        self.write("main.tf", hcl);
        let run = self.apply().succeeds();
        self.assert_empty_plan();
        run
    }

    /// A plan that is kept in the file `plan.bin`, as JSON.
    #[track_caller]
    pub fn planned(&self) -> Value {
        self.run(&["plan", "-out=plan.bin"]).succeeds();
        let shown = self.run(&["show", "-json", "plan.bin"]).succeeds();
        serde_json::from_str(&shown.stdout).expect("terraform prints JSON")
    }

    /// The plan has nothing to do. Returns the run, for its warnings.
    #[track_caller]
    pub fn assert_empty_plan(&self) -> Run {
        let run = self.run(&["plan", "-detailed-exitcode"]);
        assert_eq!(run.code, 0, "the plan is not empty: {run}");
        run
    }
}

/// The stored state.
impl Terraform {
    pub fn state(&self) -> Value {
        let mut state: Value =
            serde_json::from_str(&self.read("terraform.tfstate")).unwrap_or(Value::Null);
        // Terraform lists sensitive paths in a random order; two equal states shall compare equal.
        for resource in state["resources"].as_array_mut().into_iter().flatten() {
            for instance in resource["instances"].as_array_mut().into_iter().flatten() {
                if let Some(paths) = instance["sensitive_attributes"].as_array_mut() {
                    paths.sort_by_key(Value::to_string);
                }
            }
        }
        state
    }

    /// The instance that is stored at an address, such as `bahriya_registry.many["a"]`.
    pub fn instance(&self, address: &str) -> Option<Value> {
        let (resource, key) = match address.split_once('[') {
            Some((resource, key)) => (resource, Some(key.trim_end_matches(']').trim_matches('"'))),
            None => (address, None),
        };
        let state = self.state();
        let of_resource = |stored: &&Value| {
            let part = |name: &str| stored[name].as_str().unwrap_or_default().to_owned();
            format!("{}.{}", part("type"), part("name")) == resource
        };
        let resource = state["resources"].as_array()?.iter().find(of_resource)?;
        let instances = resource["instances"].as_array()?;
        let instance = instances
            .iter()
            .find(|one| one["index_key"].as_str() == key);
        instance.cloned()
    }

    /// The attributes that are stored at an address.
    #[track_caller]
    pub fn attributes(&self, address: &str) -> Value {
        let instance = self.instance(address);
        let stored = instance.unwrap_or_else(|| panic!("{address} is not in the state"));
        stored["attributes"].clone()
    }
}

impl Running {
    pub fn finish(self) -> Run {
        let output = self.0.wait_with_output().expect("terraform ends");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// The id of the process, which is also that of its group.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Ctrl-C: the signal goes to Terraform and to the provider, as from a terminal.
    pub fn interrupt(&self) {
        let group = format!("-{}", self.0.id());
        let sent = Command::new("kill").args(["-INT", "--", &group]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill failed");
    }
}

impl Run {
    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!(self.code, 0, "the command failed: {self}");
        self
    }

    #[track_caller]
    pub fn fails(self) -> Self {
        assert_ne!(self.code, 0, "the command succeeded: {self}");
        self
    }

    /// Everything that was printed, without frames and line breaks: Terraform wraps its messages.
    pub fn text(&self) -> String {
        let printed = format!("{}\n{}", self.stdout, self.stderr);
        let unframed = printed.replace(['│', '╷', '╵'], " ");
        unframed.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Each of these findings, by name, is among the errors and warnings that were printed.
    #[track_caller]
    pub fn finds(self, names: &[&str]) -> Self {
        let printed = format!("{}\n{}", self.stdout, self.stderr);
        let lines = printed
            .lines()
            .map(|line| line.trim_start_matches(['│', '╷', ' ']));
        let titles = lines.filter_map(|line| {
            line.strip_prefix("Error: ")
                .or_else(|| line.strip_prefix("Warning: "))
        });
        let found: Vec<_> = titles.filter_map(findings::find).collect();
        for name in names {
            assert!(
                found.contains(name),
                "{name} is not among {found:?}: {self}"
            );
        }
        self
    }

    /// All of these occur in what was printed.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Self {
        let text = self.text();
        for word in words {
            assert!(text.contains(word), "nothing says {word:?}: {self}");
        }
        self
    }

    /// None of these occurs in what was printed.
    #[track_caller]
    pub fn keeps_silent_about(self, words: &[&str]) -> Self {
        let text = self.text();
        for word in words {
            assert!(!text.contains(word), "something says {word:?}: {self}");
        }
        self
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {}\n{}{}", self.code, self.stdout, self.stderr)
    }
}

/// Nothing of the tester's own settings, tokens or proxies gets into a test.
fn surroundings(directory: &Path, env: &[(&str, String)]) -> BTreeMap<String, String> {
    let file = |name: &str| directory.join(name).display().to_string();
    let mut all = BTreeMap::from([
        ("PATH".to_owned(), std::env::var("PATH").unwrap_or_default()),
        ("HOME".to_owned(), file("")),
        ("TF_CLI_CONFIG_FILE".to_owned(), file(".terraformrc")),
        ("TF_CLI_ARGS".to_owned(), "-no-color".to_owned()),
        ("TF_INPUT".to_owned(), "0".to_owned()),
        ("TF_IN_AUTOMATION".to_owned(), "1".to_owned()),
        ("CHECKPOINT_DISABLE".to_owned(), "1".to_owned()),
        // Its commands end before collecting their garbage pays: a quarter of their time.
        ("GOGC".to_owned(), "off".to_owned()),
    ]);
    all.extend(
        env.iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
    );
    all
}
