//! One operation of the document.

use serde_json::{Map, Value, json};

/// One method of one path.
pub struct Operation {
    pub method: &'static str,
    pub path: String,
    summary: &'static str,
    body: Option<Value>,
    /// Status and schema of `data`.
    success: (u16, Value),
    refusals: &'static [u16],
    /// The path parameter that takes the identifier in `data` of what this operation made.
    makes: Option<&'static str>,
}

/// A path without a leading slash is below the organisation.
impl Operation {
    /// Answers null, unless it [`answers`](Self::answers) something else.
    pub fn get(path: &str, summary: &'static str) -> Self {
        let refusals: &[_] = match path {
            "/organisations" | "/regions" => &[],
            "/regions/{region}" => &[404],
            _ => &[403, 404],
        };
        Self::new("get", path, summary, (200, nothing())).refusals(refusals)
    }

    /// Answers the identifier of what was made.
    pub fn post(path: &str, summary: &'static str) -> Self {
        Self::new("post", path, summary, (201, id()))
    }

    /// Answers the identifier of what was changed.
    pub fn put(path: &str, summary: &'static str) -> Self {
        Self::new("put", path, summary, (200, id()))
    }

    /// Answers null.
    pub fn delete(path: &str, summary: &'static str) -> Self {
        Self::new("delete", path, summary, (200, nothing()))
    }

    fn new(method: &'static str, path: &str, summary: &'static str, success: (u16, Value)) -> Self {
        let path = match path.starts_with('/') {
            true => path.to_owned(),
            false => format!("/organisations/{{organisation}}/{path}"),
        };
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

    /// Another answer than this method usually has.
    pub fn answers(mut self, status: u16, data: Value) -> Self {
        self.success = (status, data);
        self
    }

    pub fn body(mut self, schema: &str) -> Self {
        self.body = Some(reference(schema));
        self.refusals = &[400, 403, 404, 409];
        self
    }

    /// A refusal that needs no malformed body.
    pub fn refusals(mut self, refusals: &'static [u16]) -> Self {
        self.refusals = refusals;
        self
    }

    pub fn makes(mut self, parameter: &'static str) -> Self {
        self.makes = Some(parameter);
        self
    }

    /// The summary as a name.
    pub fn id(&self) -> String {
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

    pub fn to_json(&self, all: &[Operation]) -> Value {
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

pub fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

pub fn id() -> Value {
    json!({"type": "string", "format": "uuid"})
}

pub fn nothing() -> Value {
    json!({"type": "null"})
}
