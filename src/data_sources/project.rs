//! `bahriya_project`: one project, by its id or its handle.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::lookup::{self, Key};
use crate::api::{self, Client, Operation};
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::{Attr, model};
use crate::framework::provider::{Call, DataSource};
use crate::framework::schema::{Attribute, Kind, Mode, Schema};
use crate::framework::ty::Type;
use crate::framework::value::Value;
use crate::resources::timeouts;

/// The data source.
pub struct Project;

model! {
    /// A project as shown.
    pub struct Model {
        id: String,
        handle: String,
        name: String,
        regions: Vec<String>,
        users: Vec<String>,
        organisation: String,
    }
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let mut attributes = vec![
        lookup::id_argument("id", "The UUID of the project. Set this or `handle`."),
        lookup::handle_argument("handle", "The handle of the project. Set this or `id`."),
    ];
    attributes.extend(metadata());
    Schema::new("Looks up a project by its id or its handle.", attributes)
});

/// What the API shows of a project beside its id and handle.
pub fn metadata() -> Vec<Attribute> {
    let texts = |name, description| {
        let kind = Kind::Plain(Type::list(Type::String));
        Attribute::new(name, kind, Mode::Computed, description)
    };
    vec![
        lookup::shown("name", "The name to show."),
        texts("regions", "The regions that the project runs in."),
        texts("users", "The ids of the users of the project."),
        lookup::shown("organisation", "The UUID of its organisation; may be null."),
    ]
}

#[async_trait]
impl DataSource<Connection> for Project {
    fn type_name(&self) -> &'static str {
        "bahriya_project"
    }

    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics) {
        // What is wrong has been told.
        let _ = Key::of(config, "id", "handle", diagnostics);
    }

    async fn read(
        &self,
        call: &Call<Connection>,
        config: Value,
        diagnostics: &mut Diagnostics,
    ) -> Result<Value, Reported> {
        let key = Key::known(&config, "id", "handle", diagnostics)?;
        let (client, operation) = timeouts::begin(call, diagnostics)?;
        let mut model = Model::from(find(client, &operation, &key, diagnostics).await?);
        // What is configured stays as it is written.
        match key {
            Key::Id(id) => model.id = Attr::Known(id),
            Key::Handle(handle) => model.handle = Attr::Known(handle),
        }
        Ok(model.into())
    }
}

/// Finds a living project; none is an error.
pub async fn find(
    client: &Client,
    operation: &Operation,
    key: &Key,
    diagnostics: &mut Diagnostics,
) -> Result<api::Project, Reported> {
    let answer = match key {
        Key::Id(id) => client.project(operation, id).await,
        Key::Handle(handle) => client.project_by_handle(operation, handle).await,
    };
    lookup::found(&described(key), answer, diagnostics)?
        .ok_or_else(|| missing(client, key, diagnostics))
}

/// The error for a project that is not there.
pub fn missing(client: &Client, key: &Key, diagnostics: &mut Diagnostics) -> Reported {
    diagnostics.error(findings::object_not_found(
        described(key),
        client.organisation(),
    ))
}

fn described(key: &Key) -> String {
    match key {
        Key::Id(id) => format!("project {id}"),
        Key::Handle(handle) => format!("project \"{handle}\""),
    }
}

impl From<api::Project> for Model {
    fn from(project: api::Project) -> Self {
        Self {
            id: Attr::Known(project.id),
            handle: Attr::Known(project.handle),
            name: project.name.into(),
            regions: project.regions.into(),
            users: project.users.into(),
            organisation: project.organisation.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::plan;

    #[test]
    fn the_model_has_exactly_the_attributes_of_the_schema() {
        assert_eq!(
            Value::from(Model::default()),
            Value::Object(plan::empty(&SCHEMA))
        );
    }
}
