//! Creating a registry. From the moment the API has given it an id, nothing here is an error any more:
//! Terraform taints what comes back with one, and a tainted registry is a lost handle.

use super::check;
use super::memory::{Memory, PlanNote};
use super::read;
use super::schema::Model;
use super::{identity_of, name_of};
use crate::api::{Client, Error, HandleState, Made, NewRegistry, Operation, Proof, Registry};
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::Attr;
use crate::framework::provider::{Call, Stored};
use crate::resources::home::Home;
use crate::resources::report;
use crate::resources::timeouts;

/// Creates the registry of a plan.
pub async fn create(
    call: &Call<Connection>,
    mut model: Model,
    config: &Model,
    plan: &Memory,
    diagnostics: &mut Diagnostics,
) -> Result<Stored, Reported> {
    let client = call.connection.client(diagnostics)?;
    let name = name_of(&model);
    // Values are those of the plan. A write-only one is in the configuration alone, and used if the plan saw it.
    let seen = matches!(
        plan.plan,
        Some(PlanNote::Create {
            write_only: true,
            ..
        })
    );
    let password = model.password.known();
    let password = password.or_else(|| config.password_wo.known().filter(|_| seen));
    let (Some(handle), Some(display), Some(credentials)) = (
        model.handle.known(),
        model.name.known(),
        model.credentials(password),
    ) else {
        return Err(diagnostics.error(findings::password_missing_to_create().at("password")));
    };
    let operation = timeouts::operation(call, &model.timeouts, |timeouts| &timeouts.create);
    let doubt =
        check::credentials(client, &operation, &model.verify, credentials, diagnostics).await?;
    let new = NewRegistry {
        handle,
        name: display,
        credentials,
        maxversions: model.maxversions.known().copied(),
    };
    let mut memory = Memory {
        home: Home::of(client),
        server: Some(credentials.server.to_owned()),
        ..Memory::default()
    };
    let stored = model.password.known().is_some();
    let (created, fingerprint) = tokio::join!(
        client.create_registry(&operation, &new),
        memory.new_fingerprint(&call.connection.hasher, credentials, stored),
    );
    let (id, proof) =
        created.map_err(|error| report::failed("create", &name, &error, diagnostics))?;
    if let Some(doubt) = doubt {
        diagnostics.warning(doubt);
    }
    let bounds = operation.after_write();
    let first = match confirm(client, &bounds, &id, &mut model, &mut memory).await {
        Ok(first) => first,
        Err(error) => {
            model.id = Attr::Known(id);
            diagnostics.warning(findings::not_read_after_create(&name, error));
            Made {
                number: Some(1),
                id: None,
            }
        }
    };
    if proof == Proof::OnlyCandidate {
        diagnostics.warning(findings::unproved_creation(name));
    }
    memory.hold(first, proof, fingerprint);
    Ok(Stored {
        identity: identity_of(client, &model),
        value: model.into(),
        private: memory.stored(),
    })
}

/// Reads the new registry back into the planned one, whose known values stay as they are. Answers its first
/// version, which is the one created.
async fn confirm(
    client: &Client,
    bounds: &Operation,
    id: &str,
    model: &mut Model,
    memory: &mut Memory,
) -> Result<Made, Error> {
    let read = client.registry_after_write(bounds, id, |_| true).await;
    let is_it = |registry: &Registry| model.handle.known() == Some(&registry.handle);
    let registry = match (read, model.handle.known()) {
        (Ok(registry), _) if is_it(&registry) => registry,
        // The answer named another registry, or one that nobody knows: the handle is certain.
        (read, Some(handle)) => match client.registry_by_handle(bounds, handle).await? {
            HandleState::Alive(registry) => *registry,
            _ => return Err(read.err().unwrap_or_else(|| Error::mixed_up(handle))),
        },
        (read, None) => read?,
    };
    let mut seen = model.clone();
    let current = match (registry.currentversion, registry.versioncount) {
        (Some(version), Some(1)) => {
            memory.retained = Some(vec![version]);
            Some(version)
        }
        // The registry exists and is read: that its versions could not be listed is for the next read to mend.
        _ => read::look_at_versions(client, bounds, &registry, &seen, memory)
            .await
            .unwrap_or(registry.currentversion),
    };
    read::take(&mut seen, &registry, current, current);
    model.resolve_computed(&seen);
    let first = memory
        .retained
        .as_ref()
        .and_then(|all| all.first().copied());
    // Where nothing said that there are no numbers, the first is 1: what is current may be somebody else's by now.
    let numbered = current.is_some() || !memory.whole_writes;
    let number = first.or(numbered.then_some(1));
    Ok(Made {
        number,
        id: registry.currentversionid.filter(|_| number == current),
    })
}
