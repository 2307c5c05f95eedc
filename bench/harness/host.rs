//! Plays Terraform for one process: starts it, connects, and looks at what it costs.

use std::fs;
use std::io;
use std::process::Stdio;
use std::time::{Duration, Instant};

use support::plugin::{COOKIE, Handshake, Identity, PATIENCE};
use terraform_provider_bahriya::proto::go_plugin;
use terraform_provider_bahriya::proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use terraform_provider_bahriya::proto::tfplugin6 as proto;
use terraform_provider_bahriya::proto::tfplugin6::provider_client::ProviderClient;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tonic::transport::Channel;

use crate::connect::connect;
use crate::contender::Contender;

const LIMIT: usize = i32::MAX as usize;

/// A running provider.
pub struct Host {
    child: Child,
    channel: Channel,
    /// From exec to the handshake line.
    pub handshake: Duration,
    /// From the handshake line to the first answered schema, TLS included.
    pub schema: Duration,
}

/// Starts a program as Terraform does and reads its handshake line.
pub async fn spawn(
    words: &[String],
    identity: &Identity,
    env: &[(&str, String)],
) -> (Child, Handshake, Duration) {
    let mut command = Command::new(&words[0]);
    for (name, _) in std::env::vars() {
        if ["TF_", "PLUGIN_", "BAHRIYA_"]
            .iter()
            .any(|start| name.starts_with(start))
        {
            command.env_remove(name);
        }
    }
    command
        .args(&words[1..])
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_MIN_PORT", "10000")
        .env("PLUGIN_MAX_PORT", "25000")
        .env("PLUGIN_PROTOCOL_VERSIONS", "6,5")
        .env("PLUGIN_CLIENT_CERT", &identity.pem)
        .envs(env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let started = Instant::now();
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{words:?}: {error}"));
    let stdout = child.stdout.take().expect("stdout is piped");
    let mut lines = BufReader::new(stdout).lines();
    let line = tokio::time::timeout(PATIENCE * 6, lines.next_line()).await;
    let time = started.elapsed();
    let line = line.expect("a handshake in time").expect("stdout");
    let line = line.unwrap_or_else(|| panic!("{words:?} ended without a handshake"));
    (child, Handshake::parse(&line), time)
}

impl Host {
    /// Starts the program and asks it for its schema.
    pub async fn start(
        contender: &Contender,
        through: &[String],
        identity: &Identity,
        env: &[(&str, String)],
    ) -> Self {
        let mut words = through.to_vec();
        words.push(contender.program.display().to_string());
        let (child, line, handshake) = spawn(&words, identity, env).await;
        let connecting = Instant::now();
        let channel = connect(&line, identity).await.expect("a connection");
        let mut host = Self {
            child,
            channel,
            handshake,
            schema: Duration::ZERO,
        };
        let schema = host
            .client()
            .get_provider_schema(proto::get_provider_schema::Request {})
            .await;
        host.schema = connecting.elapsed();
        let schema = schema.expect("a schema").into_inner();
        assert!(!schema.resource_schemas.is_empty(), "a schema with content");
        host
    }

    pub fn client(&self) -> ProviderClient<Channel> {
        ProviderClient::new(self.channel.clone())
            .max_decoding_message_size(LIMIT)
            .max_encoding_message_size(LIMIT)
    }

    /// Configures it with an empty `provider` block, if it is known what that looks like.
    pub async fn configure(&self, contender: &Contender) {
        let Some(msgpack) = contender.configuration() else {
            return;
        };
        let request = proto::configure_provider::Request {
            terraform_version: "1.11.4".to_owned(),
            config: Some(dynamic(msgpack)),
            ..Default::default()
        };
        let answer = self.client().configure_provider(request).await;
        let diagnostics = answer.expect("an answer").into_inner().diagnostics;
        assert!(
            diagnostics.is_empty(),
            "{}: {diagnostics:?}",
            contender.name
        );
    }

    /// Resident memory in MiB.
    pub fn resident(&self) -> f64 {
        let status = self.proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kilobytes: f64 = kilobytes.and_then(|text| text.parse().ok()).expect("VmRSS");
        kilobytes / 1024.0
    }

    /// Time on a processor since exec, over all threads.
    pub fn cpu(&self) -> Duration {
        let threads = format!("/proc/{}/task", self.pid());
        let threads = fs::read_dir(threads).expect("its threads");
        let nanoseconds = threads.map(|thread| {
            let path = thread.expect("a thread").path().join("schedstat");
            let text = fs::read_to_string(path).unwrap_or_default();
            let first = text.split(' ').next().unwrap_or_default();
            first.parse::<u64>().unwrap_or(0)
        });
        Duration::from_nanos(nanoseconds.sum())
    }

    /// Ends it as Terraform does.
    pub async fn shutdown(mut self) {
        let mut controller = GrpcControllerClient::new(self.channel.clone());
        let _ = controller.shutdown(go_plugin::Empty {}).await;
        // The peer does not end while a client is connected.
        drop((controller, self.channel));
        wait(&mut self.child).await.expect("its end");
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.pid())).expect("/proc")
    }

    fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }
}

/// Waits for the end of a process, and ends it when that takes long.
pub async fn wait(child: &mut Child) -> io::Result<()> {
    match tokio::time::timeout(PATIENCE, child.wait()).await {
        Ok(status) => status.map(drop),
        Err(_) => child.kill().await,
    }
}

/// A value as it travels.
pub fn dynamic(msgpack: Vec<u8>) -> proto::DynamicValue {
    proto::DynamicValue {
        msgpack,
        json: Vec::new(),
    }
}
