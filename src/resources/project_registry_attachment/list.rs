//! Every attachment of a project, or of all projects, for a query.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::ProjectRegistryAttachment;
use super::operations;
use super::schema::Model;
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::list::{Found, ListRequest, ListResource, Listed};
use crate::framework::model::Attr;
use crate::framework::provider::{Block, Call};
use crate::framework::schema::{Attribute, Mode, Schema};
use crate::resources::checks;
use crate::resources::report;
use crate::resources::timeouts;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new(
        "Lists the attachments of registries to projects.",
        vec![
            Attribute::string(
                "project_id",
                Mode::Optional,
                "The UUID of a project, to list its attachments alone.",
            )
            .checked(checks::uuid),
        ],
    )
});

/// The list.
pub struct Attachments;

impl Block for Attachments {
    fn type_name(&self) -> &'static str {
        ProjectRegistryAttachment.type_name()
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl ListResource<Connection> for Attachments {
    async fn list(
        &self,
        call: &Call<Connection>,
        request: ListRequest,
        found: &mut Found,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Reported> {
        let (client, operation) = timeouts::begin(call, diagnostics)?;
        let only = Attr::<String>::read(&request.config, "project_id");
        let projects = match only.known() {
            Some(id) => client.project(&operation, id).await.map(Vec::from_iter),
            None => client.projects(&operation).await,
        };
        let projects = projects
            .map_err(|error| report::failed("list", "the projects", &error, diagnostics))?;
        if let (Some(id), []) = (only.known(), projects.as_slice()) {
            return Err(diagnostics.error(findings::object_not_found(
                format!("project {id}"),
                client.organisation(),
            )));
        }
        for project in projects {
            let attachments = client.attachments(&operation, &project.id).await;
            let attachments = attachments.map_err(|error| {
                let name = format!("the attachments of project \"{}\"", project.handle);
                report::failed("list", &name, &error, diagnostics)
            })?;
            for attachment in attachments.into_iter().flatten() {
                let display_name = format!("{} in {}", attachment.handle, project.handle);
                let model = Model::listed(&project.id, attachment);
                let stored = operations::stored(client, model, None);
                let listed = Listed {
                    identity: stored.identity,
                    display_name,
                    object: request.objects.then_some(stored.value),
                };
                if found.hand(listed).await.is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}
