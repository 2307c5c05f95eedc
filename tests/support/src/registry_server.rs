//! Starts a real image registry (`scripts/registry-server.sh`: Debian's docker-registry with htpasswd).

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A running image registry; dropping it stops the server and removes its files.
pub struct RegistryServer {
    /// `127.0.0.1:PORT`
    pub address: String,
    directory: TempDir,
    script: Child,
}

impl RegistryServer {
    /// A server with plain HTTP and this user.
    pub fn start(user: &str, password: &str) -> Self {
        Self::start_with(user, password, &[])
    }

    /// A server with HTTPS, whose certificate and key are these PEM files.
    pub fn start_tls(user: &str, password: &str, certificate: &Path, key: &Path) -> Self {
        let files = [
            ("REGISTRY_TLS_CERTIFICATE", certificate),
            ("REGISTRY_TLS_KEY", key),
        ];
        Self::start_with(user, password, &files)
    }

    /// A server with plain HTTP that asks nobody for credentials.
    pub fn start_public() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        Self::serve(directory, &[("REGISTRY_PUBLIC", Path::new("1"))])
    }

    fn start_with(user: &str, password: &str, environment: &[(&str, &Path)]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        set_user(directory.path(), user, password);
        Self::serve(directory, environment)
    }

    fn serve(directory: TempDir, environment: &[(&str, &Path)]) -> Self {
        let mut script = Command::new(script())
            .arg("serve")
            .arg(directory.path())
            .envs(environment.iter().copied())
            .env("REGISTRY_EXIT_WITH_STDIN", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the registry server's script starts");
        let mut line = String::new();
        let stdout = script.stdout.take().expect("stdout is piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the script's output is text");
        let address = line
            .trim()
            .strip_prefix("registry: ")
            .expect("scripts/registry-server.sh did not start; its message is above")
            .to_owned();
        Self {
            address,
            directory,
            script,
        }
    }

    /// Adds a user, or gives one another password. The running server notices.
    pub fn set_user(&self, user: &str, password: &str) {
        set_user(self.directory.path(), user, password);
    }

    pub fn remove_user(&self, user: &str) {
        let status = Command::new(script())
            .arg("remove-user")
            .arg(self.directory.path())
            .arg(user)
            .status();
        assert!(status.is_ok_and(|status| status.success()));
    }

    /// Closes the script's standard input, as the end of this process would.
    pub fn orphan(mut self) -> Self {
        drop(self.script.stdin.take());
        self
    }

    /// What the server logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }
}

impl Drop for RegistryServer {
    fn drop(&mut self) {
        // The server asked the system to be killed when the script is.
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}

fn set_user(directory: &Path, user: &str, password: &str) {
    let mut child = Command::new(script())
        .arg("set-user")
        .arg(directory)
        .arg(user)
        .stdin(Stdio::piped())
        .spawn()
        .expect("the registry server's script starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    stdin
        .write_all(password.as_bytes())
        .expect("the script reads the password");
    drop(stdin);
    assert!(child.wait().is_ok_and(|status| status.success()));
}

fn script() -> PathBuf {
    crate::repository().join("scripts/registry-server.sh")
}
