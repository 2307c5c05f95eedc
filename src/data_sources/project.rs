//! `bahriya_project`, one project, `bahriya_projects`, all of them, and `bahriya_project_attachments`, the registries
//! that one may use.

use std::sync::LazyLock;

use serde_json::{Value as Json, json};

use super::lookup::{self, By, Lookup, attributes, handle_argument, id_argument, list_of};
use crate::api::Project;
use crate::framework::diagnostics::Reported;
use crate::framework::schema::{Attribute, Schema, computed};
use crate::framework::value::Value;
use crate::resources::context::{Context, Names};

const BY: By = ["id", "handle"];
const ATTACHMENTS_BY: By = ["project_id", "project_handle"];

/// The data source of one.
pub static ONE: Lookup = Lookup {
    name: "bahriya_project",
    schema: LazyLock::new(|| {
        let arguments = vec![
            id_argument("id", "The UUID of the project. Set this or `handle`."),
            handle_argument("handle", "The handle of the project. Set this or `id`."),
        ];
        Schema::new(
            "Looks up a project by its id or its handle.",
            attributes(arguments, shown()),
        )
    }),
    by: Some(BY),
    find: |cx, config| Box::pin(one(cx, config)),
};

/// The data source of all.
pub static ALL: Lookup = Lookup {
    name: "bahriya_projects",
    schema: LazyLock::new(|| {
        Schema::new(
            "Lists the projects of the organisation.",
            vec![list_of("projects", shown(), "The projects, by handle.")],
        )
    }),
    by: None,
    find: |cx, _| Box::pin(all(cx)),
};

/// The data source of the registries of one.
pub static ATTACHMENTS: Lookup = Lookup {
    name: "bahriya_project_attachments",
    schema: LazyLock::new(|| {
        let [id, handle] = ATTACHMENTS_BY;
        Schema::new(
            "Lists the registries that are attached to a project.",
            vec![
                id_argument(id, "The UUID of the project. Set this or `project_handle`."),
                handle_argument(
                    handle,
                    "The handle of the project. Set this or `project_id`.",
                ),
                list_of(
                    "registries",
                    shown_attachment(),
                    "The attached registries, by handle.",
                ),
            ],
        )
    }),
    by: Some(ATTACHMENTS_BY),
    find: |cx, config| Box::pin(attachments(cx, config)),
};

fn shown() -> Vec<Attribute> {
    computed! {
        string id: "The UUID of the project.";
        string handle: "The handle of the project.";
        string name: "The name to show.";
        strings regions: "The regions that the project runs in.";
        strings users: "The ids of the users of the project.";
        string organisation: "The UUID of its organisation; may be null.";
    }
}

fn shown_attachment() -> Vec<Attribute> {
    computed! {
        string handle: "The handle of the registry.";
        string join_id: "The identifier of the link; null where the API does not show it.";
    }
}

async fn one(mut cx: Context<'_>, config: &Value) -> Result<Json, Reported> {
    let names = lookup::names(&mut cx, "project", config, BY)?;
    Ok(json!(find(&mut cx, names).await?))
}

async fn all(mut cx: Context<'_>) -> Result<Json, Reported> {
    cx.object = "the projects".to_owned();
    let listed = cx.client.projects(&cx.operation).await;
    let mut projects = cx.answer(listed)?;
    projects.sort_by(|a, b| a.handle.cmp(&b.handle));
    Ok(json!({ "projects": projects }))
}

async fn attachments(mut cx: Context<'_>, config: &Value) -> Result<Json, Reported> {
    let names = lookup::names(&mut cx, "project", config, ATTACHMENTS_BY)?;
    let project = find(&mut cx, names).await?;
    let looked_up = std::mem::replace(
        &mut cx.object,
        format!("the attachments of project \"{}\"", project.handle),
    );
    let listed = cx.client.attachments(&cx.operation, &project.id).await;
    let Some(mut attached) = cx.answer(listed)? else {
        cx.object = looked_up;
        return Err(cx.not_found());
    };
    attached.sort_by(|a, b| a.handle.cmp(&b.handle));
    Ok(json!({
        "project_id": project.id,
        "project_handle": project.handle,
        "registries": attached,
    }))
}

/// Finds a project; none is an error.
async fn find(cx: &mut Context<'_>, names: Names<'_>) -> Result<Project, Reported> {
    let found = cx.project(names).await;
    cx.answer(found)?.ok_or_else(|| cx.not_found())
}
