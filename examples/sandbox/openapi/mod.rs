//! The OpenAPI document of what the sandbox serves, in the dialect that it speaks now.
//! `scripts/sandbox-conformance.sh` checks the one against the other.

mod schemas;

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::args::Dialect;
use crate::refusal::Refusal;
use crate::store::organisations;

/// Serves the document.
pub async fn document(State(app): State<App>) -> Result<Json<Value>, Refusal> {
    let organisations = app
        .store
        .read(|conn| {
            Ok([
                organisations::id_of(conn, "acme")?,
                organisations::id_of(conn, "globex")?,
            ])
        })
        .await?;
    Ok(Json(build(app.settings().dialect, &organisations)))
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
    /// The path parameter that takes the identifier in `data` of what this operation made.
    makes: Option<&'static str>,
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
            makes: None,
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
            makes: None,
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

    fn makes(mut self, parameter: &'static str) -> Self {
        self.makes = Some(parameter);
        self
    }

    /// The summary as a name.
    fn id(&self) -> String {
        self.summary
            .to_lowercase()
            .replace("; ", " ")
            .replace(' ', "-")
    }

    /// How to reach, from what this operation made, every operation on it.
    fn links(&self, all: &[Operation]) -> Map<String, Value> {
        let Some(made) = self.makes else {
            return Map::new();
        };
        all.iter()
            .filter(|next| next.path.contains(&format!("{{{made}}}")))
            .map(|next| {
                let parameters = json!({
                    "organisation": "$request.path.organisation",
                    made: "$response.body#/data",
                });
                (
                    next.id(),
                    json!({"operationId": next.id(), "parameters": parameters}),
                )
            })
            .collect()
    }

    fn to_json(&self, all: &[Operation]) -> Value {
        let (status, data) = &self.success;
        let mut responses = Map::new();
        let mut done = response("Done.", data);
        done["links"] = Value::Object(self.links(all));
        responses.insert(status.to_string(), done);
        for status in [&[401], self.refusals].concat() {
            let message = json!({"type": "string", "minLength": 1});
            responses.insert(
                status.to_string(),
                response("Refused; `data` says why.", &message),
            );
        }
        let mut operation = json!({
            "operationId": self.id(), "summary": self.summary, "responses": responses,
        });
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

fn build(dialect: Dialect, organisations: &[String]) -> Value {
    let mut paths = Map::new();
    let operations = operations(dialect);
    for operation in &operations {
        let path = paths
            .entry(operation.path)
            .or_insert_with(|| json!({"parameters": parameters(operation.path)}));
        path[operation.method] = operation.to_json(&operations);
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
            "schemas": schemas::all(organisations),
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
