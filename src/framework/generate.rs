//! The configuration that an existing object would have been made by.

use super::schema::{Attribute, Mode, Shape};
use super::value::Value;

/// Keeps of a stored object what a person would write: every argument that only the configuration can set.
///
/// What the provider can choose by itself is left to it, since a plan keeps it as it is. A secret is never
/// written into a configuration, even where the state holds one.
pub fn config(attributes: &[Attribute], state: &Value) -> Value {
    let Value::Object(values) = state else {
        return Value::Null;
    };
    let kept = attributes.iter().map(|attribute| {
        let written = matches!(attribute.mode, Mode::Required | Mode::Optional);
        let value = match (values.get(attribute.name), &attribute.shape) {
            (Some(object), Shape::Object(nested)) if written => config(nested, object),
            (Some(value), _) if written && !attribute.sensitive => value.clone(),
            _ => Value::Null,
        };
        (attribute.name, value)
    });
    Value::Object(kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::model::object;

    #[test]
    fn only_what_a_person_would_write_is_kept() {
        let inner = || {
            vec![
                Attribute::string("set", Mode::Optional, ""),
                Attribute::string("seen", Mode::Computed, ""),
            ]
        };
        let attributes = [
            Attribute::string("handle", Mode::Required, ""),
            Attribute::string("password", Mode::Optional, "").sensitive(),
            Attribute::string("id", Mode::Computed, ""),
            Attribute::number("limit", Mode::OptionalComputed, ""),
            Attribute::new("one", Shape::Object(inner()), Mode::Optional, ""),
            Attribute::string("absent", Mode::Optional, ""),
        ];
        let block = |seen: Value| object([("set", "a".into()), ("seen", seen)]);
        let state = object([
            ("handle", "h".into()),
            ("password", "secret".into()),
            ("id", "1".into()),
            ("limit", 5.into()),
            ("one", block("b".into())),
        ]);
        let expected = object([
            ("handle", "h".into()),
            ("password", Value::Null),
            ("id", Value::Null),
            ("limit", Value::Null),
            ("one", block(Value::Null)),
            ("absent", Value::Null),
        ]);
        assert_eq!(config(&attributes, &state), expected);
        assert_eq!(config(&attributes, &Value::Null), Value::Null);
    }
}
