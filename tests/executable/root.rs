//! A root directory of its own for the executable: a `chroot`, whose network is that of the test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value as Json, json};
use support::executables;
use support::plugin::Options;
use support::provider_client::{Client, json_of};
use tempfile::TempDir;

/// The organisation that [`crate::servers::Api`] knows.
pub const ORGANISATION: &str = "7b1f0c52-6a0e-4a53-9d0e-3f4b8f0a7c11";

/// A directory that is the whole file system of the programs in it.
pub struct Root {
    directory: TempDir,
    env: BTreeMap<String, String>,
}

impl Root {
    /// With nothing but the executable and a place for its socket.
    pub fn new() -> Self {
        assert!(
            rustix::process::geteuid().is_root(),
            "these tests make roots of their own and listen at port 53, which takes root: run them as root, or in a \
             namespace, as scripts/test.sh does (unshare --map-root-user --net)"
        );
        let root = Self {
            directory: tempfile::tempdir().expect("a directory"),
            env: BTreeMap::new(),
        };
        fs::create_dir(root.path("tmp")).expect("a new directory");
        root.copy(&executables::shipped(), "provider");
        root
    }

    /// A file of the root, as the test sees it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        fs::write(path, content).expect("a file");
    }

    pub fn copy(&self, from: &Path, name: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        fs::copy(from, path).expect("a copy");
    }

    /// A variable for everything that runs in it.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    /// A program of the root, ready to run.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("chroot");
        command
            .arg(self.directory.path())
            .arg(program)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .envs(&self.env);
        command
    }

    /// The executable as Terraform starts it. Over TCP, since the path of a socket has another meaning outside.
    pub async fn provider(&self) -> Client {
        let root = self.directory.path().display().to_string();
        // The executable under test is that of the root, and not the one appended here.
        let through = ["sh", "-c", "exec chroot \"$0\" /provider", root.as_str()];
        let mut options = Options {
            through: through.map(str::to_owned).into(),
            ..Options::default()
        };
        options = options.env("TMPDIR", "/tmp").env("PLUGIN_NETWORK", "tcp");
        for (name, value) in &self.env {
            options = options.env(name, value.as_str());
        }
        Client::start(options).await
    }

    /// The name of the organisation at an address of the API, or what went wrong.
    pub async fn ask(&self, base_url: &str, authority: Option<&str>) -> Result<Json, String> {
        let mut client = self.provider().await;
        let config = json!({
            "token": "nobodys-token",
            "organisation_id": ORGANISATION,
            "base_url": base_url,
            "ca_certificate_file": authority,
        });
        let mut diagnostics = client.configure(config, "1.11.4").await;
        let mut found = Json::Null;
        if diagnostics.is_empty() {
            let answer = client.look_up("bahriya_organisation", json!({})).await;
            found = json_of(answer.state.as_ref());
            diagnostics = answer.diagnostics;
        }
        let (status, _) = client.plugin.shutdown().await;
        assert!(status.success(), "it ended with {status}");
        match diagnostics.as_slice() {
            [] => Ok(found["name"].clone()),
            [one] => Err(format!("{}: {}", one.summary, one.detail)),
            many => panic!("{many:?}"),
        }
    }
}
