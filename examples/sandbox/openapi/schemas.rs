//! The objects that the API takes and gives.

use serde_json::{Map, Value, json};

use super::operation::id;
use crate::store::registries::MASK;

/// All named schemas. A project names one of these organisations.
pub fn all(organisations: &[String]) -> Value {
    let mut all = given();
    all.append(&mut taken(organisations));
    Value::Object(all)
}

/// A schema by name: required properties, then optional ones. No other keys are allowed.
fn object(required: Value, optional: Value) -> Value {
    let (Value::Object(mut properties), Value::Object(mut optional)) = (required, optional) else {
        unreachable!("both are written as objects below");
    };
    let names: Vec<String> = properties.keys().cloned().collect();
    properties.append(&mut optional);
    json!({
        "type": "object", "required": names, "additionalProperties": false,
        "properties": properties,
    })
}

fn named(schemas: impl IntoIterator<Item = (&'static str, Value)>) -> Map<String, Value> {
    schemas
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect()
}

fn text() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": 4096})
}

fn handle() -> Value {
    json!({
        "type": "string", "minLength": 1, "maxLength": 63,
        "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
    })
}

fn texts() -> Value {
    json!({"type": "array", "items": {"type": "string"}})
}

fn regions() -> Value {
    json!({
        "type": "array", "minItems": 1, "uniqueItems": true,
        "items": {"enum": ["falkenstein-1", "helsinki-1", "virginia-1", "singapore-1"]},
    })
}

/// A password to store: the mask of a hidden one is refused.
fn password() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": 4096, "not": {"const": MASK}})
}

fn maxversions() -> Value {
    json!({"type": "integer", "minimum": 1, "maximum": 100})
}

fn dollars() -> Value {
    json!({"type": "string", "pattern": "^[0-9]+\\.[0-9]{2}$"})
}

fn none() -> Value {
    json!({})
}

/// What requests carry.
fn taken(organisations: &[String]) -> Map<String, Value> {
    named([
        (
            "NewProject",
            object(
                json!({
                    "handle": handle(), "name": text(), "regions": regions(), "users": texts(),
                    "organisation": {"enum": organisations},
                }),
                none(),
            ),
        ),
        (
            "ProjectDeletion",
            object(json!({"confirmName": text()}), none()),
        ),
        (
            "NewRegistry",
            object(
                json!({
                    "handle": handle(), "name": text(), "server": text(), "username": text(),
                    "password": password(),
                }),
                json!({"maxversions": maxversions()}),
            ),
        ),
        (
            "RegistryMetadata",
            object(
                json!({"handle": handle(), "name": text(), "server": text(), "username": text()}),
                json!({"maxversions": maxversions()}),
            ),
        ),
        (
            "RegistryRotation",
            object(
                json!({"username": text(), "password": password()}),
                json!({"server": text()}),
            ),
        ),
        (
            "NewContainer",
            object(
                json!({"handle": handle(), "image": text(), "project": text(), "regions": regions()}),
                json!({"type": text(), "registry": text()}),
            ),
        ),
        (
            "ContainerChange",
            object(
                json!({"image": text(), "regions": regions()}),
                json!({"registry": text()}),
            ),
        ),
    ])
}

/// What answers carry.
fn given() -> Map<String, Value> {
    let optional_text = json!({"type": ["string", "null"]});
    let optional_integer = json!({"type": ["integer", "null"]});
    let link = object(
        json!({"id": id(), "joinid": id(), "handle": handle(), "name": text(), "server": text()}),
        none(),
    );
    let pull = object(
        json!({
            "region": text(), "image": text(), "registry": optional_text,
            "version": optional_integer, "status": {"enum": ["succeeded", "failed"]},
            "message": text(),
        }),
        none(),
    );
    let mut schemas = named([
        (
            "Organisation",
            object(
                json!({
                    "id": id(), "name": text(), "handle": handle(), "email": text(),
                    "role": {"enum": ["owner", "admin", "member", "viewer"]},
                }),
                none(),
            ),
        ),
        (
            "Region",
            object(
                json!({
                    "id": text(), "name": text(), "description": text(), "class": text(),
                    "status": text(),
                    "location": object(
                        json!({
                            "city": text(), "state": text(), "country": text(),
                            "latitude": {"type": "number"}, "longitude": {"type": "number"},
                        }),
                        none(),
                    ),
                }),
                none(),
            ),
        ),
        (
            "Project",
            object(
                json!({
                    "id": id(), "handle": handle(), "name": text(), "regions": regions(),
                    "users": texts(), "organisation": id(), "quotalimitcpu": optional_text,
                    "quotalimitmemory": optional_text, "quotarequestcpu": optional_text,
                    "quotarequestmemory": optional_text,
                }),
                none(),
            ),
        ),
        (
            "RegistryVersion",
            object(
                json!({
                    "id": id(), "version": {"type": "integer", "minimum": 1}, "server": text(),
                    "username": text(), "current": {"type": "boolean"},
                    "created": {"type": "string", "format": "date-time"},
                }),
                none(),
            ),
        ),
        (
            "Attachments",
            json!({
                "type": "object", "required": ["registries"],
                "properties": {"registries": {"type": "array", "items": link}},
                "additionalProperties": {"type": "array", "maxItems": 0},
            }),
        ),
        (
            "Deployment",
            object(
                json!({
                    "number": {"type": "integer", "minimum": 1},
                    "created": {"type": "string", "format": "date-time"},
                    "status": {"enum": ["succeeded", "failed"]},
                    "regions": {"type": "array", "items": pull, "minItems": 1},
                }),
                none(),
            ),
        ),
        (
            "Container",
            object(
                json!({
                    "id": id(), "handle": handle(), "type": text(), "image": text(),
                    "project": handle(), "registry": optional_text, "regions": regions(),
                    "status": {"enum": ["created", "running", "failed", "terminated"]},
                    "deployment": {"anyOf": [
                        {"$ref": "#/components/schemas/Deployment"}, {"type": "null"},
                    ]},
                }),
                none(),
            ),
        ),
        (
            "Cost",
            object(
                json!({
                    "currency": {"const": "USD"}, "monthly": dollars(),
                    "registries": {"type": "array", "items": object(
                        json!({
                            "id": id(), "handle": handle(), "existing": dollars(),
                            "attachedregions": {"type": "integer", "minimum": 0},
                            "attached": dollars(), "monthly": dollars(),
                        }),
                        none(),
                    )},
                }),
                none(),
            ),
        ),
    ]);
    let registry = object(
        json!({
            "id": id(), "handle": handle(), "name": text(), "server": text(), "username": text(),
            "password": {"const": MASK}, "maxversions": maxversions(),
            "billable": {"type": "boolean"},
            "projects": {
                "type": "array",
                "items": object(json!({"id": id(), "handle": handle()}), none()),
            },
            "currentversionid": optional_text, "currentversion": optional_integer,
            "versioncount": optional_integer, "managedbyresourceid": optional_text,
            "managedbyresourcetype": optional_text,
        }),
        none(),
    );
    schemas.insert("Registry".into(), registry);
    schemas
}
