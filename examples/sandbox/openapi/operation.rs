//! One operation of the document.

use serde_json::{Map, Value, json};

/// One method of one path.
pub struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    summary: &'static str,
    body: Option<Value>,
    /// Status and schema of `data`.
    success: (u16, Value),
    refusals: &'static [u16],
    /// The path parameter that takes the identifier in `data` of what this operation made.
    makes: Option<&'static str>,
}

impl Operation {
    pub fn get(path: &'static str, summary: &'static str, data: Value) -> Self {
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

    pub fn write(
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
