//! Creating a registry. From the moment the API has given it an id, nothing here is an error any more:
//! Terraform taints what comes back with one, and a tainted registry is a lost handle.

use super::check;
use super::memory::{Intent, Memory, PlanNote};
use super::read;
use super::schema::Model;
use super::{identity_of, name_of};
use crate::api::{self, Client, Error, Kind, NewRegistry, Operation};
use crate::connection::Connection;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::Attr;
use crate::framework::path::Path;
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
    let stored = model.password.known();
    let password = stored
        .or_else(|| config.password_wo.known().filter(|_| seen))
        .cloned();
    let (Some(handle), Some(display), Some(server), Some(username), Some(password)) = (
        model.handle.known(),
        model.name.known(),
        model.server.known(),
        model.username.known(),
        password,
    ) else {
        return Err(super::messages::create_needs_password(diagnostics));
    };
    let operation = timeouts::operation(call, &model.timeouts, |timeouts| &timeouts.create);
    check::credentials(client, &operation, &model, &password, diagnostics).await?;
    let new = NewRegistry {
        handle,
        name: display,
        server,
        username,
        password: &password,
        maxversions: model.maxversions.known().copied(),
    };
    let credentials = api::Credentials {
        server,
        username,
        password: &password,
    };
    let mut memory = Memory {
        home: Home::of(client),
        server: Some(server.clone()),
        ..Memory::default()
    };
    let (created, fingerprint) = tokio::join!(
        client.create_registry(&operation, &new),
        memory.new_fingerprint(&call.connection.hasher, credentials),
    );
    let created = match created {
        Ok(created) => created,
        Err(error) => return Err(refused(handle, &name, &error, diagnostics)),
    };
    for warning in &created.warnings {
        diagnostics.warning(format!("{name} was created"), warning);
    }
    let shown = confirm(client, &operation, &created.id, &mut model, &mut memory).await;
    match shown {
        Ok(current) => memory.hold(current, fingerprint),
        Err(error) => {
            memory.held.clone_from(&fingerprint);
            memory.intent = fingerprint.map(|fingerprint| Intent {
                fingerprint,
                before: 0,
            });
            model.id = Attr::Known(created.id);
            diagnostics.warning(
                format!("{name} was created but not read back"),
                format!("It exists and is in the state. The next plan fills in the rest. Bahriya: {error}."),
            );
        }
    }
    Ok(Stored {
        identity: identity_of(client, &model),
        value: model.into(),
        private: memory.stored(),
    })
}

/// Reads the new registry back into the planned one, whose known values stay as they are.
async fn confirm(
    client: &Client,
    operation: &Operation,
    id: &str,
    model: &mut Model,
    memory: &mut Memory,
) -> Result<Option<i64>, Error> {
    let registry = client.registry_after_write(operation, id, |_| true).await?;
    let mut seen = model.clone();
    let current = match (registry.currentversion, registry.versioncount) {
        (Some(version), Some(1)) => {
            memory.retained = Some(vec![version]);
            Some(version)
        }
        // The registry exists and is read: that its versions could not be listed is for the next read to mend.
        _ => read::look_at_versions(client, operation, &registry, &seen, memory)
            .await
            .unwrap_or(registry.currentversion),
    };
    read::take(&mut seen, &registry, current, current);
    model.resolve_computed(&seen);
    Ok(current)
}

fn refused(handle: &str, name: &str, error: &Error, diagnostics: &mut Diagnostics) -> Reported {
    let path = Path::attribute("handle");
    match error.kind() {
        Kind::HandleTaken {
            alive: Some(id),
            ..
        } => diagnostics.error_at(
            path,
            format!("A registry \"{handle}\" exists already"),
            format!(
                "To manage it here, {}. To have another one, choose another handle.",
                report::import(id)
            ),
        ),
        Kind::HandleTaken { alive: None, .. } => diagnostics.error_at(
            path,
            format!("The handle \"{handle}\" is spent"),
            "A registry had this handle and was deleted, and a handle can never be used again. Choose another one.",
        ),
        _ => report::failed("create", name, error, diagnostics),
    }
}
