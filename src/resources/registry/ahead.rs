//! What a plan is told beside state and configuration: found here, judged in `plan` and `messages`, which are pure.

use std::time::Duration;

use tokio::time::Instant;

use super::decide::{self, Change};
use super::memory::Memory;
use super::schema::Model;
use crate::api::{Dialect, Error, HandleState, Kind, Operation};
use crate::connection::{Api, Connection};
use crate::fingerprint::{Fingerprint, Hasher};
use crate::framework::provider::Call;

/// How long a plan waits for an answer. What it does not hear the apply will be told.
const PATIENCE: Duration = Duration::from_secs(20);

/// What stands in the way of a new registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFree {
    /// A registry had the handle and was deleted.
    Spent,
    /// The registry with this id has it.
    Taken {
        /// Its id.
        id: String,
        /// It is in the state, so that it is about to be replaced: it is tainted, or was given another address.
        stored: bool,
    },
    /// The API does not take the token.
    Unauthorised,
}

/// The fingerprints of the configured credentials, if the plan of an update depends on them.
pub async fn hashes(
    hasher: &Hasher,
    prior: &Model,
    config: &Model,
    memory: &Memory,
) -> Vec<Fingerprint> {
    match decide::change(prior, config, memory) {
        Change::Perhaps { credentials, .. } => memory.hashes(hasher, credentials).await,
        _ => Vec::new(),
    }
}

/// Whether a change of metadata is written as a whole, credentials included, where nobody has asked that yet. Without
/// an answer there is no plan: the one that is made again before the apply might hear another one.
pub async fn writes_whole(call: &Call<Connection>, prior: &Model) -> Result<bool, Error> {
    let (Api::Ready(client), Some(id)) = (&call.connection.api, prior.id.known()) else {
        return Ok(false);
    };
    let operation = patiently(call);
    let registry = match client.refreshed_registry(&operation, id).await? {
        Some(registry) => registry,
        None => client.existing(&operation, id).await?,
    };
    Ok(client.dialect(&operation, &registry).await? == Dialect::Put)
}

/// What stands in the way of a registry under the configured handle, as far as that can be told now.
pub async fn who_has(call: &Call<Connection>, config: &Model) -> Option<NotFree> {
    let (Api::Ready(client), Some(handle)) = (&call.connection.api, config.handle.known()) else {
        return None;
    };
    let operation = patiently(call);
    match client.handle_before(&operation, handle).await {
        Ok(HandleState::Free) => None,
        Ok(HandleState::Burned) => Some(NotFree::Spent),
        Ok(HandleState::Alive(registry)) => Some(NotFree::Taken {
            stored: call.connection.walk.stores(&registry.id),
            id: registry.id,
        }),
        Err(error) if *error.kind() == Kind::Unauthorised => Some(NotFree::Unauthorised),
        Err(_) => None,
    }
}

fn patiently(call: &Call<Connection>) -> Operation {
    Operation {
        deadline: Instant::now() + PATIENCE,
        cancel: call.cancel.clone(),
    }
}
