//! One sequence: each action done for real and in the reference, and the two compared.

mod compare;
mod outside;

use serde_json::json;
use support::core::{
    ATTACHMENT, Action as Planned, Change, Core, REGISTRY, Trouble, VERSION, Wanted, Workspace,
};
use support::plugin::{Options, PluginProcess};
use support::provider_client::provider_config;
use support::sandbox::Sandbox;

use crate::actions::{
    Action, Fault, NAMES, Outside, PASSWORDS, SERVERS, Step, TRIGGERS, USERNAMES,
};
use crate::reference::{Api, Config, Reference};

/// A sandbox and a provider, which serve many sequences.
pub struct World {
    api: Api,
    sandbox: Sandbox,
    core: Core,
    _process: PluginProcess,
    project: String,
    handles: u32,
}

/// One sequence under way.
struct Sequence<'a> {
    world: &'a mut World,
    handle: String,
    config: Option<Config>,
    reference: Reference,
    workspace: Workspace,
}

impl World {
    pub async fn start(api: Api) -> Self {
        let options = Sandbox::options().dialect(if api.rotates { "rotate" } else { "put" });
        let sandbox = if api.shows_versions {
            options.start()
        } else {
            options.versions_withheld().start()
        };
        let process = PluginProcess::start(Options::default()).await;
        let core = Core::connect(process.provider(), None).await;
        Self {
            core: core.expect("schemas"),
            _process: process,
            project: sandbox.create_project("shop", &["falkenstein-1"]).await,
            api,
            sandbox,
            handles: 0,
        }
    }

    /// Begins a run: a new connection to the API, which remembers nothing of the run before.
    async fn connect(&mut self) -> Result<(), Trouble> {
        let config = provider_config(&self.sandbox);
        self.core.configure(config, VERSION).await
    }

    /// Runs a sequence. The error tells after which step what is not as it should be.
    pub async fn run(&mut self, steps: &[Step]) -> Result<(), String> {
        let mut sequence = Sequence {
            config: None,
            handle: String::new(),
            reference: Reference {
                api: self.api,
                registry: None,
                known: None,
                attached: false,
                attachment_known: false,
                spent: false,
                unforeseen: false,
            },
            workspace: Workspace::default(),
            world: self,
        };
        let mut result = Ok(());
        for (number, step) in steps.iter().enumerate() {
            if let Err(problem) = sequence.step(step).await {
                result = Err(format!("step {}, {step:?}: {problem}", number + 1));
                break;
            }
        }
        sequence.world.sandbox.clear_faults().await;
        sequence.outside(&Outside::Delete).await;
        result
    }
}

impl Sequence<'_> {
    async fn step(&mut self, (action, fault): &Step) -> Result<(), String> {
        let before = self.config.clone();
        if !self.change(action).await {
            return Ok(());
        }
        let mut expected = self.reference.clone();
        let accepted = expected.apply(self.config.as_ref());
        if let Some(fault) = fault
            && accepted.is_ok()
        {
            self.apply_with(fault).await?;
        }
        let applied = self.apply().await;
        self.reference = expected;
        match (&applied, &accepted) {
            (Err(Trouble::Broken(problem)), _) => return Err(problem.clone()),
            (Ok(()), Ok(())) => {
                self.compare_state()?;
                self.compare_reality().await?;
                // A version that nobody asked for may have taken the place of the pinned one. Then the next plan
                // says that it cannot be put back, which the next step shows.
                let pinned = self.config.as_ref().is_some_and(|c| c.pin.is_some());
                if !(pinned && self.reference.unforeseen) {
                    self.nothing_to_do().await?;
                }
            }
            (Err(Trouble::Refused(_)), Err(_)) => {
                self.compare_reality().await?;
                // The user takes the change back, or gives up what is gone.
                self.config = before.filter(|_| self.reference.registry.is_some());
            }
            (Ok(()), Err(_)) => return Err("accepted, but it has to be refused".to_owned()),
            (Err(Trouble::Refused(errors)), Ok(())) => return Err(format!("refused: {errors:?}")),
        }
        Ok(())
    }

    /// Changes the configuration. False if nothing is to be applied.
    async fn change(&mut self, action: &Action) -> bool {
        if let (
            None,
            Action::Create {
                server,
                password,
                write_only,
                maxversions,
            },
        ) = (&self.config, action)
        {
            self.world.handles += 1;
            self.handle = format!("model-{}", self.world.handles);
            self.reference.spent = false;
            self.config = Some(Config {
                name: 0,
                server: *server,
                username: 0,
                password: (!write_only).then_some(*password),
                password_wo: write_only.then_some(*password),
                trigger: write_only.then_some(0),
                pin: None,
                restore: false,
                maxversions: *maxversions,
                attached: false,
            });
            return true;
        }
        if let Action::Outside(outside) = action {
            self.outside(outside).await;
            return false;
        }
        let Some(config) = &mut self.config else {
            return false;
        };
        match *action {
            Action::Create { .. } | Action::Outside(_) => return false,
            Action::Rename(name) => config.name = name,
            Action::Retain(maxversions) => config.maxversions = maxversions,
            Action::Server(server) => config.server = server,
            Action::Username(username) => config.username = username,
            Action::Password(password) => {
                (config.password, config.password_wo, config.trigger) =
                    (Some(password), None, None);
            }
            Action::WriteOnly(password, trigger) => {
                config.password = None;
                (config.password_wo, config.trigger) = (Some(password), Some(trigger));
            }
            Action::Ephemeral(password) if config.password_wo.is_some() => {
                config.password_wo = Some(password);
            }
            Action::Ephemeral(_) => return false,
            Action::NoPassword => (config.password, config.password_wo) = (None, None),
            Action::Pin(version) => {
                let last = self.reference.registry.as_ref().map_or(1, |now| now.last);
                config.pin = Some(1 + version % last);
            }
            Action::Unpin => config.pin = None,
            Action::OnDrift { restore } => config.restore = restore,
            Action::Attach => config.attached = true,
            Action::Detach => config.attached = false,
            Action::Destroy => self.config = None,
            Action::Apply => {}
        }
        true
    }

    /// An apply in which one request fails. It may end well or not, but it breaks no rule.
    async fn apply_with(&mut self, fault: &Fault) -> Result<(), String> {
        self.world.sandbox.fault(fault.rule()).await;
        let result = self.apply().await;
        self.world.sandbox.clear_faults().await;
        match result {
            Err(Trouble::Broken(problem)) => Err(format!("with the fault: {problem}")),
            _ => Ok(()),
        }
    }

    /// `terraform apply`.
    async fn apply(&mut self) -> Result<(), Trouble> {
        let wanted = self.wanted();
        self.world.connect().await?;
        let plan = self.workspace.plan(&mut self.world.core, &wanted).await?;
        let replaces = |change: &Change| {
            use Planned::{CreateThenDelete, DeleteThenCreate};
            matches!(change.action, CreateThenDelete | DeleteThenCreate)
        };
        if plan.changes.iter().any(replaces) {
            return Err(Trouble::Broken(
                "nothing here asks for a replacement".to_owned(),
            ));
        }
        self.world.connect().await?;
        let core = &mut self.world.core;
        let result = self.workspace.apply(core, &wanted, &plan).await;
        if self.workspace.state.iter().any(|one| one.object.tainted) {
            return Err(Trouble::Broken(format!("created and tainted: {result:?}")));
        }
        result
    }

    /// The next `terraform plan`, which has to find nothing to do.
    async fn nothing_to_do(&mut self) -> Result<(), String> {
        let told = |trouble| format!("the next plan: {trouble:?}");
        let wanted = self.wanted();
        self.world.connect().await.map_err(told)?;
        let plan = self.workspace.plan(&mut self.world.core, &wanted).await;
        let plan = plan.map_err(told)?;
        if plan.is_empty() {
            return Ok(());
        }
        Err(format!(
            "the next plan is not empty: {:?}",
            plan.differences()
        ))
    }

    fn wanted(&self) -> Vec<Wanted> {
        let Some(config) = &self.config else {
            return Vec::new();
        };
        let chosen =
            |list: &[&str], index: Option<usize>| index.map(|index| list[index].to_owned());
        let registry = json!({
            "handle": self.handle,
            "name": NAMES[config.name],
            "server": SERVERS[config.server],
            "username": USERNAMES[config.username],
            "password": chosen(&PASSWORDS, config.password),
            "password_wo": chosen(&PASSWORDS, config.password_wo),
            "password_wo_version": chosen(&TRIGGERS, config.trigger),
            "active_version": config.pin,
            "on_drift": config.restore.then_some("restore"),
            "maxversions": config.maxversions,
            // Short where an error is expected after a wait.
            "timeouts": {"delete": "2s"},
        });
        let mut wanted = vec![Wanted::new("registry", REGISTRY, registry)];
        if config.attached {
            let link = json!({"project_id": self.world.project, "handle": self.handle});
            wanted.push(Wanted::new("attachment", ATTACHMENT, link));
        }
        wanted
    }
}
