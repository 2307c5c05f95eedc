//! `bahriya_project_registry_attachment`: a project may use a registry.

mod import;
pub mod list;
mod operations;
mod schema;

use async_trait::async_trait;

use self::schema::Model;
use crate::api::Client;
use crate::connection::Connection;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::{Attr, object};
use crate::framework::private;
use crate::framework::provider::{
    Block, Call, ImportTarget, Looked, Plan, PlanRequest, Resource, Stored, UpdateRequest,
};
use crate::framework::schema::{IdentitySchema, Schema};
use crate::framework::value::Value;

/// The resource.
pub struct ProjectRegistryAttachment;

impl Block for ProjectRegistryAttachment {
    fn type_name(&self) -> &'static str {
        "bahriya_project_registry_attachment"
    }

    fn schema(&self) -> &Schema {
        &schema::SCHEMA
    }
}

#[async_trait]
impl Resource<Connection> for ProjectRegistryAttachment {
    fn identity(&self) -> &'static IdentitySchema {
        &schema::IDENTITY
    }

    async fn plan(
        &self,
        call: &Call<Connection>,
        request: PlanRequest<'_>,
        _: &mut Diagnostics,
    ) -> Plan {
        let mut planned = Model::from(request.draft);
        let prior = request.prior.map(Model::from).unwrap_or_default();
        if !operations::same_link(&prior, &planned) {
            planned.join_id = Attr::Unknown;
        }
        planned.id = match (planned.project_id.known(), planned.handle.known()) {
            (Some(project), Some(handle)) => Attr::Known(format!("{project}:{handle}")),
            _ => Attr::Unknown,
        };
        // What was not known in the first plan may turn out another one in the plan that its apply makes again,
        // where it is too late for a replacement. Only that plan is made of what nobody has looked at.
        let looked_at = prior
            .id
            .known()
            .is_some_and(|id| call.connection.walk.has_read(id));
        Plan {
            planned: planned.into(),
            private: request.private.to_owned(),
            in_place: !looked_at,
        }
    }

    async fn read(
        &self,
        call: &Call<Connection>,
        current: Stored,
        diagnostics: &mut Diagnostics,
    ) -> Result<Looked, Reported> {
        operations::read(call, current, diagnostics).await
    }

    async fn create(
        &self,
        call: &Call<Connection>,
        planned: Value,
        _: Value,
        _: Vec<u8>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Stored, Reported> {
        operations::create(call, (&planned).into(), diagnostics).await
    }

    async fn update(
        &self,
        call: &Call<Connection>,
        request: UpdateRequest,
        diagnostics: &mut Diagnostics,
    ) -> Stored {
        let (prior, planned) = (Model::from(&request.prior), Model::from(&request.planned));
        let memory = private::decode(&request.private);
        let kept = |value| Stored {
            value,
            private: request.private,
            identity: Value::Null,
        };
        if operations::same_link(&prior, &planned) {
            // `timeouts` calls nothing.
            return kept(request.planned);
        }
        operations::relocate(call, &prior, planned, &memory, diagnostics)
            .await
            .unwrap_or_else(|_| kept(request.prior))
    }

    async fn delete(
        &self,
        call: &Call<Connection>,
        prior: Value,
        private: Vec<u8>,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Reported> {
        let memory = private::decode(&private);
        operations::delete(call, &(&prior).into(), &memory, diagnostics).await
    }

    async fn import(
        &self,
        call: &Call<Connection>,
        target: ImportTarget,
        diagnostics: &mut Diagnostics,
    ) -> Result<Stored, Reported> {
        import::import(call, target, diagnostics).await
    }

    fn accepts_move(&self, source_provider: &str, source_type: &str) -> bool {
        crate::resources::is_official(source_provider)
            && source_type == "bahriya_project_registry_attachment"
    }
}

/// What an attachment is called in messages.
fn name_of(model: &Model) -> String {
    let or_unknown = |part: &Attr<String>| part.known().cloned().unwrap_or_else(|| "?".to_owned());
    format!(
        "attachment of registry \"{}\" to project {}",
        or_unknown(&model.handle),
        or_unknown(&model.project_id)
    )
}

fn identity_of(client: &Client, model: &Model) -> Value {
    match (model.project_id.known(), model.handle.known()) {
        (Some(project), Some(handle)) => object([
            ("organisation_id", client.organisation().into()),
            ("project_id", project.as_str().into()),
            ("handle", handle.as_str().into()),
        ]),
        _ => Value::Null,
    }
}
