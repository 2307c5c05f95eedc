//! Refresh: the stored registry compared with the real one.

use super::memory::Memory;
use super::schema::Model;
use super::{name_of, stored};
use crate::api::{Client, Error, HandleState, Operation, Registry};
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::Reported;
use crate::framework::model::Attr;
use crate::framework::provider::{Call, Looked, Stored};
use crate::oci::server;
use crate::resources::context::Context;
use crate::resources::home::Home;

/// Reads the registry.
pub async fn read(call: &mut Call<Connection>, current: Stored) -> Result<Looked, Reported> {
    let model = Model::from(&current.value);
    let refresh = Context::of_refresh(call, name_of(&model), &model.timeouts);
    let Some(mut cx) = refresh else {
        return Ok(Looked::There(current));
    };
    let mut memory = Memory::decode(&current.private);
    memory.home = memory.home.or_of(&current.identity);
    let lost = " Which versions hold which credentials is known no more, so that going back to earlier credentials \
                makes a new version.";
    cx.warn_of_foreign::<Memory>(&current.private, lost);
    memory.home.same_organisation(&mut cx)?;
    let listed = match model.id.known() {
        Some(id) => cx.client.refreshed_registry(&cx.operation, id).await,
        None => Ok(None),
    };
    let registry = match cx.answer(listed)? {
        Some(registry) => Some(registry),
        None => find_again(&mut cx, &model, &memory).await?,
    };
    let Some(registry) = registry else {
        let gone = findings::registry_is_gone(cx.object);
        cx.diagnostics.warning(gone);
        return Ok(Looked::Gone);
    };
    let refreshed = refresh_with(&cx, &registry, model, memory).await;
    cx.answer(refreshed).map(Looked::There)
}

/// Looks by its handle for a registry that was not found by its id, or has none in the state. `None` if it is proved
/// to be gone: its handle is spent.
pub async fn find_again(
    cx: &mut Context<'_>,
    model: &Model,
    memory: &Memory,
) -> Result<Option<Registry>, Reported> {
    let handle = model.handle.known().map(String::as_str);
    match memory.home.who_has(handle, cx).await? {
        HandleState::Alive(registry) => match model.id.known() {
            Some(id) if *id != registry.id => {
                let found = findings::registry_has_another_id(&cx.object, registry.id);
                Err(cx.error(found))
            }
            // The state has no id, or a replica does not know it yet.
            _ => Ok(Some(*registry)),
        },
        HandleState::Burned | HandleState::Free => Ok(None),
    }
}

async fn refresh_with(
    cx: &Context<'_>,
    registry: &Registry,
    mut model: Model,
    mut memory: Memory,
) -> Result<Stored, Error> {
    if let Some(handle) = model.handle.known()
        && !handle.eq_ignore_ascii_case(&registry.handle)
    {
        return Err(Error::mixed_up(handle));
    }
    memory.home = Home::of(cx.client);
    let seen = look_at_versions(cx.client, &cx.operation, registry, &model, &mut memory).await?;
    let drifted = memory.is_drift(seen, registry.currentversionid.as_ref());
    take(&mut model, registry, seen, drifted);
    Ok(stored(cx.client, model, memory))
}

/// The number of the current version; and what is remembered of versions, brought up to date.
///
/// The list costs a request per registry, so it is asked for only when what the registry itself says of
/// its versions is not what is remembered, and not where it is remembered that there is none.
pub async fn look_at_versions(
    client: &Client,
    operation: &Operation,
    registry: &Registry,
    model: &Model,
    memory: &mut Memory,
) -> Result<Option<i64>, Error> {
    let remembered = memory
        .retained
        .as_ref()
        .map(|retained| retained.len() as i64);
    let numbered = registry.currentversion.is_some() && registry.versioncount == remembered;
    let unchanged = registry.currentversion.as_ref() == model.current_version.known()
        && registry.currentversionid.as_ref() == model.currentversionid.known()
        && (numbered || memory.whole_writes)
        && memory.intent.is_none();
    let mut versions = None;
    if !unchanged {
        versions = client.versions(operation, registry).await?;
        memory.whole_writes = versions.is_none();
        if versions.is_none() {
            memory.retained = None;
        }
    }
    // Number and id go together. A list may be of another moment.
    let listed = versions.iter().flatten().find(|version| version.current);
    let listed = listed.map(|version| version.version);
    let current = registry.currentversion.or(listed);
    memory.absorb_read(registry, versions.as_deref(), current);
    Ok(current)
}

/// Takes what the API shows into a stored registry, in the state's spelling where the meaning is the same.
///
/// While a version other than the configured one is current, server and user name stay the configured
/// ones: they belong to that other version, and the plan has to converge.
pub fn take(model: &mut Model, registry: &Registry, current: Option<i64>, drifted: bool) {
    model.id = Attr::Known(registry.id.clone());
    model.handle = Attr::Known(registry.handle.clone());
    model.name = shown(registry.name.as_ref(), &model.name);
    if !drifted {
        let same = match (model.server.known(), &registry.server) {
            (Some(stored), Some(shown)) => server::same(stored, shown),
            _ => false,
        };
        if !same {
            model.server = shown(registry.server.as_ref(), &model.server);
        }
        model.username = shown(registry.username.as_ref(), &model.username);
    }
    model.maxversions = shown(registry.maxversions.as_ref(), &model.maxversions);
    model.current_version = current.into();
    model.billable = registry.billable.into();
    model.currentversionid = registry.currentversionid.clone().into();
    model.managedbyresourceid = registry.managedbyresourceid.clone().into();
    model.managedbyresourcetype = registry.managedbyresourcetype.clone().into();
}

/// Takes for each attribute of a plan that is still unknown what the API shows.
pub fn resolve(planned: &mut Model, registry: &Registry, current: Option<i64>) {
    let mut known = Model::default();
    take(&mut known, registry, current, false);
    planned.resolve(known);
}

/// What the API shows, or what is stored where it shows nothing.
fn shown<T: Clone>(shown: Option<&T>, stored: &Attr<T>) -> Attr<T> {
    shown.map_or_else(|| stored.clone(), |value| Attr::Known(value.clone()))
}
