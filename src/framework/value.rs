//! Values of the Terraform language as they cross the wire.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Number;

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
    /// An exact decimal, as it is written.
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

    /// An exact decimal; `None` where the text is none, or one beyond what a float reaches. A whole number loses its
    /// point and its exponent, so that equal ones are equal.
    pub fn number(text: &str) -> Option<Self> {
        let float: f64 = text.parse().ok().filter(|float: &f64| float.is_finite())?;
        // So few digits have a float of their own.
        if text.len() <= 15 && float.abs() < 1e15 && float.fract() == 0.0 {
            return Some(Self::from(float as i64));
        }
        text.parse().ok().map(Self::Number)
    }

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
    fn equal_numbers_are_equal_and_every_digit_is_kept() {
        let number = |text| Value::number(text).expect("a number");
        for (written, plain) in [
            ("5.0", "5"),
            ("1e2", "100"),
            ("-0", "0"),
            ("-12E+3", "-12000"),
        ] {
            assert_eq!(number(written), number(plain), "{written}");
        }
        assert_ne!(number("7"), number("7.00000000000000000001"));
        for text in [
            "0.1",
            "-12.034",
            "12345678901234567890123456789",
            "0.0000000000000000001",
        ] {
            assert_eq!(format!("{:?}", number(text)), text);
        }
        for text in [
            "",
            "-",
            ".",
            "1e",
            "abc",
            "1_0",
            "0x10",
            "1e999999999",
            "NaN",
            "inf",
            "1.2.3",
        ] {
            assert_eq!(Value::number(text), None, "{text}");
        }
    }

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
