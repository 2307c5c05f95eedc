//! Values of the Terraform language as they cross the wire.

use std::collections::BTreeMap;
use std::fmt;

use super::number::Number;

/// The attributes of an object, by name. Every name is one of a schema, and so part of the program.
pub type Object = BTreeMap<&'static str, Value>;

/// A value, its absence, or the promise of one.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Not set.
    Null,
    /// Known only after another change has been applied.
    Unknown(Refinement),
    /// `true` or `false`.
    Bool(bool),
    /// An exact decimal.
    Number(Number),
    /// Text.
    String(String),
    /// The elements of a list, in order.
    List(Vec<Value>),
    /// The attributes of an object.
    Object(Object),
}

/// What is already certain about an unknown value, in Terraform's own encoding.
///
/// It is carried through unread: nothing here judges unknown values. It does not count for equality,
/// as it does not when Terraform compares a plan with its configuration.
#[derive(Clone, Default)]
pub struct Refinement(pub(super) Vec<u8>);

impl PartialEq for Refinement {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Refinement {}

impl Value {
    /// An unknown value without refinements.
    pub const UNKNOWN: Self = Self::Unknown(Refinement(Vec::new()));

    /// Whether the value is absent.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether the value itself is still unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// Whether nothing in the value is unknown, however deep.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::List(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Object(attributes) => attributes.values().all(Self::is_wholly_known),
            _ => true,
        }
    }

    /// The attribute of an object; `None` on anything else.
    pub fn attribute(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(attributes) => attributes.get(name),
            _ => None,
        }
    }

    /// The text of a known string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl fmt::Debug for Value {
    /// Shows the shape and never a text: any string may be a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Unknown(_) => f.write_str("unknown"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::String(_) => f.write_str("string"),
            Self::List(elements) => f.debug_list().entries(elements).finish(),
            Self::Object(attributes) => f.debug_map().entries(attributes).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::model::object;

    #[test]
    fn refinements_do_not_count_for_equality() {
        assert_eq!(Value::Unknown(Refinement(vec![1])), Value::UNKNOWN);
        assert_ne!(Value::UNKNOWN, Value::Null);
    }

    #[test]
    fn an_unknown_part_makes_the_whole_not_wholly_known() {
        let deep = |value| object([("list", Value::List(vec![object([("a", value)])]))]);
        assert!(deep(Value::Null).is_wholly_known());
        assert!(!deep(Value::UNKNOWN).is_wholly_known());
    }

    #[test]
    fn debug_output_shows_the_shape_and_no_text() {
        let value = object([("password", "hunter2".into()), ("size", 5.into())]);
        let shown = format!("{value:?}");
        assert!(!shown.contains("hunter2"));
        assert!(shown.contains("password") && shown.contains('5'));
    }
}
