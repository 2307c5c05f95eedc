//! `bahriya_registry`, one registry with its versions and the projects it is attached to, and `bahriya_registries`,
//! all of them.

use std::sync::LazyLock;

use super::lookup::{
    Asked, By, Key, Lookup, handle_argument, id_argument, item, list, list_of, shown,
};
use crate::api::{Error, HandleState, ProjectReference, Registry, Version};
use crate::findings;
use crate::framework::diagnostics::Reported;
use crate::framework::model::object;
use crate::framework::schema::{Attribute, Mode, Schema};
use crate::framework::value::Value;

const BY: By = ["id", "handle"];

/// The data source of one.
pub static ONE: Lookup = Lookup {
    name: "bahriya_registry",
    schema: LazyLock::new(|| {
        let mut attributes = vec![
            id_argument("id", "The UUID of the registry. Set this or `handle`."),
            handle_argument("handle", "The handle of the registry. Set this or `id`."),
        ];
        attributes.extend(metadata());
        attributes.push(list_of(
            "versions",
            version(),
            "The retained versions of the credentials, oldest first; null where the API has no list of them.",
        ));
        let (id, handle) = ("The UUID of the project.", "The handle of the project.");
        attributes.push(list_of(
            "projects",
            item(id, handle, Vec::new()),
            "The projects that the registry is attached to.",
        ));
        Schema::new(
            "Looks up a registry by its id or its handle, with the retained versions of its credentials and the \
             projects that it is attached to. Passwords are never shown.",
            attributes,
        )
    }),
    by: Some(BY),
    look: |asked| Box::pin(one(asked)),
};

/// The data source of all.
pub static ALL: Lookup = Lookup {
    name: "bahriya_registries",
    schema: LazyLock::new(|| {
        let (id, handle) = ("The UUID of the registry.", "The handle of the registry.");
        let item = item(id, handle, metadata());
        Schema::new(
            "Lists the registries of the organisation. Passwords are never shown.",
            vec![list_of("registries", item, "The registries, by handle.")],
        )
    }),
    by: None,
    look: |asked| Box::pin(all(asked)),
};

fn number(name: &'static str, description: &'static str) -> Attribute {
    Attribute::number(name, Mode::Computed, description)
}

fn flag(name: &'static str, description: &'static str) -> Attribute {
    Attribute::bool(name, Mode::Computed, description)
}

fn metadata() -> Vec<Attribute> {
    let current = "The number of the version that is current; null where the API does not show it.";
    let manager = "The object that manages the registry, if the platform does; may be null.";
    vec![
        shown("name", "The name to show."),
        shown(
            "server",
            "The registry's host, with a port if it is not 443.",
        ),
        shown("username", "The user name of the current credentials."),
        number("maxversions", "How many versions are retained."),
        number("current_version", current),
        flag("billable", "Whether the registry is billed."),
        shown(
            "currentversionid",
            "The identifier of the current version; may be null.",
        ),
        shown("managedbyresourceid", manager),
        shown(
            "managedbyresourcetype",
            "The type of that object; may be null.",
        ),
    ]
}

fn version() -> Vec<Attribute> {
    vec![
        number("version", "The number of the version, from 1."),
        shown("id", "The UUID of the version."),
        shown("server", "The server of these credentials."),
        shown("username", "Their user name."),
        flag("current", "Whether deployments use it."),
        shown("created", "When it was made, as the API writes it."),
    ]
}

fn show(registry: Registry) -> Value {
    object([
        ("id", registry.id.into()),
        ("handle", registry.handle.into()),
        ("name", registry.name.into()),
        ("server", registry.server.into()),
        ("username", registry.username.into()),
        ("maxversions", registry.maxversions.into()),
        ("current_version", registry.currentversion.into()),
        ("billable", registry.billable.into()),
        ("currentversionid", registry.currentversionid.into()),
        ("managedbyresourceid", registry.managedbyresourceid.into()),
        (
            "managedbyresourcetype",
            registry.managedbyresourcetype.into(),
        ),
    ])
}

fn show_version(version: Version) -> Value {
    object([
        ("version", version.version.into()),
        ("id", version.id.into()),
        ("server", version.server.into()),
        ("username", version.username.into()),
        ("current", version.current.into()),
        ("created", version.created.into()),
    ])
}

async fn one(mut asked: Asked<'_>) -> Result<Value, Reported> {
    let mut registry = find(&mut asked).await?;
    let what = format!("registry \"{}\"", registry.handle);
    let versions = asked.client.versions(&asked.operation, &registry).await;
    let versions = asked.found(&what, versions)?;
    let projects = projects(&asked, &registry).await;
    let projects = asked.found(&what, projects)?;
    if let Some(current) = versions.iter().flatten().find(|version| version.current) {
        registry.currentversion = Some(current.version);
    }
    let mut shown = show(registry);
    if let Value::Object(shown) = &mut shown {
        let versions = versions.map_or(Value::Null, |all| list(all, show_version));
        shown.extend([("versions", versions), ("projects", Value::List(projects))]);
    }
    Ok(shown)
}

async fn all(mut asked: Asked<'_>) -> Result<Value, Reported> {
    let listed = asked.client.registries(&asked.operation).await;
    let mut registries = asked.found("the registries", listed)?;
    registries.sort_by(|a, b| a.handle.cmp(&b.handle));
    Ok(object([("registries", list(registries, show))]))
}

async fn find(asked: &mut Asked<'_>) -> Result<Registry, Reported> {
    let organisation = asked.client.organisation();
    let finding = match asked.key(BY)? {
        Key::Id(id) => {
            let what = format!("registry {id}");
            let answer = asked.client.registry(&asked.operation, &id).await;
            match asked.found(&what, answer)? {
                Some(registry) => return Ok(registry),
                None => findings::object_not_found(what, organisation),
            }
        }
        Key::Handle(handle) => {
            let what = format!("registry \"{handle}\"");
            let client = asked.client;
            let answer = client.registry_by_handle(&asked.operation, &handle).await;
            match asked.found(&what, answer)? {
                HandleState::Alive(registry) => return Ok(*registry),
                HandleState::Burned => findings::registry_was_deleted(what),
                HandleState::Free => findings::object_not_found(what, organisation),
            }
        }
    };
    Err(asked.error(finding))
}

/// The projects from the registry itself where the API shows them whole there, else from the lists of all
/// projects.
async fn projects(asked: &Asked<'_>, registry: &Registry) -> Result<Vec<Value>, Error> {
    if let Some(shown) = registry.projects.as_deref().and_then(whole) {
        return Ok(shown);
    }
    let projects = asked
        .client
        .projects_with(&asked.operation, &registry.handle);
    let projects = projects.await?.into_iter();
    let references = projects.map(|project| reference(project.id, project.handle));
    Ok(references.collect())
}

/// `None` if any of them lacks its id or its handle.
fn whole(references: &[ProjectReference]) -> Option<Vec<Value>> {
    let references = references.iter().cloned();
    references
        .map(|one| Some(reference(one.id?, one.handle?)))
        .collect()
}

fn reference(id: String, handle: String) -> Value {
    object([("id", id.into()), ("handle", handle.into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data_sources::lookup::tests::assert_fits;

    #[test]
    fn what_is_shown_has_exactly_the_attributes_of_the_schema() {
        assert_fits(&show(Registry::default()), &item("", "", metadata()));
        let shown = show_version(Version {
            id: None,
            version: 1,
            server: None,
            username: None,
            current: true,
            created: None,
        });
        assert_fits(&shown, &version());
    }
}
