//! `bahriya_registry`: credentials for an image registry, as versions.
//!
//! | files | what they do |
//! | --- | --- |
//! | `schema`, `memory` | the attributes; what is kept beside the state |
//! | `plan`, `decide`, `lint`, `warnings` | what is to happen, and what to say of it: pure |
//! | `plan_reads` | what a plan asks before that |
//! | `create`, `read`, `update`, `delete`, `import`, `list` | the operations, which talk to the API |
//! | `verify` | the check of credentials at their registry server |

mod create;
mod decide;
mod delete;
mod import;
mod lint;
mod list;
mod memory;
mod plan;
mod plan_reads;
mod read;
mod schema;
mod update;
mod verify;
mod warnings;

use async_trait::async_trait;

use self::memory::Memory;
use self::schema::Model;
pub use self::schema::shown;
use crate::api::Client;
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::list::Found;
use crate::framework::model::{Attr, object};
use crate::framework::provider::{
    ApplyRequest, Block, Call, ImportTarget, Looked, Plan, PlanRequest, Resource, Stored,
};
use crate::framework::schema::Schema;
use crate::framework::value::Value;
use crate::resources::home::Home;

/// The resource.
pub struct RegistryResource;

impl Block for RegistryResource {
    fn type_name(&self) -> &'static str {
        "bahriya_registry"
    }

    fn schema(&self) -> &Schema {
        &schema::SCHEMA
    }

    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics) {
        let config = Model::from(config);
        if config.password.known().is_some() && config.password_wo.known().is_some() {
            diagnostics.error(findings::two_passwords().at("password"));
        }
    }
}

#[async_trait]
impl Resource<Connection> for RegistryResource {
    fn identity(&self) -> &'static Schema {
        &schema::IDENTITY
    }

    fn remember(&self, connection: &Connection, state: &Value) {
        if let Attr::Known(id) = Model::from(state).id {
            connection.walk.note_stored(&id);
        }
    }

    fn private_of(&self, stored: &[u8]) -> Vec<u8> {
        let home = Home::official(stored);
        let memory = home.map(|home| Memory {
            home,
            ..Memory::default()
        });
        memory.map(Memory::stored).unwrap_or_default()
    }

    async fn plan(&self, call: &mut Call<Connection>, request: PlanRequest<'_>) -> Plan {
        plan::plan(call, request).await
    }

    fn plan_delete(&self, call: &mut Call<Connection>, prior: &Value, private: &[u8]) -> Vec<u8> {
        plan::plan_delete(call, &prior.into(), private)
    }

    async fn read(&self, call: &mut Call<Connection>, current: Stored) -> Result<Looked, Reported> {
        read::read(call, current).await
    }

    async fn create(
        &self,
        call: &mut Call<Connection>,
        request: ApplyRequest,
    ) -> Result<Stored, Reported> {
        create::create(call, request).await
    }

    async fn update(&self, call: &mut Call<Connection>, request: ApplyRequest) -> Stored {
        update::update(call, request).await
    }

    async fn delete(
        &self,
        call: &mut Call<Connection>,
        request: ApplyRequest,
    ) -> Result<(), Reported> {
        delete::delete(call, request).await
    }

    async fn import(
        &self,
        call: &mut Call<Connection>,
        target: ImportTarget,
    ) -> Result<Stored, Reported> {
        import::import(call, target).await
    }

    fn list_schema(&self) -> &'static Schema {
        &list::SCHEMA
    }

    async fn list(
        &self,
        call: &mut Call<Connection>,
        _: Value,
        found: &mut Found,
    ) -> Result<(), Reported> {
        list::list(call, found).await
    }

    fn accepts_move(&self, source_provider: &str, source_type: &str) -> bool {
        crate::resources::is_official(source_provider) && source_type == "bahriya_registry"
    }
}

/// What a registry is called in messages.
fn name_of(model: &Model) -> String {
    match (model.handle.known(), model.id.known()) {
        (Some(handle), _) => format!("registry \"{handle}\""),
        (None, Some(id)) => format!("registry {id}"),
        (None, None) => "registry".to_owned(),
    }
}

fn identity_of(client: &Client, id: &str) -> Value {
    object([
        ("organisation_id", client.organisation().into()),
        ("id", id.into()),
    ])
}

/// A registry as it is stored.
fn stored(client: &Client, model: Model, memory: Memory) -> Stored {
    let id = model.id.known();
    Stored {
        identity: id.map_or(Value::Null, |id| identity_of(client, id)),
        value: model.into(),
        private: memory.stored(),
    }
}
