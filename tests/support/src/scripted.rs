//! A scripted HTTP server: it records what it gets and does what the test says, good or bad. One that is in memory is asked
//! without a socket, so that time may be virtual.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::StatusCode;
use serde_json::{Value, json};
use terraform_provider_bahriya::api::{
    self, Client, Fault, Operation, Request, Settings, Transport,
};
use terraform_provider_bahriya::secret::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::plugin::Io;

pub const ORGANISATION: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
pub const TOKEN: &str = "pat_canary-token-0123456789";
pub const PREFIX: &str = "/console/v1/organisations/0f8fad5b-d9cb-469f-a165-70867728950e";

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Got {
    pub method: String,
    /// Below the organisation, where it is there; else below the base address.
    pub path: String,
    /// As it was asked for.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Got {
    fn new(method: &str, target: &str, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        let path = target.strip_prefix("/console/v1").unwrap_or(target);
        let below = path.strip_prefix("/organisations/");
        let below = below.and_then(|path| path.strip_prefix(ORGANISATION));
        Self {
            method: method.to_owned(),
            path: below.unwrap_or(path).to_owned(),
            target: target.to_owned(),
            headers,
            body: String::from_utf8(body).expect("a text"),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name)?;
        Some(&found.1)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }

    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What the server does about a request.
pub enum Reply {
    /// An answer in the API's envelope.
    Data(u16, Value),
    /// Any answer: status, further header lines, body.
    Raw(u16, &'static str, String),
    /// The connection is closed without an answer.
    Cut,
    /// This, but later.
    After(Duration, Box<Reply>),
    /// A 200 whose body never ends.
    Endless,
    /// Headers promise more than is sent.
    Short(String),
    /// A 200 whose body never comes.
    Stuck,
}

/// Any answer, with headers of its own.
pub fn raw(status: u16, headers: &str, body: impl Into<String>) -> Reply {
    // They stay for the time of a test, which is short.
    Reply::Raw(status, headers.to_owned().leak(), body.into())
}

pub fn ok(data: Value) -> Reply {
    Reply::Data(200, data)
}

pub fn not_found() -> Reply {
    Reply::Data(404, json!("not found"))
}

pub fn organisations() -> Reply {
    ok(json!({"count": 1, "organisations": [{"id": ORGANISATION, "name": "Acme"}]}))
}

/// A connection, encrypted or not.
pub type Stream = Box<dyn Io>;

pub struct Server {
    pub address: String,
    connections: Arc<AtomicUsize>,
    got: Arc<Mutex<Vec<Got>>>,
    /// Where it is in memory.
    script: Option<Arc<Script>>,
}

type Script = dyn Fn(&Got) -> Reply + Send + Sync;

impl Server {
    /// Serves plain HTTP on a port of this machine.
    pub async fn start(script: impl Fn(&Got) -> Reply + Send + Sync + 'static) -> Self {
        Self::scripted(None, script).await
    }

    /// Serves HTTPS with this configuration.
    pub async fn start_tls(
        config: rustls::ServerConfig,
        script: impl Fn(&Got) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self::scripted(Some(acceptor), script).await
    }

    /// Answers its own client, and has no address.
    pub fn in_memory(script: impl Fn(&Got) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            address: address("http", 1),
            connections: Arc::default(),
            got: Arc::default(),
            script: Some(Arc::new(script)),
        }
    }

    async fn scripted(
        acceptor: Option<TlsAcceptor>,
        script: impl Fn(&Got) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let (connections, got): (Arc<AtomicUsize>, Arc<Mutex<Vec<Got>>>) = Default::default();
        let (counter, record) = (Arc::clone(&connections), Arc::clone(&got));
        let scheme = if acceptor.is_some() { "https" } else { "http" };
        let port = listen(acceptor, counter, move |request, stream| {
            record.lock().expect("the record").push(request.clone());
            send(stream, script(&request))
        });
        Self {
            address: address(scheme, port.await),
            connections,
            got,
            script: None,
        }
    }

    /// Its host and port.
    pub fn name(&self) -> &str {
        let (_, name) = self.address.split_once("//").expect("a scheme");
        name.trim_end_matches("/console/v1")
    }

    pub fn port(&self) -> &str {
        let (_, port) = self.name().split_once(':').expect("a port");
        port
    }

    pub fn settings(&self) -> Settings {
        settings(&self.address)
    }

    pub fn client(&self) -> Client {
        let client = match &self.script {
            None => Client::new(self.settings()),
            Some(script) => {
                let (script, got) = (Arc::clone(script), Arc::clone(&self.got));
                Client::over(self.settings(), Arc::new(InMemory { script, got }))
            }
        };
        client.expect("good settings")
    }

    /// How many connections were made, whether they were used or not.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().expect("the record").clone()
    }

    /// The requests so far, as "METHOD path".
    pub fn lines(&self) -> Vec<String> {
        self.got().iter().map(Got::line).collect()
    }

    /// How many of them begin like this.
    pub fn count(&self, start: &str) -> usize {
        self.lines()
            .iter()
            .filter(|line| line.starts_with(start))
            .count()
    }
}

struct InMemory {
    script: Arc<Script>,
    got: Arc<Mutex<Vec<Got>>>,
}

#[async_trait]
impl Transport for InMemory {
    async fn exchange(&self, request: &Request) -> Result<api::Reply, Fault> {
        let body = request.body.as_deref().unwrap_or_default().to_vec();
        let got = Got::new(request.method.as_str(), &request.path, Vec::new(), body);
        self.got.lock().expect("the record").push(got.clone());
        let reply = later((self.script)(&got)).await;
        let (status, headers, body) = match reply {
            Reply::Data(status, data) => (status, "", envelope(status, &data)),
            Reply::Raw(status, headers, body) => (status, headers, body),
            _ => return Err(Fault::Lost("the connection broke".to_owned())),
        };
        let status = StatusCode::from_u16(status).expect("a status");
        let header = |name: &str| {
            let mut lines = headers.lines().filter_map(|line| line.split_once(": "));
            lines.find_map(|(key, value)| (key == name).then_some(value))
        };
        Ok(api::Reply::new(status, header, body.as_bytes()))
    }
}

pub fn settings(address: &str) -> Settings {
    Settings {
        base_url: address.to_owned(),
        organisation_id: ORGANISATION.to_owned(),
        token: Secret::new(TOKEN),
        ca_certificate_file: None,
        user_agent: "terraform-provider-bahriya/0.4.0 test".to_owned(),
    }
}

/// An operation that has to end within this many seconds.
pub fn within(seconds: u64) -> Operation {
    Operation {
        deadline: Instant::now() + Duration::from_secs(seconds),
        cancel: CancellationToken::new(),
    }
}

/// Serves bytes as they are. `answer` writes to the connection, and fails when the client has had enough. Answers
/// the base address for the provider.
pub async fn serve<F>(answer: impl Fn(Got, Stream) -> F + Send + Sync + 'static) -> String
where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    address("http", listen(None, Arc::default(), answer).await)
}

/// A whole answer, whose head goes as it is, and the end of the connection.
pub async fn reply(mut stream: Stream, head: &str, body: &[u8]) -> io::Result<()> {
    let head = format!(
        "{head}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    stream.shutdown().await
}

fn address(scheme: &str, port: u16) -> String {
    format!("{scheme}://127.0.0.1:{port}/console/v1")
}

/// Takes any number of connections, with one request on each.
async fn listen<F>(
    acceptor: Option<TlsAcceptor>,
    connections: Arc<AtomicUsize>,
    answer: impl Fn(Got, Stream) -> F + Send + Sync + 'static,
) -> u16
where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            connections.fetch_add(1, Ordering::Relaxed);
            let (acceptor, answer) = (acceptor.clone(), Arc::clone(&answer));
            tokio::spawn(async move {
                let mut stream: Stream = match acceptor {
                    None => Box::new(stream),
                    Some(acceptor) => match acceptor.accept(stream).await {
                        Ok(stream) => Box::new(stream),
                        Err(_) => return,
                    },
                };
                if let Some(request) = receive(&mut stream).await {
                    // A client that has left is no concern of the server.
                    let _ = answer(request, stream).await;
                }
            });
        }
    });
    port
}

async fn receive(stream: &mut Stream) -> Option<Got> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break at;
        }
        // A greeting of TLS has no lines to wait for.
        if stream.read_buf(&mut bytes).await.ok()? == 0 || bytes[0] == 0x16 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().expect("a length"));
    let mut body = bytes.split_off(head_end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Got::new(&method, target, headers, body))
}

/// What comes when its time has come.
async fn later(mut reply: Reply) -> Reply {
    while let Reply::After(delay, next) = reply {
        tokio::time::sleep(delay).await;
        reply = *next;
    }
    reply
}

fn envelope(status: u16, data: &Value) -> String {
    json!({"code": status, "status": "TEXT", "data": data}).to_string()
}

async fn send(mut stream: Stream, reply: Reply) -> io::Result<()> {
    let (status, headers, body) = match later(reply).await {
        Reply::Data(status, data) => {
            let headers = "content-type: application/json\r\n";
            (status, headers, envelope(status, &data))
        }
        Reply::Raw(status, headers, body) => (status, headers, body),
        Reply::Cut | Reply::After(..) => return Ok(()),
        Reply::Short(body) => {
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
                body.len() + 100
            );
            return stream.write_all((head + &body).as_bytes()).await;
        }
        Reply::Stuck => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n";
            stream.write_all(head).await?;
            return std::future::pending().await;
        }
        Reply::Endless => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"code\":200,\"data\":\"")
                .await?;
            loop {
                stream.write_all(&[b'x'; 65536]).await?;
            }
        }
    };
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status} TEXT\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    );
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}
