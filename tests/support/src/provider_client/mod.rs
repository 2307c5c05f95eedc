//! Talks tfplugin6 to the real executable with values as JSON, and checks every plan and apply as
//! Terraform does.

mod rules;
mod values;

use prost::Message;
use serde_json::{Value as Json, json};
use terraform_provider_bahriya::proto::tfplugin6 as proto;
use tonic::transport::Channel;

use crate::plugin::{Options, PluginProcess};
use crate::sandbox::Sandbox;

pub use proto::DynamicValue;
pub use proto::provider_client::ProviderClient;
pub use rules::{attributes, check_stored, complete};
pub use values::{dynamic, has_unknown, is_unknown, json_of, unknown};

use rules::{check_plan, proposed};

/// The registry resource.
pub const REGISTRY: &str = "bahriya_registry";
/// The attachment resource.
pub const ATTACHMENT: &str = "bahriya_project_registry_attachment";

/// Calls a procedure of a [`Client`] and keeps the answer's bytes. A gRPC status fails the test.
#[macro_export]
macro_rules! rpc {
    ($client:expr, $procedure:ident, $request:expr) => {{
        let answer = $client.grpc.$procedure($request).await;
        let answer = answer
            .unwrap_or_else(|status| {
                panic!("{} ended in a status: {status}", stringify!($procedure))
            })
            .into_inner();
        $client.keep(&answer);
        answer
    }};
}
pub use crate::rpc;

/// What Terraform 1.11.4 says of itself.
pub const TERRAFORM_1_11: proto::ClientCapabilities = proto::ClientCapabilities {
    deferral_allowed: false,
    write_only_attributes_allowed: true,
    store_planned_private: false,
    computed_blocks_allowed: false,
};

/// A provider process and a connection to it.
pub struct Client {
    pub plugin: PluginProcess,
    pub grpc: ProviderClient<Channel>,
    pub schema: proto::get_provider_schema::Response,
    pub capabilities: proto::ClientCapabilities,
    answers: Vec<Vec<u8>>,
}

/// An object as Terraform would have it in its state.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    pub state: Json,
    pub private: Vec<u8>,
    pub identity: Option<proto::ResourceIdentityData>,
}

/// A plan that passed Terraform's checks.
#[derive(Clone, Debug)]
pub struct Planned {
    pub answer: proto::plan_resource_change::Response,
    pub state: Json,
    /// The first steps of `requires_replace`.
    pub replaced: Vec<String>,
}

impl Client {
    /// A provider that knows nothing yet but its schema was asked for.
    pub async fn start(options: Options) -> Self {
        let plugin = PluginProcess::start(options).await;
        let mut grpc = plugin.provider();
        let schema = grpc
            .get_provider_schema(proto::get_provider_schema::Request {})
            .await
            .unwrap()
            .into_inner();
        Self::with_schema(plugin, schema)
    }

    /// The same with a schema that is known from elsewhere.
    pub fn with_schema(
        plugin: PluginProcess,
        schema: proto::get_provider_schema::Response,
    ) -> Self {
        Self {
            grpc: plugin.provider(),
            plugin,
            schema,
            capabilities: TERRAFORM_1_11,
            answers: Vec::new(),
        }
    }

    /// A provider that is configured for a sandbox.
    pub async fn configured(sandbox: &Sandbox) -> Self {
        let mut client = Self::start(Options::default()).await;
        let diagnostics = client.configure(provider_config(sandbox), "1.11.4").await;
        assert_eq!(summaries(&diagnostics), [""; 0]);
        client
    }

    /// Configures it, or does it again.
    pub async fn configure(
        &mut self,
        config: Json,
        terraform_version: &str,
    ) -> Vec<proto::Diagnostic> {
        let config = complete(self.schema.provider.as_ref().unwrap(), config);
        let request = proto::configure_provider::Request {
            terraform_version: terraform_version.to_owned(),
            config: Some(dynamic(&config)),
            client_capabilities: Some(self.capabilities),
        };
        rpc!(self, configure_provider, request).diagnostics
    }

    /// Remembers the bytes of an answer.
    pub fn keep(&mut self, answer: &impl Message) {
        self.answers.push(answer.encode_to_vec());
    }

    /// Fails if a text was in any answer so far.
    pub fn assert_never_answered(&self, text: &str) {
        assert!(!self.answers.is_empty());
        for answer in &self.answers {
            let found = answer
                .windows(text.len())
                .any(|window| window == text.as_bytes());
            assert!(!found, "{text:?} is in an answer");
        }
    }

    /// The schema of a resource.
    pub fn resource(&self, ty: &str) -> &proto::Schema {
        &self.schema.resource_schemas[ty]
    }

    /// A resource's block with every attribute that is not given null.
    pub fn block(&self, ty: &str, given: Json) -> Json {
        complete(self.resource(ty), given)
    }

    /// Asks whether a configuration is valid.
    pub async fn validate(&mut self, ty: &str, config: Json) -> Vec<proto::Diagnostic> {
        let request = proto::validate_resource_config::Request {
            type_name: ty.to_owned(),
            config: Some(dynamic(&self.block(ty, config))),
            client_capabilities: Some(self.capabilities),
        };
        rpc!(self, validate_resource_config, request).diagnostics
    }

    /// The request that Terraform makes of a configuration and the prior object.
    pub fn plan_request(
        &self,
        ty: &str,
        prior: Option<&Object>,
        config: Json,
    ) -> proto::plan_resource_change::Request {
        let config = self.block(ty, config);
        let state = prior.map_or(Json::Null, |prior| prior.state.clone());
        let proposed = proposed(self.resource(ty), &state, &config);
        proto::plan_resource_change::Request {
            type_name: ty.to_owned(),
            prior_state: Some(dynamic(&state)),
            proposed_new_state: Some(dynamic(&proposed)),
            config: Some(dynamic(&config)),
            prior_private: prior.map(|prior| prior.private.clone()).unwrap_or_default(),
            prior_identity: prior.and_then(|prior| prior.identity.clone()),
            client_capabilities: Some(self.capabilities),
            ..Default::default()
        }
    }

    /// Plans and checks the plan as Terraform does.
    pub async fn plan(&mut self, ty: &str, prior: Option<&Object>, config: Json) -> Planned {
        let request = self.plan_request(ty, prior, config.clone());
        let answer = rpc!(self, plan_resource_change, request);
        assert_eq!(errors(&answer.diagnostics), [""; 0]);
        assert!(answer.deferred.is_none(), "it deferred");
        assert!(!answer.legacy_type_system);
        let state = json_of(answer.planned_state.as_ref());
        let prior = prior.map_or(Json::Null, |prior| prior.state.clone());
        check_plan(self.resource(ty), &prior, &self.block(ty, config), &state);
        let replaced = answer.requires_replace.iter().map(first_step).collect();
        Planned {
            answer,
            state,
            replaced,
        }
    }

    /// The request that Terraform makes of a plan.
    pub fn apply_request(
        &self,
        ty: &str,
        prior: Option<&Object>,
        config: Json,
        planned: &Planned,
    ) -> proto::apply_resource_change::Request {
        proto::apply_resource_change::Request {
            type_name: ty.to_owned(),
            prior_state: Some(dynamic(&prior.map_or(Json::Null, |one| one.state.clone()))),
            planned_state: planned.answer.planned_state.clone(),
            config: Some(dynamic(&self.block(ty, config))),
            planned_private: planned.answer.planned_private.clone(),
            planned_identity: planned.answer.planned_identity.clone(),
            ..Default::default()
        }
    }

    /// Creates or updates, with Terraform's checks of the plan and of what was made of it.
    pub async fn apply(&mut self, ty: &str, prior: Option<&Object>, config: Json) -> Object {
        let planned = self.plan(ty, prior, config.clone()).await;
        let request = self.apply_request(ty, prior, config, &planned);
        let answer = rpc!(self, apply_resource_change, request);
        self.applied(ty, &planned, answer)
    }

    /// Checks what was made of a plan as Terraform does.
    pub fn applied(
        &self,
        ty: &str,
        planned: &Planned,
        answer: proto::apply_resource_change::Response,
    ) -> Object {
        assert_eq!(errors(&answer.diagnostics), [""; 0]);
        let state = json_of(answer.new_state.as_ref());
        check_stored(self.resource(ty), &state);
        for (name, planned) in planned.state.as_object().unwrap() {
            if !is_unknown(planned) {
                assert_eq!(
                    &state[name], planned,
                    "{name} is not what was planned; {:?}",
                    answer.diagnostics
                );
            }
        }
        Object {
            state,
            private: answer.private,
            identity: answer.new_identity,
        }
    }

    /// Deletes; answers the whole response.
    pub async fn delete(
        &mut self,
        ty: &str,
        prior: &Object,
    ) -> proto::apply_resource_change::Response {
        let null = dynamic(&Json::Null);
        let request = proto::plan_resource_change::Request {
            type_name: ty.to_owned(),
            prior_state: Some(dynamic(&prior.state)),
            proposed_new_state: Some(null.clone()),
            config: Some(null.clone()),
            prior_private: prior.private.clone(),
            prior_identity: prior.identity.clone(),
            client_capabilities: Some(self.capabilities),
            ..Default::default()
        };
        let planned = rpc!(self, plan_resource_change, request);
        assert_eq!(errors(&planned.diagnostics), [""; 0]);
        assert_eq!(json_of(planned.planned_state.as_ref()), Json::Null);
        let request = proto::apply_resource_change::Request {
            type_name: ty.to_owned(),
            prior_state: Some(dynamic(&prior.state)),
            planned_state: Some(null.clone()),
            config: Some(null),
            planned_private: planned.planned_private,
            planned_identity: planned.planned_identity,
            ..Default::default()
        };
        rpc!(self, apply_resource_change, request)
    }

    /// Refreshes; answers the whole response.
    pub async fn read(&mut self, ty: &str, object: &Object) -> proto::read_resource::Response {
        let request = proto::read_resource::Request {
            type_name: ty.to_owned(),
            current_state: Some(dynamic(&object.state)),
            private: object.private.clone(),
            current_identity: object.identity.clone(),
            client_capabilities: Some(self.capabilities),
            ..Default::default()
        };
        rpc!(self, read_resource, request)
    }

    /// Imports by id, and reads as Terraform does after it.
    pub async fn import(&mut self, ty: &str, id: &str) -> Object {
        let request = proto::import_resource_state::Request {
            type_name: ty.to_owned(),
            id: id.to_owned(),
            client_capabilities: Some(self.capabilities),
            ..Default::default()
        };
        let answer = rpc!(self, import_resource_state, request);
        assert_eq!(errors(&answer.diagnostics), [""; 0]);
        let [imported] = answer.imported_resources.as_slice() else {
            panic!("exactly one object: {answer:?}");
        };
        assert_eq!(imported.type_name, ty);
        let object = Object {
            state: json_of(imported.state.as_ref()),
            private: imported.private.clone(),
            identity: imported.identity.clone(),
        };
        let read = self.read(ty, &object).await;
        assert_eq!(errors(&read.diagnostics), [""; 0]);
        Object {
            state: json_of(read.new_state.as_ref()),
            private: read.private,
            identity: read.new_identity,
        }
    }

    /// Looks something up; answers the whole response.
    pub async fn look_up(&mut self, ty: &str, config: Json) -> proto::read_data_source::Response {
        let config = complete(&self.schema.data_source_schemas[ty], config);
        let request = proto::read_data_source::Request {
            type_name: ty.to_owned(),
            config: Some(dynamic(&config)),
            client_capabilities: Some(self.capabilities),
            ..Default::default()
        };
        rpc!(self, read_data_source, request)
    }
}

/// A provider block for a sandbox.
pub fn provider_config(sandbox: &Sandbox) -> Json {
    json!({
        "token": sandbox.token,
        "organisation_id": sandbox.organisation,
        "base_url": sandbox.api_url,
    })
}

/// Summaries of everything.
pub fn summaries(diagnostics: &[proto::Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|one| one.summary.as_str()).collect()
}

/// Summaries of the errors.
pub fn errors(diagnostics: &[proto::Diagnostic]) -> Vec<&str> {
    of(diagnostics, proto::diagnostic::Severity::Error)
}

/// Summaries of the warnings.
pub fn warnings(diagnostics: &[proto::Diagnostic]) -> Vec<&str> {
    of(diagnostics, proto::diagnostic::Severity::Warning)
}

fn of(diagnostics: &[proto::Diagnostic], severity: proto::diagnostic::Severity) -> Vec<&str> {
    let wanted = diagnostics.iter().filter(|one| one.severity() == severity);
    wanted.map(|one| one.summary.as_str()).collect()
}

fn first_step(path: &proto::AttributePath) -> String {
    use proto::attribute_path::step::Selector;
    match &path.steps[0].selector {
        Some(Selector::AttributeName(name)) => name.clone(),
        other => panic!("not an attribute: {other:?}"),
    }
}
