//! Starts the real sandbox process and talks to it, for every test that needs a Bahriya API.
//!
//! ```ignore
//! use support::sandbox::Sandbox;
//!
//! let sandbox = Sandbox::options().dialect("put").start();
//! let registry = sandbox.create_registry("ghcr", "ghcr.io", "bot", "secret").await;
//! sandbox.fault(json!({"method": "POST", "path": "/organisations/*/registries",
//!     "fault": {"kind": "drop", "when": "after"}})).await;
//! ```

mod api;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::executables;

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

/// A running sandbox; dropping it kills the process. One that is never dropped, such as a static, ends
/// with the test process, which holds its standard input.
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
        let program = executables::example("sandbox");
        let mut child = Command::new(&program)
            .args(["--exit-with-stdin", "--listen", listen])
            .args(&options.args)
            .stdin(Stdio::piped())
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

    /// Closes the process's standard input, as the end of this process would.
    pub fn orphan(mut self) -> Self {
        drop(self.child.stdin.take());
        self
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
