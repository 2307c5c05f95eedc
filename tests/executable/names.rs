//! Where names are found, and what is said when they are not.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::json;
use support::scripted::{Server, ok};

use crate::root::{ORGANISATION, Root};
use crate::servers::{Api, NAME, NameServer, Proxy};

const AUTHORITY: Option<&str> = Some("/authority.pem");

/// A root that trusts an API by a file.
async fn root_and_api(host: &str) -> (Root, Api) {
    let (root, api) = (Root::new(), Api::start(host).await);
    root.write("authority.pem", &api.authority.ca.pem());
    (root, api)
}

#[tokio::test]
async fn a_name_of_the_hosts_file_needs_no_name_server() {
    let (root, api) = root_and_api("only-in-hosts.test").await;
    root.write("etc/hosts", "127.0.0.1 only-in-hosts.test\n");
    assert_eq!(root.ask(&api.url(), AUTHORITY).await, Ok(NAME.into()));
}

#[tokio::test]
async fn a_name_that_only_a_name_server_knows_is_found_by_it() {
    let (root, api) = root_and_api("only-in-dns.test").await;
    root.write("etc/hosts", "127.0.0.1 localhost\n");
    root.write(
        "etc/resolv.conf",
        &NameServer::knowing("only-in-dns.test").resolv_conf(),
    );
    assert_eq!(root.ask(&api.url(), AUTHORITY).await, Ok(NAME.into()));
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_an_error_in_words() {
    let (root, api) = root_and_api("nowhere.test").await;
    root.write(
        "etc/resolv.conf",
        &NameServer::knowing("elsewhere.test").resolv_conf(),
    );
    let said = root
        .ask(&api.url(), AUTHORITY)
        .await
        .expect_err("no such name");
    assert!(
        said.contains("the name of the host cannot be resolved"),
        "{said}"
    );
}

/// Nothing answers at all: the time is that of the operation, and the process ends all the same.
#[tokio::test]
async fn a_dead_name_server_is_an_error_in_words() {
    let (root, api) = root_and_api("behind-a-dead-server.test").await;
    root.write("etc/resolv.conf", &NameServer::dead().resolv_conf());
    let started = Instant::now();
    let said = root
        .ask(&api.url(), AUTHORITY)
        .await
        .expect_err("nobody answers");
    assert!(
        said.contains("cannot be resolved") || said.contains("no connection in time"),
        "{said}"
    );
    assert!(
        started.elapsed() < Duration::from_secs(150),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn a_proxy_is_found_by_its_name() {
    let (mut root, api) = root_and_api("behind-the-proxy.test").await;
    let proxy = Proxy::start().await;
    root.write("etc/hosts", "127.0.0.1 proxy.test\n");
    root.set("HTTPS_PROXY", &format!("http://proxy.test:{}", proxy.port));
    assert_eq!(root.ask(&api.url(), AUTHORITY).await, Ok(NAME.into()));
    assert_eq!(proxy.tunnels.load(Ordering::SeqCst), 1);
}

/// An address without TLS is one of this machine, whatever a file or a name server says of its name.
#[tokio::test]
async fn localhost_is_this_machine() {
    let root = Root::new();
    root.write("etc/hosts", "127.0.0.2 localhost\n");
    root.write(
        "etc/resolv.conf",
        &NameServer::knowing("localhost").resolv_conf(),
    );
    let organisations = json!({"count": 1, "organisations": [{"id": ORGANISATION, "name": NAME}]});
    let api = Server::start(move |_| ok(organisations.clone())).await;
    let url = api.address.replace("127.0.0.1", "localhost");
    assert_eq!(root.ask(&url, None).await, Ok(NAME.into()));
}
