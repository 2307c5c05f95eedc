//! The attributes of `bahriya_project_registry_attachment`.

use std::sync::LazyLock;

use crate::api::Attachment;
use crate::framework::model::{Attr, model};
use crate::framework::schema::{Attribute, Mode, Schema};
use crate::resources::checks;
use crate::resources::home;
use crate::resources::timeouts::{self, Timeouts};

model! {
    /// An attachment as configured, planned or stored.
    pub struct Model {
        project_id: String,
        handle: String,
        timeouts: Timeouts,
        id: String,
        join_id: String,
    }
}

impl Model {
    /// An attachment as a project's list shows it.
    pub fn listed(project: &str, attachment: Attachment) -> Self {
        Self {
            id: Attr::Known(format!("{project}:{}", attachment.handle)),
            project_id: Attr::Known(project.to_owned()),
            handle: Attr::Known(attachment.handle),
            join_id: attachment.join_id.into(),
            timeouts: Attr::Null,
        }
    }
}

pub static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new(
        "Attaches a registry to a project, so that the project's containers may use it.",
        vec![
            Attribute::string("project_id", Mode::Required, "The UUID of the project.")
                .replaces()
                .checked(checks::uuid),
            Attribute::string(
                "handle",
                Mode::Required,
                "The handle of the registry: `bahriya_registry.….handle`, so that Terraform knows the order.",
            )
            .replaces()
            .checked(checks::not_blank),
            timeouts::attribute(),
            Attribute::string("id", Mode::Computed, "`{project_id}:{handle}`."),
            Attribute::string(
                "join_id",
                Mode::Computed,
                "The identifier of the link; null where the API does not show it.",
            ),
        ],
    )
});

pub static IDENTITY: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new(
        "",
        vec![
            home::identity_attribute(),
            Attribute::string("project_id", Mode::Required, "The UUID of the project."),
            Attribute::string("handle", Mode::Required, "The handle of the registry."),
        ],
    )
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::plan;
    use crate::framework::value::Value;

    #[test]
    fn the_model_has_exactly_the_attributes_of_the_schema() {
        let Value::Object(fields) = Value::from(Model::default()) else {
            panic!("an object");
        };
        assert_eq!(fields, plan::empty(&SCHEMA));
    }
}
