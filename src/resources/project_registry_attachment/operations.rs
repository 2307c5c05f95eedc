//! Attaching, looking and detaching.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::schema::Model;
use super::{identity_of, name_of};
use crate::api::{Detached, Operation};
use crate::connection::{Api, Connection};
use crate::findings;
use crate::fingerprint;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::Attr;
use crate::framework::private;
use crate::framework::provider::{Call, Looked, Stored};
use crate::resources::home::Home;
use crate::resources::report;
use crate::resources::timeouts;

/// The private data of an attachment.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Where it was seen last.
    #[serde(flatten)]
    pub home: Home,
    /// Tells it from another one of the same project and handle; random, made when it was attached or adopted.
    pub mark: Option<String>,
}

/// Whether two attachments are one link to the API, to which capitals mean nothing.
pub fn same_link(a: &Model, b: &Model) -> bool {
    let same = |a: &Attr<String>, b: &Attr<String>| match (a.known(), b.known()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => a == b,
    };
    same(&a.project_id, &b.project_id) && same(&a.handle, &b.handle)
}

/// Attaches. A link that exists already becomes the managed one.
pub async fn create(
    call: &Call<Connection>,
    model: Model,
    diagnostics: &mut Diagnostics,
) -> Result<Stored, Reported> {
    let operation = timeouts::operation(call, &model.timeouts, |timeouts| &timeouts.create);
    let name = name_of(&model);
    let (stored, adopted) = attach(call, &operation, model, diagnostics).await?;
    if adopted {
        diagnostics.warning(findings::attachment_adopted(&name));
    }
    Ok(stored)
}

/// Makes a link, or takes one that is there; whether it was. No other object makes or removes the same one meanwhile.
async fn attach(
    call: &Call<Connection>,
    operation: &Operation,
    mut model: Model,
    diagnostics: &mut Diagnostics,
) -> Result<(Stored, bool), Reported> {
    let client = call.connection.client(diagnostics)?;
    let (project, handle) = link_of(&model, diagnostics)?;
    let mark = new_mark(&name_of(&model), diagnostics)?;
    let link = call.connection.walk.link(project, handle);
    let mut last = link.lock().await;
    let attached = client.attach(operation, project, handle).await;
    let attached = attached
        .map_err(|error| report::failed("create", &name_of(&model), &error, diagnostics))?;
    *last = Some(mark);
    model.id = Attr::Known(format!("{project}:{handle}"));
    model.join_id = attached.join_id.into();
    Ok((stored(client, model, last.clone()), attached.adopted))
}

/// Removes the link of an object, unless another object has taken it over.
async fn detach(
    call: &Call<Connection>,
    operation: &Operation,
    model: &Model,
    mark: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Result<Detached, Reported> {
    let client = call.connection.client(diagnostics)?;
    let (project, handle) = link_of(model, diagnostics)?;
    let link = call.connection.walk.link(project, handle);
    let turn = || {
        let (link, mark) = (Arc::clone(&link), mark.map(str::to_owned));
        async move {
            let last = link.lock_owned().await;
            (last.is_none() || *last == mark).then_some(last)
        }
    };
    let detached = client.detach(operation, project, handle, turn).await;
    detached.map_err(|error| report::failed("delete", &name_of(model), &error, diagnostics))
}

/// Looks for the link in the project's list.
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
    let mut model = Model::from(&current.value);
    let name = name_of(&model);
    let mut memory: Memory = private::decode(&current.private);
    memory.home = memory.home.or_of(&current.identity);
    report::foreign::<Memory>(&current.private, &name, "", diagnostics);
    memory.home.same_organisation(client, &name, diagnostics)?;
    if let Some(id) = model.id.known() {
        call.connection.walk.read(id);
    }
    let (project, handle) = link_of(&model, diagnostics)?;
    let operation = timeouts::operation(call, &model.timeouts, |timeouts| &timeouts.read);
    match client
        .refreshed_attachment(&operation, project, handle)
        .await
    {
        Ok(Some(attachment)) => {
            model.id = Attr::Known(format!("{project}:{}", attachment.handle));
            model.handle = Attr::Known(attachment.handle);
            if attachment.join_id.is_some() {
                model.join_id = attachment.join_id.into();
            }
            Ok(Looked::There(stored(client, model, memory.mark)))
        }
        Ok(None) => {
            // Whoever does not know the registry does not know its attachments either.
            let found = memory
                .home
                .who_has(client, &operation, Some(handle), &name, diagnostics);
            found.await?;
            diagnostics.warning(findings::attachment_is_gone(&name));
            Ok(Looked::Gone)
        }
        Err(error) => Err(report::failed("read", &name, &error, diagnostics)),
    }
}

/// Detaches, after waiting for containers that still reference the registry.
pub async fn delete(
    call: &Call<Connection>,
    model: &Model,
    memory: &Memory,
    diagnostics: &mut Diagnostics,
) -> Result<(), Reported> {
    let name = name_of(model);
    let client = call.connection.client(diagnostics)?;
    memory.home.same_organisation(client, &name, diagnostics)?;
    let operation = timeouts::operation(call, &model.timeouts, |timeouts| &timeouts.delete);
    let mark = memory.mark.as_deref();
    match detach(call, &operation, model, mark, diagnostics).await? {
        Detached::Done => {}
        Detached::Absent => {
            let (home, handle) = (&memory.home, model.handle.known().map(String::as_str));
            let found = home.who_has(client, &operation, handle, &name, diagnostics);
            found.await?;
        }
        Detached::Kept => {
            diagnostics.warning(findings::attachment_stays(&name));
        }
    }
    Ok(())
}

/// Makes another link of an attachment: there first, then no more here. If it cannot be removed here, it is not left
/// there either.
pub async fn relocate(
    call: &Call<Connection>,
    prior: &Model,
    planned: Model,
    memory: &Memory,
    diagnostics: &mut Diagnostics,
) -> Result<Stored, Reported> {
    let client = call.connection.client(diagnostics)?;
    memory
        .home
        .same_organisation(client, &name_of(prior), diagnostics)?;
    let operation = timeouts::operation(call, &planned.timeouts, |timeouts| &timeouts.update);
    let (stored, adopted) = attach(call, &operation, planned, diagnostics).await?;
    let mark = memory.mark.as_deref();
    let detached = detach(call, &operation, prior, mark, diagnostics).await;
    if detached.is_err() && !adopted {
        let (there, mine) = (
            Model::from(&stored.value),
            private::decode::<Memory>(&stored.private),
        );
        let undone = detach(call, &operation, &there, mine.mark.as_deref(), diagnostics);
        // What failed is told.
        let _ = undone.await;
    }
    detached.map(|_| stored)
}

/// What tells this link from its successors. Asked for before anything is written.
fn new_mark(name: &str, diagnostics: &mut Diagnostics) -> Result<String, Reported> {
    fingerprint::random().ok_or_else(|| diagnostics.error(findings::no_randomness(name)))
}

/// The two ends of a link. A state without one of them was edited by hand.
fn link_of<'a>(
    model: &'a Model,
    diagnostics: &mut Diagnostics,
) -> Result<(&'a str, &'a str), Reported> {
    match (model.project_id.known(), model.handle.known()) {
        (Some(project), Some(handle)) => Ok((project, handle)),
        _ => Err(diagnostics.error(findings::attachment_incomplete(name_of(model)))),
    }
}

/// An attachment as it is stored.
pub fn stored(client: &crate::api::Client, model: Model, mark: Option<String>) -> Stored {
    Stored {
        identity: identity_of(client, &model),
        value: model.into(),
        private: private::encode(&Memory {
            home: Home::of(client),
            mark,
        }),
    }
}
