//! One sequence: each action done for real and in the reference, and the two compared.

mod compare;
mod outside;

use support::mini::{Stored, Terraform, Trouble};
use support::plugin::Options;
use support::sandbox::Sandbox;
use terraform_provider_bahriya::framework::model;
use terraform_provider_bahriya::framework::value::Value;

use crate::actions::{
    Action, Fault, NAMES, Outside, PASSWORDS, SERVERS, Step, TRIGGERS, USERNAMES,
};
use crate::reference::{Api, Config, Reference};

const REGISTRY: &str = "bahriya_registry";
const ATTACHMENT: &str = "bahriya_project_registry_attachment";

/// A sandbox and a provider, which serve many sequences.
pub struct World {
    api: Api,
    sandbox: Sandbox,
    terraform: Terraform,
    project: String,
    handles: u32,
}

/// One sequence under way.
struct Sequence<'a> {
    world: &'a mut World,
    handle: String,
    config: Option<Config>,
    reference: Reference,
    registry: Option<Stored>,
    attachment: Option<Stored>,
}

impl World {
    pub async fn start(api: Api) -> Self {
        let options = Sandbox::options().dialect(if api.rotates { "rotate" } else { "put" });
        let sandbox = if api.shows_versions {
            options.start()
        } else {
            options.versions_withheld().start()
        };
        Self {
            terraform: Terraform::start(
                Options::default(),
                &sandbox.api_url,
                &sandbox.organisation,
                &sandbox.token,
            )
            .await,
            project: sandbox.create_project("shop", &["falkenstein-1"]).await,
            api,
            sandbox,
            handles: 0,
        }
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
                burned: false,
                unforeseen: false,
            },
            registry: None,
            attachment: None,
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
            self.reference.burned = false;
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
        let (mut registry, mut attachment) = self.refreshed().await?;
        let wanted = self.configuration();
        let terraform = &mut self.world.terraform;
        let (for_registry, for_attachment) = (wanted.0.as_ref(), wanted.1.as_ref());
        let changes = match (&registry, for_registry) {
            (None, None) => None,
            (prior, config) => terraform.plan(REGISTRY, prior.as_ref(), config).await?,
        };
        let link_changes = match (&attachment, for_attachment) {
            (None, None) => None,
            (prior, config) => terraform.plan(ATTACHMENT, prior.as_ref(), config).await?,
        };
        (self.registry, self.attachment) = (registry.clone(), attachment.clone());
        // What goes, goes in the opposite order.
        let link_first = for_attachment.is_none();
        for link in [link_first, !link_first] {
            let result = match (link, &changes, &link_changes) {
                (true, _, Some(changes)) => {
                    let changes = changes.clone();
                    terraform
                        .apply(ATTACHMENT, &mut attachment, changes, for_attachment)
                        .await
                }
                (false, Some(changes), _) => {
                    let changes = changes.clone();
                    terraform
                        .apply(REGISTRY, &mut registry, changes, for_registry)
                        .await
                }
                _ => Ok(()),
            };
            (self.registry, self.attachment) = (registry.clone(), attachment.clone());
            result?;
        }
        Ok(())
    }

    /// The next `terraform plan`, which has to find nothing to do.
    async fn nothing_to_do(&mut self) -> Result<(), String> {
        let told = |trouble| format!("the next plan: {trouble:?}");
        let (registry, attachment) = self.refreshed().await.map_err(told)?;
        let wanted = self.configuration();
        for (kind, prior, config) in [
            (REGISTRY, registry, wanted.0),
            (ATTACHMENT, attachment, wanted.1),
        ] {
            if prior.is_none() && config.is_none() {
                continue;
            }
            let terraform = &mut self.world.terraform;
            let planned = terraform
                .plan(kind, prior.as_ref(), config.as_ref())
                .await
                .map_err(told)?;
            if let Some(planned) = planned {
                let prior = prior.map_or(Value::Null, |prior| prior.value);
                return Err(format!(
                    "the next plan of {kind} is not empty: {}",
                    planned.difference(&prior)
                ));
            }
        }
        Ok(())
    }

    async fn refreshed(&mut self) -> Result<(Option<Stored>, Option<Stored>), Trouble> {
        let terraform = &mut self.world.terraform;
        terraform.begin().await?;
        let mut both = (None, None);
        if let Some(stored) = self.registry.clone() {
            both.0 = terraform.read(REGISTRY, stored).await?;
        }
        if let Some(stored) = self.attachment.clone() {
            both.1 = terraform.read(ATTACHMENT, stored).await?;
        }
        Ok(both)
    }

    fn configuration(&self) -> (Option<Value>, Option<Value>) {
        let Some(config) = &self.config else {
            return (None, None);
        };
        let text = |text: &str| Value::from(text);
        let chosen = |list: &[&str], index: Option<usize>| {
            index.map_or(Value::Null, |index| list[index].into())
        };
        let number = |number: Option<i64>| number.map_or(Value::Null, Value::from);
        // Short where an error is expected after a wait.
        let timeouts = model::object([
            ("create", Value::Null),
            ("read", Value::Null),
            ("update", Value::Null),
            ("delete", text("2s")),
        ]);
        let registry = self.world.terraform.config(
            REGISTRY,
            [
                ("handle", text(&self.handle)),
                ("name", text(NAMES[config.name])),
                ("server", text(SERVERS[config.server])),
                ("username", text(USERNAMES[config.username])),
                ("password", chosen(&PASSWORDS, config.password)),
                ("password_wo", chosen(&PASSWORDS, config.password_wo)),
                ("password_wo_version", chosen(&TRIGGERS, config.trigger)),
                ("active_version", number(config.pin)),
                (
                    "on_drift",
                    if config.restore {
                        text("restore")
                    } else {
                        Value::Null
                    },
                ),
                ("maxversions", number(config.maxversions)),
                ("timeouts", timeouts),
            ],
        );
        let attachment = config.attached.then(|| {
            let arguments = [
                ("project_id", text(&self.world.project)),
                ("handle", text(&self.handle)),
            ];
            self.world.terraform.config(ATTACHMENT, arguments)
        });
        (Some(registry), attachment)
    }
}
