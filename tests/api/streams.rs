//! A server that speaks HTTP/2 and refuses streams after it has acted on them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use support::authority::Authority;
use support::scripted::{settings, within};
use terraform_provider_bahriya::api::{Client, Settings};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::registries::{new, password};

// Kinds of frames, and their flags.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// The error by which a server says that it has not begun with a stream.
const REFUSED_STREAM: [u8; 4] = [0, 0, 0, 7];
/// `:status: 404`, by its place in the table that both sides know.
const NOT_FOUND: [u8; 1] = [0x8d];

fn frame(kind: u8, flags: u8, stream: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("a short frame");
    let head = [0, 0, length, kind, flags];
    [&head[..], &stream, payload].concat()
}

/// Answers 404 to what has no body, and refuses what has one.
async fn refuse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    writes: &AtomicUsize,
) -> std::io::Result<()> {
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await?;
    stream.write_all(&frame(SETTINGS, 0, [0; 4], &[])).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let [l1, l2, l3, kind, flags, id @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, l1, l2, l3]) as usize];
        stream.read_exact(&mut payload).await?;
        let answer = match kind {
            SETTINGS if flags & ACK == 0 => frame(SETTINGS, ACK, [0; 4], &[]),
            HEADERS if flags & END_STREAM != 0 => {
                frame(HEADERS, END_HEADERS | END_STREAM, id, &NOT_FOUND)
            }
            DATA if flags & END_STREAM != 0 => {
                writes.fetch_add(1, Ordering::SeqCst);
                frame(RST_STREAM, 0, id, &REFUSED_STREAM)
            }
            _ => continue,
        };
        stream.write_all(&answer).await?;
    }
}

#[tokio::test]
async fn a_refused_stream_is_not_sent_again_by_the_library() {
    let authority = Authority::local();
    let mut config = authority.server_config();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), authority.ca.pem()).expect("written");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let writes = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&writes);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, counter) = (acceptor.clone(), Arc::clone(&counter));
            tokio::spawn(async move {
                let stream = acceptor.accept(stream).await?;
                refuse(stream, &counter).await
            });
        }
    });
    let given = Settings {
        ca_certificate_file: Some(file.path().to_owned()),
        ..settings(&format!("https://127.0.0.1:{port}/console/v1"))
    };
    let client = Client::new(given).expect("good settings");
    let password = password();
    let created = client.create_registry(&within(30), &new(&password)).await;
    let error = created.expect_err("no answer");
    assert!(error.is_unknown(), "{error}");
    assert_eq!(writes.load(Ordering::SeqCst), 1);
}
