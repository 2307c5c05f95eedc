//! What a resource, data source or provider block looks like: one table that becomes the wire schema,
//! the validation and the reference documentation.

use super::diagnostics::Diagnostic;
use super::ty::Type;
use super::value::Value;
use crate::secret::{self, Secret};

/// The attributes of a block and what it is for. Its version is 0 so far.
#[derive(Debug, Clone)]
pub struct Schema {
    /// Markdown.
    pub description: &'static str,
    /// In the order of the documentation.
    pub attributes: Vec<Attribute>,
    ty: Type,
}

impl Schema {
    /// A block of the attributes.
    pub fn new(description: &'static str, attributes: Vec<Attribute>) -> Self {
        Self {
            description,
            ty: object_type(&attributes),
            attributes,
        }
    }

    /// The type of a whole block.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Tells the redactor what the texts of a block are: secrets, or what is shown anyway.
    pub fn recognise(&self, block: &Value) {
        recognise(&self.attributes, block);
    }

    /// The attributes whose line in a configuration may show a secret: those that are one, and texts that could be
    /// `user:password` or `user:password@host`.
    pub fn secrets_in(&self, config: &Value) -> Vec<&'static str> {
        let shows = |attribute: &&Attribute| match config.attribute(attribute.name) {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) => attribute.sensitive || text.contains([':', '@']),
            Some(_) => attribute.sensitive,
        };
        let shown = self.attributes.iter().filter(shows);
        shown.map(|attribute| attribute.name).collect()
    }
}

fn recognise(attributes: &[Attribute], block: &Value) {
    for attribute in attributes {
        match (block.attribute(attribute.name), &attribute.shape) {
            (Some(Value::String(text)), _) if attribute.sensitive => {
                secret::register(&Secret::new(text.as_str()));
            }
            (Some(Value::String(text)), _) => secret::plain(text),
            (Some(object), Shape::Object(inner)) => recognise(inner, object),
            _ => {}
        }
        secret::plain(attribute.name);
    }
}

fn object_type(attributes: &[Attribute]) -> Type {
    Type::object(
        attributes
            .iter()
            .map(|attribute| (attribute.name, attribute.ty())),
    )
}

/// Who gives an attribute its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The configuration, always.
    Required,
    /// The configuration, if it wants to.
    Optional,
    /// The provider alone.
    Computed,
    /// The configuration if it wants to, else the provider.
    OptionalComputed,
}

/// What an attribute holds.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A value of a plain type.
    Plain(Type),
    /// One object with attributes of its own.
    Object(Vec<Attribute>),
    /// A list of such objects, which only the provider makes.
    Objects(Vec<Attribute>),
}

/// A check of one known value, with the name of its argument for what is found.
pub type Check = fn(&str, &Value) -> Result<(), Diagnostic>;

/// One attribute: its type, its rules, and its documentation.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// The name in the configuration.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// Who gives it its value.
    pub mode: Mode,
    /// Markdown: the meaning in a sentence or two.
    pub description: &'static str,
    /// Terraform hides the value in its output.
    pub sensitive: bool,
    /// The value reaches plan and apply and is never stored.
    pub write_only: bool,
    /// A change asks for a new object.
    pub replaces: bool,
    /// The texts it may hold, if only certain ones.
    pub allowed: &'static [&'static str],
    /// Documentation: what stands for an absent value.
    pub default: Option<&'static str>,
    /// Documentation: what a change of the argument does.
    pub effect: Option<&'static str>,
    /// The check of a known value.
    pub check: Option<Check>,
}

/// Lists attributes that the provider alone gives a value, one a line: the type, the name and the description.
macro_rules! computed {
    ($($ty:ident $name:ident: $description:literal;)+) => {
        vec![$($crate::framework::schema::Attribute::$ty(
            stringify!($name),
            $crate::framework::schema::Mode::Computed,
            $description,
        )),+]
    };
}
pub(crate) use computed;

impl Attribute {
    /// An attribute without any further rule.
    pub fn new(name: &'static str, shape: Shape, mode: Mode, description: &'static str) -> Self {
        Self {
            name,
            shape,
            mode,
            description,
            sensitive: false,
            write_only: false,
            replaces: false,
            allowed: &[],
            default: None,
            effect: None,
            check: None,
        }
    }

    /// A text.
    pub fn string(name: &'static str, mode: Mode, description: &'static str) -> Self {
        Self::new(name, Shape::Plain(Type::String), mode, description)
    }

    /// A number.
    pub fn number(name: &'static str, mode: Mode, description: &'static str) -> Self {
        Self::new(name, Shape::Plain(Type::Number), mode, description)
    }

    /// A bool.
    pub fn bool(name: &'static str, mode: Mode, description: &'static str) -> Self {
        Self::new(name, Shape::Plain(Type::Bool), mode, description)
    }

    /// A list of texts.
    pub fn strings(name: &'static str, mode: Mode, description: &'static str) -> Self {
        let shape = Shape::Plain(Type::list(Type::String));
        Self::new(name, shape, mode, description)
    }

    /// Terraform hides the value in its output.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Terraform neither stores nor shows the value.
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.write_only = true;
        self.sensitive()
    }

    /// A change asks for a new object.
    #[must_use]
    pub fn replaces(mut self) -> Self {
        self.replaces = true;
        self.effect("replaces the object")
    }

    /// Only these texts are valid.
    #[must_use]
    pub fn one_of(mut self, allowed: &'static [&'static str]) -> Self {
        self.allowed = allowed;
        self
    }

    /// What stands for an absent value.
    #[must_use]
    pub fn default(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// What a change does.
    #[must_use]
    pub fn effect(mut self, effect: &'static str) -> Self {
        self.effect = Some(effect);
        self
    }

    /// Known values have to pass the check.
    #[must_use]
    pub fn checked(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }

    /// The type of its values.
    pub fn ty(&self) -> Type {
        match &self.shape {
            Shape::Plain(ty) => ty.clone(),
            Shape::Object(attributes) => object_type(attributes),
            Shape::Objects(attributes) => Type::list(object_type(attributes)),
        }
    }

    /// Whether the configuration may set it.
    pub fn is_configurable(&self) -> bool {
        self.mode != Mode::Computed
    }

    /// Whether the provider may give it a value.
    pub fn is_computed(&self) -> bool {
        matches!(self.mode, Mode::Computed | Mode::OptionalComputed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_has_the_type_of_its_attributes() {
        let inner = || vec![Attribute::bool("on", Mode::Optional, "")];
        let schema = Schema::new(
            "",
            vec![
                Attribute::string("name", Mode::Required, ""),
                Attribute::new("one", Shape::Object(inner()), Mode::Optional, ""),
                Attribute::new("many", Shape::Objects(inner()), Mode::Computed, ""),
            ],
        );
        assert_eq!(
            String::from_utf8_lossy(&schema.ty().to_json()),
            r#"["object",{"many":["list",["object",{"on":"bool"}]],"name":"string","one":["object",{"on":"bool"}]}]"#
        );
    }

    #[test]
    fn modes_say_who_may_set_an_attribute() {
        for (mode, configurable, computed) in [
            (Mode::Required, true, false),
            (Mode::Optional, true, false),
            (Mode::Computed, false, true),
            (Mode::OptionalComputed, true, true),
        ] {
            let attribute = Attribute::string("a", mode, "");
            assert_eq!(attribute.is_configurable(), configurable);
            assert_eq!(attribute.is_computed(), computed);
        }
        let secret = Attribute::string("a", Mode::Optional, "").write_only();
        assert!(
            secret.sensitive,
            "what must not be stored must not be shown either"
        );
    }
}
