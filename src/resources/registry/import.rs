//! Bringing an existing registry under management. Reads only.

use super::memory::Memory;
use super::schema::Model;
use super::{name_of, read, stored};
use crate::api::{Client, Error, Operation, Registry};
use crate::connection::Connection;
use crate::framework::diagnostics::Reported;
use crate::framework::model::Attr;
use crate::framework::provider::{Call, ImportTarget, Stored};
use crate::resources::context::{Context, id_or_handle};
use crate::resources::home::Home;

/// Finds the registry by its id or by its handle.
pub async fn import(call: &mut Call<Connection>, target: ImportTarget) -> Result<Stored, Reported> {
    let mut cx = Context::new(call, ("import", "identity"), &Attr::Null)?;
    let id = match target {
        ImportTarget::Id(id) => id,
        ImportTarget::Identity(identity) => {
            Home::default()
                .or_of(&identity)
                .same_organisation(&mut cx)?;
            let id = Attr::read(&identity, "id");
            id.known().cloned().unwrap_or_default()
        }
    };
    cx.object = format!("registry \"{id}\"");
    let registry = cx.registry(id_or_handle(&id)).await?;
    let adopted = adopt(cx.client, &cx.operation, &registry).await;
    cx.answer(adopted)
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
    read::take(&mut model, registry, current, false);
    tracing::info!(registry = name_of(&model), "imported");
    Ok(stored(client, model, memory))
}
