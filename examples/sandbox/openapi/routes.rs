//! Every operation that the API has in a dialect.

use serde_json::{Value, json};

use super::operation::{Operation, reference};
use crate::args::Dialect;

/// The operations, in the order of the document.
pub fn operations(dialect: Dialect) -> Vec<Operation> {
    use Operation as O;
    let id = || json!({"type": "string", "format": "uuid"});
    let nothing = || json!({"type": "null"});
    let project = || {
        json!({
            "type": "object", "required": ["projects"], "additionalProperties": false,
            "properties": {
                "projects": {"type": "array", "items": reference("Project"), "maxItems": 1},
            },
        })
    };
    let registry_change = match dialect {
        Dialect::Rotate => "RegistryMetadata",
        Dialect::Put => "NewRegistry",
    };
    let mut all = vec![
        O::get(
            "/organisations",
            "The organisations of the token",
            list("organisations", "Organisation"),
        ),
        O::get("/regions", "All regions", list("regions", "Region")),
        O::get("/regions/{region}", "One region", reference("Region")).refusals(&[404]),
        O::get(
            "/organisations/{organisation}/projects",
            "All projects",
            list("projects", "Project"),
        ),
        O::write(
            "post",
            "/organisations/{organisation}/projects",
            "Make a project",
            (201, id()),
        )
        .body("NewProject")
        .makes("project"),
        O::get(
            "/organisations/{organisation}/projects/{project}",
            "One project",
            project(),
        ),
        O::write(
            "put",
            "/organisations/{organisation}/projects/{project}",
            "Change a project",
            (200, id()),
        )
        .body("NewProject"),
        O::write(
            "delete",
            "/organisations/{organisation}/projects/{project}",
            "Delete an empty project",
            (200, nothing()),
        )
        .body("ProjectDeletion"),
        O::get(
            "/organisations/{organisation}/project/{handle}",
            "A project by its handle",
            nullable(project()),
        ),
        O::get(
            "/organisations/{organisation}/projects/{project}/attachments",
            "What is attached to a project",
            reference("Attachments"),
        ),
        O::write(
            "post",
            "/organisations/{organisation}/projects/{project}/attach/registries/{handle}",
            "Attach a registry",
            (201, id()),
        ),
        O::write(
            "delete",
            "/organisations/{organisation}/projects/{project}/attach/registries/{handle}",
            "Detach a registry",
            (200, nothing()),
        ),
        O::get(
            "/organisations/{organisation}/registries",
            "All registries",
            list("registries", "Registry"),
        ),
        O::write(
            "post",
            "/organisations/{organisation}/registries",
            "Make a registry; its credentials are version 1",
            (201, id()),
        )
        .body("NewRegistry")
        .makes("registry"),
        O::get(
            "/organisations/{organisation}/registries/{registry}",
            "One registry",
            reference("Registry"),
        ),
        O::write(
            "put",
            "/organisations/{organisation}/registries/{registry}",
            "Change a registry",
            (200, id()),
        )
        .body(registry_change),
        O::write(
            "delete",
            "/organisations/{organisation}/registries/{registry}",
            "Delete a registry and burn its handle",
            (200, nothing()),
        )
        .refusals(&[400, 403, 404]),
        O::get(
            "/organisations/{organisation}/registry/{handle}",
            "A registry by its handle",
            nullable(reference("Registry")),
        ),
        O::get(
            "/organisations/{organisation}/containers",
            "All containers",
            list("containers", "Container"),
        ),
        O::write(
            "post",
            "/organisations/{organisation}/containers",
            "Make a container",
            (201, id()),
        )
        .body("NewContainer")
        .makes("container"),
        O::get(
            "/organisations/{organisation}/containers/{container}",
            "One container",
            reference("Container"),
        ),
        O::write(
            "put",
            "/organisations/{organisation}/containers/{container}",
            "Change a container",
            (200, id()),
        )
        .body("ContainerChange"),
        O::write(
            "post",
            "/organisations/{organisation}/containers/{container}/deploy",
            "Deploy",
            (201, reference("Deployment")),
        ),
        O::write(
            "post",
            "/organisations/{organisation}/containers/{container}/redeploy",
            "Deploy once more",
            (201, reference("Deployment")),
        ),
        O::write(
            "post",
            "/organisations/{organisation}/containers/{container}/terminate",
            "End a container",
            (200, nothing()),
        ),
        O::get(
            "/organisations/{organisation}/cost",
            "What the registries cost per month",
            reference("Cost"),
        ),
    ];
    if dialect == Dialect::Rotate {
        all.extend([
            O::write(
                "post",
                "/organisations/{organisation}/registries/{registry}/rotate",
                "Add a version and make it current",
                (201, id()),
            )
            .body("RegistryRotation"),
            O::get(
                "/organisations/{organisation}/registries/{registry}/versions",
                "The retained versions",
                list("versions", "RegistryVersion"),
            ),
            O::write(
                "post",
                "/organisations/{organisation}/registries/{registry}/versions/{version}/activate",
                "Make a retained version current",
                (200, id()),
            )
            .refusals(&[403, 404]),
        ]);
    }
    all
}

/// `{count, <key>: [...]}`, as all lists are.
fn list(key: &str, schema: &str) -> Value {
    json!({
        "type": "object",
        "required": ["count", key],
        "additionalProperties": false,
        "properties": {
            "count": {"type": "integer", "minimum": 0},
            key: {"type": "array", "items": reference(schema)},
        },
    })
}

/// A read by handle: null where the handle is burned.
fn nullable(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}
