//! The registry of the distribution project (Debian's `docker-registry`), with a password file.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use terraform_provider_bahriya::oci::verify::Outcome;

use crate::reason;
use crate::support::{Authority, check, check_with};

/// What `htpasswd -Bbn robot 'correct horse'` gave.
const PASSWORD_FILE: &str = "robot:$2y$04$s19SZF3i4MHQKFbwHf9XNeLCjG241KOj0jODUJXJ8M48ewJqhGmAy\n";

struct Registry {
    process: Child,
    name: String,
    _folder: tempfile::TempDir,
}

impl Registry {
    fn start(authority: Option<&Authority>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let passwords = write("htpasswd", PASSWORD_FILE);
        let tls = authority.map_or(String::new(), |authority| {
            let certificate = write("cert.pem", &authority.leaf_pem());
            let key = write("key.pem", &authority.key_pem());
            format!("  tls:\n    certificate: {certificate}\n    key: {key}\n")
        });
        let storage = folder.path().join("storage").display().to_string();
        let config = write(
            "config.yml",
            &format!(
                "version: 0.1\nlog:\n  formatter: json\nstorage:\n  filesystem:\n    rootdirectory: {storage}\n\
                 http:\n  addr: 127.0.0.1:0\n{tls}auth:\n  htpasswd:\n    realm: test\n    path: {passwords}\n"
            ),
        );
        let mut process = Command::new("docker-registry")
            .args(["serve", &config])
            .env("OTEL_TRACES_EXPORTER", "none")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("this test needs a registry: `apt-get install docker-registry` ({error})")
            });
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let name = lines.find_map(|line| listening_at(&line.unwrap()));
        // Someone has to read on, or the registry stops at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            name: name.expect("the registry ended before it listened"),
            process,
            _folder: folder,
        }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The address in a log line such as `{"msg":"listening on 127.0.0.1:41235, tls", …}`.
fn listening_at(line: &str) -> Option<String> {
    let record: serde_json::Value = serde_json::from_str(line).ok()?;
    let address = record["msg"].as_str()?.strip_prefix("listening on ")?;
    address.split(',').next().map(str::to_owned)
}

#[tokio::test]
async fn right_and_wrong_credentials() {
    let registry = Registry::start(None);
    let name = registry.name.as_str();
    assert_eq!(
        check(name, "robot", "correct horse").await,
        Outcome::Accepted
    );
    for (username, password) in [
        ("robot", "wrong horse"),
        ("robot", "correct horse\n"),
        ("nobody", "correct horse"),
    ] {
        let reason = reason!(check(name, username, password).await, Refused);
        assert!(reason.contains("401"), "{reason}");
    }
}

#[tokio::test]
async fn over_tls_with_a_private_authority() {
    let authority = Authority::new();
    let registry = Registry::start(Some(&authority));
    let verifier = authority.verifier(Duration::from_secs(10));
    let name = registry.name.as_str();
    assert_eq!(
        check_with(&verifier, name, "robot", "correct horse").await,
        Outcome::Accepted
    );
    reason!(
        check_with(&verifier, name, "robot", "wrong horse").await,
        Refused
    );
    reason!(check(name, "robot", "correct horse").await, Unreachable);
}

#[tokio::test]
async fn a_registry_that_has_gone() {
    let registry = Registry::start(None);
    let name = registry.name.clone();
    assert_eq!(
        check(&name, "robot", "correct horse").await,
        Outcome::Accepted
    );
    drop(registry);
    reason!(check(&name, "robot", "correct horse").await, Unreachable);
}
