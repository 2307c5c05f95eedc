//! Answers without measure. Whatever is asked of the API, the provider gives up, stays up and stays small.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use support::core::{Trouble, Workspace};
use support::scripted::{Got, Stream, reply, serve};
use tokio::io::AsyncWriteExt;

use crate::{ORGANISATION, TOKEN, Victim};

/// The most memory that the provider may ever have had, in KiB. An unoptimised build starts with about
/// 30 MiB; an answer may have 16 MiB, in a buffer that grows by doubling, and its values 200 MiB.
const MOST_MEMORY: u64 = 256 << 10;

/// Longer than all time limits of a create together, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// Lets a create and a refresh meet this API, then asks whether the provider is well.
async fn meets<F>(answer: impl Fn(Got, Stream) -> F + Send + Sync + 'static)
where
    F: Future<Output = std::io::Result<()>> + Send + 'static,
{
    let address = serve(answer).await;
    let mut victim = Victim::start(&address, ORGANISATION, TOKEN).await;
    let work = async {
        victim.begin().await;
        let read = victim.read().await;
        assert!(matches!(read, Err(Trouble::Refused(_))), "{read:?}");
        let mut workspace = Workspace::default();
        let applied = victim.apply(&mut workspace, "bot").await;
        assert!(matches!(applied, Err(Trouble::Refused(_))), "{applied:?}");
        assert!(workspace.state.is_empty());
        victim.begin().await;
    };
    tokio::time::timeout(PATIENCE, work)
        .await
        .expect("every operation ends by its own time limits");
    let most = victim.process.most_memory();
    println!("most memory: {} KiB", most);
    assert!(most < MOST_MEMORY, "the provider took {most} KiB");
}

#[tokio::test]
async fn ten_gigabytes_announced() {
    meets(|_, stream| {
        flood(
            stream,
            format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
                10_u64 << 30
            ),
            Arc::default(),
        )
    })
    .await;
}

#[tokio::test]
async fn a_body_without_end() {
    let sent = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&sent);
    meets(move |_, stream| {
        flood(
            stream,
            "HTTP/1.1 200 OK\r\n\r\n".to_owned(),
            Arc::clone(&counter),
        )
    })
    .await;
    assert!(sent.load(Ordering::Relaxed) > 16 << 20, "nothing was tried");
}

async fn flood(mut stream: Stream, head: String, sent: Arc<AtomicU64>) -> std::io::Result<()> {
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(b"{\"code\":200,\"data\":\"").await?;
    let chunk = vec![b'x'; 1 << 16];
    for _ in 0..(10_u64 << 30) / chunk.len() as u64 {
        stream.write_all(&chunk).await?;
        sent.fetch_add(chunk.len() as u64, Ordering::Relaxed);
    }
    Ok(())
}

#[tokio::test]
async fn headers_without_end() {
    meets(|_, mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
        let line = format!("x-filler: {}\r\n", "y".repeat(1 << 12));
        loop {
            stream.write_all(line.as_bytes()).await?;
        }
    })
    .await;
}

#[tokio::test]
async fn one_header_without_end() {
    meets(|_, mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nx-filler: ").await?;
        loop {
            stream.write_all(&[b'y'; 1 << 12]).await?;
        }
    })
    .await;
}

/// Each of them is read and dropped. Sent without a pause they would measure the speed of an unoptimised
/// parser, not what is tested here.
#[tokio::test]
async fn promises_without_end() {
    meets(|_, mut stream| async move {
        let promises = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(10);
        loop {
            stream.write_all(promises.as_bytes()).await?;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_body_drop_by_drop() {
    meets(|_, mut stream| async move {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{\"code\":200,")
            .await?;
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            stream.write_all(b" ").await?;
        }
    })
    .await;
}

#[tokio::test]
async fn a_head_drop_by_drop() {
    meets(|_, mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nx-filler: ").await?;
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            stream.write_all(b"y").await?;
        }
    })
    .await;
}

#[tokio::test]
async fn deep_json() {
    meets(|_, stream| async move {
        let mut body = b"{\"code\":200,\"status\":\"OK\",\"data\":".to_vec();
        body.resize(15 << 20, b'[');
        reply(stream, "HTTP/1.1 200 OK", &body).await
    })
    .await;
}

#[tokio::test]
async fn deep_objects() {
    meets(|_, stream| async move {
        let body = format!("{{\"code\":200,\"data\":{}", "{\"a\":".repeat(2 << 20));
        reply(stream, "HTTP/1.1 200 OK", body.as_bytes()).await
    })
    .await;
}

/// Small on the wire, large in memory: once more than an answer may hold, once as much as it may.
#[tokio::test]
async fn lists_of_very_many_small_things() {
    for items in [(15 << 20) / 8, (1 << 17) - 10] {
        meets(move |_, stream| small_things(stream, items)).await;
    }
}

async fn small_things(stream: Stream, items: usize) -> std::io::Result<()> {
    let items = "{\"a\":1},".repeat(items);
    let body = format!(
        "{{\"code\":200,\"status\":\"OK\",\"data\":{{\"count\":0,\"registries\":[{items}0]}}}}"
    );
    reply(stream, "HTTP/1.1 200 OK", body.as_bytes()).await
}
