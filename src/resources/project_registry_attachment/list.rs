//! Every attachment of a project, or of all projects, for a query.

use std::sync::LazyLock;

use super::link;
use super::schema::Model;
use crate::connection::Connection;
use crate::framework::diagnostics::Reported;
use crate::framework::list::{Found, Listed};
use crate::framework::model::Attr;
use crate::framework::provider::Call;
use crate::framework::schema::{Attribute, Mode, Schema};
use crate::framework::value::Value;
use crate::resources::checks;
use crate::resources::context::Context;

pub static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
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

/// Hands over every one of them.
pub async fn list(
    call: &mut Call<Connection>,
    config: Value,
    found: &mut Found,
) -> Result<(), Reported> {
    let what = ("list", "the projects");
    let mut cx = Context::new(call, what, &Attr::Null)?;
    let only = Attr::<String>::read(&config, "project_id");
    let (client, operation) = (cx.client, &cx.operation);
    let projects = match only.known() {
        Some(id) => client.project(operation, id).await.map(Vec::from_iter),
        None => client.projects(operation).await,
    };
    let projects = cx.answer(projects)?;
    if let (Some(id), []) = (only.known(), projects.as_slice()) {
        cx.object = format!("project {id}");
        return Err(cx.not_found());
    }
    for project in projects {
        cx.object = format!("the attachments of project \"{}\"", project.handle);
        let attachments = client.attachments(&cx.operation, &project.id).await;
        for attachment in cx.answer(attachments)?.into_iter().flatten() {
            let display_name = format!("{} in {}", attachment.handle, project.handle);
            let model = Model::listed(&project.id, attachment);
            let stored = link::stored(client, model, None);
            let listed = Listed {
                identity: stored.identity,
                display_name,
                object: found.wants_objects.then_some(stored.value),
            };
            if found.hand(listed).await.is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}
