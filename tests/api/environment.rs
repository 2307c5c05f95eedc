//! What surrounds a company's machines: private authorities, proxies, files that are not what they should be.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use crate::advice;
use serde_json::json;
use support::authority::Authority;
use support::scripted::{Reply, Server, TOKEN, ok, settings, within};
use terraform_provider_bahriya::api::{Client, Kind, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server with a certificate for this machine, and the file with the authority that signed it.
fn authority() -> (rustls::ServerConfig, tempfile::NamedTempFile) {
    let authority = Authority::local();
    let mut config = authority.server_config();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), authority.ca.pem()).expect("written");
    (config, file)
}

#[tokio::test]
async fn a_private_authority_is_trusted_when_named() {
    let (config, file) = authority();
    let server = Server::start_tls(config, |_| ok(json!({"regions": []}))).await;
    let trusting = Settings {
        ca_certificate_file: Some(file.path().to_owned()),
        ..server.settings()
    };
    let client = Client::new(trusting).expect("good settings");
    assert!(
        client
            .regions(&within(10))
            .await
            .expect("an answer")
            .is_empty()
    );

    let error = server
        .client()
        .regions(&within(600))
        .await
        .expect_err("not trusted");
    // Asking again would not help, so that the error comes long before the deadline.
    assert_eq!(*error.kind(), Kind::NotTrusted);
    assert!(
        error.message().contains("not issued by an authority"),
        "{error}"
    );
    assert!(advice(&error).contains("ca_certificate_file"));
    assert_eq!(server.connections(), 2, "one for each client");
}

#[tokio::test]
async fn http_2_is_spoken_where_it_is_offered() {
    let (mut config, file) = authority();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let server = Server::start_tls(config, |_| Reply::Cut).await;
    let trusting = Settings {
        ca_certificate_file: Some(file.path().to_owned()),
        ..server.settings()
    };
    let client = Client::new(trusting).expect("good settings");
    let result = client.regions(&within(1)).await;
    assert!(result.is_err(), "the server speaks HTTP/1 only");
    // The preface of HTTP/2, as HTTP/1 reads it.
    assert_eq!(server.lines()[0], "PRI *");
}

#[test]
fn files_that_hold_no_authority_are_named() {
    let empty = tempfile::NamedTempFile::new().expect("a file");
    let broken = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(
        broken.path(),
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    )
    .expect("written");
    let nonsense = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(
        nonsense.path(),
        "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n",
    )
    .expect("written");
    for (file, problem) in [
        (PathBuf::from("/does/not/exist.pem"), "cannot be read"),
        (empty.path().to_owned(), "holds no certificate"),
        (broken.path().to_owned(), "damaged"),
        (nonsense.path().to_owned(), "cannot be used"),
    ] {
        let given = Settings {
            ca_certificate_file: Some(file),
            ..settings("https://127.0.0.1:1/console/v1")
        };
        let error = Client::new(given).err().expect("refused");
        assert_eq!(error.setting, "ca_certificate_file");
        assert!(error.problem.contains(problem), "{error}");
    }
}

#[test]
fn each_setting_is_checked_by_name() {
    let good = || settings("https://127.0.0.1:1/console/v1");
    for (given, setting) in [
        (
            Settings {
                base_url: "https://x".into(),
                ..good()
            },
            "base_url",
        ),
        (
            Settings {
                organisation_id: "acme".into(),
                ..good()
            },
            "organisation_id",
        ),
        (
            Settings {
                token: terraform_provider_bahriya::secret::Secret::new(""),
                ..good()
            },
            "token",
        ),
        (
            Settings {
                user_agent: "a\nb".into(),
                ..good()
            },
            "user_agent",
        ),
    ] {
        assert_eq!(Client::new(given).err().expect("refused").setting, setting);
    }
    assert_eq!(
        Client::new(good()).expect("good").organisation(),
        support::scripted::ORGANISATION
    );
}

/// Set in a process that makes one request with an environment of its own: that of this one belongs to all tests.
const ADDRESS: &str = "TEST_API_ADDRESS";
const AUTHORITY: &str = "TEST_API_AUTHORITY";

/// In such a process, makes the request and tells the outcome.
async fn is_child() -> bool {
    let Ok(address) = std::env::var(ADDRESS) else {
        return false;
    };
    let given = Settings {
        ca_certificate_file: std::env::var_os(AUTHORITY).map(PathBuf::from),
        ..settings(&address)
    };
    match Client::new(given) {
        Ok(client) => println!("reached: {}", client.regions(&within(2)).await.is_ok()),
        Err(error) => println!("refused: {error}"),
    }
    true
}

/// Starts such a process: this program with one test alone, and these variables.
async fn child(test: &str, variables: &[(&str, &str)]) -> String {
    let output = tokio::process::Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", &format!("environment::{test}"), "--nocapture"])
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .envs(variables.iter().copied())
        .stderr(Stdio::null())
        .output()
        .await
        .expect("the child");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn a_machine_without_authorities_needs_one_to_be_named() {
    if is_child().await {
        return;
    }
    let (config, file) = authority();
    let server = Server::start_tls(config, |_| ok(json!({"regions": []}))).await;
    let test = "a_machine_without_authorities_needs_one_to_be_named";
    let mut variables = vec![
        (ADDRESS, server.address.as_str()),
        ("SSL_CERT_FILE", "/nonexistent"),
        ("SSL_CERT_DIR", "/nonexistent"),
    ];
    let output = child(test, &variables).await;
    assert!(
        output.contains("refused: no connection can be secured"),
        "{output}"
    );

    variables.push((AUTHORITY, file.path().to_str().expect("a path")));
    let output = child(test, &variables).await;
    assert!(output.contains("reached: true"), "{output}");
}

#[tokio::test]
async fn the_proxy_of_the_environment_is_used_but_never_for_plain_http() {
    if is_child().await {
        return;
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let proxy = format!("http://{}", listener.local_addr().expect("an address"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 4096];
            let length = stream.read(&mut bytes).await.expect("a request");
            let refusal = b"HTTP/1.1 403 Forbidden\r\n\r\n";
            stream.write_all(refusal).await.expect("an answer");
            let request = String::from_utf8_lossy(&bytes[..length]).into_owned();
            record.lock().expect("the record").push(request);
        }
    });
    let ask = async |address: &str| {
        let names = ["HTTPS_PROXY", "HTTP_PROXY", "http_proxy", "https_proxy"];
        let mut variables: Vec<_> = names
            .into_iter()
            .map(|name| (name, proxy.as_str()))
            .collect();
        variables.push((ADDRESS, address));
        let test = "the_proxy_of_the_environment_is_used_but_never_for_plain_http";
        child(test, &variables).await
    };
    // To this machine, in plain: the proxy would see the token, so it is not asked.
    let server = Server::start(|_| ok(json!({"regions": []}))).await;
    let output = ask(&server.address).await;
    assert!(output.contains("reached: true"), "{output}");
    assert_eq!(server.lines(), ["GET /regions"]);
    assert!(seen.lock().expect("the record").is_empty());

    let output = ask("https://api.example.invalid/console/v1").await;
    assert!(output.contains("reached: false"), "{output}");
    let seen = seen.lock().expect("the record");
    // Asking again would not help.
    let [request] = seen.as_slice() else {
        panic!("one request: {seen:?}");
    };
    assert!(
        request.starts_with("CONNECT api.example.invalid:443 "),
        "{request}"
    );
    assert!(!request.contains(TOKEN));
}

/// A proxy that lets every connection through, and the addresses that it was asked for.
async fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let kept = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let kept = Arc::clone(&kept);
            tokio::spawn(async move {
                let mut bytes = vec![0; 4096];
                let length = stream.read(&mut bytes).await.expect("a request");
                let request = String::from_utf8_lossy(&bytes[..length]).into_owned();
                let target = request.split(' ').nth(1).unwrap_or_default().to_owned();
                kept.lock().expect("no panic").push(target.clone());
                let mut server = TcpStream::connect(target).await.expect("the server");
                let open = b"HTTP/1.1 200 Connection established\r\n\r\n";
                stream.write_all(open).await.expect("sent");
                // Either side may end it as it likes.
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
            });
        }
    });
    (address, asked)
}

#[tokio::test]
async fn a_host_with_its_port_goes_around_a_proxy() {
    if is_child().await {
        return;
    }
    let (config, file) = authority();
    let server = Server::start_tls(config, |_| ok(json!({"regions": []}))).await;
    let (proxy, asked) = proxy().await;
    let host = server.address.replace("https://", "");
    let host = host.split('/').next().expect("an authority").to_owned();
    let (name, port) = host.rsplit_once(':').expect("a port");
    let other = format!("{name}:{}", port.parse::<u16>().expect("a port") ^ 1);
    for (around, through) in [
        ("", true),
        (other.as_str(), true),
        ("elsewhere.example, .corp:443", true),
        (host.as_str(), false),
        (&format!("elsewhere.example, {host}"), false),
        (name, false),
    ] {
        for variable in ["NO_PROXY", "no_proxy"] {
            asked.lock().expect("no panic").clear();
            let variables = [
                (ADDRESS, server.address.as_str()),
                (AUTHORITY, file.path().to_str().expect("a path")),
                ("HTTPS_PROXY", &proxy),
                (variable, around),
            ];
            let test = "a_host_with_its_port_goes_around_a_proxy";
            let output = child(test, &variables).await;
            assert!(output.contains("reached: true"), "{around}: {output}");
            let expected = if through {
                vec![host.clone()]
            } else {
                Vec::new()
            };
            assert_eq!(*asked.lock().expect("no panic"), expected, "{around}");
        }
    }
}

#[tokio::test]
async fn https_to_a_port_without_it_is_said_so() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let refusal = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(refusal).await.expect("sent");
        }
    });
    let address = format!("https://127.0.0.1:{port}/console/v1");
    let client = Client::new(settings(&address)).expect("good settings");
    let error = client.regions(&within(600)).await.expect_err("no TLS");
    assert!(error.message().contains("speaks no TLS"), "{error}");
    assert!(error.message().contains("in 6 attempts"), "{error}");
}
