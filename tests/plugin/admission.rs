use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;

use rustix::process::{Resource, getrlimit, setrlimit};
use support::plugin::{Handshake, Identity, Options, PATIENCE, PluginProcess, connect, dial};
use terraform_provider_bahriya::proto::health::HealthCheckRequest;
use terraform_provider_bahriya::proto::health::health_client::HealthClient;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tonic::transport::Channel;

async fn is_served(channel: Channel) -> bool {
    let asking = HealthCheckRequest::default();
    let mut health = HealthClient::new(channel);
    tokio::time::timeout(PATIENCE, health.check(asking))
        .await
        .unwrap()
        .is_ok()
}

/// Whether a peer with this certificate gets an answer to any call.
async fn is_let_in(handshake: &Handshake, identity: Option<&Identity>) -> bool {
    // With TLS 1.3 a client learns only from the first answer that it was refused.
    match connect(handshake, identity).await {
        Ok(channel) => is_served(channel).await,
        Err(_) => false,
    }
}

#[tokio::test]
async fn nobody_but_the_host_gets_an_answer() {
    for network in ["unix", "tcp"] {
        let options = Options::default()
            .env("PLUGIN_NETWORK", network)
            .env("TF_LOG", "WARN");
        let plugin = PluginProcess::start(options).await;
        let handshake = &plugin.handshake;
        assert_eq!(handshake.network, network);
        let host = &plugin.process.identity;
        assert!(is_let_in(handshake, Some(host)).await);

        assert!(!is_let_in(handshake, None).await, "no certificate");
        let stranger = Identity::generate();
        assert!(!is_let_in(handshake, Some(&stranger)).await, "another's");
        let plain = Handshake {
            certificate: Vec::new(),
            ..handshake.clone()
        };
        assert!(!is_let_in(&plain, None).await, "plaintext");
        plugin.process.stderr.wait_for("refused a connection").await;

        assert!(is_let_in(handshake, Some(host)).await);
        assert!(is_served(plugin.channel.clone()).await);
    }
}

#[tokio::test]
async fn garbage_is_answered_by_a_tls_alert_at_most() {
    const ALERT: u8 = 0x15;
    let plugin = PluginProcess::start(Options::default()).await;
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0; 64], &[0xff; 4096]] {
        let Handshake {
            network, address, ..
        } = &plugin.handshake;
        let mut stream = dial(network, address).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        let mut answer = Vec::new();
        // Closing with unread bytes resets the connection, which is as good as its end.
        let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer))
            .await
            .unwrap();
        assert!(
            answer.first().is_none_or(|first| *first == ALERT),
            "{answer:?}"
        );
    }
    assert!(is_served(plugin.channel.clone()).await);
}

/// Whether the other end has hung up.
fn is_closed(stream: &mut UnixStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    match stream.read(&mut [0; 64]) {
        Ok(read) => read == 0,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    }
}

#[tokio::test]
async fn a_thousand_silent_peers_do_not_keep_the_host_out() {
    let mut descriptors = getrlimit(Resource::Nofile);
    descriptors.current = descriptors.maximum;
    setrlimit(Resource::Nofile, descriptors).unwrap();

    let plugin = PluginProcess::start(Options::default()).await;
    let path = plugin.handshake.address.clone();
    let silent = tokio::task::spawn_blocking(move || {
        let start_of_a_handshake = [0x16, 0x03, 0x01];
        (0..1000)
            .map(|_| {
                let mut stream = UnixStream::connect(&path).unwrap();
                // Those it has had enough of are closed already.
                let _ = stream.write_all(&start_of_a_handshake);
                stream
            })
            .collect::<Vec<_>>()
    });
    let mut silent = silent.await.unwrap();
    assert!(is_let_in(&plugin.handshake, Some(&plugin.process.identity)).await);
    // The host did not have to wait until they were given up.
    assert!(!is_closed(silent.last_mut().unwrap()));
    // And there is a limit to how many are kept.
    assert!(is_closed(silent.first_mut().unwrap()));
}
