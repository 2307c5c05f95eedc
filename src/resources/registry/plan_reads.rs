//! What a plan asks before it is made: who has a handle, how the API writes, what the credentials hash to.

use std::time::Duration;

use super::decide::{self, Change};
use super::memory::Memory;
use super::name_of;
use super::schema::Model;
use crate::api::{Dialect, HandleState, Kind};
use crate::connection::{ApiClient, Connection};
use crate::findings;
use crate::fingerprint::{Fingerprint, Hasher};
use crate::framework::provider::Call;
use crate::resources::api_errors;
use crate::resources::context::within;

/// How long a plan waits for an answer. What it does not hear the apply will be told.
const PATIENCE: Duration = Duration::from_secs(20);

/// The fingerprints of the configured credentials, if the plan of an update depends on them.
pub async fn hashes(
    hasher: &Hasher,
    prior: &Model,
    config: &Model,
    memory: &Memory,
    renamed: bool,
) -> Vec<Fingerprint> {
    let credentials = match decide::change(prior, config, memory) {
        Change::Perhaps { credentials, .. } => Some(credentials),
        // What is written as a whole sends them along.
        Change::Unchanged if renamed && memory.whole_writes => {
            prior.credentials(decide::configured_password(config).known())
        }
        _ => None,
    };
    match credentials {
        Some(credentials) => memory.fingerprints_of(hasher, credentials).await,
        None => Vec::new(),
    }
}

/// Whether a change of metadata is written as a whole, credentials included, where nobody has asked that yet. Without
/// an answer there is no plan: the one that is made again before the apply might hear another one.
pub async fn writes_whole(call: &mut Call<Connection>, prior: &Model) -> bool {
    let (ApiClient::Ready(client), Some(id)) = (&call.connection.api, prior.id.known()) else {
        return false;
    };
    let operation = within(&call.cancel, PATIENCE);
    let dialect = async {
        let registry = match client.refreshed_registry(&operation, id).await? {
            Some(registry) => registry,
            None => client.existing(&operation, id).await?,
        };
        client.dialect(&operation, &registry).await
    };
    match dialect.await {
        Ok(dialect) => dialect == Dialect::Put,
        Err(error) => {
            let found = api_errors::failure("plan", &name_of(prior), &error, "");
            call.diagnostics.error(found);
            false
        }
    }
}

/// Tells what stands in the way of a new registry under the configured handle, as far as that can be known now.
/// `terraform destroy` plans before it destroys, so that a registry which is there already is no error.
pub async fn look_up_handle(call: &mut Call<Connection>, config: &Model) {
    let diagnostics = &mut call.diagnostics;
    let (ApiClient::Ready(client), Some(handle)) = (&call.connection.api, config.handle.known())
    else {
        return;
    };
    let operation = within(&call.cancel, PATIENCE);
    match client.handle_before(&operation, handle).await {
        Ok(HandleState::Burned) => {
            diagnostics.error(findings::handle_is_spent(handle).at("handle"));
        }
        Ok(HandleState::Alive(registry)) if call.connection.walk.is_stored(&registry.id) => {
            diagnostics.warning(findings::handle_is_stored(handle).at("handle"));
        }
        Ok(HandleState::Alive(registry)) => {
            let import = api_errors::import_advice(&registry.id);
            diagnostics.error(findings::handle_is_taken(handle, import).at("handle"));
        }
        Err(error) if *error.kind() == Kind::Unauthorised => {
            diagnostics.warning(findings::handle_not_looked_up(handle));
        }
        // The apply will be told.
        Ok(HandleState::Free) | Err(_) => {}
    }
}
