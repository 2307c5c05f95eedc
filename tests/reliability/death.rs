//! Cancellation and death: at any moment of an apply, Terraform, the provider or the API is interrupted or
//! killed. After one more apply, or after the imports that its errors ask for, state and reality agree.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::Value;
use support::chance::Chance;
use support::sandbox::Sandbox;
use support::soak::{self, Effort};
use support::terraform::{Run, Running, Terraform};
use tempfile::TempDir;

use crate::leaks::imports_asked_for;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Blow {
    /// Ctrl-C: to Terraform and the provider, as a terminal sends it.
    InterruptOnce,
    /// Ctrl-C twice: Terraform waits for nothing any more.
    InterruptTwice,
    /// SIGTERM to Terraform, as a build server sends it.
    Terminate,
    KillProvider,
    KillTerraform,
    /// The API dies and comes back with its database.
    KillSandbox,
}

const BLOWS: [Blow; 6] = [
    Blow::InterruptOnce,
    Blow::InterruptTwice,
    Blow::Terminate,
    Blow::KillProvider,
    Blow::KillTerraform,
    Blow::KillSandbox,
];

/// How many registries and attachments an apply makes.
#[derive(Clone, Copy)]
struct Size {
    registries: usize,
    attachments: usize,
}

#[derive(Default)]
struct Tally {
    rounds: usize,
    /// Rounds in which the blow came while something was left to do.
    unfinished: usize,
    imports: usize,
    flaws: BTreeMap<&'static str, usize>,
    story: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn death_at_any_moment() {
    let started = Instant::now();
    let (mut chance, seed) = Chance::of_this_run();
    let (small, large) = (
        Size {
            registries: 12,
            attachments: 8,
        },
        Size {
            registries: 30,
            attachments: 20,
        },
    );
    let effort = Effort::of_this_run();
    let (rounds, size) = effort.choose((1, small), (6, small), (102, large));
    let mut blows = BLOWS;
    chance.shuffle(&mut blows);
    let mut tallies: BTreeMap<Blow, Tally> = BTreeMap::new();
    for round in 0..rounds {
        let blow = blows[round % blows.len()];
        let tally = tallies.entry(blow).or_default();
        let before = tally.story.len();
        play(blow, size, &mut chance, tally).await;
        let (cut, imports) = (tally.unfinished, tally.imports);
        println!(
            "round {round}: {}; so far {cut} cut short, {imports} imports",
            blow.name()
        );
        print!("{}", &tally.story[before..]);
    }
    let sum = |count: fn(&Tally) -> usize| tallies.values().map(count).sum::<usize>();
    let flaws = sum(|tally| tally.flaws.values().sum());
    let totals = format!(
        "death: {rounds} rounds over {} resources, {} cut short, {} imports by the command the error names, {flaws} \
         flaws ({:.0?}, SEED={seed})",
        size.registries + size.attachments,
        sum(|tally| tally.unfinished),
        sum(|tally| tally.imports),
        started.elapsed()
    );
    soak::publish("death", &format!("{}\n{totals}", table(&tallies)));
    assert_eq!(flaws, 0, "they are told above");
}

fn table(tallies: &BTreeMap<Blow, Tally>) -> String {
    let mut table =
        "| blow | rounds | cut short | imports | flaws |\n| --- | --- | --- | --- | --- |\n"
            .to_owned();
    for (blow, tally) in tallies {
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} |",
            blow.name(),
            tally.rounds,
            tally.unfinished,
            tally.imports,
            tally.flaws.values().sum::<usize>()
        );
    }
    table
}

impl Blow {
    fn name(self) -> &'static str {
        match self {
            Self::InterruptOnce => "SIGINT once",
            Self::InterruptTwice => "SIGINT twice",
            Self::Terminate => "SIGTERM",
            Self::KillProvider => "`kill -9` of the provider",
            Self::KillTerraform => "`kill -9` of Terraform",
            Self::KillSandbox => "`kill -9` of the API, restarted",
        }
    }
}

/// One round.
async fn play(blow: Blow, size: Size, chance: &mut Chance, tally: &mut Tally) {
    let directory = TempDir::new().expect("a temporary directory can be made");
    let database = directory.path().join("sandbox.db");
    let mut sandbox = Sandbox::options()
        .database(&database)
        .latency_ms(10)
        .start();
    let project = sandbox.create_project("shop", &["falkenstein-1"]).await;
    let mut terraform = Terraform::new(&sandbox.env());
    terraform.set("TF_VAR_password", "a-password-for-all");
    terraform.write("main.tf", &configuration(size, &project));
    sandbox.clear_requests().await;

    let running = terraform.spawn(&["apply", "-auto-approve", "-json"]);
    // A create takes two requests, an attachment one.
    let moment = chance.below(size.registries * 2 + size.attachments);
    let pause = Duration::from_millis(chance.below(60) as u64);
    let in_time = until(&sandbox, moment, &running).await;
    tokio::time::sleep(pause).await;
    strike(blow, &running, &mut sandbox, chance).await;
    let struck = running.finish();
    tally.rounds += 1;
    tally.unfinished += usize::from(in_time && struck.code != 0);

    let mut imports = 0;
    let mut healed = terraform.run(&["apply", "-auto-approve", "-json"]);
    for _ in 0..2 {
        let asked = imports_asked_for(&healed);
        if asked.is_empty() {
            break;
        }
        for (address, id) in asked {
            imports += 1;
            terraform.import(&address, &id).succeeds();
        }
        healed = terraform.run(&["apply", "-auto-approve", "-json"]);
    }
    tally.imports += imports;
    let mut flaws = compare(&terraform, &sandbox, size, imports).await;
    if healed.code != 0 {
        flaws.push(("no way out", errors(&healed)));
    }
    if !flaws.is_empty() {
        let _ = writeln!(
            tally.story,
            "### {} at request {moment}: {flaws:#?}\n--- struck: {}\n--- healed: {}",
            blow.name(),
            errors(&struck),
            errors(&healed)
        );
    }
    for (kind, _) in flaws {
        *tally.flaws.entry(kind).or_default() += 1;
    }
}

fn configuration(size: Size, project: &str) -> String {
    let Size {
        registries,
        attachments,
    } = size;
    format!(
        r#"
variable "password" {{
  type      = string
  ephemeral = true
}}
resource "bahriya_registry" "many" {{
  count               = {registries}
  handle              = "registry-${{count.index}}"
  name                = "Registry ${{count.index}}"
  server              = "ghcr.io"
  username            = "bot-${{count.index}}"
  password_wo         = "${{var.password}}-${{count.index}}"
  password_wo_version = "1"
}}
resource "bahriya_project_registry_attachment" "many" {{
  count      = {attachments}
  project_id = "{project}"
  handle     = bahriya_registry.many[count.index].handle
}}
"#
    )
}

/// Waits until so many requests have been answered; answers whether it came to that.
async fn until(sandbox: &Sandbox, requests: usize, running: &Running) -> bool {
    let patience = Instant::now() + Duration::from_secs(120);
    while sandbox.requests().await.len() <= requests {
        if children(running.id()).is_empty() && sandbox.requests().await.len() > 2
            || Instant::now() > patience
        {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    true
}

async fn strike(blow: Blow, running: &Running, sandbox: &mut Sandbox, chance: &mut Chance) {
    let terraform = pid(running.id());
    // What has ended already cannot be signalled, which is no failure here.
    let interrupt = || kill_process_group(terraform, Signal::INT).is_ok();
    match blow {
        Blow::InterruptOnce => {
            interrupt();
        }
        Blow::InterruptTwice => {
            interrupt();
            tokio::time::sleep(Duration::from_millis(5 + chance.below(80) as u64)).await;
            interrupt();
        }
        Blow::Terminate => {
            let _ = kill_process(terraform, Signal::TERM);
        }
        Blow::KillProvider => {
            for child in children(running.id()) {
                let _ = kill_process(pid(child), Signal::KILL);
            }
        }
        Blow::KillTerraform => {
            let _ = kill_process(terraform, Signal::KILL);
        }
        Blow::KillSandbox => {
            sandbox.kill();
            tokio::time::sleep(Duration::from_millis(chance.below(1500) as u64)).await;
            sandbox.restart();
        }
    }
}

fn pid(id: u32) -> Pid {
    Pid::from_raw(id.cast_signed()).expect("a process has an id")
}

/// The processes that a process has started: Terraform starts nothing but providers.
fn children(parent: u32) -> Vec<u32> {
    let tasks = format!("/proc/{parent}/task");
    let Ok(tasks) = fs::read_dir(tasks) else {
        return Vec::new();
    };
    let lists = tasks
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|id| id.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Compares what Terraform believes with what there is.
async fn compare(
    terraform: &Terraform,
    sandbox: &Sandbox,
    size: Size,
    imports: usize,
) -> Vec<(&'static str, String)> {
    let mut flaws = Vec::new();
    let shown = terraform.run(&["show", "-json"]);
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap_or_default();
    let resources = shown["values"]["root_module"]["resources"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let ids = |kind: &str| -> BTreeSet<String> {
        let ours = resources.iter().filter(|resource| resource["type"] == kind);
        ours.filter_map(|resource| resource["values"]["id"].as_str().map(str::to_owned))
            .collect()
    };
    if resources.iter().any(|resource| resource["tainted"] == true) {
        flaws.push(("tainted", String::new()));
    }
    let listed = sandbox.call("GET", "/registries", None).await.expect(200);
    let registries = listed.data["registries"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let real: BTreeSet<_> = registries
        .iter()
        .filter_map(|one| one["id"].as_str().map(str::to_owned))
        .collect();
    let known = ids("bahriya_registry");
    if real != known || real.len() != size.registries {
        flaws.push((
            "registries differ",
            format!("{} real, {} known", real.len(), known.len()),
        ));
    }
    let known = ids("bahriya_project_registry_attachment");
    let summary = sandbox.summary().await;
    if summary["attachments"] != known.len() || known.len() != size.attachments {
        flaws.push((
            "attachments differ",
            format!("{summary}, {} known", known.len()),
        ));
    }
    // The trigger of an imported registry makes a version, as the plan says.
    if summary["versions_made"] != size.registries + imports || summary["spent_handles"] != 0 {
        flaws.push(("needless versions", format!("{summary}, {imports} imports")));
    }
    for number in 0..size.registries {
        let (handle, username) = (format!("registry-{number}"), format!("bot-{number}"));
        let password = format!("a-password-for-all-{number}");
        if real.len() == size.registries && !sandbox.current_is(&handle, &username, &password).await
        {
            flaws.push(("wrong credentials", handle));
        }
    }
    flaws
}

/// The messages of a run with `-json`, without its progress.
fn errors(run: &Run) -> String {
    let lines = run
        .stdout
        .lines()
        .filter(|line| line.contains("\"diagnostic\""));
    let texts = lines.filter_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        let diagnostic = &line["diagnostic"];
        Some(format!(
            "{}: {} {}",
            diagnostic["address"], diagnostic["summary"], diagnostic["detail"]
        ))
    });
    let texts: Vec<_> = texts
        .filter(|text| !text.contains("development overrides"))
        .collect();
    format!("exit {}\n{}\n{}", run.code, texts.join("\n"), run.stderr)
}
