//! What the look-ups share: their failures, and the choice between an id and a handle.

use crate::api::Error;
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::Attr;
use crate::framework::schema::{Attribute, Kind, Mode};
use crate::framework::value::Value;
use crate::resources::{checks, report};

/// What a look-up found; a failure becomes a diagnostic.
pub fn found<T>(
    what: &str,
    answer: Result<T, Error>,
    diagnostics: &mut Diagnostics,
) -> Result<T, Reported> {
    answer.map_err(|error| report::failed("look up", what, &error, diagnostics))
}

/// The one name by which an object is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A UUID.
    Id(String),
    /// A handle.
    Handle(String),
}

impl Key {
    /// Reads the two arguments of which exactly one may be set. `None` while it is not known yet which one is.
    pub fn of(
        config: &Value,
        id: &'static str,
        handle: &'static str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Self>, Reported> {
        match (Attr::read(config, id), Attr::read(config, handle)) {
            (Attr::Known(id), Attr::Null) => Ok(Some(Self::Id(id))),
            (Attr::Null, Attr::Known(handle)) => Ok(Some(Self::Handle(handle))),
            (Attr::Null, Attr::Null) => Err(diagnostics.error(findings::no_key(id, handle))),
            (Attr::Known(_), Attr::Known(_)) => {
                Err(diagnostics.error(findings::two_keys(id, handle).at(handle)))
            }
            _ => Ok(None),
        }
    }

    /// The same for a look-up, which clients ask for only once everything is known.
    pub fn known(
        config: &Value,
        id: &'static str,
        handle: &'static str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Self, Reported> {
        Self::of(config, id, handle, diagnostics)?
            .ok_or_else(|| diagnostics.error(findings::not_known_yet()))
    }
}

/// An argument that takes the id of something.
pub fn id_argument(name: &'static str, description: &'static str) -> Attribute {
    Attribute::string(name, Mode::OptionalComputed, description).checked(checks::uuid)
}

/// An argument that takes the handle of something.
pub fn handle_argument(name: &'static str, description: &'static str) -> Attribute {
    Attribute::string(name, Mode::OptionalComputed, description).checked(checks::not_blank)
}

/// A text that the API shows; null where it shows none.
pub fn shown(name: &'static str, description: &'static str) -> Attribute {
    Attribute::string(name, Mode::Computed, description)
}

/// A list of objects that the API shows.
pub fn list_of(
    name: &'static str,
    attributes: Vec<Attribute>,
    description: &'static str,
) -> Attribute {
    Attribute::new(name, Kind::Objects(attributes), Mode::Computed, description)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::model::object;

    fn key(id: Value, handle: Value) -> (Option<Key>, Vec<&'static str>) {
        let mut diagnostics = Diagnostics::new();
        let config = object([("id", id), ("handle", handle)]);
        let key = Key::of(&config, "id", "handle", &mut diagnostics)
            .ok()
            .flatten();
        (key, diagnostics.iter().map(|one| one.name).collect())
    }

    #[test]
    fn exactly_one_name_is_taken_and_unknown_ones_are_not_judged() {
        let none = Vec::<&str>::new;
        assert_eq!(
            key("a".into(), Value::Null),
            (Some(Key::Id("a".into())), none())
        );
        assert_eq!(
            key(Value::Null, "b".into()),
            (Some(Key::Handle("b".into())), none())
        );
        assert_eq!(key(Value::Null, Value::Null).1, ["no_key"]);
        assert_eq!(key("a".into(), "b".into()).1, ["two_keys"]);
        for (id, handle) in [
            (Value::UNKNOWN, Value::Null),
            (Value::UNKNOWN, "b".into()),
            ("a".into(), Value::UNKNOWN),
        ] {
            assert_eq!(key(id, handle), (None, none()));
        }
    }
}
