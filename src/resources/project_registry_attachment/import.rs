//! Bringing an existing attachment under management. Reads only.

use super::operations;
use super::schema::Model;
use crate::api::{Client, Error, Operation, Project};
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::Attr;
use crate::framework::provider::{Call, ImportTarget, Stored};
use crate::framework::value::Value;
use crate::resources::home::Home;
use crate::resources::report;
use crate::resources::timeouts;

/// Finds the attachment by `{project}:{handle}`, in which `project` is an id or a handle.
pub async fn import(
    call: &Call<Connection>,
    target: ImportTarget,
    diagnostics: &mut Diagnostics,
) -> Result<Stored, Reported> {
    let (client, operation) = timeouts::begin(call, diagnostics)?;
    let (project, handle) = match target {
        ImportTarget::Id(id) => parts(&id, diagnostics)?,
        ImportTarget::Identity(identity) => of_identity(client, &identity, diagnostics)?,
    };
    let name = format!("attachment of registry \"{handle}\" to project \"{project}\"");
    match find(client, &operation, &project, &handle).await {
        Ok(Some(model)) => Ok(operations::stored(client, model, None)),
        Ok(None) => {
            Err(diagnostics.error(findings::attachment_not_found(name, client.organisation())))
        }
        Err(error) => Err(report::failed("import", &name, &error, diagnostics)),
    }
}

fn parts(id: &str, diagnostics: &mut Diagnostics) -> Result<(String, String), Reported> {
    // Neither a UUID nor a handle contains either separator.
    match id.split_once([':', '/']) {
        Some((project, handle)) if !project.is_empty() && !handle.is_empty() => {
            Ok((project.to_owned(), handle.to_owned()))
        }
        _ => Err(diagnostics.error(findings::attachment_id_malformed(id))),
    }
}

fn of_identity(
    client: &Client,
    identity: &Value,
    diagnostics: &mut Diagnostics,
) -> Result<(String, String), Reported> {
    let part = |name| Attr::<String>::read(identity, name).known().cloned();
    Home::default()
        .or_of(identity)
        .same_organisation(client, "identity", diagnostics)?;
    Ok((
        part("project_id").unwrap_or_default(),
        part("handle").unwrap_or_default(),
    ))
}

async fn find(
    client: &Client,
    operation: &Operation,
    project: &str,
    handle: &str,
) -> Result<Option<Model>, Error> {
    let Some(project) = find_project(client, operation, project).await? else {
        return Ok(None);
    };
    let attachments = client.attachments(operation, &project.id).await?;
    let found = attachments
        .into_iter()
        .flatten()
        .find(|attachment| attachment.is_of(handle));
    Ok(found.map(|attachment| Model::listed(&project.id, attachment)))
}

async fn find_project(
    client: &Client,
    operation: &Operation,
    project: &str,
) -> Result<Option<Project>, Error> {
    if uuid::Uuid::try_parse(project).is_ok()
        && let Some(found) = client.project(operation, project).await?
    {
        return Ok(Some(found));
    }
    client.project_by_handle(operation, project).await
}
