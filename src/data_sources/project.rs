//! `bahriya_project`, one project, `bahriya_projects`, all of them, and `bahriya_project_attachments`, the registries
//! that one may use.

use std::sync::LazyLock;

use super::lookup::{
    Asked, By, Key, Lookup, handle_argument, id_argument, item, list, list_of, shown,
};
use crate::api::{Attachment, Project};
use crate::findings;
use crate::framework::diagnostics::Reported;
use crate::framework::model::object;
use crate::framework::schema::{Attribute, Kind, Mode, Schema};
use crate::framework::ty::Type;
use crate::framework::value::Value;

const BY: By = ["id", "handle"];
const ATTACHMENTS_BY: By = ["project_id", "project_handle"];

/// The data source of one.
pub static ONE: Lookup = Lookup {
    name: "bahriya_project",
    schema: LazyLock::new(|| {
        let mut attributes = vec![
            id_argument("id", "The UUID of the project. Set this or `handle`."),
            handle_argument("handle", "The handle of the project. Set this or `id`."),
        ];
        attributes.extend(metadata());
        Schema::new("Looks up a project by its id or its handle.", attributes)
    }),
    by: Some(BY),
    look: |asked| Box::pin(one(asked)),
};

/// The data source of all.
pub static ALL: Lookup = Lookup {
    name: "bahriya_projects",
    schema: LazyLock::new(|| {
        let (id, handle) = ("The UUID of the project.", "The handle of the project.");
        let item = item(id, handle, metadata());
        Schema::new(
            "Lists the projects of the organisation.",
            vec![list_of("projects", item, "The projects, by handle.")],
        )
    }),
    by: None,
    look: |asked| Box::pin(all(asked)),
};

/// The data source of the registries of one.
pub static ATTACHMENTS: Lookup = Lookup {
    name: "bahriya_project_attachments",
    schema: LazyLock::new(|| {
        let [id, handle] = ATTACHMENTS_BY;
        let join_id = "The identifier of the link; null where the API does not show it.";
        let item = vec![
            shown("handle", "The handle of the registry."),
            shown("join_id", join_id),
        ];
        Schema::new(
            "Lists the registries that are attached to a project.",
            vec![
                id_argument(id, "The UUID of the project. Set this or `project_handle`."),
                handle_argument(
                    handle,
                    "The handle of the project. Set this or `project_id`.",
                ),
                list_of("registries", item, "The attached registries, by handle."),
            ],
        )
    }),
    by: Some(ATTACHMENTS_BY),
    look: |asked| Box::pin(attachments(asked)),
};

fn metadata() -> Vec<Attribute> {
    let texts = |name, description| {
        let kind = Kind::Plain(Type::list(Type::String));
        Attribute::new(name, kind, Mode::Computed, description)
    };
    vec![
        shown("name", "The name to show."),
        texts("regions", "The regions that the project runs in."),
        texts("users", "The ids of the users of the project."),
        shown("organisation", "The UUID of its organisation; may be null."),
    ]
}

fn show(project: Project) -> Value {
    object([
        ("id", project.id.into()),
        ("handle", project.handle.into()),
        ("name", project.name.into()),
        ("regions", project.regions.into()),
        ("users", project.users.into()),
        ("organisation", project.organisation.into()),
    ])
}

fn show_attachment(attachment: Attachment) -> Value {
    object([
        ("handle", attachment.handle.into()),
        ("join_id", attachment.join_id.into()),
    ])
}

async fn one(mut asked: Asked<'_>) -> Result<Value, Reported> {
    let key = asked.key(BY)?;
    Ok(show(find(&mut asked, &key).await?))
}

async fn all(mut asked: Asked<'_>) -> Result<Value, Reported> {
    let listed = asked.client.projects(&asked.operation).await;
    let mut projects = asked.found("the projects", listed)?;
    projects.sort_by(|a, b| a.handle.cmp(&b.handle));
    Ok(object([("projects", list(projects, show))]))
}

async fn attachments(mut asked: Asked<'_>) -> Result<Value, Reported> {
    let key = asked.key(ATTACHMENTS_BY)?;
    let project = find(&mut asked, &key).await?;
    let what = format!("the attachments of project \"{}\"", project.handle);
    let listed = asked
        .client
        .attachments(&asked.operation, &project.id)
        .await;
    let listed = asked.found(&what, listed)?;
    let mut attached = listed.ok_or_else(|| missing(&mut asked, &key))?;
    attached.sort_by(|a, b| a.handle.cmp(&b.handle));
    Ok(object([
        ("project_id", project.id.into()),
        ("project_handle", project.handle.into()),
        ("registries", list(attached, show_attachment)),
    ]))
}

/// Finds a living project; none is an error.
async fn find(asked: &mut Asked<'_>, key: &Key) -> Result<Project, Reported> {
    let answer = match key {
        Key::Id(id) => asked.client.project(&asked.operation, id).await,
        Key::Handle(handle) => {
            asked
                .client
                .project_by_handle(&asked.operation, handle)
                .await
        }
    };
    let found = asked.found(&described(key), answer)?;
    found.ok_or_else(|| missing(asked, key))
}

fn missing(asked: &mut Asked<'_>, key: &Key) -> Reported {
    let organisation = asked.client.organisation();
    asked.error(findings::object_not_found(described(key), organisation))
}

fn described(key: &Key) -> String {
    match key {
        Key::Id(id) => format!("project {id}"),
        Key::Handle(handle) => format!("project \"{handle}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data_sources::lookup::tests::assert_fits;

    #[test]
    fn what_is_shown_has_exactly_the_attributes_of_the_schema() {
        let project = Project {
            id: "p".to_owned(),
            handle: "h".to_owned(),
            name: None,
            regions: None,
            users: None,
            organisation: None,
        };
        assert_fits(&show(project), &item("", "", metadata()));
    }
}
