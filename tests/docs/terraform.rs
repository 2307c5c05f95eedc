//! The real Terraform, with the provider of this build.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A working directory for one configuration.
pub struct Terraform {
    directory: tempfile::TempDir,
    env: Vec<(String, String)>,
}

impl Terraform {
    /// A directory with these files.
    pub fn with(files: &[(String, String)]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for (name, text) in files {
            fs::write(directory.path().join(name), text).expect("a file");
        }
        let provider = Path::new(env!("CARGO_BIN_EXE_terraform-provider-bahriya"));
        let folder = provider
            .parent()
            .expect("a file stands in a directory")
            .display();
        let rc = directory.path().join("cli.rc");
        let overrides = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"bahriya-rs/bahriya\" = \"{folder}\"\n  }}\n  direct {{}}\n}}\n"
        );
        fs::write(&rc, overrides).expect("a file");
        let env = [
            ("TF_CLI_CONFIG_FILE", rc.display().to_string()),
            ("CHECKPOINT_DISABLE", "1".into()),
            ("TF_INPUT", "0".into()),
        ];
        Self {
            env: env.map(|(name, value)| (name.to_owned(), value)).to_vec(),
            directory,
        }
    }

    /// Sets environment variables for every run.
    pub fn set(&mut self, variables: impl IntoIterator<Item = (impl Into<String>, String)>) {
        self.env.extend(
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value)),
        );
    }

    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Runs a command that has to succeed; the error is everything that it said.
    pub fn run(&self, arguments: &[&str]) -> Result<String, String> {
        self.finish("terraform", arguments)
    }

    /// Runs a shell script in the directory.
    pub fn shell(&self, script: &Path) -> Result<String, String> {
        self.finish("sh", &["-eu", &script.display().to_string()])
    }

    fn finish(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let Output { status, stdout, stderr } = Command::new(program)
            .args(arguments)
            .envs(self.env.iter().cloned())
            .current_dir(self.directory.path())
            .output()
            .unwrap_or_else(|error| {
                panic!("{program} cannot be started ({error}): install Terraform 1.11 or newer and put it on the PATH")
            });
        let said =
            String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
        if status.success() {
            return Ok(said);
        }
        Err(format!(
            "{program} {}: {status}\n{said}",
            arguments.join(" ")
        ))
    }
}
