//! Starts the real sandbox process and talks to it, for every test that needs a Bahriya API.
//!
//! ```ignore
//! #[path = "../support/sandbox.rs"]
//! mod sandbox;
//!
//! let sandbox = Sandbox::options().dialect("put").start();
//! let registry = sandbox.create_registry("ghcr", "ghcr.io", "bot", "secret").await;
//! sandbox.fault(json!({"method": "POST", "path": "/organisations/*/registries",
//!     "fault": {"kind": "drop", "when": "after"}})).await;
//! ```

// Each test binary includes this file and uses its own part of it.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use reqwest::Method;
use serde_json::{Value, json};

/// How to start a sandbox. Without options: in memory, dialect *rotate*, versions shown.
#[derive(Clone, Default)]
pub struct Options {
    args: Vec<String>,
}

impl Options {
    /// `rotate` or `put`.
    pub fn dialect(self, dialect: &str) -> Self {
        self.arg("--dialect").arg(dialect)
    }

    /// Registry answers carry no version fields.
    pub fn versions_withheld(self) -> Self {
        self.arg("--versions").arg("withheld")
    }

    /// Every API answer takes at least this long.
    pub fn latency_ms(self, ms: u64) -> Self {
        self.arg("--latency-ms").arg(ms.to_string())
    }

    /// Keeps everything in this SQLite file (and its key beside it), for restarts.
    pub fn database(self, file: &Path) -> Self {
        self.arg("--database").arg(file.display().to_string())
    }

    /// Starts with two projects, a registry and an attachment.
    pub fn seed_data(self) -> Self {
        self.arg("--seed-data")
    }

    /// Any other argument.
    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Starts the process and waits until it serves.
    pub fn start(self) -> Sandbox {
        Sandbox::spawn(self, "127.0.0.1:0")
    }
}

/// A running sandbox; dropping it kills the process.
pub struct Sandbox {
    /// `http://127.0.0.1:PORT/console/v1`
    pub api_url: String,
    /// `http://127.0.0.1:PORT/_sandbox`
    pub control_url: String,
    /// `http://127.0.0.1:PORT/`
    pub page_url: String,
    /// The organisation `acme`, owned by `token`.
    pub organisation: String,
    /// An organisation that `token` may also write to.
    pub second_organisation: String,
    /// An organisation that exists and that no token here sees.
    pub hidden_organisation: String,
    pub token: String,
    /// May read and update, but neither create nor delete.
    pub member_token: String,
    /// May only read.
    pub viewer_token: String,
    client: reqwest::Client,
    child: Child,
    options: Options,
    output: Arc<Mutex<Vec<u8>>>,
}

/// What the imitated API answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    pub status: u16,
    /// `data` of the envelope.
    pub data: Value,
}

impl Reply {
    /// `data` as the text it must be.
    pub fn text(&self) -> &str {
        self.data
            .as_str()
            .unwrap_or_else(|| panic!("not a text: {self:?}"))
    }

    /// The reply itself, if it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "unexpected answer: {}", self.data);
        self
    }
}

/// One retained version, and whether it holds the credentials that were asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckedVersion {
    pub version: i64,
    pub current: bool,
    pub matches: bool,
}

/// One line of the request log. `status` is 0 where no answer was sent.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct LoggedRequest {
    pub method: String,
    /// Relative to the base address.
    pub path: String,
    pub status: u16,
    pub ms: u64,
}

impl Sandbox {
    /// A sandbox in memory with the default switches.
    pub fn start() -> Self {
        Self::options().start()
    }

    pub fn options() -> Options {
        Options::default()
    }

    fn spawn(options: Options, listen: &str) -> Self {
        let program = program();
        let mut child = Command::new(&program)
            .args(["--listen", listen])
            .args(&options.args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("failed to start {}: {error}", program.display()));
        let output = Arc::default();
        let errors = collect(child.stderr.take().expect("stderr is piped"), &output);
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut printed = String::new();
        while !printed.contains("# page: ") {
            if stdout.read_line(&mut printed).unwrap_or(0) == 0 {
                let _ = child.wait();
                let _ = errors.join();
                let told = String::from_utf8_lossy(&output.lock().unwrap()).into_owned();
                panic!("the sandbox ended before it served: {told}");
            }
        }
        output.lock().unwrap().extend(printed.bytes());
        collect(stdout, &output);
        let value = |before: &str| {
            printed
                .lines()
                .find_map(|line| line.strip_prefix(before))
                .unwrap_or_else(|| panic!("the sandbox did not print `{before}…`"))
                .to_owned()
        };
        let page_url = value("# page: ");
        Self {
            api_url: value("export BAHRIYA_API_URL="),
            control_url: format!("{page_url}_sandbox"),
            page_url,
            organisation: value("export BAHRIYA_ORGANISATION_ID="),
            second_organisation: value("# second organisation: "),
            hidden_organisation: value("# third organisation, not visible to these tokens: "),
            token: value("export BAHRIYA_TOKEN="),
            member_token: value("# member token: "),
            viewer_token: value("# viewer token: "),
            client: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client without special settings builds"),
            child,
            options,
            output,
        }
    }

    /// The environment that points a provider at this sandbox.
    pub fn env(&self) -> [(&'static str, String); 3] {
        [
            ("BAHRIYA_API_URL", self.api_url.clone()),
            ("BAHRIYA_ORGANISATION_ID", self.organisation.clone()),
            ("BAHRIYA_TOKEN", self.token.clone()),
        ]
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Kills the process and starts it again with the same options at the same address. Only what is
    /// in a database file is still there.
    pub fn restart(&mut self) {
        self.kill();
        let address = self
            .page_url
            .trim_start_matches("http://")
            .trim_end_matches('/');
        *self = Self::spawn(self.options.clone(), address);
    }

    /// Everything that the process printed so far, on both streams.
    pub fn output(&self) -> Vec<u8> {
        self.output.lock().unwrap().clone()
    }

    /// The identifier of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The imitated API.
impl Sandbox {
    /// A request below the organisation, such as `GET /registries`, with the owner's token.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        self.call_as(&self.token, method, path, body).await
    }

    /// The same with another token.
    pub async fn call_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Reply {
        let path = format!("/organisations/{}{path}", self.organisation);
        self.try_call(token, method, &path, body)
            .await
            .unwrap_or_else(|error| panic!("{method} {path} got no answer: {error}"))
    }

    /// A request below the base address, which may fail without an answer.
    pub async fn try_call(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Reply, reqwest::Error> {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.api_url))
            .bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let envelope: Value = response.json().await?;
        assert_eq!(envelope["code"], status, "the envelope repeats the status");
        Ok(Reply {
            status,
            data: envelope["data"].clone(),
        })
    }

    /// Makes a project and returns its identifier.
    pub async fn create_project(&self, handle: &str, regions: &[&str]) -> String {
        let body = json!({
            "handle": handle, "name": handle, "regions": regions, "users": [],
            "organisation": self.organisation,
        });
        let reply = self.call("POST", "/projects", Some(body)).await.expect(201);
        reply.text().to_owned()
    }

    /// Makes a registry and returns its identifier.
    pub async fn create_registry(
        &self,
        handle: &str,
        server: &str,
        username: &str,
        password: &str,
    ) -> String {
        let body = json!({
            "handle": handle, "name": handle, "server": server, "username": username,
            "password": password,
        });
        let reply = self.call("POST", "/registries", Some(body)).await;
        reply.expect(201).text().to_owned()
    }

    /// Makes a new version outside Terraform, in the *rotate* dialect.
    pub async fn rotate(&self, registry: &str, username: &str, password: &str) {
        let body = json!({"username": username, "password": password});
        let path = format!("/registries/{registry}/rotate");
        self.call("POST", &path, Some(body)).await.expect(201);
    }

    /// Makes an earlier version current outside Terraform, in the *rotate* dialect.
    pub async fn activate(&self, registry: &str, version: i64) {
        let path = format!("/registries/{registry}/versions/{version}/activate");
        self.call("POST", &path, None).await.expect(200);
    }

    /// Attaches a registry and returns the identifier of the link.
    pub async fn attach(&self, project: &str, handle: &str) -> String {
        let path = format!("/projects/{project}/attach/registries/{handle}");
        let reply = self.call("POST", &path, None).await.expect(201);
        reply.text().to_owned()
    }

    pub async fn detach(&self, project: &str, handle: &str) {
        let path = format!("/projects/{project}/attach/registries/{handle}");
        self.call("DELETE", &path, None).await.expect(200);
    }
}

/// The control routes.
impl Sandbox {
    /// Lets requests fail; see `docs/sandbox.md` for the kinds of faults.
    pub async fn fault(&self, rule: Value) {
        self.control("POST", "/faults", Some(rule)).await;
    }

    /// All fault rules with `seen` and `fired`.
    pub async fn faults(&self) -> Vec<Value> {
        let answer = self.control("GET", "/faults", None).await;
        answer["faults"].as_array().expect("a list").clone()
    }

    pub async fn clear_faults(&self) {
        self.control("DELETE", "/faults", None).await;
    }

    /// The finished API requests since the start or the last [`Sandbox::clear_requests`].
    pub async fn requests(&self) -> Vec<LoggedRequest> {
        let answer = self.control("GET", "/requests", None).await;
        serde_json::from_value(answer).expect("a request log")
    }

    pub async fn clear_requests(&self) {
        self.control("DELETE", "/requests", None).await;
    }

    /// Turns switches, such as `{"dialect": "put"}`.
    pub async fn change_settings(&self, change: Value) {
        self.control("PUT", "/settings", Some(change)).await;
    }

    /// Which retained versions of a registry (identifier or handle) hold these credentials.
    pub async fn check_credentials(
        &self,
        registry: &str,
        username: &str,
        password: &str,
    ) -> Vec<CheckedVersion> {
        let body = json!({"registry": registry, "username": username, "password": password});
        let answer = self.control("POST", "/check", Some(body)).await;
        answer["versions"]
            .as_array()
            .expect("a list of versions")
            .iter()
            .map(|version| CheckedVersion {
                version: version["version"].as_i64().expect("a number"),
                current: version["current"] == true,
                matches: version["matches"] == true,
            })
            .collect()
    }

    /// Whether the current version of a registry holds these credentials.
    pub async fn current_is(&self, registry: &str, username: &str, password: &str) -> bool {
        self.check_credentials(registry, username, password)
            .await
            .iter()
            .any(|version| version.current && version.matches)
    }

    /// Counts over all organisations: `projects`, `registries`, `versions_made`, `versions_retained`,
    /// `attachments`, `containers`, `burned_handles`.
    pub async fn summary(&self) -> Value {
        self.control("GET", "/summary", None).await
    }

    async fn control(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.control_url));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.expect("the sandbox answers");
        let status = response.status();
        let text = response.text().await.expect("the answer is complete");
        assert!(status.is_success(), "{path} was refused: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }
}

/// The sandbox is an example of this crate: it stands beside the provider that the tests were built with.
pub fn program() -> PathBuf {
    let provider = Path::new(env!("CARGO_BIN_EXE_terraform-provider-bahriya"));
    let program = provider.with_file_name("examples").join("sandbox");
    assert!(
        program.exists(),
        "the sandbox is not built: run `cargo build --example sandbox` (looked at {})",
        program.display()
    );
    program
}

fn collect(
    mut stream: impl Read + Send + 'static,
    output: &Arc<Mutex<Vec<u8>>>,
) -> thread::JoinHandle<()> {
    let output = output.clone();
    thread::spawn(move || {
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut chunk) {
            output.lock().unwrap().extend(&chunk[..count]);
        }
    })
}
