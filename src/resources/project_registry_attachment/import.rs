//! Bringing an existing attachment under management. Reads only.

use super::link;
use super::schema::Model;
use crate::api::Error;
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::Reported;
use crate::framework::model::Attr;
use crate::framework::provider::{Call, ImportTarget, Stored};
use crate::resources::context::{Context, id_or_handle};
use crate::resources::home::Home;

/// Finds the attachment by `{project}:{handle}`, in which `project` is an id or a handle.
pub async fn import(call: &mut Call<Connection>, target: ImportTarget) -> Result<Stored, Reported> {
    let mut cx = Context::new(call, ("import", "identity"), &Attr::Null)?;
    let (project, handle) = match &target {
        // Neither a UUID nor a handle contains either separator.
        ImportTarget::Id(id) => match id.split_once([':', '/']) {
            Some((project, handle)) if !project.is_empty() && !handle.is_empty() => {
                (project.to_owned(), handle.to_owned())
            }
            _ => return Err(cx.error(findings::attachment_id_malformed(id))),
        },
        ImportTarget::Identity(identity) => {
            Home::default().or_of(identity).same_organisation(&mut cx)?;
            let part = |name| Attr::read(identity, name).known().cloned();
            let part = |name| part(name).unwrap_or_default();
            (part("project_id"), part("handle"))
        }
    };
    cx.object = format!("attachment of registry \"{handle}\" to project \"{project}\"");
    let found = find(&cx, &project, &handle).await;
    match cx.answer(found)? {
        Some(model) => Ok(link::stored(cx.client, model, None)),
        None => {
            let organisation = cx.client.organisation();
            Err(cx.error(findings::attachment_not_found(&cx.object, organisation)))
        }
    }
}

async fn find(cx: &Context<'_>, project: &str, handle: &str) -> Result<Option<Model>, Error> {
    let Some(project) = cx.project(id_or_handle(project)).await? else {
        return Ok(None);
    };
    let attachments = cx.client.attachments(&cx.operation, &project.id).await?;
    let found = attachments
        .into_iter()
        .flatten()
        .find(|attachment| attachment.is_of(handle));
    Ok(found.map(|attachment| Model::listed(&project.id, attachment)))
}
