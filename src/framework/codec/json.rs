//! The JSON form of values, in which Terraform hands over stored state.

use serde_json::Value as Json;

use super::{CodecError, mismatch};
use crate::framework::ty::Type;
use crate::framework::value::{Object, Value};

/// Reads a stored object of the type.
///
/// Attributes that the schema does not have are left out and missing ones are null: the state may come
/// from another version of this provider, or from another provider altogether.
///
/// # Errors
/// The text is no JSON, or an attribute of the schema holds another type.
pub fn decode(text: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let json = serde_json::from_slice(text)
        .map_err(|_| mismatch("a JSON object", "text that is no JSON"))?;
    value(json, ty)
}

fn value(json: Json, ty: &Type) -> Result<Value, CodecError> {
    match (ty, json) {
        (_, Json::Null) => Ok(Value::Null),
        (Type::String, Json::String(text)) => Ok(Value::String(text)),
        (Type::Bool, Json::Bool(flag)) => Ok(Value::Bool(flag)),
        (Type::Number, Json::Number(number)) => Value::number(number.as_str())
            .ok_or_else(|| mismatch("a number", "one beyond any reasonable size")),
        (Type::List(element), Json::Array(elements)) => elements
            .into_iter()
            .enumerate()
            .map(|(index, json)| value(json, element).map_err(|error| error.in_element(index)))
            .collect::<Result<_, _>>()
            .map(Value::List),
        (Type::Object(attributes), Json::Object(mut found)) => attributes
            .iter()
            .map(|(name, ty)| {
                let json = found.remove(*name).unwrap_or(Json::Null);
                let value = value(json, ty).map_err(|error| error.in_attribute(name))?;
                Ok((*name, value))
            })
            .collect::<Result<Object, _>>()
            .map(Value::Object),
        (ty, json) => Err(mismatch(ty.noun(), kind(&json))),
    }
}

fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a bool",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ty() -> Type {
        Type::object([("name", Type::String), ("size", Type::Number)])
    }

    #[test]
    fn foreign_attributes_are_ignored_and_missing_ones_are_null() {
        let value =
            decode(b"{\n  \"name\": \"a\",\n  \"organisation\": {}\n}", &ty()).expect("an object");
        assert_eq!(value.attribute("name"), Some(&"a".into()));
        assert_eq!(value.attribute("size"), Some(&Value::Null));
        assert_eq!(value.attribute("organisation"), None);
    }

    #[test]
    fn integers_of_any_size_are_exact() {
        let value =
            decode(br#"{"size": 12345678901234567890123456789}"#, &ty()).expect("an object");
        let Some(Value::Number(size)) = value.attribute("size") else {
            panic!("a number");
        };
        assert_eq!(size.to_string(), "12345678901234567890123456789");
    }

    #[test]
    fn errors_say_where_and_never_what() {
        let error = decode(br#"{"name": 5}"#, &ty()).expect_err("a number for a string");
        assert_eq!(error.to_string(), "name: expected a string, found a number");
        let error = decode(b"hunter2", &ty()).expect_err("no JSON");
        assert!(!error.to_string().contains("hunter2"));
    }
}
