//! Deleting a registry, which spends its handle.

use std::time::Duration;

use super::memory::{Memory, PlanNote};
use super::name_of;
use super::read;
use super::schema::Model;
use crate::api::{Client, Kind, Operation};
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::provider::Call;
use crate::resources::report;
use crate::resources::timeouts;
use crate::secret::{self, Author};

/// How long the search for what stands in the way of a deletion may take, after the deletion itself.
const LAST_LOOK: Duration = Duration::from_secs(10);

/// Deletes the registry, unless a create of the same handle would follow.
pub async fn delete(
    call: &Call<Connection>,
    prior: &Model,
    memory: &Memory,
    diagnostics: &mut Diagnostics,
) -> Result<(), Reported> {
    let name = name_of(prior);
    not_its_own_successor(prior, memory, &name, diagnostics)?;
    let client = call.connection.client(diagnostics)?;
    memory.home.same_organisation(client, &name, diagnostics)?;
    let operation = timeouts::operation(call, &prior.timeouts, |timeouts| &timeouts.delete);
    if let Some(id) = prior.id.known()
        && remove(call, client, &operation, prior, id, diagnostics).await?
    {
        return Ok(());
    }
    let found = read::find_again(client, &operation, prior, memory, diagnostics).await?;
    if let Some(registry) = found {
        remove(call, client, &operation, prior, &registry.id, diagnostics).await?;
    }
    Ok(())
}

/// Deletes what has this id; `false` if nothing has.
async fn remove(
    call: &Call<Connection>,
    client: &Client,
    operation: &Operation,
    prior: &Model,
    id: &str,
    diagnostics: &mut Diagnostics,
) -> Result<bool, Reported> {
    let error = match client.delete_registry(operation, id).await {
        Ok(deleted) => return Ok(deleted),
        Err(error) => error,
    };
    let mut obstacle = String::new();
    if matches!(error.kind(), Kind::StillAttached { projects } if projects.is_empty())
        && let Some(handle) = prior.handle.known()
        // That the lists cannot be read is not what went wrong.
        && let Ok(projects) = client.projects_with(&timeouts::within(call, LAST_LOOK), handle).await
        && !projects.is_empty()
    {
        let projects = projects.iter();
        let handles = projects.map(|project| secret::admit(&project.handle, Author::Unaware));
        let handles = handles.collect::<Vec<_>>().join(", ");
        obstacle = format!(" It is attached to the projects {handles}.");
    }
    let found = report::failure("delete", &name_of(prior), &error, &obstacle);
    Err(diagnostics.error(found))
}

/// A tainted registry looks like a plain create in the plan, so this is where its replacement is stopped:
/// both halves of a replace carry the private bytes of the create that it ends with.
fn not_its_own_successor(
    prior: &Model,
    memory: &Memory,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Result<(), Reported> {
    let Some(PlanNote::Create {
        handle, replaces, ..
    }) = &memory.plan
    else {
        return Ok(());
    };
    let same = match handle {
        Some(handle) => Some(handle) == prior.handle.known(),
        // An unknown handle is another one if its change is what asked for the replacement.
        None => replaces.is_none(),
    };
    if same {
        return Err(diagnostics.error(findings::not_deleted(name).at("handle")));
    }
    Ok(())
}
