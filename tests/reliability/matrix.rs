//! The fault matrix: every request of every operation, with every fault that the sandbox knows.

mod table;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use support::chance::Chance;
use support::sandbox::{LoggedRequest, Sandbox};
use support::soak::{self, Effort, soaking};
use tokio::task::JoinSet;

use crate::driver::{Outcome, Terraform};
use crate::faults::{self, Fault};
use crate::needles::Needles;
use crate::operations::{
    APIS, Api, HANDLE, OPERATIONS, Operation, PASSWORDS, Scene, Target, USERNAME,
};
use table::{table, title, totals};

/// Most cases spend their time waiting, so many run at once: in a sample, and in a soak.
const AT_ONCE: (usize, usize) = (12, 40);
/// How often a long run says how far it is.
const PROGRESS: usize = 250;
/// How many rows and cases a sample takes, and how many of the cases may cost whole timeouts.
struct Sample {
    rows: usize,
    cases: usize,
    slow: usize,
}

/// None for everything.
fn sample_of_this_run() -> Option<Sample> {
    let small = Sample {
        rows: 4,
        cases: 16,
        slow: 2,
    };
    let large = Sample {
        rows: usize::MAX,
        cases: 240,
        slow: 32,
    };
    Effort::of_this_run().choose(Some(small), Some(large), None)
}

/// A cell of the matrix.
#[derive(Clone)]
struct Case {
    api: Api,
    operation: Operation,
    run: Arc<Vec<LoggedRequest>>,
    at: usize,
    fault: Fault,
}

/// What went wrong, by kind. All of these have to be 0.
const FLAWS: [&str; 11] = [
    "orphans",
    "duplicates",
    "lost state",
    "needless versions",
    "tainted",
    "wrong credentials",
    "unsettled plans",
    "false successes",
    "breaches of the protocol",
    "leaks",
    "not tried",
];

#[derive(Default)]
struct Verdict {
    /// The kind and the details of each flaw.
    flaws: Vec<(&'static str, String)>,
    /// The first run had succeeded in spite of the fault.
    absorbed: bool,
    /// The error had named an import command, which was followed.
    imported: bool,
    /// What happened, for a report.
    story: String,
}

impl Verdict {
    fn flaw(&mut self, kind: &'static str, details: impl Into<String>) {
        assert!(FLAWS.contains(&kind));
        self.flaws.push((kind, details.into()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fault_matrix() {
    let started = Instant::now();
    let (mut chance, seed) = Chance::of_this_run();
    let mut cases = Vec::new();
    for (api, operation) in rows(&mut chance) {
        let run = Arc::new(requests_of(api, operation).await);
        assert!(!run.is_empty(), "{operation:?} in {api:?} makes no request");
        for fault in faults::all() {
            for at in 0..run.len() {
                if fault.rule(&run, at).is_some() {
                    cases.push(Case {
                        api,
                        operation,
                        run: Arc::clone(&run),
                        at,
                        fault: fault.clone(),
                    });
                }
            }
        }
    }
    if let Ok(only) = std::env::var("FAULT") {
        cases.retain(|case| case.fault.name.contains(&only));
    }
    chance.shuffle(&mut cases);
    if let Some(sample) = sample_of_this_run() {
        cases = sampled(cases, &sample);
    }
    println!("fault matrix: {} cases to try", cases.len());
    let verdicts = judge_all(cases).await;
    let flawed = verdicts
        .iter()
        .filter(|(_, verdict)| !verdict.flaws.is_empty())
        .count();
    let totals = format!(
        "{} ({:.0?}, SEED={seed})",
        totals(&verdicts),
        started.elapsed()
    );
    soak::publish("fault matrix", &format!("{}\n{totals}", table(&verdicts)));
    assert_eq!(flawed, 0, "cases with flaws; they are told above");
}

/// All rows, or a few for a sample.
fn rows(chance: &mut Chance) -> Vec<(Api, Operation)> {
    let mut rows: Vec<_> = APIS
        .into_iter()
        .flat_map(|api| OPERATIONS.map(|operation| (api, operation)))
        .filter(|(api, operation)| operation.differs_in(*api))
        .collect();
    if let Ok(only) = std::env::var("ONLY") {
        rows.retain(|(api, operation)| format!("{api:?} {operation:?}").contains(&only));
    }
    if let Some(sample) = sample_of_this_run() {
        chance.shuffle(&mut rows);
        rows.truncate(sample.rows);
    }
    rows
}

/// The first few cases, with a limit on the slow ones.
fn sampled(cases: Vec<Case>, sample: &Sample) -> Vec<Case> {
    let (slow, fast): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| case.fault.slow);
    let slow = slow.into_iter().take(sample.slow);
    slow.chain(fast).take(sample.cases).collect()
}

/// The requests that an operation makes when nothing is wrong, as the sandbox saw them.
async fn requests_of(api: Api, operation: Operation) -> Vec<LoggedRequest> {
    let mut told = String::new();
    // A busy machine may take longer than the short timeouts allow.
    for _ in 0..5 {
        let sandbox = api.options().start();
        let mut scene = Scene::set(operation, &sandbox).await;
        sandbox.clear_requests().await;
        let outcome = scene.run().await;
        told = outcome.text();
        if !outcome.failed {
            let requests = sandbox.requests().await;
            let mut verdict = Verdict::default();
            inspect(&scene, &sandbox, operation.target(api), &mut verdict).await;
            assert_eq!(
                verdict.flaws,
                [],
                "{operation:?} in {api:?} without any fault"
            );
            return requests;
        }
    }
    panic!("{operation:?} in {api:?} fails by itself: {told}");
}

async fn judge_all(cases: Vec<Case>) -> Vec<(Case, Verdict)> {
    let mut waiting = cases.into_iter();
    let mut running = JoinSet::new();
    let at_once = if soaking() { AT_ONCE.1 } else { AT_ONCE.0 };
    let mut verdicts = Vec::new();
    loop {
        while running.len() < at_once
            && let Some(case) = waiting.next()
        {
            running.spawn(async move {
                let verdict = judge(&case).await;
                (case, verdict)
            });
        }
        let Some(judged) = running.join_next().await else {
            return verdicts;
        };
        let (case, verdict) = judged.expect("a case is judged to its end");
        if !verdict.flaws.is_empty() {
            println!("{}\n{:?}\n{}", title(&case), verdict.flaws, verdict.story);
        }
        verdicts.push((case, verdict));
        if verdicts.len() % PROGRESS == 0 {
            println!("so far: {}", totals(&verdicts));
        }
    }
}

/// On a busy machine the short timeouts may be over before the fault's turn comes; then it is tried again.
async fn judge(case: &Case) -> Verdict {
    for _ in 0..5 {
        if let Some(verdict) = try_case(case).await {
            return verdict;
        }
    }
    let mut verdict = Verdict::default();
    verdict.flaw("not tried", "the run never comes to the request");
    verdict
}

/// `None` if the fault did not befall any request.
async fn try_case(case: &Case) -> Option<Verdict> {
    let sandbox = case.api.options().start();
    let mut scene = Scene::set(case.operation, &sandbox).await;
    let mut verdict = Verdict::default();
    sandbox.clear_requests().await;
    let rule = case
        .fault
        .rule(&case.run, case.at)
        .expect("only such cases were made");
    sandbox.fault(rule).await;
    let first = scene.run().await;
    if sandbox.faults().await[0]["fired"] == 0 {
        return None;
    }
    verdict.absorbed = !first.failed;
    note(&mut verdict, "with the fault", &first, &sandbox, &scene).await;
    // The judge wants to see what is true, once it is.
    sandbox.clear_faults().await;
    if let Some(late) = case.fault.lands {
        tokio::time::sleep(late).await;
    }
    let mut target = case.operation.target(case.api);
    if case.fault.rival {
        // Theirs, and ours again where nobody can tell which is which.
        target.versions_made += 2;
        target.rival = true;
    }
    if verdict.absorbed {
        let mut said = Verdict::default();
        inspect(&scene, &sandbox, target, &mut said).await;
        for (kind, details) in said.flaws {
            verdict.flaw("false successes", format!("{kind}: {details}"));
        }
    }
    heal(&mut scene, &sandbox, &mut verdict).await;
    if verdict.imported && case.api.rotates() {
        // Nobody can tell what an imported registry holds, so its trigger rotates, as the plan says. A PUT of
        // what is there already makes no version.
        target.versions_made += 1;
    }
    inspect(&scene, &sandbox, target, &mut verdict).await;
    let plan = scene.plan_again().await;
    let silent = plan.messages.is_empty();
    if target.rival && silent && !target_holds(&sandbox, target).await {
        verdict.flaw(
            "wrong credentials",
            "a rival's are current, and no plan says so",
        );
    }
    if plan.failed || plan.changed {
        verdict.flaw("unsettled plans", plan.text());
    }
    let needles = Needles::new([
        ("token", sandbox.token.as_str()),
        ("password 1", PASSWORDS[0]),
        ("password 2", PASSWORDS[1]),
    ]);
    for found in needles.search(&scene.terraform.output) {
        verdict.flaw("leaks", format!("{found:?}"));
    }
    Some(verdict)
}

/// One more apply; and the import command, if that is what the error asks for.
async fn heal(scene: &mut Scene<'_>, sandbox: &Sandbox, verdict: &mut Verdict) {
    let second = scene.run_again().await;
    note(verdict, "one more apply", &second, sandbox, scene).await;
    if !second.failed {
        return;
    }
    let Some(id) = import_command(&second.text()) else {
        verdict.flaw("lost state", "the second apply fails and names no way out");
        return;
    };
    verdict.imported = true;
    let import = scene.terraform.import(&id).await;
    note(verdict, "the import it asks for", &import, sandbox, scene).await;
    let third = scene.run_again().await;
    note(verdict, "the apply after it", &third, sandbox, scene).await;
    if import.failed || third.failed {
        verdict.flaw("lost state", "the import command does not help");
    }
}

/// The argument of `terraform import ADDRESS …` in a text.
pub fn import_command(text: &str) -> Option<String> {
    let (_, command) = text.split_once("terraform import ADDRESS ")?;
    let id = command
        .split([',', ' ', '\n'])
        .next()?
        .trim_end_matches('.');
    Some(id.to_owned())
}

/// Keeps the story of a run for the report, and judges what every run has to keep.
async fn note(
    verdict: &mut Verdict,
    what: &str,
    outcome: &Outcome,
    sandbox: &Sandbox,
    scene: &Scene<'_>,
) {
    let _ = writeln!(verdict.story, "--- {what}:\n{}", outcome.text());
    for request in sandbox.requests().await {
        let LoggedRequest {
            method,
            path,
            status,
            ms,
        } = request;
        let _ = writeln!(verdict.story, "    {status} {method} {path} ({ms} ms)");
    }
    sandbox.clear_requests().await;
    for breach in &outcome.breaches {
        verdict.flaw("breaches of the protocol", format!("{what}: {breach}"));
    }
    if scene
        .terraform
        .object()
        .is_some_and(|object| object.tainted)
    {
        verdict.flaw("tainted", what);
    }
}

/// Compares state and reality with the target.
async fn inspect(scene: &Scene<'_>, sandbox: &Sandbox, target: Target, verdict: &mut Verdict) {
    let summary = sandbox.summary().await;
    let count = |name: &str| summary[name].as_i64().expect("a number");
    let managed = scene.terraform.object().is_some();
    let (registries, attachments) = (count("registries"), count("attachments"));
    if registries > target.registries || attachments > target.attachments {
        let kind = if managed { "duplicates" } else { "orphans" };
        verdict.flaw(kind, summary.to_string());
    }
    let missing = registries < target.registries || attachments < target.attachments;
    let spent = count("spent_handles") > 1 - target.registries;
    if missing || spent || managed != target.managed {
        verdict.flaw("lost state", format!("managed: {managed}, {summary}"));
    }
    if count("versions_made") > target.versions_made {
        verdict.flaw("needless versions", summary.to_string());
    }
    if target.registries == 0 || registries == 0 {
        return;
    }
    let password = PASSWORDS[target.password];
    let ours = sandbox.current_is(HANDLE, USERNAME, password).await;
    let enough = target.rival || count("versions_made") >= target.versions_made;
    // What a rival made current is told by every plan, and left alone.
    if !enough || !(ours || target.rival) {
        verdict.flaw("wrong credentials", summary.to_string());
    }
    let listed = sandbox.call("GET", "/registries", None).await.expect(200);
    let registry = &listed.data["registries"][0];
    if registry["name"] != target.name {
        verdict.flaw(
            "wrong credentials",
            format!("the name is {}", registry["name"]),
        );
    }
    same_object(&scene.terraform, registry, &scene.project, verdict);
}

/// Whether the credentials that were asked for are current.
async fn target_holds(sandbox: &Sandbox, target: Target) -> bool {
    let password = PASSWORDS[target.password];
    target.registries == 0 || sandbox.current_is(HANDLE, USERNAME, password).await
}

/// Whether the state speaks of the object that there is.
fn same_object(
    terraform: &Terraform<'_>,
    registry: &serde_json::Value,
    project: &str,
    verdict: &mut Verdict,
) {
    let stored = terraform.object().map(|object| &object.state["id"]);
    let Some(stored) = stored.and_then(serde_json::Value::as_str) else {
        return;
    };
    let real = if project.is_empty() {
        registry["id"].as_str().unwrap_or_default().to_owned()
    } else {
        format!("{project}:{HANDLE}")
    };
    if stored != real {
        verdict.flaw(
            "lost state",
            format!("the state says {stored}, there is {real}"),
        );
    }
}
