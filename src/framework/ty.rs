//! The types of attributes.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// The type of an attribute, as far as this provider's schemas use Terraform's type system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Text.
    String,
    /// An exact decimal.
    Number,
    /// `true` or `false`.
    Bool,
    /// Elements of one type, in order.
    List(Box<Type>),
    /// Named attributes, each with a type of its own.
    Object(BTreeMap<&'static str, Type>),
}

impl Type {
    /// A list of elements of the given type.
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// An object of the given attributes.
    pub fn object(attributes: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        Self::Object(attributes.into_iter().collect())
    }

    /// What a value of the type is called in messages.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Number => "a number",
            Self::Bool => "a bool",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// The JSON that stands for the type in a schema message, for instance `["list","string"]`.
    pub fn to_json(&self) -> Vec<u8> {
        self.json().to_string().into_bytes()
    }

    fn json(&self) -> Json {
        match self {
            Self::String => "string".into(),
            Self::Number => "number".into(),
            Self::Bool => "bool".into(),
            Self::List(element) => json!(["list", element.json()]),
            Self::Object(attributes) => {
                let types = attributes.iter().map(|(name, ty)| (*name, ty.json()));
                json!(["object", types.collect::<BTreeMap<_, _>>()])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_written_as_terraform_reads_them() {
        let ty = Type::object([
            ("names", Type::list(Type::String)),
            ("count", Type::Number),
            ("on", Type::Bool),
        ]);
        assert_eq!(
            ty.json().to_string(),
            r#"["object",{"count":"number","names":["list","string"],"on":"bool"}]"#
        );
    }
}
