//! Plays the part of Terraform's core towards a provider: makes its requests, and holds every answer to its rules.
//!
//! How calls travel does not matter: over the socket of a process ([`Channel`]), to the service in this process
//! ([`in_process`]), or to a recording. Values are JSON, with a codec of their own, so that a mistake in the
//! provider's cannot hide itself. `tests/recordings` shows that the requests are Terraform's.

mod rules;
mod values;
mod workspace;

use prost::Message;
use serde_json::Value as Json;
use terraform_provider_bahriya::framework::server::Server;
use terraform_provider_bahriya::proto::tfplugin6 as proto;
use terraform_provider_bahriya::proto::tfplugin6::provider_client::ProviderClient;
use terraform_provider_bahriya::provider::Bahriya;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::transport::Channel;

pub use proto::DynamicValue;
pub use rules::{attributes, check_stored, complete};
pub use values::{dynamic, has_unknown, is_unknown, json_of, unknown};
pub use workspace::{Action, Change, Plan, Wanted, Workspace};

use rules::{check_applied, check_plan, proposed};

/// The registry resource.
pub const REGISTRY: &str = "bahriya_registry";
/// The attachment resource.
pub const ATTACHMENT: &str = "bahriya_project_registry_attachment";
/// The Terraform that is played.
pub const VERSION: &str = "1.11.4";

/// What Terraform 1.11.4 says of itself.
pub const TERRAFORM_1_11: proto::ClientCapabilities = proto::ClientCapabilities {
    deferral_allowed: false,
    write_only_attributes_allowed: true,
    store_planned_private: false,
    computed_blocks_allowed: false,
};

/// The service of a provider in this process.
pub type InProcess = Server<Bahriya>;

/// Terraform's end of a connection to a provider.
#[derive(Clone)]
pub struct Core<T = Channel> {
    pub grpc: ProviderClient<T>,
    pub schema: proto::get_provider_schema::Response,
    pub capabilities: proto::ClientCapabilities,
    /// Whether it keeps identities, as Terraform does from 1.12 on.
    pub identities: bool,
    /// Every diagnostic so far.
    pub told: Vec<proto::Diagnostic>,
    answers: Vec<Vec<u8>>,
}

/// Why a run of Terraform ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The provider reported errors, which may be right.
    Refused(Vec<String>),
    /// The provider broke a rule of the protocol, which never is.
    Broken(String),
}

/// An object as Terraform has it in its state.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    pub state: Json,
    pub private: Vec<u8>,
    pub identity: Option<proto::ResourceIdentityData>,
    pub tainted: bool,
}

/// A plan that passed Terraform's checks.
#[derive(Clone, Debug)]
pub struct Planned {
    pub answer: proto::plan_resource_change::Response,
    pub state: Json,
    /// The first steps of `requires_replace`.
    pub replaced: Vec<String>,
}

/// Calls a procedure and keeps the answer's bytes; a gRPC status breaks a rule.
macro_rules! ask {
    ($core:expr, $procedure:ident, $request:expr) => {{
        match $core.grpc.$procedure($request).await {
            Ok(answer) => {
                let answer = answer.into_inner();
                $core.keep(&answer);
                $core.told.extend(answer.diagnostics.iter().cloned());
                Ok(answer)
            }
            Err(status) => broken(format!(
                "{} ended in a status: {status}",
                stringify!($procedure)
            )),
        }
    }};
}

/// Terraform's end of a connection to a provider in this process, without a socket.
pub async fn in_process(provider: Bahriya) -> Core<InProcess> {
    let server = Server::new(provider);
    let core = Core::connect(ProviderClient::new(server), None).await;
    core.expect("schemas")
}

impl<T> Core<T>
where
    T: GrpcService<Body, ResponseBody = Body>,
{
    /// Asks for the schemas, unless they are known.
    pub async fn connect(
        mut grpc: ProviderClient<T>,
        schema: Option<proto::get_provider_schema::Response>,
    ) -> Result<Self, Trouble> {
        let schema = match schema {
            Some(schema) => schema,
            None => grpc
                .get_provider_schema(proto::get_provider_schema::Request {})
                .await
                .or_else(|status| broken(format!("no schemas: {status}")))?
                .into_inner(),
        };
        Ok(Self {
            grpc,
            schema,
            capabilities: TERRAFORM_1_11,
            identities: false,
            told: Vec::new(),
            answers: Vec::new(),
        })
    }

    /// Configures it, or does it again.
    pub async fn configure(&mut self, config: Json, terraform: &str) -> Result<(), Trouble> {
        let config = complete(self.schema.provider.as_ref().expect("a schema"), config);
        let request = proto::configure_provider::Request {
            terraform_version: terraform.to_owned(),
            config: Some(dynamic(&config)),
            client_capabilities: Some(self.capabilities),
        };
        refused(&ask!(self, configure_provider, request)?.diagnostics)
    }

    /// Remembers the bytes of an answer.
    pub fn keep(&mut self, answer: &impl Message) {
        self.answers.push(answer.encode_to_vec());
    }

    /// The bytes of every answer so far.
    pub fn answers(&self) -> &[Vec<u8>] {
        &self.answers
    }

    /// Severity and words of everything that was told so far.
    pub fn told(&self) -> Vec<String> {
        self.told.iter().map(text).collect()
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
    pub async fn validate(&mut self, ty: &str, config: &Json) -> Result<(), Trouble> {
        let request = proto::validate_resource_config::Request {
            type_name: ty.to_owned(),
            config: Some(dynamic(&self.block(ty, config.clone()))),
            client_capabilities: Some(self.capabilities),
        };
        refused(&ask!(self, validate_resource_config, request)?.diagnostics)
    }

    /// The request that Terraform makes of a configuration (none for a deletion) and the prior object.
    pub fn plan_request(
        &self,
        ty: &str,
        prior: Option<&Object>,
        config: Option<&Json>,
    ) -> proto::plan_resource_change::Request {
        let config = config.map_or(Json::Null, |config| self.block(ty, config.clone()));
        let state = prior.map_or(Json::Null, |prior| prior.state.clone());
        let proposed = proposed(self.resource(ty), &state, &config);
        proto::plan_resource_change::Request {
            type_name: ty.to_owned(),
            prior_state: Some(dynamic(&state)),
            proposed_new_state: Some(dynamic(&proposed)),
            config: Some(dynamic(&config)),
            prior_private: prior.map(|prior| prior.private.clone()).unwrap_or_default(),
            prior_identity: prior.and_then(|prior| self.identity(&prior.identity)),
            client_capabilities: Some(self.capabilities),
            ..Default::default()
        }
    }

    /// Plans one object; without a configuration its deletion.
    pub async fn plan(
        &mut self,
        ty: &str,
        prior: Option<&Object>,
        config: Option<&Json>,
    ) -> Result<Planned, Trouble> {
        let request = self.plan_request(ty, prior, config);
        self.plan_as(ty, prior, config, request).await
    }

    /// Plans with a request that differs from the usual one.
    pub async fn plan_as(
        &mut self,
        ty: &str,
        prior: Option<&Object>,
        config: Option<&Json>,
        request: proto::plan_resource_change::Request,
    ) -> Result<Planned, Trouble> {
        let answer = ask!(self, plan_resource_change, request)?;
        refused(&answer.diagnostics)?;
        if answer.deferred.is_some() || answer.legacy_type_system {
            return broken(format!("{ty}: deferred, or of the old type system"));
        }
        let state = json_of(answer.planned_state.as_ref());
        match config {
            None if state.is_null() => {}
            None => return broken(format!("{ty}: a planned deletion is null")),
            Some(config) => {
                let prior = prior.map_or(Json::Null, |prior| prior.state.clone());
                let config = self.block(ty, config.clone());
                check_plan(self.resource(ty), &prior, &config, &state)?;
            }
        }
        let replaced = answer.requires_replace.iter().map(first_step).collect();
        Ok(Planned {
            answer,
            state,
            replaced,
        })
    }

    /// The request that Terraform makes of a plan.
    pub fn apply_request(
        &self,
        ty: &str,
        prior: Option<&Object>,
        config: Option<&Json>,
        planned: &Planned,
    ) -> proto::apply_resource_change::Request {
        let config = config.map_or(Json::Null, |config| self.block(ty, config.clone()));
        proto::apply_resource_change::Request {
            type_name: ty.to_owned(),
            prior_state: Some(dynamic(&prior.map_or(Json::Null, |one| one.state.clone()))),
            planned_state: Some(dynamic(&planned.state)),
            config: Some(dynamic(&config)),
            planned_private: planned.answer.planned_private.clone(),
            planned_identity: self.identity(&planned.answer.planned_identity),
            ..Default::default()
        }
    }

    /// Applies a plan. `stored` is changed to what Terraform keeps, whether or not there is trouble.
    pub async fn apply(
        &mut self,
        ty: &str,
        stored: &mut Option<Object>,
        config: Option<&Json>,
        planned: &Planned,
    ) -> Result<(), Trouble> {
        let request = self.apply_request(ty, stored.as_ref(), config, planned);
        let answer = ask!(self, apply_resource_change, request)?;
        self.applied(ty, stored, planned, answer)
    }

    /// Stores what was made of a plan, and checks it as Terraform does.
    pub fn applied(
        &self,
        ty: &str,
        stored: &mut Option<Object>,
        planned: &Planned,
        answer: proto::apply_resource_change::Response,
    ) -> Result<(), Trouble> {
        let result = refused(&answer.diagnostics);
        let state = json_of(answer.new_state.as_ref());
        if state.is_null() {
            // Beside an error, Terraform takes a null for a provider that forgot the state, and keeps it.
            if result.is_ok() {
                *stored = None;
            }
        } else {
            check_stored(self.resource(ty), &state)?;
            let tainted = stored.is_none() && result.is_err();
            *stored = Some(Object {
                state: state.clone(),
                private: answer.private,
                identity: answer.new_identity,
                tainted,
            });
        }
        result?;
        check_applied(ty, &planned.state, &state)
    }

    /// Brings a stored object to the schema at hand, as Terraform does with each that it reads from its state.
    pub async fn upgrade(&mut self, ty: &str, object: &Object) -> Result<Object, Trouble> {
        let request = proto::upgrade_resource_state::Request {
            type_name: ty.to_owned(),
            version: self.resource(ty).version,
            raw_state: Some(proto::RawState {
                json: object.state.to_string().into_bytes(),
                ..Default::default()
            }),
        };
        let answer = ask!(self, upgrade_resource_state, request)?;
        refused(&answer.diagnostics)?;
        Ok(Object {
            state: json_of(answer.upgraded_state.as_ref()),
            ..object.clone()
        })
    }

    fn identity(
        &self,
        identity: &Option<proto::ResourceIdentityData>,
    ) -> Option<proto::ResourceIdentityData> {
        identity.clone().filter(|_| self.identities)
    }

    /// The request that Terraform makes of an object to refresh it.
    pub fn read_request(&self, ty: &str, object: &Object) -> proto::read_resource::Request {
        proto::read_resource::Request {
            type_name: ty.to_owned(),
            current_state: Some(dynamic(&object.state)),
            private: object.private.clone(),
            current_identity: self.identity(&object.identity),
            client_capabilities: Some(self.capabilities),
            ..Default::default()
        }
    }

    /// Refreshes; none if it is gone.
    pub async fn read(&mut self, ty: &str, object: &Object) -> Result<Option<Object>, Trouble> {
        let answer = ask!(self, read_resource, self.read_request(ty, object))?;
        refused(&answer.diagnostics)?;
        let state = json_of(answer.new_state.as_ref());
        if state.is_null() {
            return Ok(None);
        }
        check_stored(self.resource(ty), &state)?;
        Ok(Some(Object {
            state,
            private: answer.private,
            identity: answer.new_identity,
            tainted: object.tainted,
        }))
    }

    /// Imports by id, and reads as Terraform does after it.
    pub async fn import(&mut self, ty: &str, id: &str) -> Result<Object, Trouble> {
        let request = proto::import_resource_state::Request {
            type_name: ty.to_owned(),
            id: id.to_owned(),
            client_capabilities: Some(self.capabilities),
            ..Default::default()
        };
        let answer = ask!(self, import_resource_state, request)?;
        refused(&answer.diagnostics)?;
        let [imported] = answer.imported_resources.as_slice() else {
            return broken(format!("exactly one object is imported: {answer:?}"));
        };
        if imported.type_name != ty {
            return broken(format!("{ty} was asked for: {answer:?}"));
        }
        let object = Object {
            state: json_of(imported.state.as_ref()),
            private: imported.private.clone(),
            identity: imported.identity.clone(),
            tainted: false,
        };
        let read = self.read(ty, &object).await?;
        read.ok_or_else(|| {
            Trouble::Refused(vec!["Cannot import non-existent remote object".into()])
        })
    }

    /// Ctrl-C.
    pub async fn stop(&mut self) {
        let _ = self
            .grpc
            .stop_provider(proto::stop_provider::Request {})
            .await;
    }
}

pub(crate) fn broken<T>(what: String) -> Result<T, Trouble> {
    Err(Trouble::Broken(what))
}

/// The errors among these, if there are any.
fn refused(diagnostics: &[proto::Diagnostic]) -> Result<(), Trouble> {
    let errors: Vec<String> = diagnostics
        .iter()
        .filter(|one| one.severity() == proto::diagnostic::Severity::Error)
        .map(|one| format!("{}: {}", one.summary, one.detail))
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Trouble::Refused(errors))
    }
}

/// A diagnostic with its severity.
pub fn text(diagnostic: &proto::Diagnostic) -> String {
    let severity = match diagnostic.severity() {
        proto::diagnostic::Severity::Error => "error",
        _ => "warning",
    };
    format!("{severity}: {}: {}", diagnostic.summary, diagnostic.detail)
}

fn first_step(path: &proto::AttributePath) -> String {
    use proto::attribute_path::step::Selector;
    match &path.steps[0].selector {
        Some(Selector::AttributeName(name)) => name.clone(),
        other => panic!("not an attribute: {other:?}"),
    }
}
