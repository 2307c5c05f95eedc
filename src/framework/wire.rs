//! Between the framework's own words and the generated messages.

use super::codec::{self, CodecError};
use super::diagnostics::{Diagnostic, Diagnostics, Severity};
use super::function::Function;
use super::path::Path;
use super::schema::{Attribute, Mode, Schema, Shape};
use super::ty::Type;
use super::value::Value;
use crate::proto::tfplugin6 as proto;
use crate::secret;

/// Reads a value of a call. An absent message is null.
pub fn decode(message: Option<&proto::DynamicValue>, ty: &Type) -> Result<Value, CodecError> {
    match message {
        None => Ok(Value::Null),
        Some(value) if !value.msgpack.is_empty() => codec::decode_msgpack(&value.msgpack, ty),
        Some(value) if !value.json.is_empty() => codec::decode_json(&value.json, ty),
        Some(_) => Ok(Value::Null),
    }
}

/// Writes a value of an answer.
pub fn encode(value: &Value) -> proto::DynamicValue {
    proto::DynamicValue {
        msgpack: codec::encode_msgpack(value),
        json: Vec::new(),
    }
}

/// Writes an identity; a null one is left out.
pub fn encode_identity(identity: &Value) -> Option<proto::ResourceIdentityData> {
    (!identity.is_null()).then(|| proto::ResourceIdentityData {
        identity_data: Some(encode(identity)),
    })
}

/// Writes messages about a block that sets these secrets. One about a secret is placed at the whole block: Terraform
/// prints the line that an attribute is set in, and the password itself can stand there. Whatever their texts were made
/// from, no registered secret leaves in them.
pub fn diagnostics(secrets: &[&'static str], diagnostics: &Diagnostics) -> Vec<proto::Diagnostic> {
    let written = |one: &Diagnostic| {
        let name = one.path.names().first();
        let shows = |name: &String| !secrets.contains(&name.as_str());
        let severity = match one.severity {
            Severity::Error => proto::diagnostic::Severity::Error,
            Severity::Warning => proto::diagnostic::Severity::Warning,
        };
        proto::Diagnostic {
            severity: severity.into(),
            summary: secret::redact(&one.summary).into_owned(),
            detail: secret::redact(&one.detail).into_owned(),
            attribute: name.is_some_and(shows).then(|| path(&one.path)),
        }
    };
    diagnostics.iter().map(written).collect()
}

/// Writes a path.
pub fn path(path: &Path) -> proto::AttributePath {
    use proto::attribute_path::{Step, step::Selector};
    let steps = path.names().iter().map(|name| Step {
        selector: Some(Selector::AttributeName(name.clone())),
    });
    proto::AttributePath {
        steps: steps.collect(),
    }
}

/// Writes a schema.
pub fn schema(schema: &Schema) -> proto::Schema {
    proto::Schema {
        block: Some(proto::schema::Block {
            attributes: schema.attributes.iter().map(attribute).collect(),
            description: schema.description.to_owned(),
            description_kind: proto::StringKind::Markdown.into(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn attribute(attribute: &Attribute) -> proto::schema::Attribute {
    use proto::schema::object::NestingMode;
    let nested = |attributes: &[Attribute], nesting: NestingMode| {
        Some(proto::schema::Object {
            attributes: attributes.iter().map(self::attribute).collect(),
            nesting: nesting.into(),
            ..Default::default()
        })
    };
    let (ty, nested_type) = match &attribute.shape {
        Shape::Plain(ty) => (ty.to_json(), None),
        Shape::Object(attributes) => (Vec::new(), nested(attributes, NestingMode::Single)),
        Shape::Objects(attributes) => (Vec::new(), nested(attributes, NestingMode::List)),
    };
    proto::schema::Attribute {
        name: attribute.name.to_owned(),
        r#type: ty,
        nested_type,
        description: attribute.description.to_owned(),
        description_kind: proto::StringKind::Markdown.into(),
        required: attribute.mode == Mode::Required,
        optional: matches!(attribute.mode, Mode::Optional | Mode::OptionalComputed),
        computed: attribute.is_computed(),
        sensitive: attribute.sensitive,
        write_only: attribute.write_only,
        ..Default::default()
    }
}

/// Writes an identity schema.
pub fn identity_schema(schema: &Schema) -> proto::ResourceIdentitySchema {
    use proto::resource_identity_schema::IdentityAttribute;
    let attributes = schema.attributes.iter().map(|attribute| IdentityAttribute {
        name: attribute.name.to_owned(),
        r#type: attribute.ty().to_json(),
        required_for_import: attribute.mode == Mode::Required,
        optional_for_import: attribute.mode == Mode::Optional,
        description: attribute.description.to_owned(),
    });
    proto::ResourceIdentitySchema {
        identity_attributes: attributes.collect(),
        ..Default::default()
    }
}

/// Writes how a function is called.
pub fn function(function: &Function) -> proto::Function {
    use proto::function::{Parameter, Return};
    let parameters = function.parameters.iter().map(|parameter| Parameter {
        name: parameter.name.to_owned(),
        r#type: parameter.ty.to_json(),
        description: parameter.description.to_owned(),
        description_kind: proto::StringKind::Markdown.into(),
        ..Default::default()
    });
    proto::Function {
        parameters: parameters.collect(),
        r#return: Some(Return {
            r#type: function.returns.to_json(),
        }),
        summary: function.summary.to_owned(),
        description: function.description.to_owned(),
        description_kind: proto::StringKind::Markdown.into(),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::findings;
    use crate::framework::model::object;
    use crate::secret::Secret;

    #[test]
    fn a_registered_secret_leaves_in_no_message() {
        let secret = Secret::new("hunter2-wire-test");
        secret::register(&secret);
        let mut told = Diagnostics::new();
        let found = findings::unknown_type("thing", "hunter2-wire-test");
        told.error(found.at(Path::from("password").then("inner")));
        told.warning(findings::not_configured());
        let messages = diagnostics(&[], &told);
        assert!(!format!("{messages:?}").contains("hunter2"));
        assert_eq!(messages[0].severity(), proto::diagnostic::Severity::Error);
        assert_eq!(messages[1].severity(), proto::diagnostic::Severity::Warning);
        let steps = messages[0].attribute.as_ref().map(|path| path.steps.len());
        assert_eq!(steps, Some(2));
        assert_eq!(messages[1].attribute, None);
    }

    #[test]
    fn a_message_about_a_secret_does_not_point_at_its_line() {
        let mut told = Diagnostics::new();
        told.error(findings::not_configured().at("password"));
        told.warning(findings::not_configured().at("username"));
        let messages = diagnostics(&["password", "token"], &told);
        assert_eq!(messages[0].attribute, None);
        let place = path(&"username".into());
        assert_eq!(messages[1].attribute, Some(place));
    }

    #[test]
    fn an_absent_or_empty_message_is_null_and_messagepack_is_preferred() {
        assert_eq!(decode(None, &Type::String), Ok(Value::Null));
        let empty = proto::DynamicValue::default();
        assert_eq!(decode(Some(&empty), &Type::String), Ok(Value::Null));
        let both = proto::DynamicValue {
            json: br#""json""#.to_vec(),
            ..encode(&"msgpack".into())
        };
        assert_eq!(decode(Some(&both), &Type::String), Ok("msgpack".into()));
        let json = proto::DynamicValue {
            msgpack: Vec::new(),
            ..both
        };
        assert_eq!(decode(Some(&json), &Type::String), Ok("json".into()));
    }

    #[test]
    fn an_identity_that_is_not_known_is_left_out() {
        assert_eq!(encode_identity(&Value::Null), None);
        let identity = object([("id", "x".into())]);
        let message = encode_identity(&identity).and_then(|message| message.identity_data);
        assert_eq!(message, Some(encode(&identity)));
    }
}
