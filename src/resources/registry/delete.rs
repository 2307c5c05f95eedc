//! Deleting a registry, which spends its handle.

use std::time::Duration;

use super::memory::{Memory, PlanNote};
use super::name_of;
use super::read;
use super::schema::Model;
use crate::api::Kind;
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::Reported;
use crate::framework::provider::{ApplyRequest, Call};
use crate::resources::api_errors;
use crate::resources::context::{Context, within};
use crate::secret::{self, Author};

/// How long the search for what stands in the way of a deletion may take, after the deletion itself.
const LAST_LOOK: Duration = Duration::from_secs(10);

/// Deletes the registry, unless a create of the same handle would follow.
pub async fn delete(call: &mut Call<Connection>, request: ApplyRequest) -> Result<(), Reported> {
    let (prior, memory) = (
        Model::from(&request.prior),
        Memory::decode(&request.private),
    );
    let what = ("delete", name_of(&prior));
    let mut cx = Context::new(call, what, &prior.timeouts)?;
    not_its_own_successor(&prior, &memory, &mut cx)?;
    memory.home.same_organisation(&mut cx)?;
    if let Some(id) = prior.id.known()
        && remove(&mut cx, &prior, id).await?
    {
        return Ok(());
    }
    if let Some(registry) = read::find_again(&mut cx, &prior, &memory).await? {
        remove(&mut cx, &prior, &registry.id).await?;
    }
    Ok(())
}

/// Deletes what has this id; `false` if nothing has.
async fn remove(cx: &mut Context<'_>, prior: &Model, id: &str) -> Result<bool, Reported> {
    let error = match cx.client.delete_registry(&cx.operation, id).await {
        Ok(deleted) => return Ok(deleted),
        Err(error) => error,
    };
    let mut obstacle = String::new();
    if matches!(error.kind(), Kind::StillAttached { projects } if projects.is_empty())
        && let Some(handle) = prior.handle.known()
        // That the lists cannot be read is not what went wrong.
        && let Ok(projects) = cx.client.projects_with(&within(&cx.operation.cancel, LAST_LOOK), handle).await
        && !projects.is_empty()
    {
        let projects = projects.iter();
        let handles = projects.map(|project| secret::admit(&project.handle, Author::Unaware));
        let handles = handles.collect::<Vec<_>>().join(", ");
        obstacle = format!(" It is attached to the projects {handles}.");
    }
    let found = api_errors::failure(cx.verb, &cx.object, &error, &obstacle);
    Err(cx.error(found))
}

/// A tainted registry looks like a plain create in the plan, so this is where its replacement is stopped:
/// both halves of a replace carry the private bytes of the create that it ends with.
fn not_its_own_successor(
    prior: &Model,
    memory: &Memory,
    cx: &mut Context<'_>,
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
        let found = findings::not_deleted(&cx.object).at("handle");
        return Err(cx.error(found));
    }
    Ok(())
}
