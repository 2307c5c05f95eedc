//! `bahriya_project_attachments`: the registries that a project may use.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::lookup::{self, Key};
use super::project;
use crate::api;
use crate::connection::Connection;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::{Attr, model};
use crate::framework::provider::{Call, DataSource};
use crate::framework::schema::Schema;
use crate::framework::value::Value;
use crate::resources::timeouts;

/// The data source.
pub struct ProjectAttachments;

model! {
    /// The attachments of a project.
    pub struct Model {
        project_id: String,
        project_handle: String,
        registries: Vec<Item>,
    }
}

model! {
    /// An attached registry.
    pub struct Item {
        handle: String,
        join_id: String,
    }
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new(
        "Lists the registries that are attached to a project.",
        vec![
            lookup::id_argument(
                "project_id",
                "The UUID of the project. Set this or `project_handle`.",
            ),
            lookup::handle_argument(
                "project_handle",
                "The handle of the project. Set this or `project_id`.",
            ),
            lookup::list_of(
                "registries",
                vec![
                    lookup::shown("handle", "The handle of the registry."),
                    lookup::shown(
                        "join_id",
                        "The identifier of the link; null where the API does not show it.",
                    ),
                ],
                "The attached registries, by handle.",
            ),
        ],
    )
});

#[async_trait]
impl DataSource<Connection> for ProjectAttachments {
    fn type_name(&self) -> &'static str {
        "bahriya_project_attachments"
    }

    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics) {
        // What is wrong has been told.
        let _ = Key::of(config, "project_id", "project_handle", diagnostics);
    }

    async fn read(
        &self,
        call: &Call<Connection>,
        config: Value,
        diagnostics: &mut Diagnostics,
    ) -> Result<Value, Reported> {
        let key = Key::known(&config, "project_id", "project_handle", diagnostics)?;
        let (client, operation) = timeouts::begin(call, diagnostics)?;
        let project = project::find(client, &operation, &key, diagnostics).await?;
        let what = format!("the attachments of project \"{}\"", project.handle);
        let listed = client.attachments(&operation, &project.id).await;
        let listed = lookup::found(&what, listed, diagnostics)?;
        let mut attached = listed.ok_or_else(|| project::missing(client, &key, diagnostics))?;
        attached.sort_by(|a, b| a.handle.cmp(&b.handle));
        let (mut id, mut handle) = (project.id, project.handle);
        // What is configured stays as it is written.
        match key {
            Key::Id(written) => id = written,
            Key::Handle(written) => handle = written,
        }
        let model = Model {
            project_id: Attr::Known(id),
            project_handle: Attr::Known(handle),
            registries: Attr::Known(attached.into_iter().map(Item::from).collect()),
        };
        Ok(model.into())
    }
}

impl From<api::Attachment> for Item {
    fn from(attachment: api::Attachment) -> Self {
        Self {
            handle: Attr::Known(attachment.handle),
            join_id: attachment.join_id.into(),
        }
    }
}
