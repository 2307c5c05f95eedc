//! Plays Terraform: starts the provider's executable as Terraform does and talks to it over its socket.

use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use terraform_provider_bahriya::proto::go_plugin;
use terraform_provider_bahriya::proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use terraform_provider_bahriya::proto::tfplugin6::provider_client::ProviderClient;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::{Channel, Endpoint};

use crate::executables;

pub const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
/// How long anything may take that is expected to happen, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How to start the provider. The default is what Terraform does.
#[derive(Clone, Default)]
pub struct Options {
    /// As with `TF_DISABLE_PLUGIN_TLS`.
    pub plaintext: bool,
    /// Arguments, which Terraform never gives.
    pub args: Vec<String>,
    /// Further environment variables; they win over those of a host.
    pub env: Vec<(String, String)>,
    /// Variables of a host to leave out.
    pub without: Vec<&'static str>,
    /// A program to put in front, which gets the executable as its last argument.
    pub through: Vec<String>,
}

impl Options {
    /// With one more environment variable.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.push((name.to_owned(), value.into()));
        self
    }
}

/// The key and certificate of a host, made as go-plugin makes them.
pub struct Identity {
    pub certificate: CertificateDer<'static>,
    pub key: Vec<u8>,
    pub pem: String,
}

impl Identity {
    pub fn generate() -> Self {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512).unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, "localhost");
        params
            .distinguished_name
            .push(DnType::OrganizationName, "HashiCorp");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
            KeyUsagePurpose::KeyAgreement,
            KeyUsagePurpose::KeyCertSign,
        ];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ClientAuth,
            ExtendedKeyUsagePurpose::ServerAuth,
        ];
        let thirty_years = Duration::from_secs(30 * 365 * 24 * 60 * 60);
        params.not_before = (SystemTime::now() - Duration::from_secs(30)).into();
        params.not_after = (SystemTime::now() + thirty_years).into();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            pem: certificate.pem(),
            certificate: certificate.into(),
            key: key.serialize_der(),
        }
    }
}

/// The fields of the handshake line.
#[derive(Clone, Debug)]
pub struct Handshake {
    pub line: String,
    pub network: String,
    pub address: String,
    /// The server's certificate; empty without TLS.
    pub certificate: Vec<u8>,
}

impl Handshake {
    /// Takes the line apart as go-plugin's client does.
    pub fn parse(line: &str) -> Self {
        let fields: Vec<&str> = line.split('|').collect();
        assert!(fields.len() >= 6, "handshake line: {line:?}");
        assert_eq!(
            (fields[0], fields[1], fields[4]),
            ("1", "6", "grpc"),
            "{line:?}"
        );
        Self {
            line: line.to_owned(),
            network: fields[2].to_owned(),
            address: fields[3].to_owned(),
            certificate: STANDARD_NO_PAD.decode(fields[5]).unwrap(),
        }
    }
}

/// What a process has written to stderr so far, line by line.
#[derive(Clone, Default)]
pub struct Captured(Arc<Mutex<Vec<String>>>);

impl Captured {
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// Waits until a line contains `text`.
    pub async fn wait_for(&self, text: &str) -> String {
        let found = async {
            loop {
                if let Some(line) = self.lines().into_iter().find(|line| line.contains(text)) {
                    return line;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        match tokio::time::timeout(PATIENCE, found).await {
            Ok(line) => line,
            Err(_) => panic!("no {text:?} on stderr: {:#?}", self.lines()),
        }
    }
}

/// A started process, before anything was read from it. It is killed when dropped.
pub struct Spawned {
    pub child: Child,
    pub stdout: Lines<BufReader<ChildStdout>>,
    pub stderr: Captured,
    pub identity: Identity,
    captured: tokio::task::JoinHandle<()>,
    /// Where it makes its socket, so that nothing is left behind by one that is killed.
    _temporary: TempDir,
}

impl Spawned {
    /// Starts the executable with the environment of a host.
    pub fn start(options: &Options) -> Self {
        let identity = Identity::generate();
        let provider = executables::provider().as_os_str();
        let mut words = options.through.iter().map(OsStr::new).chain([provider]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).args(&options.args);
        // What the developer has set for a Terraform of their own is not meant for the tests.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if ["TF_", "PLUGIN_", "BAHRIYA_"]
                .iter()
                .any(|start| name.starts_with(start))
            {
                command.env_remove(name.as_ref());
            }
        }
        let temporary = tempfile::tempdir().unwrap();
        command
            .env("TMPDIR", temporary.path())
            .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
            .env("PLUGIN_MIN_PORT", "10000")
            .env("PLUGIN_MAX_PORT", "25000")
            .env("PLUGIN_PROTOCOL_VERSIONS", "6,5");
        if !options.plaintext {
            command.env("PLUGIN_CLIENT_CERT", &identity.pem);
        }
        command.envs(options.env.iter().map(|(name, value)| (name, value)));
        for name in &options.without {
            command.env_remove(name);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let stderr = Captured::default();
        let sink = stderr.clone();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let captured = tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                sink.0.lock().unwrap().push(line);
            }
        });
        Self {
            stdout: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
            stderr,
            identity,
            captured,
            _temporary: temporary,
        }
    }

    /// The next line on stdout, or none at its end.
    pub async fn line(&mut self) -> Option<String> {
        let line = tokio::time::timeout(PATIENCE, self.stdout.next_line()).await;
        line.expect("no line on stdout").unwrap()
    }

    /// Stops reading stderr, so that writing to it fails.
    pub async fn close_stderr(&mut self) {
        self.captured.abort();
        let cancelled = (&mut self.captured).await;
        assert!(cancelled.is_err(), "stderr was closed already");
    }

    /// Sends a signal.
    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) {
        let id = self.child.id().expect("the process has ended");
        let pid = rustix::process::Pid::from_raw(id.cast_signed()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Waits for the end of the process and of what it writes; answers the rest of stdout as well.
    pub async fn end(mut self) -> (ExitStatus, Vec<String>) {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = status.expect("the process goes on").unwrap();
        let mut rest = Vec::new();
        while let Some(line) = self.line().await {
            rest.push(line);
        }
        self.captured.await.unwrap();
        (status, rest)
    }
}

/// A provider that is connected as Terraform connects.
pub struct PluginProcess {
    pub process: Spawned,
    pub handshake: Handshake,
    /// The connection that was made at the start.
    pub channel: Channel,
}

impl PluginProcess {
    /// Starts the provider, reads its handshake line and connects.
    pub async fn start(options: Options) -> Self {
        let mut process = Spawned::start(&options);
        let Some(line) = process.line().await else {
            panic!("no handshake line; stderr: {:#?}", process.stderr.lines());
        };
        let handshake = Handshake::parse(&line);
        let channel = connect(&handshake, Some(&process.identity)).await.unwrap();
        Self {
            process,
            handshake,
            channel,
        }
    }

    /// A client of the provider with Terraform's message limits.
    pub fn provider(&self) -> ProviderClient<Channel> {
        const LIMIT: usize = i32::MAX as usize;
        ProviderClient::new(self.channel.clone())
            .max_decoding_message_size(LIMIT)
            .max_encoding_message_size(LIMIT)
    }

    /// What it has written to stderr so far.
    pub fn stderr(&self) -> Vec<String> {
        self.process.stderr.lines()
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.process.child.id().expect("the process has ended")
    }

    /// The peak of its resident memory in KiB.
    pub fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()));
        let status = status.expect("it is still up");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.expect("a peak in the status")
    }

    /// Ends it as Terraform does. Answers its exit status and what it has written to stderr.
    pub async fn shutdown(self) -> (ExitStatus, Vec<String>) {
        let mut controller = GrpcControllerClient::new(self.channel);
        controller.shutdown(go_plugin::Empty {}).await.unwrap();
        let stderr = self.process.stderr.clone();
        let (status, rest) = self.process.end().await;
        assert_eq!(rest, [""; 0], "nothing follows the handshake line");
        (status, stderr.lines())
    }
}

/// Anything to talk over.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A bare connection to the socket.
pub async fn dial(network: &str, address: &str) -> io::Result<Box<dyn Io>> {
    match network {
        #[cfg(unix)]
        "unix" => Ok(Box::new(tokio::net::UnixStream::connect(address).await?)),
        "tcp" => {
            let address: SocketAddr = address.parse().unwrap();
            let stream = tokio::net::TcpStream::connect(address).await?;
            // As Go does with every connection.
            stream.set_nodelay(true)?;
            Ok(Box::new(stream))
        }
        other => panic!("unknown network {other:?}"),
    }
}

/// TLS on a bare connection, trusting the server's certificate alone, as Go's client does.
pub async fn encrypt(
    stream: Box<dyn Io>,
    handshake: &Handshake,
    identity: Option<&Identity>,
) -> io::Result<TlsStream<Box<dyn Io>>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from(handshake.certificate.clone()))
        .unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let key = PrivatePkcs8KeyDer::from(identity.key.clone());
            builder
                .with_client_auth_cert(vec![identity.certificate.clone()], key.into())
                .unwrap()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

/// A gRPC connection: mutual TLS if the server has a certificate, else plain. It is made once and never
/// again, so that a lost one is noticed.
pub async fn connect(
    handshake: &Handshake,
    identity: Option<&Identity>,
) -> Result<Channel, Box<dyn std::error::Error>> {
    let stream = dial(&handshake.network, &handshake.address).await?;
    let stream: Box<dyn Io> = if handshake.certificate.is_empty() {
        stream
    } else {
        Box::new(encrypt(stream, handshake, identity).await?)
    };
    let mut once = Some(TokioIo::new(stream));
    let connector = tower::service_fn(move |_| {
        let stream = once.take();
        async { stream.ok_or_else(|| io::Error::other("the connection is lost")) }
    });
    let endpoint = Endpoint::from_static("http://localhost").user_agent("grpc-go/1.59.0")?;
    Ok(endpoint.connect_with_connector(connector).await?)
}
