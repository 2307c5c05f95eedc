//! Roots that hold next to nothing.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use support::executables;
use support::provider_client::{REGISTRY, provider_config, summaries};
use support::sandbox::Sandbox;

use crate::root::Root;
use crate::servers::{Api, NAME, NameServer};

const HOST: &str = "api.bahriya.test";
const BUNDLE: &str = "etc/ssl/certs/ca-certificates.crt";

/// The loader of musl, by Debian's name for this architecture.
fn musl() -> String {
    format!("/lib/ld-musl-{}.so.1", std::env::consts::ARCH)
}

#[tokio::test]
async fn the_executable_a_bundle_and_a_name_server_are_enough() {
    let (root, api, names) = (
        Root::new(),
        Api::start(HOST).await,
        NameServer::knowing(HOST),
    );
    root.write(BUNDLE, &api.authority.ca.pem());
    root.write("etc/resolv.conf", &names.resolv_conf());
    assert_eq!(root.ask(&api.url(), None).await, Ok(NAME.into()));
}

/// There is no `/dev/urandom` to draw salts and identifiers from.
#[tokio::test]
async fn a_registry_is_created_where_there_are_no_devices() {
    let (root, sandbox) = (Root::new(), Sandbox::start());
    let mut client = root.provider().await;
    let diagnostics = client.configure(provider_config(&sandbox), "1.11.4").await;
    assert_eq!(summaries(&diagnostics), [""; 0]);
    let config = json!({
        "handle": "one", "name": "One", "server": "ghcr.io", "username": "bot", "password": "first-password",
    });
    let object = client.apply(REGISTRY, None, config).await;
    assert!(String::from_utf8_lossy(&object.private).contains("fingerprint"));
}

/// As on Alpine: musl and its loader, no glibc, no `nsswitch.conf`.
#[tokio::test]
async fn musl_without_glibc_is_enough() {
    let loader = musl();
    assert!(
        Path::new(&loader).exists(),
        "{loader} is missing: install musl"
    );
    let (root, api, names) = (
        Root::new(),
        Api::start(HOST).await,
        NameServer::knowing(HOST),
    );
    root.copy(Path::new(&loader), loader.trim_start_matches('/'));
    root.write("etc/alpine-release", "3.22.1\n");
    root.write("etc/hosts", "127.0.0.1 localhost\n");
    root.write("etc/resolv.conf", &names.resolv_conf());
    root.write(BUNDLE, &api.authority.ca.pem());

    root.copy(executables::provider(), "dynamic");
    let dynamic = root
        .command("/dynamic")
        .arg("--version")
        .output()
        .expect("chroot");
    assert_eq!(
        dynamic.status.code(),
        Some(127),
        "what needs glibc does not start there: {dynamic:?}"
    );
    let version = root
        .command("/provider")
        .arg("--version")
        .output()
        .expect("chroot");
    assert!(
        version.stdout.starts_with(b"terraform-provider-bahriya "),
        "{version:?}"
    );
    assert_eq!(root.ask(&api.url(), None).await, Ok(NAME.into()));
}

/// A module that ends whoever loads it, in a root that asks for it.
#[tokio::test]
async fn the_machines_own_modules_are_never_loaded() {
    let (mut root, api, names) = (
        Root::new(),
        Api::start(HOST).await,
        NameServer::knowing(HOST),
    );
    root.write(
        "etc/nsswitch.conf",
        "hosts: files canary dns\npasswd: canary\ngroup: canary\n",
    );
    root.write("etc/resolv.conf", &names.resolv_conf());
    root.write(BUNDLE, &api.authority.ca.pem());
    root.set("LD_LIBRARY_PATH", "/modules");
    root.write(
        "canary.c",
        "__attribute__((constructor)) static void end(void) { __builtin_trap(); }\n",
    );
    root.write(
        "asks.c",
        "#include <netdb.h>\nint main(void) { struct addrinfo *found; return getaddrinfo(\"api.bahriya.test\", 0, 0, \
         &found) != 0; }\n",
    );
    std::fs::create_dir(root.path("modules")).expect("a directory");
    compile(
        &root,
        &[
            "-shared",
            "-fPIC",
            "-nostdlib",
            "canary.c",
            "-o",
            "modules/libnss_canary.so.2",
        ],
    );
    compile(&root, &["-static", "-w", "asks.c", "-o", "asks"]);

    use std::os::unix::process::ExitStatusExt;
    let unpinned = root.command("/asks").status().expect("chroot");
    assert!(
        unpinned.signal().is_some(),
        "a static program that is not pinned loads the module: {unpinned}"
    );
    assert_eq!(root.ask(&api.url(), None).await, Ok(NAME.into()));
}

fn compile(root: &Root, words: &[&str]) {
    let compiled = Command::new("cc")
        .args(words)
        .current_dir(root.path(""))
        .output()
        .expect("cc: install gcc");
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
}
