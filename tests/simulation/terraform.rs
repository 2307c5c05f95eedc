//! One `terraform apply` after another, each with processes of its own, over the API in memory.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};
use support::core::{
    Action, Core, InProcess, Object, Trouble, VERSION, Wanted, Workspace, complete, in_process,
};
use support::memory_api::{Line, MemoryApi, ORGANISATION};
use terraform_provider_bahriya::fingerprint::Cost;
use terraform_provider_bahriya::framework::lifecycle::Lifecycle;
use terraform_provider_bahriya::framework::server::Server;
use terraform_provider_bahriya::proto::tfplugin6 as proto;
use terraform_provider_bahriya::provider::Bahriya;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use proto::provider_client::ProviderClient;

use crate::cut_short::Polls;

/// As little as there can be.
const CHEAP: Cost = Cost {
    memory: 8,
    passes: 1,
};
/// Whatever takes so long is taken for endless.
const NEVER: Duration = Duration::from_secs(24 * 3600);

/// A working directory whose provider has its API in memory.
pub struct Terraform {
    pub api: MemoryApi,
    pub workspace: Workspace,
    schema: proto::get_provider_schema::Response,
}

/// What happened in one run.
#[derive(Debug, Default)]
pub struct Run {
    /// What was to be done.
    pub planned: Vec<(&'static str, Action)>,
    /// The requests of the refresh and the plan.
    pub planning: Range<usize>,
    /// The requests of the apply.
    pub applying: Range<usize>,
    /// All diagnostics: of the plan, then of the apply.
    pub warnings: Vec<String>,
    pub errors: Vec<String>,
    /// How long the apply took.
    pub took: Duration,
    /// The process of the provider ended in the middle.
    pub died: bool,
}

/// A process of the provider, and Terraform's end of the connection to it.
struct Process {
    core: Core<InProcess>,
    line: Line,
    lifecycle: Lifecycle,
    /// Terraform has gone away.
    deserted: CancellationToken,
}

/// What cuts an apply short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// The provider is told to stop.
    CtrlC,
    /// Its process ends.
    Death,
    /// Terraform goes away, and the provider finishes what it has begun.
    Desertion,
}

impl Terraform {
    pub async fn new(api: MemoryApi) -> Self {
        let core = in_process(provider(api.line())).await;
        Self {
            api,
            workspace: Workspace::default(),
            schema: core.schema,
        }
    }

    /// The object of a kind, of which there is one at most.
    pub fn object(&self, kind: &str) -> Option<&Object> {
        self.workspace.object(kind)
    }

    /// `terraform plan`.
    pub async fn plan(&mut self, wanted: &[Wanted]) -> Run {
        self.run(wanted, None).await
    }

    /// `terraform apply`, perhaps with Ctrl-C so long after it began to apply.
    pub async fn apply(&mut self, wanted: &[Wanted], stop_after: Option<Duration>) -> Run {
        let api = self.api.clone();
        let prepare = |process: &Process| {
            if let Some(wait) = stop_after {
                let stop = process.blow(Blow::CtrlC, api.clone());
                tokio::spawn(async move {
                    sleep(wait).await;
                    stop();
                });
            }
        };
        self.run(wanted, Some(&prepare)).await
    }

    /// `terraform apply` that is cut short when the provider works for the nth time.
    pub async fn cut_short(
        &mut self,
        wanted: &[Wanted],
        polls: &Polls,
        at: usize,
        blow: Blow,
    ) -> Run {
        let api = self.api.clone();
        let prepare = |process: &Process| polls.strike(at, process.blow(blow, api.clone()));
        self.run(wanted, Some(&prepare)).await
    }

    /// `terraform import` of the registry.
    pub async fn import(&mut self, kind: &'static str, id: &str) {
        let mut process = self.process().await;
        let imported = self
            .workspace
            .import(&mut process.core, kind, kind, id)
            .await;
        self.api.tell(&format!("import: {imported:?}"));
    }

    /// What a configuration of a resource is with every other attribute null.
    pub fn block(&self, kind: &str, given: Json) -> Json {
        complete(&self.schema.resource_schemas[kind], given)
    }

    /// Refreshes objects, so many at once.
    pub async fn refreshed(
        &self,
        kind: &'static str,
        objects: Vec<Object>,
        at_once: usize,
    ) -> Vec<Object> {
        let process = self.process().await;
        let turns = Arc::new(Semaphore::new(at_once));
        let mut reads = JoinSet::new();
        for object in objects {
            let (mut core, turns) = (process.core.clone(), Arc::clone(&turns));
            reads.spawn(async move {
                let _turn = turns.acquire().await.expect("a turn");
                core.read(kind, &object).await.expect("a refresh")
            });
        }
        reads.join_all().await.into_iter().flatten().collect()
    }

    /// Plans, and applies if something prepares for it.
    async fn run(&mut self, wanted: &[Wanted], prepare: Option<&dyn Fn(&Process)>) -> Run {
        let mut run = Run::default();
        let mut process = self.process().await;
        run.planning = self.api.count()..self.api.count();
        let planned = process
            .drive(async |core| self.workspace.plan(core, wanted).await)
            .await;
        run.planning.end = self.api.count();
        run.hear(&self.api, &process.core);
        run.applying = run.planning.end..run.planning.end;
        let Some(plan) = run.outcome(planned) else {
            return run;
        };
        let changes = plan
            .changes
            .iter()
            .filter(|change| change.action != Action::Nothing);
        run.planned = changes.map(|change| (change.ty, change.action)).collect();
        let Some(prepare) = prepare else {
            return run;
        };
        let mut process = self.process().await;
        prepare(&process);
        let began = Instant::now();
        let applied = process
            .drive(async |core| self.workspace.apply(core, wanted, &plan).await)
            .await;
        run.took = began.elapsed();
        run.applying.end = self.api.count();
        run.hear(&self.api, &process.core);
        run.outcome(applied);
        self.api.tell(&format!("apply of {:?} ended", run.planned));
        run
    }

    async fn process(&self) -> Process {
        let line = self.api.line();
        let server = Server::new(provider(line.clone()));
        let lifecycle = server.lifecycle().clone();
        let grpc = ProviderClient::new(server);
        let core = Core::connect(grpc, Some(self.schema.clone())).await;
        let mut core = core.expect("the schema is known");
        let config = json!({
            "token": "pat_simulation-of-a-token", "organisation_id": ORGANISATION,
            "base_url": "http://127.0.0.1:1/console/v1",
        });
        core.configure(config, VERSION)
            .await
            .expect("a configuration that holds");
        Process {
            core,
            line,
            lifecycle,
            deserted: CancellationToken::new(),
        }
    }
}

/// What is served, but for the way of its requests and the cost of its fingerprints.
fn provider(line: Line) -> Bahriya {
    Bahriya::over(Arc::new(line)).hashing_at(CHEAP)
}

impl Process {
    /// What strikes a blow at it.
    fn blow(&self, blow: Blow, api: MemoryApi) -> impl FnOnce() + Send + 'static {
        let (line, lifecycle) = (self.line.clone(), self.lifecycle.clone());
        let deserted = self.deserted.clone();
        move || {
            api.tell(&format!("{blow:?}"));
            match blow {
                Blow::CtrlC => lifecycle.stop(),
                Blow::Death => line.die(),
                Blow::Desertion => deserted.cancel(),
            }
        }
    }

    /// Does something to its end, or to that of the process or of Terraform: then there is no outcome.
    async fn drive<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Core<InProcess>) -> Result<T, Trouble>,
    ) -> Option<Result<T, Trouble>> {
        tokio::select! {
            biased;
            () = self.line.died() => None,
            () = self.deserted.cancelled() => None,
            outcome = work(&mut self.core) => Some(outcome),
            () = sleep(NEVER) => panic!("a call never ends"),
        }
    }
}

impl Run {
    /// What came of a part of the run. A broken rule of the protocol fails the story.
    fn outcome<T>(&mut self, outcome: Option<Result<T, Trouble>>) -> Option<T> {
        match outcome {
            Some(Ok(outcome)) => return Some(outcome),
            Some(Err(Trouble::Broken(rule))) => panic!("a rule is broken: {rule}"),
            Some(Err(Trouble::Refused(errors))) => self.errors.extend(errors),
            None => self.died = true,
        }
        None
    }

    fn hear(&mut self, api: &MemoryApi, core: &Core<InProcess>) {
        for one in &core.told {
            let text = format!("{}: {}", one.summary, one.detail);
            let is_warning = one.severity() == proto::diagnostic::Severity::Warning;
            api.tell(&format!(
                "  {}: {text}",
                if is_warning { "warning" } else { "error" }
            ));
            if is_warning {
                self.warnings.push(text);
            }
        }
    }
}
