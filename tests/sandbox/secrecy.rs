//! Credentials are sealed before they reach disk, and appear nowhere else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, Engine};
use rusqlite::Connection;
use serde_json::json;
use support::executables;
use support::sandbox::Sandbox;

const CANARIES: [&str; 3] = [
    "canary-Pass_w0rd-1",
    "canary-Pass_w0rd-2",
    "canary-Pass_w0rd-3",
];

/// The canary as it is, and as a careless program would write it.
fn spellings(secret: &str) -> Vec<Vec<u8>> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let reversed: String = secret.chars().rev().collect();
    let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut all = vec![
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        reversed.into_bytes(),
        wide,
    ];
    // In base64 a text looks different at each of three positions; its inner part is always the same.
    for shift in 0..3 {
        let padded = format!("{}{secret}", "x".repeat(shift));
        let text = BASE64_STANDARD_NO_PAD.encode(padded);
        all.push(text[4..text.len() - 4].into());
    }
    all.push(BASE64_STANDARD.encode(format!("bot:{secret}")).into());
    all.push(secret.into());
    all
}

fn assert_absent(place: &str, bytes: &[u8], secrets: &[&str]) {
    for secret in secrets {
        for (at, spelling) in spellings(secret).iter().enumerate() {
            let found = bytes
                .windows(spelling.len())
                .any(|window| window == spelling);
            assert!(!found, "{place} shows a secret in spelling {at}");
        }
    }
}

fn assert_absent_from_files(directory: &Path, secrets: &[&str]) {
    let mut seen = 0;
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        assert_absent(
            &path.display().to_string(),
            &fs::read(&path).unwrap(),
            secrets,
        );
        seen += 1;
    }
    assert!(
        seen >= 4,
        "database, journal, key and log were searched, not {seen} files"
    );
}

#[test]
fn the_search_finds_a_secret_in_every_spelling() {
    for spelling in spellings(CANARIES[0]) {
        let place = [b"before ".as_slice(), &spelling, b" after"].concat();
        assert!(std::panic::catch_unwind(|| assert_absent("here", &place, &CANARIES)).is_err());
    }
}

#[tokio::test]
async fn files_output_answers_and_the_page_never_show_credentials_or_tokens() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("requests.jsonl");
    let mut sandbox = Sandbox::options()
        .database(&directory.path().join("sandbox.db"))
        .arg("--request-log")
        .arg(log.display().to_string())
        .start();
    let [first, second, third] = CANARIES;
    let project = sandbox.create_project("shop", &["falkenstein-1"]).await;
    let id = sandbox
        .create_registry("ghcr", "127.0.0.1:1", "bot", first)
        .await;
    sandbox.attach(&project, "ghcr").await;
    sandbox.rotate(&id, "bot", second).await;
    // Refused requests and failed deployments must not be more talkative than others.
    let refused = json!({"username": "bot", "password": third, "organisation": third});
    let path = format!("/registries/{id}/rotate");
    let answer = sandbox.call("POST", &path, Some(refused)).await.expect(400);
    assert_absent("a refusal", answer.data.to_string().as_bytes(), &CANARIES);
    let container = json!({
        "handle": "api", "project": "shop", "registry": "ghcr", "image": "127.0.0.1:1/a/b:1",
        "regions": ["falkenstein-1"],
    });
    let container = sandbox
        .call("POST", "/containers", Some(container))
        .await
        .expect(201);
    let path = format!("/containers/{}/deploy", container.text());
    let failed = sandbox.call("POST", &path, None).await.expect(201);
    assert_eq!(failed.data["status"], "failed");
    assert!(sandbox.current_is("ghcr", "bot", second).await);

    let token = sandbox.token.clone();
    let secrets: Vec<&str> = CANARIES.into_iter().chain([token.as_str()]).collect();
    for path in [
        "/registries",
        "/registry/ghcr",
        "/containers",
        "/cost",
        &format!("/registries/{id}/versions"),
        &format!("/projects/{project}/attachments"),
    ] {
        let answer = sandbox.call("GET", path, None).await.expect(200);
        assert_absent(path, answer.data.to_string().as_bytes(), &secrets);
    }
    for place in ["", "openapi.json", "_sandbox/requests", "_sandbox/faults"] {
        let address = format!("{}{place}", sandbox.page_url);
        let page = reqwest::get(address).await.unwrap().bytes().await.unwrap();
        assert_absent(place, &page, &secrets);
    }
    assert_absent_from_files(directory.path(), &secrets);
    // The token is printed to be pasted; a password never is.
    assert_absent("the output", &sandbox.output(), &CANARIES);
    sandbox.kill();
    assert_absent_from_files(directory.path(), &secrets);
}

#[tokio::test]
async fn deleting_a_registry_removes_its_credentials() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sandbox.db");
    let sandbox = Sandbox::options().database(&file).start();
    let id = sandbox.registry("ghcr", "one").await;
    let path = format!("/registries/{id}");
    sandbox.call("DELETE", &path, None).await.expect(200);
    let rows =
        Connection::open(&file)
            .unwrap()
            .query_row("SELECT count(*) FROM versions", [], |row| {
                row.get::<_, i64>(0)
            });
    assert_eq!(rows, Ok(0));
}

#[tokio::test]
async fn a_sealed_password_opens_only_in_its_own_record() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sandbox.db");
    let sandbox = Sandbox::options().database(&file).start();
    let id = sandbox.registry("ghcr", "same").await;
    sandbox.rotate(&id, "bot", "same").await;
    let database = Connection::open(&file).unwrap();
    let sealed = |version: i64| -> Vec<u8> {
        let sql = "SELECT sealed FROM versions WHERE version = ?1";
        database
            .query_row(sql, [version], |row| row.get(0))
            .unwrap()
    };
    assert_ne!(
        sealed(1),
        sealed(2),
        "a fresh nonce seals the same password differently"
    );
    let unsealable = async || {
        let body = json!({"registry": "ghcr", "username": "bot", "password": "same"});
        let client = reqwest::Client::new();
        let check = client
            .post(format!("{}/check", sandbox.control_url))
            .json(&body);
        check.send().await.unwrap().status() == 500
    };
    assert!(!unsealable().await);
    // Sent to another server by someone who can write the file but has no key.
    let server = |name: &str| {
        database
            .execute("UPDATE versions SET server = ?1 WHERE version = 2", [name])
            .unwrap()
    };
    server("evil.example");
    assert!(unsealable().await);
    server("ghcr.io");
    assert!(!unsealable().await);
    let swap = "UPDATE versions SET sealed = (SELECT sealed FROM versions WHERE version = 1)";
    database.execute(swap, []).unwrap();
    assert!(unsealable().await);
}

#[test]
fn the_key_is_in_a_file_of_its_own_that_only_its_owner_reads() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sandbox.db");
    drop(Sandbox::options().database(&file).start());
    let key = directory.path().join("sandbox.db.key");
    let permissions = fs::metadata(&key).unwrap().permissions();
    assert_eq!(permissions.mode() & 0o777, 0o600);

    let refusal = || {
        let mut sandbox = Command::new(executables::example("sandbox"));
        let output = sandbox.arg("--database").arg(&file).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(refusal().contains("readable by others"));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&key, [7; 32]).unwrap();
    assert!(refusal().contains("made with another key"));
    fs::remove_file(&key).unwrap();
    assert!(refusal().contains("sandbox.db.key is missing"));
    assert!(!key.exists(), "no new key is made for an old database");
}

#[tokio::test]
async fn passwords_are_stored_encrypted_with_aes_256_gcm() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sandbox.db");
    let sandbox = Sandbox::options().database(&file).start();
    let id = sandbox.registry("ghcr", CANARIES[0]).await;
    let sealed: Vec<u8> = Connection::open(&file)
        .unwrap()
        .query_row("SELECT sealed FROM versions", [], |row| row.get(0))
        .unwrap();

    // Opened here from nothing but the key file and what is known about the record.
    let key = fs::read(directory.path().join("sandbox.db.key")).unwrap();
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
    let mut associated = 1_i64.to_be_bytes().to_vec();
    for part in [id.as_str(), "ghcr.io", "bot"] {
        associated.extend((part.len() as u64).to_be_bytes());
        associated.extend(part.as_bytes());
    }
    let (nonce, text) = sealed.split_at(12);
    let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
    let mut text = text.to_vec();
    let opened = key
        .open_in_place(nonce, Aad::from(associated), &mut text)
        .unwrap();
    assert_eq!(opened, CANARIES[0].as_bytes());
}
