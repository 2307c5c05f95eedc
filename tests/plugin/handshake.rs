use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use support::plugin::{Options, PluginProcess, Spawned};

#[tokio::test]
async fn the_line_has_the_form_of_go_plugin() {
    let plugin = PluginProcess::start(Options::default()).await;
    let fields: Vec<&str> = plugin.handshake.line.split('|').collect();
    assert_eq!(fields.len(), 6, "{fields:?}");
    assert_eq!(fields[..3], ["1", "6", "unix"]);
    assert!(!fields[5].contains(['=', '-', '_', ' ']), "{}", fields[5]);
    let socket = Path::new(fields[3]);
    let directory = fs::metadata(socket.parent().unwrap()).unwrap();
    assert_eq!(directory.permissions().mode() & 0o777, 0o700);
    let (status, _) = plugin.shutdown().await;
    assert!(status.success());
}

#[tokio::test]
async fn a_host_that_knows_multiplexing_is_told_that_there_is_none() {
    let options = Options::default().env("PLUGIN_MULTIPLEX_GRPC", "true");
    let plugin = PluginProcess::start(options).await;
    assert_eq!(plugin.handshake.line.split('|').nth(6), Some("false"));
}

#[tokio::test]
async fn the_socket_is_made_where_the_host_wants_it() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().to_str().unwrap();
    let options = Options::default().env("PLUGIN_UNIX_SOCKET_DIR", path);
    let plugin = PluginProcess::start(options).await;
    assert!(plugin.handshake.address.starts_with(path));
    plugin.shutdown().await;
    assert_eq!(fs::read_dir(path).unwrap().count(), 0);
}

#[tokio::test]
async fn tcp_uses_a_port_of_the_range() {
    let options = Options::default().env("PLUGIN_NETWORK", "tcp");
    let plugin = PluginProcess::start(options).await;
    assert_eq!(plugin.handshake.network, "tcp");
    let port = plugin.handshake.address.strip_prefix("127.0.0.1:").unwrap();
    assert!((10_000..=25_000).contains(&port.parse().unwrap()), "{port}");
    let (status, _) = plugin.shutdown().await;
    assert!(status.success());
}

#[tokio::test]
async fn without_a_certificate_of_the_host_there_is_no_tls() {
    let options = Options {
        plaintext: true,
        ..Options::default()
    };
    let plugin = PluginProcess::start(options).await;
    assert_eq!(plugin.handshake.network, "unix");
    assert!(plugin.handshake.line.ends_with("|grpc|"));
    let (status, _) = plugin.shutdown().await;
    assert!(status.success());
}

#[tokio::test]
async fn a_port_without_tls_would_be_open_to_everybody() {
    let options = Options {
        plaintext: true,
        ..Options::default().env("PLUGIN_NETWORK", "tcp")
    };
    let mut process = Spawned::start(&options);
    assert_eq!(process.line().await, None, "no handshake");
    process.stderr.wait_for("PLUGIN_CLIENT_CERT").await;
    let (status, _) = process.end().await;
    assert_eq!(status.code(), Some(1));
}
