//! Plays the part of Terraform's core for one resource: refresh, plan, apply and import over gRPC, with state
//! and private bytes kept between the runs and a fresh provider process for each walk, as Terraform does it.
//!
//! Real Terraform costs seconds per run, and the matrix has thousands. What is stored after which answer
//! follows the behaviour that was measured with real Terraform (`docs/reliability.md` names the rules).

mod plan;
mod process;

use std::time::Duration;

use support::plugin::Options;
use support::sandbox::Sandbox;
use terraform_provider_bahriya::connection::Connection;
use terraform_provider_bahriya::framework::provider::Resource;
use terraform_provider_bahriya::framework::value::{Object, Value};
use terraform_provider_bahriya::framework::wire;
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use plan::Planned;
use process::{Walk, answered, start};

/// How long a user waits for an import that gets no answer before pressing Ctrl-C: it has no `timeouts`.
const PATIENCE_WITH_IMPORT: Duration = Duration::from_secs(3);

/// What the state holds of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    pub value: Value,
    pub private: Vec<u8>,
    pub tainted: bool,
}

/// A message of the provider.
#[derive(Clone, Debug)]
pub struct Message {
    pub error: bool,
    pub text: String,
}

/// What one run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    pub messages: Vec<Message>,
    /// What the run changed; empty for "no changes".
    pub changed: bool,
    /// Breaches of the protocol that Terraform itself would complain about.
    pub breaches: Vec<String>,
}

impl Outcome {
    pub fn failed(&self) -> bool {
        self.messages.iter().any(|message| message.error)
    }

    pub fn text(&self) -> String {
        let lines = self.messages.iter().map(|message| {
            let severity = if message.error { "error" } else { "warning" };
            format!("{severity}: {}", message.text)
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// One resource of one configuration, with its state.
pub struct Workspace<'a> {
    resource: &'static dyn Resource<Connection>,
    sandbox: &'a Sandbox,
    pub state: Option<Instance>,
    /// Everything that left the provider: logs, messages, state and private bytes.
    pub output: Vec<u8>,
}

impl<'a> Workspace<'a> {
    pub fn new(resource: &'static dyn Resource<Connection>, sandbox: &'a Sandbox) -> Self {
        Self {
            resource,
            sandbox,
            state: None,
            output: Vec::new(),
        }
    }

    /// An attribute of the state, as text.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let state = self.state.as_ref()?;
        state.value.attribute(name)?.as_str().map(str::to_owned)
    }

    /// `terraform apply`: refresh and plan with one process, apply with another.
    pub async fn apply(&mut self, config: Option<&Value>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut walk = self.walk(&mut outcome).await;
        let planned = self.refresh_and_plan(&mut walk, config, &mut outcome).await;
        self.end(walk).await;
        if let Some((prior, plan)) = planned
            && plan.changes
        {
            outcome.changed = true;
            let mut walk = self.walk(&mut outcome).await;
            self.carry_out(&mut walk, prior, config, plan, &mut outcome)
                .await;
            self.end(walk).await;
        }
        outcome
    }

    /// The same with one process, where it does not matter and many have to be started.
    pub async fn apply_in_one_walk(&mut self, config: Option<&Value>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut walk = self.walk(&mut outcome).await;
        if let Some((prior, plan)) = self.refresh_and_plan(&mut walk, config, &mut outcome).await
            && plan.changes
        {
            outcome.changed = true;
            self.carry_out(&mut walk, prior, config, plan, &mut outcome)
                .await;
        }
        self.end(walk).await;
        outcome
    }

    async fn refresh_and_plan(
        &mut self,
        walk: &mut Walk,
        config: Option<&Value>,
        outcome: &mut Outcome,
    ) -> Option<(Option<Instance>, Planned)> {
        let prior = self.refresh(walk, outcome).await.ok()?;
        let plan = self
            .plan(walk, prior.as_ref(), config, None, outcome)
            .await?;
        self.state.clone_from(&prior);
        Some((prior, plan))
    }

    /// `terraform plan`: what would change. The state is left alone.
    pub async fn plan_only(&mut self, config: Option<&Value>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut walk = self.walk(&mut outcome).await;
        if let Ok(prior) = self.refresh(&mut walk, &mut outcome).await {
            let plan = self
                .plan(&mut walk, prior.as_ref(), config, None, &mut outcome)
                .await;
            outcome.changed = plan.is_none_or(|plan| plan.changes);
        }
        self.end(walk).await;
        outcome
    }

    /// `terraform import`, and the refresh that belongs to it.
    pub async fn import(&mut self, id: &str) -> Outcome {
        let mut outcome = Outcome::default();
        let mut walk = self.walk(&mut outcome).await;
        let request = proto::import_resource_state::Request {
            type_name: self.resource.type_name().to_owned(),
            id: id.to_owned(),
            ..Default::default()
        };
        let mut client = walk.client.clone();
        let importing = tokio::spawn(async move { client.import_resource_state(request).await });
        let stop = walk.stop_after(PATIENCE_WITH_IMPORT);
        let response = importing.await.expect("the call does not panic");
        stop.abort();
        let response = answered(response);
        self.note(&response.diagnostics, &mut outcome);
        if let Some(imported) = response.imported_resources.into_iter().next()
            && !outcome.failed()
        {
            let found = Instance {
                value: self.decode(imported.state.as_ref()),
                private: imported.private,
                tainted: false,
            };
            let before = self.state.replace(found);
            match self.refresh(&mut walk, &mut outcome).await {
                Ok(refreshed) => self.state = refreshed,
                Err(()) => self.state = before,
            }
            outcome.changed = true;
        }
        self.end(walk).await;
        outcome
    }

    async fn walk(&mut self, outcome: &mut Outcome) -> Walk {
        let mut options = Options::default().env("TF_LOG", "TRACE");
        for (name, value) in self.sandbox.env() {
            options = options.env(name, value);
        }
        let plugin = start(&options).await;
        let mut client = plugin.provider();
        let config = Value::Object(Object::from(
            [
                "token",
                "organisation_id",
                "base_url",
                "ca_certificate_file",
            ]
            .map(|name| (name, Value::Null)),
        ));
        let request = proto::configure_provider::Request {
            terraform_version: "1.11.4".to_owned(),
            config: Some(wire::encode(&config)),
            ..Default::default()
        };
        let response = answered(client.configure_provider(request).await);
        self.note(&response.diagnostics, outcome);
        Walk { plugin, client }
    }

    async fn end(&mut self, walk: Walk) {
        let (status, stderr) = walk.plugin.shutdown().await;
        assert!(
            status.success(),
            "the provider ended with {status}: {stderr:#?}"
        );
        self.output.extend(stderr.join("\n").into_bytes());
        if let Some(state) = &self.state {
            self.output.extend(&state.private);
            self.output.extend(wire::encode(&state.value).msgpack);
        }
    }

    /// The state as it is now; `Err` where Terraform stops here.
    async fn refresh(
        &mut self,
        walk: &mut Walk,
        outcome: &mut Outcome,
    ) -> Result<Option<Instance>, ()> {
        let Some(state) = &self.state else {
            return Ok(None);
        };
        let request = proto::read_resource::Request {
            type_name: self.resource.type_name().to_owned(),
            current_state: Some(wire::encode(&state.value)),
            private: state.private.clone(),
            ..Default::default()
        };
        let tainted = state.tainted;
        let response = answered(walk.client.read_resource(request).await);
        let errors = self.note(&response.diagnostics, outcome);
        if errors {
            return Err(());
        }
        let value = self.decode(response.new_state.as_ref());
        Ok((!value.is_null()).then_some(Instance {
            value,
            private: response.private,
            tainted,
        }))
    }

    async fn carry_out(
        &mut self,
        walk: &mut Walk,
        prior: Option<Instance>,
        config: Option<&Value>,
        first: Planned,
        outcome: &mut Outcome,
    ) {
        let plan = if config.is_some() {
            let again = self.plan(walk, prior.as_ref(), config, Some(&first), outcome);
            match again.await {
                Some(plan) => plan,
                None => return,
            }
        } else {
            first
        };
        let prior_value = prior
            .as_ref()
            .map_or(Value::Null, |prior| prior.value.clone());
        let request = proto::apply_resource_change::Request {
            type_name: self.resource.type_name().to_owned(),
            prior_state: Some(wire::encode(&prior_value)),
            planned_state: Some(wire::encode(&plan.value)),
            config: Some(wire::encode(config.unwrap_or(&Value::Null))),
            planned_private: plan.private.clone(),
            ..Default::default()
        };
        let response = match walk.client.apply_resource_change(request).await {
            Ok(response) => response.into_inner(),
            Err(status) => {
                outcome.breaches.push(format!("gRPC status: {status}"));
                return;
            }
        };
        let errors = self.note(&response.diagnostics, outcome);
        let value = self.decode(response.new_state.as_ref());
        if !errors {
            check_consistency(&plan.value, &value, outcome);
        }
        self.state = match (value.is_null(), errors) {
            (true, true) => prior,
            (true, false) => None,
            (false, errors) => Some(Instance {
                value,
                private: response.private,
                tainted: errors && (prior.is_none() || prior.is_some_and(|prior| prior.tainted)),
            }),
        };
    }

    /// Takes note of messages; answers whether there are errors among them.
    fn note(&mut self, diagnostics: &[proto::Diagnostic], outcome: &mut Outcome) -> bool {
        let mut errors = false;
        for diagnostic in diagnostics {
            let error = diagnostic.severity == i32::from(proto::diagnostic::Severity::Error);
            errors |= error;
            let text = format!("{}: {}", diagnostic.summary, diagnostic.detail);
            self.output.extend(text.as_bytes());
            outcome.messages.push(Message { error, text });
        }
        errors
    }

    fn decode(&self, value: Option<&proto::DynamicValue>) -> Value {
        wire::decode(value, self.resource.schema().ty()).expect("a value of the schema's type")
    }
}

/// What was planned and known has to be there afterwards, and nothing may be left unknown.
fn check_consistency(planned: &Value, actual: &Value, outcome: &mut Outcome) {
    if !actual.is_wholly_known() {
        outcome
            .breaches
            .push("an unknown value after apply".to_owned());
    }
    let (Value::Object(planned), Value::Object(actual)) = (planned, actual) else {
        if planned.is_null() != actual.is_null() {
            outcome
                .breaches
                .push("an object appeared or disappeared".to_owned());
        }
        return;
    };
    for (name, planned) in planned {
        if planned.is_wholly_known() && actual.get(name) != Some(planned) {
            outcome.breaches.push(format!("{name} is not as planned"));
        }
    }
}
