//! The part of planning that follows from a schema, in the order that Terraform's own framework keeps.

use super::path::Path;
use super::schema::{Attribute, Schema, Shape};
use super::value::Value;

/// What a plan starts from: the proposed state without write-only values, and, if anything changes,
/// computed attributes that the configuration leaves open as they were, and unknown where they never were. What else
/// changes of them is for the resource to say.
///
/// There is no step for defaults, because no attribute has one: a default in a plan would need the
/// attribute to be computed, and an absent value that means the default serves as well.
pub fn draft(schema: &Schema, prior: Option<&Value>, proposed: Value, config: &Value) -> Value {
    let mut draft = proposed;
    clear_write_only(&schema.attributes, &mut draft);
    if prior != Some(&draft)
        && let Value::Object(attributes) = &mut draft
    {
        for attribute in schema.attributes.iter().filter(|a| a.is_computed()) {
            let configured = config
                .attribute(attribute.name)
                .is_some_and(|v| !v.is_null());
            if !configured {
                let kept = prior.and_then(|prior| prior.attribute(attribute.name));
                let value = kept.cloned().unwrap_or(Value::UNKNOWN);
                attributes.insert(attribute.name, value);
            }
        }
    }
    draft
}

/// Sets every write-only attribute to null, however deep: Terraform refuses to store one, and drops
/// the whole object from its state if a provider hands one back.
pub fn clear_write_only(attributes: &[Attribute], value: &mut Value) {
    let Value::Object(values) = value else {
        return;
    };
    for attribute in attributes {
        match (values.get_mut(attribute.name), &attribute.shape) {
            (Some(value), _) if attribute.write_only => *value = Value::Null,
            (Some(object), Shape::Object(nested)) => clear_write_only(nested, object),
            _ => {}
        }
    }
}

/// Gives unknown values of a plan back what was known about them in its draft: what comes from the
/// configuration will keep that promise, and whatever depends on it can go on counting on it.
pub fn keep_refinements(draft: &Value, planned: &mut Value) {
    match (draft, planned) {
        (Value::Unknown(known), Value::Unknown(refinement)) => refinement.clone_from(known),
        (Value::Object(draft), Value::Object(planned)) => {
            for (name, draft) in draft.iter().filter(|(_, draft)| !draft.is_wholly_known()) {
                if let Some(planned) = planned.get_mut(name) {
                    keep_refinements(draft, planned);
                }
            }
        }
        _ => {}
    }
}

/// The attributes whose change asks for a new object. What is not known yet may turn out to be the same: it never does.
pub fn requires_replace(schema: &Schema, prior: &Value, planned: &Value) -> Vec<Path> {
    schema
        .attributes
        .iter()
        .filter(|attribute| attribute.replaces)
        .filter(|attribute| {
            let planned = planned.attribute(attribute.name);
            let prior = prior.attribute(attribute.name);
            planned != prior && !planned.is_some_and(Value::is_unknown) && !same_id(planned, prior)
        })
        .map(|attribute| attribute.name.into())
        .collect()
}

/// Whether two texts are one UUID, in capitals or not.
fn same_id(a: Option<&Value>, b: Option<&Value>) -> bool {
    let id = |value: Option<&Value>| uuid::Uuid::try_parse(value?.as_str()?).ok();
    id(a).is_some() && id(a) == id(b)
}

/// Makes sure that an object may be stored: no write-only value, nothing left unknown.
///
/// A value that an operation could not confirm becomes null, since Terraform taints an object that
/// comes back with an unknown value, and a tainted object is about to be destroyed.
pub fn storable(schema: &Schema, mut value: Value) -> Value {
    clear_write_only(&schema.attributes, &mut value);
    unknown_to_null(&mut value);
    value
}

fn unknown_to_null(value: &mut Value) {
    match value {
        Value::Unknown(_) => *value = Value::Null,
        Value::List(elements) => elements.iter_mut().for_each(unknown_to_null),
        Value::Object(attributes) => attributes.values_mut().for_each(unknown_to_null),
        _ => {}
    }
}

/// An object of the schema with every attribute null.
#[cfg(any(test, fuzzing))]
pub fn empty(schema: &Schema) -> super::value::Object {
    schema
        .attributes
        .iter()
        .map(|attribute| (attribute.name, Value::Null))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::codec::encode_msgpack;
    use crate::framework::model::object;
    use crate::framework::schema::Mode;
    use crate::framework::value::Refinement;

    fn schema() -> Schema {
        Schema::new(
            "",
            vec![
                Attribute::string("handle", Mode::Required, "").replaces(),
                Attribute::string("secret", Mode::Optional, "").write_only(),
                Attribute::string("id", Mode::Computed, ""),
                Attribute::number("version", Mode::Computed, ""),
                Attribute::number("limit", Mode::OptionalComputed, ""),
            ],
        )
    }

    fn block(handle: &str, secret: Value, id: Value, version: Value, limit: Value) -> Value {
        object([
            ("handle", handle.into()),
            ("secret", secret),
            ("id", id),
            ("version", version),
            ("limit", limit),
        ])
    }

    #[test]
    fn a_plan_that_changes_nothing_stays_the_prior_state() {
        let prior = block("a", Value::Null, "1".into(), 3.into(), 5.into());
        let config = block("a", "s".into(), Value::Null, Value::Null, Value::Null);
        let proposed = block("a", "s".into(), "1".into(), 3.into(), 5.into());
        assert_eq!(draft(&schema(), Some(&prior), proposed, &config), prior);
    }

    #[test]
    fn a_change_leaves_computed_attributes_as_they_were() {
        let prior = block("a", Value::Null, "1".into(), 3.into(), 5.into());
        let config = block("b", Value::Null, Value::Null, Value::Null, 7.into());
        let proposed = block("b", Value::Null, "1".into(), 3.into(), 7.into());
        let planned = draft(&schema(), Some(&prior), proposed, &config);
        let expected = block("b", Value::Null, "1".into(), 3.into(), 7.into());
        assert_eq!(planned, expected);
        assert_eq!(
            requires_replace(&schema(), &prior, &planned),
            [Path::from("handle")]
        );
        let unknown = object([("handle", Value::UNKNOWN)]);
        assert_eq!(requires_replace(&schema(), &prior, &unknown), []);
    }

    #[test]
    fn a_create_knows_nothing_that_is_computed() {
        let config = block("a", "s".into(), Value::Null, Value::Null, Value::Null);
        let planned = draft(&schema(), None, config.clone(), &config);
        let expected = block(
            "a",
            Value::Null,
            Value::UNKNOWN,
            Value::UNKNOWN,
            Value::UNKNOWN,
        );
        assert_eq!(planned, expected);
    }

    #[test]
    fn a_plan_keeps_what_is_known_of_unknown_values() {
        let refined = Value::Unknown(Refinement(vec![0x81, 1, 0xc2]));
        let nested = |value: &Value| object([("inner", object([("a", value.clone())]))]);
        let mut planned = nested(&Value::UNKNOWN);
        keep_refinements(&nested(&refined), &mut planned);
        assert_eq!(encode_msgpack(&planned), encode_msgpack(&nested(&refined)));
        let mut known = nested(&"a".into());
        keep_refinements(&nested(&refined), &mut known);
        assert_eq!(known, nested(&"a".into()));
    }

    #[test]
    fn what_is_stored_holds_neither_secrets_nor_unknowns() {
        let stored = storable(
            &schema(),
            block("a", "s".into(), "1".into(), Value::UNKNOWN, Value::UNKNOWN),
        );
        assert_eq!(
            stored,
            block("a", Value::Null, "1".into(), Value::Null, Value::Null)
        );
    }
}
