//! Instructions, counted by valgrind: a figure that does not depend on the machine's mood.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use support::plugin::Identity;

use crate::codec::{self, Direction};
use crate::contender::{Contender, Kind};
use crate::host::{Host, spawn, wait};
use crate::walk;

/// So many calls, that the rest of the process does not matter.
const CALLS: u64 = 200;
const VALUES: u32 = 2000;
/// The argument by which this program runs the codec under valgrind.
pub const CODEC: &str = "codec-for-valgrind";

/// Instructions of one program, in millions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Exec to handshake line, then ended by a signal.
    pub handshake: f64,
    /// Exec to schema, configure and the end.
    pub session: f64,
    /// One PlanResourceChange of a registry, with gRPC and TLS.
    pub plan: f64,
}

/// Counts for each program; none for one that cannot be configured.
pub async fn measure(
    contenders: &[Contender],
    identity: &Identity,
    env: &[(&str, String)],
    directory: &Path,
) -> Vec<Option<Counts>> {
    let mut all = Vec::new();
    for contender in contenders {
        if matches!(contender.kind, Kind::Earlier | Kind::Other) {
            all.push(None);
            continue;
        }
        let start = handshake(contender, identity, env, directory).await;
        let idle = session(contender, identity, env, directory, 0).await;
        let busy = session(contender, identity, env, directory, CALLS).await;
        all.push(Some(Counts {
            handshake: start,
            session: idle,
            plan: (busy - idle) / CALLS as f64,
        }));
    }
    all
}

fn valgrind(file: &Path) -> Vec<String> {
    vec![
        "valgrind".to_owned(),
        "--quiet".to_owned(),
        "--tool=callgrind".to_owned(),
        format!("--callgrind-out-file={}", file.display()),
    ]
}

async fn handshake(
    contender: &Contender,
    identity: &Identity,
    env: &[(&str, String)],
    directory: &Path,
) -> f64 {
    let file = directory.join("handshake.out");
    let mut words = valgrind(&file);
    words.push(contender.program.display().to_string());
    let (mut child, ..) = spawn(&words, identity, env).await;
    let id = child.id().expect("it runs").cast_signed();
    let pid = Pid::from_raw(id).expect("a process id");
    kill_process(pid, Signal::TERM).expect("a signal");
    wait(&mut child).await.expect("its end");
    millions(&file)
}

async fn session(
    contender: &Contender,
    identity: &Identity,
    env: &[(&str, String)],
    directory: &Path,
    plans: u64,
) -> f64 {
    let file = directory.join(format!("session-{plans}.out"));
    let host = Host::start(contender, &valgrind(&file), identity, env).await;
    host.configure(contender).await;
    let item = codec::sample();
    let mut client = host.client();
    for _ in 0..plans {
        walk::plan(&mut client, &item.state, &item.config, &item.private).await;
    }
    drop(client);
    host.shutdown().await;
    millions(&file)
}

/// Instructions for one value in each direction.
pub fn codec(directory: &Path) -> Vec<(&'static str, f64)> {
    let one = |index: usize, count: u32| {
        let file = directory.join(format!("codec-{index}-{count}.out"));
        let words = valgrind(&file);
        let program: PathBuf = std::env::current_exe().expect("this program");
        let status = Command::new(&words[0])
            .args(&words[1..])
            .arg(program)
            .args([CODEC, &index.to_string(), &count.to_string()])
            .stdin(Stdio::null())
            .status()
            .expect("valgrind");
        assert!(status.success(), "valgrind ended with {status}");
        millions(&file) * 1e6
    };
    Direction::ALL
        .iter()
        .enumerate()
        .map(|(index, (_, what))| {
            let difference = one(index, VALUES) - one(index, 0);
            (*what, difference / f64::from(VALUES))
        })
        .collect()
}

/// What the process under valgrind does.
pub fn run_codec(index: usize, count: u32) {
    codec::repeat(Direction::ALL[index].0, &codec::sample(), count);
}

/// The total of an output file, in millions of instructions.
fn millions(file: &Path) -> f64 {
    let text =
        std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let total = text.lines().rev().find_map(|line| {
        line.strip_prefix("totals: ")
            .or_else(|| line.strip_prefix("summary: "))
    });
    let total = total.and_then(|total| total.trim().parse::<f64>().ok());
    total.unwrap_or_else(|| panic!("no total in {}", file.display())) / 1e6
}
