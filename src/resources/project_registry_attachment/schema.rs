//! The attributes of `bahriya_project_registry_attachment`.

use std::sync::LazyLock;

use crate::framework::model::model;
use crate::framework::schema::{Attribute, IdentitySchema, Mode, Schema};
use crate::framework::value::Value;
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

pub static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new(
        "Attaches a registry to a project, so that the project's containers may use it.",
        vec![
            Attribute::string("project_id", Mode::Required, "The UUID of the project.")
                .replaces()
                .checked(uuid),
            Attribute::string(
                "handle",
                Mode::Required,
                "The handle of the registry: `bahriya_registry.….handle`, so that Terraform knows the order.",
            )
            .replaces()
            .checked(handle),
            timeouts::attribute(),
            Attribute::string("id", Mode::Computed, "`{project_id}:{handle}`.").kept(),
            Attribute::string(
                "join_id",
                Mode::Computed,
                "The identifier of the link; null where the API does not show it.",
            )
            .kept(),
        ],
    )
});

pub static IDENTITY: LazyLock<IdentitySchema> = LazyLock::new(|| IdentitySchema {
    version: 0,
    attributes: vec![
        (
            "organisation_id",
            false,
            "The UUID of the organisation; the provider's own if left out.",
        ),
        ("project_id", true, "The UUID of the project."),
        ("handle", true, "The handle of the registry."),
    ],
});

pub fn uuid(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some(text) if uuid::Uuid::try_parse(text).is_err() => Err(format!(
            "\"{text}\" is not a UUID. Use the id of the project, not its handle or name."
        )),
        _ => Ok(()),
    }
}

fn handle(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some("") => Err("It is empty. Set the handle of a registry.".to_owned()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::plan;

    #[test]
    fn the_model_has_exactly_the_attributes_of_the_schema() {
        let Value::Object(fields) = Value::from(Model::default()) else {
            panic!("an object");
        };
        assert_eq!(fields, plan::empty(&SCHEMA));
    }
}
