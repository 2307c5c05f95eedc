//! The other ends: an API over TLS that knows one organisation, a name server, and a proxy.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use support::authority::Authority;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::root::ORGANISATION;

/// What [`Api`] calls its organisation.
pub const NAME: &str = "Bare root";

/// An API that shows an authority's certificate for a name.
pub struct Api {
    pub authority: Authority,
    host: String,
    pub port: u16,
}

impl Api {
    pub async fn start(host: &str) -> Self {
        let authority = Authority::issuing_for(&[host]);
        let acceptor = TlsAcceptor::from(Arc::new(authority.server_config()));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a port");
        let port = listener.local_addr().expect("its address").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        answer(stream).await;
                    }
                });
            }
        });
        Self {
            authority,
            host: host.to_owned(),
            port,
        }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("https://{}:{}/console/v1", self.host, self.port)
    }
}

/// Answers one request, whatever it is, with the list of organisations.
async fn answer(stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin) {
    let mut stream = BufReader::new(stream);
    if head(&mut stream).await.is_none() {
        return;
    }
    let body = format!(
        "{{\"code\":200,\"status\":\"OK\",\"data\":{{\"count\":1,\"organisations\":[{{\"id\":\"{ORGANISATION}\",\
         \"name\":\"{NAME}\",\"handle\":\"bare\",\"email\":\"a@b.test\",\"role\":\"owner\"}}]}}}}"
    );
    let text = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Reads a request without a body, and answers its first line.
async fn head(stream: &mut (impl AsyncBufReadExt + Unpin)) -> Option<String> {
    let mut first = String::new();
    stream.read_line(&mut first).await.ok()?;
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
    }
    Some(first)
}

/// A proxy that connects to any port of this machine, whatever name it is asked for.
pub struct Proxy {
    pub port: u16,
    pub tunnels: Arc<AtomicUsize>,
}

impl Proxy {
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let tunnels = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&tunnels);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(tunnel(stream));
            }
        });
        Self { port, tunnels }
    }
}

async fn tunnel(stream: TcpStream) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let first = head(&mut stream).await?;
    let port = first
        .strip_prefix("CONNECT ")?
        .split([':', ' '])
        .nth(1)?
        .parse()
        .ok()?;
    let mut inner = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok()?;
    stream
        .write_all(b"HTTP/1.1 200 Connected\r\n\r\n")
        .await
        .ok()?;
    copy_bidirectional(&mut stream, &mut inner).await.ok()?;
    Some(())
}

/// A name server at port 53 of a loopback address of its own.
pub struct NameServer {
    address: SocketAddr,
}

impl NameServer {
    /// Says that one name is this machine, and that no other exists.
    pub fn knowing(name: &str) -> Self {
        let encoded: Vec<u8> = name
            .split('.')
            .flat_map(|label| [&[label.len() as u8][..], label.as_bytes()].concat())
            .chain([0])
            .collect();
        Self::start(move |query| reply(query, &encoded))
    }

    /// Never says anything.
    pub fn dead() -> Self {
        Self::start(|_| None)
    }

    fn start(answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + 'static) -> Self {
        let mut addresses = (2..250).map(|last| SocketAddr::from(([127, 0, 53, last], 53)));
        let socket = addresses
            .find_map(|address| UdpSocket::bind(address).ok())
            .expect("port 53 of an address");
        let address = socket.local_addr().expect("its address");
        std::thread::spawn(move || {
            let mut query = [0; 1500];
            while let Ok((length, asker)) = socket.recv_from(&mut query) {
                if let Some(reply) = answer(&query[..length]) {
                    let _ = socket.send_to(&reply, asker);
                }
            }
        });
        Self { address }
    }

    /// The `resolv.conf` that names it, with little patience.
    pub fn resolv_conf(&self) -> String {
        format!(
            "nameserver {}\noptions timeout:1 attempts:1\n",
            self.address.ip()
        )
    }
}

/// The answer to a question about the one known name: 127.0.0.1 for its IPv4 address, nothing for the rest.
fn reply(query: &[u8], known: &[u8]) -> Option<Vec<u8>> {
    let question = query.get(12..)?;
    let name = &question[..=question.iter().position(|&byte| byte == 0)?];
    let kind = question.get(name.len()..name.len() + 2)?;
    let question = question.get(..name.len() + 4)?;
    let is_known = name.eq_ignore_ascii_case(known);
    let found = is_known && kind == [0, 1];
    let mut reply = query[..2].to_vec();
    reply.extend([
        0x81,
        if is_known { 0x80 } else { 0x83 },
        0,
        1,
        0,
        u8::from(found),
        0,
        0,
        0,
        0,
    ]);
    reply.extend(question);
    if found {
        // A pointer to the name of the question, an IPv4 address of the internet, for a minute.
        reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
    }
    Some(reply)
}
