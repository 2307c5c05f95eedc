//! The objects that the API takes and gives.

use serde_json::{Map, Value, json};

use super::operation::{id, reference};
use crate::store::registries::MASK;

/// All named schemas. A project names one of these organisations.
pub fn all(organisations: &[String]) -> Map<String, Value> {
    let objects = [given(), taken(organisations)].into_iter();
    let named = objects.filter_map(|schemas| schemas.as_object().cloned());
    named.flatten().collect()
}

/// A schema with these properties and no others. A question mark after a name says that it may be left out.
fn object(properties: Value) -> Value {
    let Value::Object(properties) = properties else {
        unreachable!("written as an object below");
    };
    let required = properties.keys().filter(|name| !name.ends_with('?'));
    let required: Vec<_> = required.cloned().collect();
    let properties = properties.into_iter();
    let properties: Map<_, _> = properties
        .map(|(name, schema)| (name.trim_end_matches('?').to_owned(), schema))
        .collect();
    json!({
        "type": "object", "required": required, "additionalProperties": false,
        "properties": properties,
    })
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

/// What requests carry.
fn taken(organisations: &[String]) -> Value {
    json!({
        "NewProject": object(json!({
            "handle": handle(), "name": text(), "regions": regions(), "users": texts(),
            "organisation": {"enum": organisations},
        })),
        "ProjectDeletion": object(json!({"confirmName": text()})),
        "NewRegistry": object(json!({
            "handle": handle(), "name": text(), "server": text(), "username": text(),
            "password": password(), "maxversions?": maxversions(),
        })),
        "RegistryMetadata": object(json!({
            "handle": handle(), "name": text(), "server": text(), "username": text(),
            "maxversions?": maxversions(),
        })),
        "RegistryRotation": object(json!({
            "username": text(), "password": password(), "server?": text(),
        })),
        "NewContainer": object(json!({
            "handle": handle(), "image": text(), "project": text(), "regions": regions(),
            "type?": text(), "registry?": text(),
        })),
        "ContainerChange": object(json!({
            "image": text(), "regions": regions(), "registry?": text(),
        })),
    })
}

/// What answers carry.
fn given() -> Value {
    let optional_text = json!({"type": ["string", "null"]});
    let optional_integer = json!({"type": ["integer", "null"]});
    let time = json!({"type": "string", "format": "date-time"});
    let location = object(json!({
        "city": text(), "state": text(), "country": text(),
        "latitude": {"type": "number"}, "longitude": {"type": "number"},
    }));
    let link = object(json!({
        "id": id(), "joinid": id(), "handle": handle(), "name": text(), "server": text(),
    }));
    let pull = object(json!({
        "region": text(), "image": text(), "registry": optional_text,
        "version": optional_integer, "status": {"enum": ["succeeded", "failed"]},
        "message": text(),
    }));
    let cost = object(json!({
        "id": id(), "handle": handle(), "existing": dollars(),
        "attachedregions": {"type": "integer", "minimum": 0},
        "attached": dollars(), "monthly": dollars(),
    }));
    json!({
        "Organisation": object(json!({
            "id": id(), "name": text(), "handle": handle(), "email": text(),
            "role": {"enum": ["owner", "admin", "member", "viewer"]},
        })),
        "Region": object(json!({
            "id": text(), "name": text(), "description": text(), "class": text(),
            "status": text(), "location": location,
        })),
        "Project": object(json!({
            "id": id(), "handle": handle(), "name": text(), "regions": regions(),
            "users": texts(), "organisation": id(), "quotalimitcpu": optional_text,
            "quotalimitmemory": optional_text, "quotarequestcpu": optional_text,
            "quotarequestmemory": optional_text,
        })),
        "Registry": object(json!({
            "id": id(), "handle": handle(), "name": text(), "server": text(), "username": text(),
            "password": {"const": MASK}, "maxversions": maxversions(),
            "billable": {"type": "boolean"},
            "projects": {
                "type": "array", "items": object(json!({"id": id(), "handle": handle()})),
            },
            "currentversionid": optional_text, "currentversion": optional_integer,
            "versioncount": optional_integer, "managedbyresourceid": optional_text,
            "managedbyresourcetype": optional_text,
        })),
        "RegistryVersion": object(json!({
            "id": id(), "version": {"type": "integer", "minimum": 1}, "server": text(),
            "username": text(), "current": {"type": "boolean"}, "created": time,
        })),
        "Attachments": {
            "type": "object", "required": ["registries"],
            "properties": {"registries": {"type": "array", "items": link}},
            "additionalProperties": {"type": "array", "maxItems": 0},
        },
        "Deployment": object(json!({
            "number": {"type": "integer", "minimum": 1}, "created": time,
            "status": {"enum": ["succeeded", "failed"]},
            "regions": {"type": "array", "items": pull, "minItems": 1},
        })),
        "Container": object(json!({
            "id": id(), "handle": handle(), "type": text(), "image": text(),
            "project": handle(), "registry": optional_text, "regions": regions(),
            "status": {"enum": ["created", "running", "failed", "terminated"]},
            "deployment": {"anyOf": [reference("Deployment"), {"type": "null"}]},
        })),
        "Cost": object(json!({
            "currency": {"const": "USD"}, "monthly": dollars(),
            "registries": {"type": "array", "items": cost},
        })),
    })
}
