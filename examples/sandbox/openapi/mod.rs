//! The OpenAPI document of what the sandbox serves, in the dialect that it speaks now.
//! `scripts/sandbox-conformance.sh` checks the one against the other.

mod schemas;

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::args::Dialect;

/// Serves the document.
pub async fn document(State(app): State<App>) -> Json<Value> {
    Json(build(app.settings().dialect))
}

/// One method of one path.
struct Operation {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    body: Option<Value>,
    /// Status and schema of `data`.
    success: (u16, Value),
    refusals: &'static [u16],
}

impl Operation {
    fn get(path: &'static str, summary: &'static str, data: Value) -> Self {
        Self {
            method: "get",
            path,
            summary,
            body: None,
            success: (200, data),
            refusals: if path.contains('{') { &[403, 404] } else { &[] },
        }
    }

    fn write(
        method: &'static str,
        path: &'static str,
        summary: &'static str,
        success: (u16, Value),
    ) -> Self {
        Self {
            method,
            path,
            summary,
            body: None,
            success,
            refusals: &[403, 404, 409],
        }
    }

    fn body(mut self, schema: &str) -> Self {
        self.body = Some(reference(schema));
        self.refusals = &[400, 403, 404, 409];
        self
    }

    /// A refusal that needs no malformed body.
    fn refusals(mut self, refusals: &'static [u16]) -> Self {
        self.refusals = refusals;
        self
    }

    fn to_json(&self) -> Value {
        let (status, data) = &self.success;
        let mut responses = Map::new();
        responses.insert(status.to_string(), response("Done.", data));
        for status in [&[401], self.refusals].concat() {
            let message = json!({"type": "string", "minLength": 1});
            responses.insert(
                status.to_string(),
                response("Refused; `data` says why.", &message),
            );
        }
        let mut operation = json!({"summary": self.summary, "responses": responses});
        if let Some(schema) = &self.body {
            operation["requestBody"] = json!({
                "required": true, "content": {"application/json": {"schema": schema}},
            });
        }
        operation
    }
}

/// An answer in the envelope of the API.
fn response(description: &str, data: &Value) -> Value {
    let envelope = json!({
        "type": "object",
        "required": ["code", "status", "data"],
        "additionalProperties": false,
        "properties": {"code": {"type": "integer"}, "status": {"type": "string"}, "data": data},
    });
    json!({"description": description, "content": {"application/json": {"schema": envelope}}})
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
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

fn operations(dialect: Dialect) -> Vec<Operation> {
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
        .body("NewProject"),
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
        .body("NewRegistry"),
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
        .body("NewContainer"),
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

fn build(dialect: Dialect) -> Value {
    let mut paths = Map::new();
    for operation in operations(dialect) {
        let path = paths
            .entry(operation.path)
            .or_insert_with(|| json!({"parameters": parameters(operation.path)}));
        path[operation.method] = operation.to_json();
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Bahriya sandbox",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A local stand-in of the Bahriya console API. See docs/sandbox.md.",
        },
        "servers": [{"url": "/console/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas::all(),
        },
    })
}

/// The parameters that a path's template names.
fn parameters(path: &str) -> Vec<Value> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            json!({
                "name": name, "in": "path", "required": true,
                "schema": {"type": "string", "minLength": 1},
            })
        })
        .collect()
}
