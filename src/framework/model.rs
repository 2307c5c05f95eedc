//! Typed views of values: a struct per block whose fields are null, unknown or known.

use super::value::{Object, Value};
use crate::secret::Secret;

/// The value of one attribute: absent, not known yet, or there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Attr<T> {
    /// Not set.
    #[default]
    Null,
    /// Known only after apply.
    Unknown,
    /// Set.
    Known(T),
}

impl<T> Attr<T> {
    /// The value, if it is there.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Whether it is absent.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is not known yet.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// The value if it was unknown so far, for filling in what an apply found out.
    pub fn resolve(&mut self, value: Option<T>) {
        if self.is_unknown() {
            *self = value.into();
        }
    }
}

impl<T> From<Option<T>> for Attr<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Known)
    }
}

/// A Rust type that stands for values of one Terraform type.
pub trait AttrType: Sized {
    /// Reads a known value; `None` if it is of another type, which the codec has ruled out.
    fn from_known(value: &Value) -> Option<Self>;

    /// The value for the wire.
    fn into_value(self) -> Value;
}

impl<T: AttrType> From<T> for Value {
    fn from(value: T) -> Self {
        value.into_value()
    }
}

impl<T: AttrType> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, T::into_value)
    }
}

impl<T: AttrType> From<&Value> for Attr<T> {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Unknown(_) => Self::Unknown,
            value => T::from_known(value).into(),
        }
    }
}

impl<T: AttrType> Attr<T> {
    /// Reads an attribute of an object; an attribute that is not there is null.
    pub fn read(object: &Value, name: &str) -> Self {
        object.attribute(name).map_or(Self::Null, Self::from)
    }

    /// The value for the wire.
    pub fn write(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Unknown => Value::UNKNOWN,
            Self::Known(value) => value.into_value(),
        }
    }
}

impl AttrType for String {
    fn from_known(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }

    fn into_value(self) -> Value {
        Value::String(self)
    }
}

impl AttrType for Secret {
    fn from_known(value: &Value) -> Option<Self> {
        value.as_str().map(Self::new)
    }

    fn into_value(self) -> Value {
        Value::String(self.expose().to_owned())
    }
}

impl AttrType for bool {
    fn from_known(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        Value::Bool(self)
    }
}

impl AttrType for i64 {
    fn from_known(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        Value::Number(self.into())
    }
}

impl<T: AttrType> AttrType for Vec<T> {
    fn from_known(value: &Value) -> Option<Self> {
        match value {
            Value::List(elements) => elements.iter().map(T::from_known).collect(),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(T::into_value).collect())
    }
}

/// Names and values of a struct's fields, in any order, as an object.
pub fn object<const N: usize>(attributes: [(&'static str, Value); N]) -> Value {
    Value::Object(Object::from(attributes))
}

/// Declares a struct whose fields are the attributes of a block, by their names, and the way to and
/// from [`Value`]. The fields have to be exactly those of the schema; a test of each schema holds them together.
macro_rules! model {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the schema describes each attribute")]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $crate::framework::model::Attr<$ty>,)+
        }

        impl $name {
            /// Takes for each attribute that is still unknown what another object has there.
            #[allow(dead_code, reason = "few objects are planned before they are known")]
            pub fn resolve(&mut self, known: Self) {
                $(if self.$field.is_unknown() {
                    self.$field = known.$field;
                })+
            }
        }

        impl From<&$crate::framework::value::Value> for $name {
            fn from(object: &$crate::framework::value::Value) -> Self {
                let mut model = Self::default();
                if let $crate::framework::value::Value::Object(attributes) = object {
                    for (name, value) in attributes {
                        match *name {
                            $(stringify!($field) => model.$field = value.into(),)+
                            // An attribute of another version of the schema.
                            _ => {}
                        }
                    }
                }
                model
            }
        }

        impl $crate::framework::model::AttrType for $name {
            fn from_known(value: &$crate::framework::value::Value) -> Option<Self> {
                Some(value.into())
            }

            fn into_value(self) -> $crate::framework::value::Value {
                $crate::framework::model::object([
                    $((stringify!($field), self.$field.write()),)+
                ])
            }
        }
    };
}
pub(crate) use model;

#[cfg(test)]
mod tests {
    use super::*;

    model! {
        /// A block with an attribute of each kind.
        pub struct Block {
            name: String,
            secret: Secret,
            size: i64,
            on: bool,
            many: Vec<String>,
            inner: Inner,
        }
    }

    model! {
        /// A block inside it.
        pub struct Inner {
            text: String,
        }
    }

    #[test]
    fn a_block_becomes_a_struct_and_back() {
        let value = object([
            ("name", "a".into()),
            ("secret", "s".into()),
            ("size", 5.into()),
            ("on", Value::Bool(true)),
            ("many", Value::List(vec!["x".into(), "y".into()])),
            ("inner", object([("text", Value::UNKNOWN)])),
        ]);
        let block = Block::from(&value);
        assert_eq!(block.size, Attr::Known(5));
        assert_eq!(block.many.known().map(Vec::len), Some(2));
        assert!(
            block
                .inner
                .known()
                .is_some_and(|inner| inner.text.is_unknown())
        );
        assert!(!format!("{block:?}").contains("\"s\""));
        assert_eq!(Value::from(block), value);
    }

    #[test]
    fn what_is_not_there_is_null() {
        let block = Block::from(&Value::Null);
        assert_eq!(block, Block::default());
        assert!(block.name.is_null() && block.inner.is_null());
    }

    #[test]
    fn only_an_unknown_attribute_is_resolved() {
        let mut unknown = Attr::Unknown;
        unknown.resolve(Some(1));
        assert_eq!(unknown, Attr::Known(1));
        unknown.resolve(Some(2));
        assert_eq!(unknown, Attr::Known(1));
        let mut absent = Attr::Unknown;
        absent.resolve(None::<i64>);
        assert_eq!(absent, Attr::Null);
    }
}
