//! `kill -9` at any moment loses nothing that was acknowledged and leaves nothing half-written.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::json;
use support::registry_server::RegistryServer;
use support::sandbox::Sandbox;
use tokio::time::sleep;

/// Writers at work when the process is killed.
const WRITERS: u64 = 4;

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % sides
    }
}

/// What one writer knows about its registry: whether it exists, and how many passwords it was given.
#[derive(Default)]
struct Acknowledged {
    attached: bool,
    passwords: u64,
}

fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| {
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is not a number: {value}"))
    })
}

/// Creates a registry, attaches it and rotates it until the server is gone. `written` counts the passwords of all
/// writers.
async fn write(
    sandbox: Arc<Sandbox>,
    project: String,
    handle: String,
    written: Arc<AtomicU64>,
) -> Acknowledged {
    let mut known = Acknowledged::default();
    let base = format!("/organisations/{}", sandbox.organisation);
    let call = async |path: String, body| {
        let reply = sandbox
            .try_call(&sandbox.token, "POST", &format!("{base}{path}"), body)
            .await;
        reply.ok().map(|reply| reply.expect(201))
    };
    let body = json!({
        "handle": handle, "name": "n", "server": "s", "username": "bot", "password": "1",
    });
    let Some(created) = call("/registries".into(), Some(body)).await else {
        return known;
    };
    known.passwords = 1;
    written.fetch_add(1, Ordering::Relaxed);
    let attach = format!("/projects/{project}/attach/registries/{handle}");
    if call(attach, None).await.is_none() {
        return known;
    }
    known.attached = true;
    loop {
        let password = (known.passwords + 1).to_string();
        let body = json!({"username": "bot", "password": password});
        let path = format!("/registries/{}/rotate", created.text());
        if call(path, Some(body)).await.is_none() {
            return known;
        }
        known.passwords += 1;
        written.fetch_add(1, Ordering::Relaxed);
    }
}

/// Everything acknowledged is there; the write in flight is there as a whole or not at all.
async fn verify(sandbox: &Sandbox, project: &str, handle: &str, known: &Acknowledged) {
    let path = format!("/registry/{handle}");
    let registry = sandbox.call("GET", &path, None).await;
    if registry.status == 404 {
        assert_eq!(known.passwords, 0, "{handle} was acknowledged and is lost");
        return;
    }
    let current = registry.expect(200).data["currentversion"]
        .as_u64()
        .unwrap();
    let in_flight = known.passwords + 1;
    assert!(
        [known.passwords, in_flight].contains(&current),
        "{handle}: {} rotations were acknowledged, and version {current} is current",
        known.passwords
    );
    assert!(
        sandbox
            .current_is(handle, "bot", &current.to_string())
            .await,
        "{handle}: the current version holds other credentials than it was given"
    );
    if known.attached {
        let path = format!("/projects/{project}/attachments");
        let list = sandbox.call("GET", &path, None).await.expect(200);
        let registries = list.data["registries"].as_array().unwrap().clone();
        assert!(
            registries.iter().any(|item| item["handle"] == *handle),
            "{handle} is detached"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_during_writes_loses_no_acknowledged_write() {
    let rounds = from_environment("SOAK_ROUNDS", 10);
    let seed = from_environment("SOAK_SEED", 20_261_122);
    println!("{rounds} rounds, SOAK_SEED={seed}");
    let mut dice = Dice(seed);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sandbox.db");
    let mut sandbox = Sandbox::options().database(&file).start();
    let project = sandbox.create_project("shop", &["falkenstein-1"]).await;
    let token = sandbox.token.clone();
    let mut acknowledged = 0;
    for round in 0..rounds {
        let shared = Arc::new(sandbox);
        let names: Vec<String> = (0..WRITERS)
            .map(|writer| format!("r{round}-{writer}"))
            .collect();
        let written = Arc::new(AtomicU64::new(0));
        let writer = |name: &String| {
            let (shared, written) = (shared.clone(), written.clone());
            tokio::spawn(write(shared, project.clone(), name.clone(), written))
        };
        let writers: Vec<_> = names.iter().map(writer).collect();
        sleep(Duration::from_micros(dice.roll(60_000))).await;
        // A busy machine has done nothing yet by then, and most rounds shall have something to lose.
        while round % 4 != 0 && written.load(Ordering::Relaxed) < WRITERS {
            sleep(Duration::from_micros(200)).await;
        }
        // The handle is still shared with the writers, who end only when the server is gone.
        kill_9(shared.pid());
        let mut known = Vec::new();
        for writer in writers {
            known.push(writer.await.unwrap());
        }
        sandbox = Arc::into_inner(shared).expect("all writers have ended");
        sandbox.restart();
        assert_eq!(sandbox.token, token);
        for (name, known) in names.iter().zip(&known) {
            verify(&sandbox, &project, name, known).await;
            acknowledged += known.passwords;
        }
    }
    assert!(
        acknowledged > rounds,
        "only {acknowledged} writes: nothing was tested"
    );
    sandbox.kill();
    let check = Connection::open(&file)
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    assert_eq!(check.as_deref(), Ok("ok"));
    println!("{acknowledged} acknowledged writes survived {rounds} kills");
}

fn kill_9(pid: u32) {
    let status = std::process::Command::new("kill")
        .args(["-9", &pid.to_string()])
        .status();
    assert!(status.is_ok_and(|status| status.success()));
}

#[tokio::test]
async fn a_restarted_sandbox_has_the_same_organisation_tokens_and_data() {
    let directory = tempfile::tempdir().unwrap();
    let mut sandbox = Sandbox::options()
        .database(&directory.path().join("s.db"))
        .start();
    sandbox.registry("ghcr", "one").await;
    let before = (
        sandbox.organisation.clone(),
        sandbox.token.clone(),
        sandbox.api_url.clone(),
    );
    sandbox.restart();
    let after = (
        sandbox.organisation.clone(),
        sandbox.token.clone(),
        sandbox.api_url.clone(),
    );
    assert_eq!(before, after);
    assert!(sandbox.current_is("ghcr", "bot", "one").await);
}

#[test]
fn a_sandbox_and_a_registry_server_end_with_the_test_that_started_them() {
    let sandbox = Sandbox::start();
    let server = RegistryServer::start("bot", "one");
    let open = |address: &str| TcpStream::connect(address).is_ok();
    let page = sandbox.page_url.trim_start_matches("http://");
    let addresses = [
        page.trim_end_matches('/').to_owned(),
        server.address.clone(),
    ];
    assert!(addresses.iter().all(|address| open(address)));
    // What the end of a killed test process does: its ends of the pipes are closed, nothing else.
    let processes = (sandbox.orphan(), server.orphan());
    let deadline = Instant::now() + Duration::from_secs(60);
    while addresses.iter().any(|address| open(address)) {
        assert!(Instant::now() < deadline, "a server outlived its test");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(processes);
}

#[tokio::test]
async fn a_sandbox_in_memory_forgets_everything() {
    let mut sandbox = Sandbox::start();
    sandbox.registry("ghcr", "one").await;
    sandbox.restart();
    assert_eq!(sandbox.summary().await["registries"], 0);
}
