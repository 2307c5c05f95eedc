//! Refresh: the stored registry compared with the real one.

use super::memory::Memory;
use super::schema::Model;
use super::{identity_of, name_of};
use crate::api::{Client, HandleState, Operation, Registry};
use crate::connection::{Api, Connection};
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::Attr;
use crate::framework::provider::{Call, Looked, Stored};
use crate::oci::server;
use crate::resources::home::Home;
use crate::resources::report;
use crate::resources::timeouts;

/// Reads the registry.
pub async fn read(
    call: &Call<Connection>,
    current: Stored,
    diagnostics: &mut Diagnostics,
) -> Result<Looked, Reported> {
    let client = match &call.connection.api {
        Api::Ready(client) => client,
        Api::Undecided(arguments) => {
            report::not_refreshed(arguments, diagnostics);
            return Ok(Looked::There(current));
        }
    };
    let model = Model::from(&current.value);
    let mut memory = Memory::decode(&current.private);
    memory.home = memory.home.or_of(&current.identity);
    let name = name_of(&model);
    let lost = " Which versions hold which credentials is known no more, so that going back to earlier credentials \
                makes a new version.";
    report::foreign::<Memory>(&current.private, &name, lost, diagnostics);
    memory.home.same_organisation(client, &name, diagnostics)?;
    let operation = timeouts::operation(call, &model.timeouts, |timeouts| &timeouts.read);
    let listed = match model.id.known() {
        Some(id) => client.refreshed_registry(&operation, id).await,
        None => Ok(None),
    };
    let listed = listed.map_err(|error| report::failed("read", &name, &error, diagnostics))?;
    let registry = match listed {
        Some(registry) => Some(registry),
        None => find_again(client, &operation, &model, &memory, diagnostics).await?,
    };
    let Some(registry) = registry else {
        diagnostics.warning(findings::registry_is_gone(name));
        return Ok(Looked::Gone);
    };
    match refresh(client, &operation, &registry, model, memory).await {
        Ok((model, memory)) => Ok(Looked::There(Stored {
            identity: identity_of(client, &model),
            value: model.into(),
            private: memory.stored(),
        })),
        Err(error) => Err(report::failed("read", &name, &error, diagnostics)),
    }
}

/// Looks by its handle for a registry that was not found by its id, or has none in the state. `None` if it is proved
/// to be gone: its handle is spent.
pub async fn find_again(
    client: &Client,
    operation: &Operation,
    model: &Model,
    memory: &Memory,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Registry>, Reported> {
    let handle = model.handle.known().map(String::as_str);
    let name = name_of(model);
    let home = &memory.home;
    let found = home.who_has(client, operation, handle, &name, diagnostics);
    let found = found.await?;
    match found {
        HandleState::Alive(registry) if model.id.is_null() => Ok(Some(*registry)),
        HandleState::Alive(registry) => {
            Err(diagnostics.error(findings::registry_has_another_id(name, registry.id)))
        }
        HandleState::Burned | HandleState::Free => Ok(None),
    }
}

async fn refresh(
    client: &Client,
    operation: &Operation,
    registry: &Registry,
    mut model: Model,
    mut memory: Memory,
) -> Result<(Model, Memory), crate::api::Error> {
    if let Some(handle) = model.handle.known()
        && !handle.eq_ignore_ascii_case(&registry.handle)
    {
        return Err(crate::api::Error::mixed_up(handle));
    }
    memory.home = Home::of(client);
    let seen = look_at_versions(client, operation, registry, &model, &mut memory).await?;
    take(&mut model, registry, seen, memory.configured);
    Ok((model, memory))
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
) -> Result<Option<i64>, crate::api::Error> {
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
    let current = versions.iter().flatten().find(|version| version.current);
    let current = current
        .map(|version| version.version)
        .or(registry.currentversion);
    memory.settle(registry, versions.as_deref(), current);
    Ok(current)
}

/// Takes what the API shows into a stored registry, in the state's spelling where the meaning is the same.
///
/// While a version other than the configured one is current, server and user name stay the configured
/// ones: they belong to that other version, and the plan has to settle.
pub fn take(model: &mut Model, registry: &Registry, current: Option<i64>, configured: Option<i64>) {
    model.id = Attr::Known(registry.id.clone());
    model.handle = Attr::Known(registry.handle.clone());
    model.name = shown(registry.name.as_ref(), &model.name);
    if current.is_none() || configured.is_none() || current == configured {
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

/// What the API shows, or what is stored where it shows nothing.
fn shown<T: Clone>(shown: Option<&T>, stored: &Attr<T>) -> Attr<T> {
    shown.map_or_else(|| stored.clone(), |value| Attr::Known(value.clone()))
}
