//! Every operation that the API has in a dialect.

use serde_json::{Value, json};

use super::operation::{Operation, id, nothing, reference};
use crate::args::Dialect;

/// The operations, in the order of the document.
pub fn operations(dialect: Dialect) -> Vec<Operation> {
    use Operation as O;
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
        O::get("/organisations", "The organisations of the token")
            .answers(200, list("organisations", "Organisation")),
        O::get("/regions", "All regions").answers(200, list("regions", "Region")),
        O::get("/regions/{region}", "One region").answers(200, reference("Region")),
        O::get("projects", "All projects").answers(200, list("projects", "Project")),
        O::post("projects", "Make a project")
            .body("NewProject")
            .makes("project"),
        O::get("projects/{project}", "One project").answers(200, project()),
        O::put("projects/{project}", "Change a project").body("NewProject"),
        O::delete("projects/{project}", "Delete an empty project").body("ProjectDeletion"),
        O::get("project/{handle}", "A project by its handle").answers(200, nullable(project())),
        O::get(
            "projects/{project}/attachments",
            "What is attached to a project",
        )
        .answers(200, reference("Attachments")),
        O::post(
            "projects/{project}/attach/registries/{handle}",
            "Attach a registry",
        ),
        O::delete(
            "projects/{project}/attach/registries/{handle}",
            "Detach a registry",
        ),
        O::get("registries", "All registries").answers(200, list("registries", "Registry")),
        O::post(
            "registries",
            "Make a registry; its credentials are version 1",
        )
        .body("NewRegistry")
        .makes("registry"),
        O::get("registries/{registry}", "One registry").answers(200, reference("Registry")),
        O::put("registries/{registry}", "Change a registry").body(registry_change),
        O::delete(
            "registries/{registry}",
            "Delete a registry and spend its handle",
        )
        .refusals(&[400, 403, 404]),
        O::get("registry/{handle}", "A registry by its handle")
            .answers(200, nullable(reference("Registry"))),
        O::get("containers", "All containers").answers(200, list("containers", "Container")),
        O::post("containers", "Make a container")
            .body("NewContainer")
            .makes("container"),
        O::get("containers/{container}", "One container").answers(200, reference("Container")),
        O::put("containers/{container}", "Change a container").body("ContainerChange"),
        O::post("containers/{container}/deploy", "Deploy").answers(201, reference("Deployment")),
        O::post("containers/{container}/redeploy", "Deploy once more")
            .answers(201, reference("Deployment")),
        O::post("containers/{container}/terminate", "End a container").answers(200, nothing()),
        O::get("cost", "What the registries cost per month").answers(200, reference("Cost")),
    ];
    if dialect == Dialect::Rotate {
        all.extend([
            O::post(
                "registries/{registry}/rotate",
                "Add a version and make it current",
            )
            .body("RegistryRotation"),
            O::get("registries/{registry}/versions", "The retained versions")
                .answers(200, list("versions", "RegistryVersion")),
            O::post(
                "registries/{registry}/versions/{version}/activate",
                "Make a retained version current",
            )
            .answers(200, id())
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

/// A read by handle: null where the handle is spent.
fn nullable(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}
