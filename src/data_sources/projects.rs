//! `bahriya_projects`: every project of the organisation.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::{lookup, project};
use crate::connection::Connection;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::{Attr, model};
use crate::framework::provider::{Call, DataSource};
use crate::framework::schema::Schema;
use crate::framework::value::Value;
use crate::resources::timeouts;

/// The data source.
pub struct Projects;

model! {
    /// The list. Its items have the attributes of a single look-up.
    pub struct Model {
        projects: Vec<project::Model>,
    }
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let mut item = vec![
        lookup::shown("id", "The UUID of the project."),
        lookup::shown("handle", "The handle of the project."),
    ];
    item.extend(project::metadata());
    Schema::new(
        "Lists the projects of the organisation.",
        vec![lookup::list_of(
            "projects",
            item,
            "The projects, by handle.",
        )],
    )
});

#[async_trait]
impl DataSource<Connection> for Projects {
    fn type_name(&self) -> &'static str {
        "bahriya_projects"
    }

    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn validate(&self, _: &Value, _: &mut Diagnostics) {}

    async fn read(
        &self,
        call: &Call<Connection>,
        _: Value,
        diagnostics: &mut Diagnostics,
    ) -> Result<Value, Reported> {
        let (client, operation) = timeouts::begin(call, diagnostics)?;
        let listed = client.projects(&operation).await;
        let mut projects = lookup::found("the projects", listed, diagnostics)?;
        projects.sort_by(|a, b| a.handle.cmp(&b.handle));
        let items = projects.into_iter().map(project::Model::from).collect();
        Ok(Model {
            projects: Attr::Known(items),
        }
        .into())
    }
}
