//! Bringing an existing registry under management. Reads only.

use super::memory::Memory;
use super::read;
use super::schema::Model;
use super::{identity_of, name_of};
use crate::api::{Client, Error, HandleState, Operation, Registry};
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::Attr;
use crate::framework::provider::{Call, ImportTarget, Stored};
use crate::resources::home::Home;
use crate::resources::report;
use crate::resources::timeouts;

/// Finds the registry by its id or by its handle.
pub async fn import(
    call: &Call<Connection>,
    target: ImportTarget,
    diagnostics: &mut Diagnostics,
) -> Result<Stored, Reported> {
    let (client, operation) = timeouts::begin(call, diagnostics)?;
    let id = match target {
        ImportTarget::Id(id) => id,
        ImportTarget::Identity(identity) => {
            Home::default()
                .or_of(&identity)
                .same_organisation(client, "identity", diagnostics)?;
            Attr::read(&identity, "id")
                .known()
                .cloned()
                .unwrap_or_default()
        }
    };
    let name = format!("registry \"{id}\"");
    let adopted = match find(client, &operation, &id).await {
        Ok(HandleState::Alive(registry)) => adopt(client, &operation, &registry).await,
        Ok(HandleState::Burned) => {
            return Err(diagnostics.error(findings::registry_was_deleted(name)));
        }
        Ok(HandleState::Free) => {
            let organisation = client.organisation();
            return Err(diagnostics.error(findings::object_not_found(name, organisation)));
        }
        Err(error) => Err(error),
    };
    adopted.map_err(|error| report::failed("import", &name, &error, diagnostics))
}

async fn find(client: &Client, operation: &Operation, id: &str) -> Result<HandleState, Error> {
    // A handle may look like a UUID, so one that is no id is still looked for as a handle.
    if uuid::Uuid::try_parse(id).is_ok()
        && let Some(registry) = client.registry(operation, id).await?
    {
        return Ok(HandleState::Alive(Box::new(registry)));
    }
    if id.is_empty() {
        return Ok(HandleState::Free);
    }
    client.registry_by_handle(operation, id).await
}

/// The registry as it is stored after an import.
pub async fn adopt(
    client: &Client,
    operation: &Operation,
    registry: &Registry,
) -> Result<Stored, Error> {
    let mut model = Model::default();
    let mut memory = Memory {
        home: Home::of(client),
        imported: true,
        ..Memory::default()
    };
    let current = read::look_at_versions(client, operation, registry, &model, &mut memory).await?;
    read::take(&mut model, registry, current, memory.configured);
    tracing::info!(registry = name_of(&model), "imported");
    Ok(Stored {
        identity: identity_of(client, &model),
        value: model.into(),
        private: memory.stored(),
    })
}
