//! `bahriya_registry`, one registry with its versions and the projects it is attached to, and `bahriya_registries`,
//! all of them.

use std::sync::LazyLock;

use serde_json::{Value as Json, json};

use super::lookup::{self, By, Lookup, attributes, handle_argument, id_argument, list_of};
use crate::api::{Error, ProjectReference, Registry};
use crate::framework::diagnostics::Reported;
use crate::framework::schema::{Attribute, Schema, computed};
use crate::framework::value::Value;
use crate::resources::context::Context;
use crate::resources::registry;

const BY: By = ["id", "handle"];

/// The data source of one.
pub static ONE: Lookup = Lookup {
    name: "bahriya_registry",
    schema: LazyLock::new(|| {
        let arguments = vec![
            id_argument("id", "The UUID of the registry. Set this or `handle`."),
            handle_argument("handle", "The handle of the registry. Set this or `id`."),
        ];
        let lists = [
            list_of(
                "versions",
                shown_version(),
                "The retained versions of the credentials, oldest first; null where the API has no list of them.",
            ),
            list_of(
                "projects",
                shown_project(),
                "The projects that the registry is attached to.",
            ),
        ];
        Schema::new(
            "Looks up a registry by its id or its handle, with the retained versions of its credentials and the \
             projects that it is attached to. Passwords are never shown.",
            [attributes(arguments, shown()), lists.to_vec()].concat(),
        )
    }),
    by: Some(BY),
    find: |cx, config| Box::pin(one(cx, config)),
};

/// The data source of all.
pub static ALL: Lookup = Lookup {
    name: "bahriya_registries",
    schema: LazyLock::new(|| {
        Schema::new(
            "Lists the registries of the organisation. Passwords are never shown.",
            vec![list_of("registries", shown(), "The registries, by handle.")],
        )
    }),
    by: None,
    find: |cx, _| Box::pin(all(cx)),
};

fn shown() -> Vec<Attribute> {
    let mut shown = computed! {
        string handle: "The handle of the registry.";
        string name: "The name to show.";
        string server: "The registry's host, with a port if it is not 443.";
        string username: "The user name of the current credentials.";
        number maxversions: "How many versions are retained.";
    };
    shown.extend(registry::shown());
    shown
}

fn shown_version() -> Vec<Attribute> {
    computed! {
        number version: "The number of the version, from 1.";
        string id: "The UUID of the version.";
        string server: "The server of these credentials.";
        string username: "Their user name.";
        bool current: "Whether deployments use it.";
        string created: "When it was made, as the API writes it.";
    }
}

fn shown_project() -> Vec<Attribute> {
    computed! {
        string id: "The UUID of the project.";
        string handle: "The handle of the project.";
    }
}

async fn one(mut cx: Context<'_>, config: &Value) -> Result<Json, Reported> {
    let names = lookup::names(&mut cx, "registry", config, BY)?;
    let mut registry = cx.registry(names).await?;
    cx.object = format!("registry \"{}\"", registry.handle);
    let versions = cx.client.versions(&cx.operation, &registry).await;
    let versions = cx.answer(versions)?;
    let projects = projects(&cx, &registry).await;
    let projects = cx.answer(projects)?;
    if let Some(current) = versions.iter().flatten().find(|version| version.current) {
        registry.currentversion = Some(current.version);
    }
    let mut found = show(&registry);
    found["versions"] = json!(versions);
    found["projects"] = json!(projects);
    Ok(found)
}

async fn all(mut cx: Context<'_>) -> Result<Json, Reported> {
    cx.object = "the registries".to_owned();
    let listed = cx.client.registries(&cx.operation).await;
    let mut registries = cx.answer(listed)?;
    registries.sort_by(|a, b| a.handle.cmp(&b.handle));
    let registries: Vec<_> = registries.iter().map(show).collect();
    Ok(json!({ "registries": registries }))
}

/// A registry as it is shown, with the names of the resource's attributes.
fn show(registry: &Registry) -> Json {
    let mut shown = json!(registry);
    shown["current_version"] = json!(registry.currentversion);
    shown
}

/// The projects from the registry itself where the API shows them whole there, else from the lists of all projects.
async fn projects(cx: &Context<'_>, registry: &Registry) -> Result<Vec<ProjectReference>, Error> {
    let is_whole = |one: &ProjectReference| one.id.is_some() && one.handle.is_some();
    if let Some(shown) = &registry.projects
        && shown.iter().all(is_whole)
    {
        return Ok(shown.clone());
    }
    let (client, operation) = (cx.client, &cx.operation);
    let projects = client.projects_with(operation, &registry.handle).await?;
    let references = projects.into_iter().map(|project| ProjectReference {
        id: Some(project.id),
        handle: Some(project.handle),
        name: project.name,
    });
    Ok(references.collect())
}
