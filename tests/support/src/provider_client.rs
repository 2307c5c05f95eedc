//! A provider process that a test talks to itself, call by call: what Terraform would refuse fails the test.

use std::ops::{Deref, DerefMut};

use serde_json::{Value as Json, json};
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use crate::core::{Core, VERSION};
use crate::findings;
use crate::plugin::{Options, PluginProcess, Spawned};
use crate::sandbox::Sandbox;

pub use crate::core::{
    ATTACHMENT, DynamicValue, Object, Planned, REGISTRY, TERRAFORM_1_11, attributes, check_stored,
    complete, dynamic, has_unknown, is_unknown, json_of, unknown,
};
pub use crate::rpc;

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

/// A provider process and a connection to it.
pub struct Client {
    pub plugin: PluginProcess,
    core: Core,
}

impl Deref for Client {
    type Target = Core;

    fn deref(&self) -> &Core {
        &self.core
    }
}

impl DerefMut for Client {
    fn deref_mut(&mut self) -> &mut Core {
        &mut self.core
    }
}

impl Client {
    /// A provider that knows nothing yet but its schema was asked for.
    pub async fn start(options: Options) -> Self {
        let plugin = PluginProcess::start(options).await;
        Self::connected(plugin, None).await
    }

    /// The same with a schema that is known from elsewhere.
    pub async fn with_schema(
        plugin: PluginProcess,
        schema: proto::get_provider_schema::Response,
    ) -> Self {
        Self::connected(plugin, Some(schema)).await
    }

    async fn connected(
        plugin: PluginProcess,
        schema: Option<proto::get_provider_schema::Response>,
    ) -> Self {
        let core = Core::connect(plugin.provider(), schema).await;
        let mut core = core.unwrap();
        // As the newest Terraform, which has more to say than the one that is played.
        core.identities = true;
        Self { plugin, core }
    }

    /// A provider that is configured for a sandbox.
    pub async fn configured(sandbox: &Sandbox) -> Self {
        let mut client = Self::start(Options::default()).await;
        let diagnostics = client.configure(provider_config(sandbox), VERSION).await;
        assert_eq!(summaries(&diagnostics), [""; 0]);
        client
    }

    /// Closes every connection; the process may go on.
    pub fn disconnect(self) -> Spawned {
        self.plugin.process
    }

    /// Configures it, or does it again.
    pub async fn configure(&mut self, config: Json, terraform: &str) -> Vec<proto::Diagnostic> {
        let before = self.core.told.len();
        let _ = self.core.configure(config, terraform).await;
        self.core.told.split_off(before)
    }

    /// Fails if a text was in any answer so far.
    pub fn assert_never_answered(&self, text: &str) {
        assert!(!self.core.answers().is_empty());
        for answer in self.core.answers() {
            let found = answer
                .windows(text.len())
                .any(|window| window == text.as_bytes());
            assert!(!found, "{text:?} is in an answer");
        }
    }

    /// Asks whether a configuration is valid.
    pub async fn validate(&mut self, ty: &str, config: Json) -> Vec<proto::Diagnostic> {
        let before = self.core.told.len();
        let _ = self.core.validate(ty, &config).await;
        self.core.told.split_off(before)
    }

    /// The request that Terraform makes of a configuration and the prior object.
    pub fn plan_request(
        &self,
        ty: &str,
        prior: Option<&Object>,
        config: Json,
    ) -> proto::plan_resource_change::Request {
        self.core.plan_request(ty, prior, Some(&config))
    }

    pub async fn plan(&mut self, ty: &str, prior: Option<&Object>, config: Json) -> Planned {
        self.core.plan(ty, prior, Some(&config)).await.unwrap()
    }

    /// The request that Terraform makes of a plan.
    pub fn apply_request(
        &self,
        ty: &str,
        prior: Option<&Object>,
        config: Json,
        planned: &Planned,
    ) -> proto::apply_resource_change::Request {
        self.core.apply_request(ty, prior, Some(&config), planned)
    }

    /// Creates or updates.
    pub async fn apply(&mut self, ty: &str, prior: Option<&Object>, config: Json) -> Object {
        let planned = self.plan(ty, prior, config.clone()).await;
        let mut stored = prior.cloned();
        let result = self.core.apply(ty, &mut stored, Some(&config), &planned);
        result.await.unwrap();
        stored.unwrap()
    }

    /// Checks what was made of a plan as Terraform does.
    pub fn applied(
        &self,
        ty: &str,
        planned: &Planned,
        answer: proto::apply_resource_change::Response,
    ) -> Object {
        let mut stored = None;
        let result = self.core.applied(ty, &mut stored, planned, answer);
        result.unwrap();
        stored.unwrap()
    }

    /// Deletes; answers the whole response.
    pub async fn delete(
        &mut self,
        ty: &str,
        prior: &Object,
    ) -> proto::apply_resource_change::Response {
        let planned = self.plan_deletion(ty, prior).await;
        self.delete_as_planned(ty, prior, &planned).await
    }

    pub async fn plan_deletion(&mut self, ty: &str, prior: &Object) -> Planned {
        self.core.plan(ty, Some(prior), None).await.unwrap()
    }

    pub async fn delete_as_planned(
        &mut self,
        ty: &str,
        prior: &Object,
        planned: &Planned,
    ) -> proto::apply_resource_change::Response {
        let request = self.core.apply_request(ty, Some(prior), None, planned);
        rpc!(self, apply_resource_change, request)
    }

    /// Refreshes; answers the whole response.
    pub async fn read(&mut self, ty: &str, object: &Object) -> proto::read_resource::Response {
        let request = self.core.read_request(ty, object);
        rpc!(self, read_resource, request)
    }

    /// Imports by id, and reads as Terraform does after it.
    pub async fn import(&mut self, ty: &str, id: &str) -> Object {
        self.core.import(ty, id).await.unwrap()
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

/// The findings among them that are errors, by their names.
#[track_caller]
pub fn errors(diagnostics: &[proto::Diagnostic]) -> Vec<&'static str> {
    of(diagnostics, proto::diagnostic::Severity::Error)
}

/// The findings among them that are warnings, by their names.
#[track_caller]
pub fn warnings(diagnostics: &[proto::Diagnostic]) -> Vec<&'static str> {
    of(diagnostics, proto::diagnostic::Severity::Warning)
}

#[track_caller]
fn of(
    diagnostics: &[proto::Diagnostic],
    severity: proto::diagnostic::Severity,
) -> Vec<&'static str> {
    let wanted = diagnostics.iter().filter(|one| one.severity() == severity);
    wanted.map(|one| findings::name_of(&one.summary)).collect()
}
