//! Creating a registry. From the moment the API has given it an id, nothing here is an error any more:
//! Terraform taints what comes back with one, and a tainted registry is a lost handle.

use super::memory::{Memory, PlanNote};
use super::schema::Model;
use super::verify::verify;
use super::{name_of, read, stored};
use crate::api::{Error, HandleState, Made, NewRegistry, Proof, Registry};
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::Reported;
use crate::framework::model::Attr;
use crate::framework::provider::{ApplyRequest, Call, Stored};
use crate::resources::context::Context;
use crate::resources::home::Home;

/// Creates the registry of a plan.
pub async fn create(
    call: &mut Call<Connection>,
    request: ApplyRequest,
) -> Result<Stored, Reported> {
    let (mut model, config) = (Model::from(&request.planned), Model::from(&request.config));
    let what = ("create", name_of(&model));
    let mut cx = Context::new(call, what, &model.timeouts)?;
    let client = cx.client;
    let saw = matches!(
        Memory::decode(&request.private).plan,
        Some(PlanNote::Create {
            write_only: true,
            ..
        })
    );
    let password = model.password_to_apply(&config, saw);
    let (Some(handle), Some(display), Some(credentials)) = (
        model.handle.known(),
        model.name.known(),
        model.credentials(password),
    ) else {
        return Err(cx.error(findings::password_missing_to_create().at("password")));
    };
    let doubt = verify(&mut cx, &model.verify, credentials).await?;
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
    let is_stored = model.password.known().is_some();
    let (created, fingerprint) = tokio::join!(
        client.create_registry(&cx.operation, &new),
        memory.new_fingerprint(&cx.connection.hasher, credentials, is_stored),
    );
    let (id, proof) = cx.answer(created)?;
    if let Some(doubt) = doubt {
        cx.diagnostics.warning(doubt);
    }
    let first = match confirm(&cx, &id, &mut model, &mut memory).await {
        Ok(first) => first,
        Err(error) => {
            model.id = Attr::Known(id);
            let unread = findings::not_read_after_create(&cx.object, error);
            cx.diagnostics.warning(unread);
            Made {
                number: Some(1),
                id: None,
            }
        }
    };
    if proof == Proof::OnlyCandidate {
        cx.diagnostics
            .warning(findings::unproved_creation(cx.object));
    }
    memory.record_write(first, proof, fingerprint);
    Ok(stored(client, model, memory))
}

/// Reads the new registry back into the planned one, whose known values stay as they are. Answers its first
/// version, which is the one created.
async fn confirm(
    cx: &Context<'_>,
    id: &str,
    model: &mut Model,
    memory: &mut Memory,
) -> Result<Made, Error> {
    let (client, bounds) = (cx.client, &cx.operation.after_write());
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
    let current = match (registry.currentversion, registry.versioncount) {
        (Some(version), Some(1)) => {
            memory.retained = Some(vec![version]);
            Some(version)
        }
        // The registry exists and is read: that its versions could not be listed is for the next read to mend.
        _ => read::look_at_versions(client, bounds, &registry, model, memory)
            .await
            .unwrap_or(registry.currentversion),
    };
    read::resolve(model, &registry, current);
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
