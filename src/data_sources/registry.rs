//! `bahriya_registry`: one registry with its versions and the projects it is attached to.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::lookup::{self, Key};
use crate::api::{self, Client, Error, HandleState, Operation, ProjectReference};
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::{Attr, model};
use crate::framework::provider::{Call, DataSource};
use crate::framework::schema::{Attribute, Mode, Schema};
use crate::framework::value::Value;
use crate::resources::timeouts;

/// The data source.
pub struct Registry;

model! {
    /// A registry as shown.
    pub struct Model {
        id: String,
        handle: String,
        name: String,
        server: String,
        username: String,
        maxversions: i64,
        current_version: i64,
        billable: bool,
        currentversionid: String,
        managedbyresourceid: String,
        managedbyresourcetype: String,
        versions: Vec<Version>,
        projects: Vec<Project>,
    }
}

model! {
    /// A retained version.
    pub struct Version {
        version: i64,
        id: String,
        server: String,
        username: String,
        current: bool,
        created: String,
    }
}

model! {
    /// A project that may use the registry.
    pub struct Project {
        id: String,
        handle: String,
    }
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let mut attributes = vec![
        lookup::id_argument("id", "The UUID of the registry. Set this or `handle`."),
        lookup::handle_argument("handle", "The handle of the registry. Set this or `id`."),
    ];
    attributes.extend(metadata());
    attributes.extend([
        lookup::list_of(
            "versions",
            version(),
            "The retained versions of the credentials, oldest first; null where the API has no list of them.",
        ),
        lookup::list_of(
            "projects",
            vec![
                lookup::shown("id", "The UUID of the project."),
                lookup::shown("handle", "The handle of the project."),
            ],
            "The projects that the registry is attached to.",
        ),
    ]);
    Schema::new(
        "Looks up a registry by its id or its handle, with the retained versions of its credentials and the \
         projects that it is attached to. Passwords are never shown.",
        attributes,
    )
});

/// What the API shows of a registry beside its id and handle.
pub fn metadata() -> Vec<Attribute> {
    vec![
        lookup::shown("name", "The name to show."),
        lookup::shown(
            "server",
            "The registry's host, with a port if it is not 443.",
        ),
        lookup::shown("username", "The user name of the current credentials."),
        Attribute::number(
            "maxversions",
            Mode::Computed,
            "How many versions are retained.",
        ),
        Attribute::number(
            "current_version",
            Mode::Computed,
            "The number of the version that is current; null where the API does not show it.",
        ),
        Attribute::bool(
            "billable",
            Mode::Computed,
            "Whether the registry is billed.",
        ),
        lookup::shown(
            "currentversionid",
            "The identifier of the current version; may be null.",
        ),
        lookup::shown(
            "managedbyresourceid",
            "The object that manages the registry, if the platform does; may be null.",
        ),
        lookup::shown(
            "managedbyresourcetype",
            "The type of that object; may be null.",
        ),
    ]
}

fn version() -> Vec<Attribute> {
    vec![
        Attribute::number(
            "version",
            Mode::Computed,
            "The number of the version, from 1.",
        ),
        lookup::shown("id", "The UUID of the version."),
        lookup::shown("server", "The server of these credentials."),
        lookup::shown("username", "Their user name."),
        Attribute::bool("current", Mode::Computed, "Whether deployments use it."),
        lookup::shown("created", "When it was made, as the API writes it."),
    ]
}

#[async_trait]
impl DataSource<Connection> for Registry {
    fn type_name(&self) -> &'static str {
        "bahriya_registry"
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
        let registry = find(client, &operation, &key, diagnostics).await?;
        let what = format!("registry \"{}\"", registry.handle);
        let shown = complete(client, &operation, registry).await;
        let mut model = lookup::found(&what, shown, diagnostics)?;
        // What is configured stays as it is written.
        match key {
            Key::Id(id) => model.id = Attr::Known(id),
            Key::Handle(handle) => model.handle = Attr::Known(handle),
        }
        Ok(model.into())
    }
}

async fn find(
    client: &Client,
    operation: &Operation,
    key: &Key,
    diagnostics: &mut Diagnostics,
) -> Result<api::Registry, Reported> {
    let organisation = client.organisation();
    match key {
        Key::Id(id) => {
            let what = format!("registry {id}");
            let registry = client.registry(operation, id).await;
            lookup::found(&what, registry, diagnostics)?
                .ok_or_else(|| diagnostics.error(findings::object_not_found(what, organisation)))
        }
        Key::Handle(handle) => {
            let what = format!("registry \"{handle}\"");
            let state = client.registry_by_handle(operation, handle).await;
            match lookup::found(&what, state, diagnostics)? {
                HandleState::Alive(registry) => Ok(*registry),
                HandleState::Burned => Err(diagnostics.error(findings::registry_was_deleted(what))),
                HandleState::Free => {
                    Err(diagnostics.error(findings::object_not_found(what, organisation)))
                }
            }
        }
    }
}

/// Adds what takes further requests: the versions and the projects.
async fn complete(
    client: &Client,
    operation: &Operation,
    registry: api::Registry,
) -> Result<Model, Error> {
    let versions = client.versions(operation, &registry).await?;
    let projects = projects(client, operation, &registry).await?;
    let current = versions.iter().flatten().find(|version| version.current);
    Ok(Model {
        current_version: current
            .map(|one| one.version)
            .or(registry.currentversion)
            .into(),
        id: Attr::Known(registry.id),
        handle: Attr::Known(registry.handle),
        name: registry.name.into(),
        server: registry.server.into(),
        username: registry.username.into(),
        maxversions: registry.maxversions.into(),
        billable: registry.billable.into(),
        currentversionid: registry.currentversionid.into(),
        managedbyresourceid: registry.managedbyresourceid.into(),
        managedbyresourcetype: registry.managedbyresourcetype.into(),
        versions: versions
            .map(|versions| versions.into_iter().map(Version::from).collect())
            .into(),
        projects: Attr::Known(projects),
    })
}

/// The projects from the registry itself where the API shows them whole there, else from the lists of all
/// projects.
async fn projects(
    client: &Client,
    operation: &Operation,
    registry: &api::Registry,
) -> Result<Vec<Project>, Error> {
    if let Some(shown) = registry.projects.as_deref().and_then(whole) {
        return Ok(shown);
    }
    let mut attached = Vec::new();
    for project in client.projects(operation).await? {
        let kept = client.kept_attachments(operation, &project.id).await?;
        if kept.iter().any(|one| one.handle == registry.handle) {
            attached.push(Project {
                id: Attr::Known(project.id),
                handle: Attr::Known(project.handle),
            });
        }
    }
    Ok(attached)
}

/// `None` if any of them lacks its id or its handle.
fn whole(references: &[ProjectReference]) -> Option<Vec<Project>> {
    let whole = references.iter().map(|reference| {
        Some(Project {
            id: Attr::Known(reference.id.clone()?),
            handle: Attr::Known(reference.handle.clone()?),
        })
    });
    whole.collect()
}

impl From<api::Version> for Version {
    fn from(version: api::Version) -> Self {
        Self {
            version: Attr::Known(version.version),
            id: version.id.into(),
            server: version.server.into(),
            username: version.username.into(),
            current: Attr::Known(version.current),
            created: version.created.into(),
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
        let nested = Schema::new("", version());
        assert_eq!(
            Value::from(Version::default()),
            Value::Object(plan::empty(&nested))
        );
    }
}
