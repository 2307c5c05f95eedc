//! Runs of Terraform for one resource, with a fresh provider process for each walk, as Terraform does it.
//!
//! Real Terraform costs seconds per run, and the matrix has thousands.

mod process;

use std::time::Duration;

use serde_json::{Value as Json, json};
use support::core::{Action, Core, Object, Plan, Trouble, VERSION, Wanted, Workspace};
use support::plugin::{Options, PluginProcess};
use support::sandbox::Sandbox;

/// How long a user waits for an import that gets no answer before pressing Ctrl-C: it has no `timeouts`.
const PATIENCE_WITH_IMPORT: Duration = Duration::from_secs(10);
/// The one resource.
const ADDRESS: &str = "one";

/// What one run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Every message, with its severity.
    pub messages: Vec<String>,
    pub failed: bool,
    /// Whether there was something to change.
    pub changed: bool,
    /// Breaches of the protocol that Terraform itself would complain about.
    pub breaches: Vec<String>,
}

impl Outcome {
    pub fn text(&self) -> String {
        self.messages.join("\n")
    }

    /// Takes note of how a step ended; none if the run ends here.
    fn end<T>(&mut self, result: Result<T, Trouble>) -> Option<T> {
        let trouble = match result {
            Ok(value) => return Some(value),
            Err(trouble) => trouble,
        };
        self.failed = true;
        if let Trouble::Broken(rule) = trouble {
            self.breaches.push(rule);
        }
        None
    }

    fn planned(&mut self, plan: &Plan) {
        self.changed = !plan.is_empty();
        let replaces =
            |action| matches!(action, Action::DeleteThenCreate | Action::CreateThenDelete);
        if plan.changes.iter().any(|change| replaces(change.action)) {
            self.breaches.push("a replacement was planned".to_owned());
        }
    }
}

/// A provider process that is configured.
struct Walk {
    process: PluginProcess,
    core: Core,
}

/// One resource of one configuration, with its state.
pub struct Terraform<'a> {
    ty: &'static str,
    sandbox: &'a Sandbox,
    workspace: Workspace,
    /// Everything that left the provider: logs, and answers with messages, state and private bytes.
    pub output: Vec<u8>,
}

impl<'a> Terraform<'a> {
    pub fn new(ty: &'static str, sandbox: &'a Sandbox) -> Self {
        Self {
            ty,
            sandbox,
            workspace: Workspace::default(),
            output: Vec::new(),
        }
    }

    /// What the state holds.
    pub fn object(&self) -> Option<&Object> {
        self.workspace.object(ADDRESS)
    }

    /// `terraform apply`: refresh and plan with one process, apply with another.
    pub async fn apply(&mut self, config: Option<&Json>) -> Outcome {
        let mut outcome = Outcome::default();
        let wanted = self.wanted(config);
        let mut walk = self.walk(&mut outcome).await;
        let plan = self.workspace.plan(&mut walk.core, &wanted).await;
        self.end(walk, &mut outcome).await;
        if let Some(plan) = outcome.end(plan)
            && self.goes_on(&plan, &mut outcome)
        {
            let mut walk = self.walk(&mut outcome).await;
            let result = self.workspace.apply(&mut walk.core, &wanted, &plan).await;
            outcome.end(result);
            self.end(walk, &mut outcome).await;
        }
        outcome
    }

    /// The same with one process, where it does not matter and many have to be started.
    pub async fn apply_in_one_walk(&mut self, config: Option<&Json>) -> Outcome {
        let mut outcome = Outcome::default();
        let wanted = self.wanted(config);
        let mut walk = self.walk(&mut outcome).await;
        let plan = self.workspace.plan(&mut walk.core, &wanted).await;
        if let Some(plan) = outcome.end(plan)
            && self.goes_on(&plan, &mut outcome)
        {
            let result = self.workspace.apply(&mut walk.core, &wanted, &plan).await;
            outcome.end(result);
        }
        self.end(walk, &mut outcome).await;
        outcome
    }

    /// `terraform plan`: what would change. The state is left alone.
    pub async fn plan_only(&mut self, config: Option<&Json>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut walk = self.walk(&mut outcome).await;
        let wanted = self.wanted(config);
        let plan = self.workspace.plan(&mut walk.core, &wanted).await;
        if let Some(plan) = outcome.end(plan) {
            outcome.planned(&plan);
        }
        self.end(walk, &mut outcome).await;
        outcome
    }

    /// `terraform import`, and the refresh that belongs to it.
    pub async fn import(&mut self, id: &str) -> Outcome {
        let mut outcome = Outcome::default();
        let mut walk = self.walk(&mut outcome).await;
        let mut other = walk.core.clone();
        let stop = tokio::spawn(async move {
            tokio::time::sleep(PATIENCE_WITH_IMPORT).await;
            other.stop().await;
        });
        let result = self.workspace.import(&mut walk.core, ADDRESS, self.ty, id);
        let result = result.await;
        stop.abort();
        outcome.changed = outcome.end(result).is_some();
        self.end(walk, &mut outcome).await;
        outcome
    }

    /// Whether a plan goes on to an apply. If not, what it found is kept all the same.
    fn goes_on(&mut self, plan: &Plan, outcome: &mut Outcome) -> bool {
        outcome.planned(plan);
        self.workspace.refresh(plan);
        outcome.changed
    }

    fn wanted(&self, config: Option<&Json>) -> Vec<Wanted> {
        let config = config.into_iter().cloned();
        config
            .map(|config| Wanted::new(ADDRESS, self.ty, config))
            .collect()
    }

    async fn walk(&self, outcome: &mut Outcome) -> Walk {
        let mut options = Options::default().env("TF_LOG", "TRACE");
        for (name, value) in self.sandbox.env() {
            options = options.env(name, value);
        }
        let process = process::start(&options).await;
        let core = Core::connect(process.provider(), None).await;
        let mut core = core.expect("schemas");
        outcome.end(core.configure(json!({}), VERSION).await);
        Walk { process, core }
    }

    async fn end(&mut self, walk: Walk, outcome: &mut Outcome) {
        let (told, answers) = (walk.core.told(), walk.core.answers().concat());
        drop(walk.core);
        let (status, stderr) = walk.process.shutdown().await;
        assert!(
            status.success(),
            "the provider ended with {status}: {stderr:#?}"
        );
        self.output.extend(stderr.join("\n").into_bytes());
        self.output.extend(answers);
        outcome.messages.extend(told);
    }
}
