//! What all look-ups are: a name, a schema, and a way to find what is shown.

use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;

use async_trait::async_trait;

use crate::api::{Client, Error, Operation};
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::{Diagnostic, Diagnostics, Reported};
use crate::framework::model::Attr;
use crate::framework::provider::{Block, Call, DataSource};
use crate::framework::schema::{Attribute, Kind, Mode, Schema};
use crate::framework::value::Value;
use crate::resources::{checks, report, timeouts};

/// A data source.
pub struct Lookup {
    /// The name in the configuration.
    pub name: &'static str,
    /// The attributes. What `look` finds has exactly these.
    pub schema: LazyLock<Schema>,
    /// The arguments for an id and for a handle, of which exactly one says what to look up.
    pub by: Option<By>,
    /// Finds what is shown.
    pub look: for<'a> fn(Asked<'a>) -> Look<'a>,
}

/// The argument for an id, and that for a handle.
pub type By = [&'static str; 2];
/// A look on its way.
pub type Look<'a> = Pin<Box<dyn Future<Output = Result<Value, Reported>> + Send + 'a>>;

/// One question to the API.
pub struct Asked<'a> {
    /// Whom to ask.
    pub client: &'a Client,
    /// How long that may take.
    pub operation: Operation,
    config: &'a Value,
    diagnostics: &'a mut Diagnostics,
}

impl Asked<'_> {
    /// What was answered; a failure becomes a diagnostic.
    pub fn found<T>(&mut self, what: &str, answer: Result<T, Error>) -> Result<T, Reported> {
        answer.map_err(|error| report::failed("look up", what, &error, self.diagnostics))
    }

    /// An argument.
    pub fn argument(&self, name: &str) -> Option<&str> {
        self.config.attribute(name).and_then(Value::as_str)
    }

    /// The name by which the object is looked up.
    pub fn key(&mut self, by: By) -> Result<Key, Reported> {
        let key = Key::of(self.config, by, self.diagnostics)?;
        key.ok_or_else(|| self.error(findings::not_known_yet()))
    }

    /// Adds an error.
    pub fn error(&mut self, finding: Diagnostic) -> Reported {
        self.diagnostics.error(finding)
    }
}

impl Block for Lookup {
    fn type_name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics) {
        if let Some(by) = self.by {
            // What is wrong has been told.
            let _ = Key::of(config, by, diagnostics);
        }
    }
}

#[async_trait]
impl DataSource<Connection> for Lookup {
    async fn read(
        &self,
        call: &Call<Connection>,
        config: Value,
        diagnostics: &mut Diagnostics,
    ) -> Result<Value, Reported> {
        let (client, operation) = timeouts::begin(call, diagnostics)?;
        let mut shown = (self.look)(Asked {
            client,
            operation,
            config: &config,
            diagnostics,
        })
        .await?;
        if let (Value::Object(shown), Value::Object(config)) = (&mut shown, config) {
            // What is configured stays as it is written.
            shown.extend(config.into_iter().filter(|(_, value)| !value.is_null()));
        }
        Ok(shown)
    }
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
    fn of(
        config: &Value,
        [id, handle]: By,
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

/// The attributes of an object of a list: its id and its handle, and what else is shown of it.
pub fn item(id: &'static str, handle: &'static str, others: Vec<Attribute>) -> Vec<Attribute> {
    [vec![shown("id", id), shown("handle", handle)], others].concat()
}

/// A list of objects that the API shows.
pub fn list_of(
    name: &'static str,
    attributes: Vec<Attribute>,
    description: &'static str,
) -> Attribute {
    Attribute::new(name, Kind::Objects(attributes), Mode::Computed, description)
}

/// The objects of such a list.
pub fn list<T>(found: impl IntoIterator<Item = T>, show: fn(T) -> Value) -> Value {
    Value::List(found.into_iter().map(show).collect())
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::framework::model::object;
    use crate::framework::plan;

    /// Holds what a look-up shows to its schema.
    pub fn assert_fits(shown: &Value, attributes: &[Attribute]) {
        let empty = plan::empty(&Schema::new("", attributes.to_vec()));
        let Value::Object(shown) = shown else {
            panic!("no object");
        };
        assert!(shown.keys().eq(empty.keys()), "{shown:?}");
    }

    fn key(id: Value, handle: Value) -> (Option<Key>, Vec<&'static str>) {
        let mut diagnostics = Diagnostics::new();
        let config = object([("id", id), ("handle", handle)]);
        let key = Key::of(&config, ["id", "handle"], &mut diagnostics);
        let told = diagnostics.iter().map(|one| one.name).collect();
        (key.ok().flatten(), told)
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
