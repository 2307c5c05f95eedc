//! What all look-ups are: a name, a schema, and a way to find what is shown.

use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;

use async_trait::async_trait;
use serde_json::Value as Json;

use crate::api::{Error, Kind};
use crate::connection::Connection;
use crate::findings;
use crate::framework::codec;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::Attr;
use crate::framework::provider::{Block, Call, DataSource};
use crate::framework::schema::{Attribute, Mode, Schema, Shape};
use crate::framework::value::Value;
use crate::resources::api_errors;
use crate::resources::checks;
use crate::resources::context::{Context, Names};

/// A data source.
pub struct Lookup {
    /// The name in the configuration.
    pub name: &'static str,
    /// The attributes. Of what is found these are shown; null where it has none.
    pub schema: LazyLock<Schema>,
    /// The arguments for an id and for a handle, of which exactly one says what to look up.
    pub by: Option<By>,
    /// Finds what is shown, for a configuration.
    pub find: for<'a> fn(Context<'a>, &'a Value) -> Search<'a>,
}

/// The argument for an id, and that for a handle.
pub type By = [&'static str; 2];
/// A look-up on its way.
pub type Search<'a> = Pin<Box<dyn Future<Output = Result<Json, Reported>> + Send + 'a>>;

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
            let _ = names_in(config, by, diagnostics);
        }
    }
}

#[async_trait]
impl DataSource<Connection> for Lookup {
    async fn read(&self, call: &mut Call<Connection>, config: Value) -> Result<Value, Reported> {
        let cx = Context::new(call, ("look up", ""), &Attr::Null)?;
        let found = (self.find)(cx, &config).await?;
        let shown = codec::decode_json(found.to_string().as_bytes(), self.schema.ty());
        let mut shown = shown.map_err(|error| {
            let error = Error::new(Kind::UnexpectedAnswer).saying(&error.to_string());
            let found = api_errors::failure("look up", self.name, &error, "");
            call.diagnostics.error(found)
        })?;
        if let (Value::Object(shown), Value::Object(config)) = (&mut shown, config) {
            // What is configured stays as it is written.
            shown.extend(config.into_iter().filter(|(_, value)| !value.is_null()));
        }
        Ok(shown)
    }
}

/// Reads the two arguments of which exactly one may be set. While it is not known yet which one is, nothing is wrong.
fn names_in<'a>(
    config: &'a Value,
    [id, handle]: By,
    diagnostics: &mut Diagnostics,
) -> Result<Names<'a>, Reported> {
    let set = |name| config.attribute(name).filter(|value| !value.is_null());
    match (set(id), set(handle)) {
        (None, None) => Err(diagnostics.error(findings::no_key(id, handle))),
        (Some(Value::String(_)), Some(Value::String(_))) => {
            Err(diagnostics.error(findings::two_keys(id, handle).at(handle)))
        }
        (id, handle) => Ok((id.and_then(Value::as_str), handle.and_then(Value::as_str))),
    }
}

/// The one name by which a thing of this kind is looked up, which messages call it by from now on.
pub fn names<'a>(
    cx: &mut Context<'_>,
    kind: &str,
    config: &'a Value,
    by: By,
) -> Result<Names<'a>, Reported> {
    let names = names_in(config, by, cx.diagnostics)?;
    cx.object = match names {
        (Some(id), _) => format!("{kind} {id}"),
        (None, handle) => format!("{kind} \"{}\"", handle.unwrap_or_default()),
    };
    Ok(names)
}

/// An argument that takes the id of something.
pub fn id_argument(name: &'static str, description: &'static str) -> Attribute {
    Attribute::string(name, Mode::OptionalComputed, description).checked(checks::uuid)
}

/// An argument that takes the handle of something.
pub fn handle_argument(name: &'static str, description: &'static str) -> Attribute {
    Attribute::string(name, Mode::OptionalComputed, description).checked(checks::not_blank)
}

/// A list of objects that the API shows.
pub fn list_of(name: &'static str, of: Vec<Attribute>, description: &'static str) -> Attribute {
    Attribute::new(name, Shape::Objects(of), Mode::Computed, description)
}

/// The attributes of an object: the arguments by which it is found, and what is shown beside them.
pub fn attributes(arguments: Vec<Attribute>, mut shown: Vec<Attribute>) -> Vec<Attribute> {
    shown.retain(|one| arguments.iter().all(|argument| argument.name != one.name));
    [arguments, shown].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::model::object;

    fn named(id: Value, handle: Value) -> Result<[Option<String>; 2], &'static str> {
        let mut diagnostics = Diagnostics::new();
        let config = object([("id", id), ("handle", handle)]);
        let names = names_in(&config, ["id", "handle"], &mut diagnostics);
        let told = diagnostics.iter().map(|one| one.name).next();
        let (id, handle) = names.map_err(|_| told.expect("an error"))?;
        assert_eq!(told, None);
        Ok([id.map(str::to_owned), handle.map(str::to_owned)])
    }

    #[test]
    fn exactly_one_name_is_taken_and_unknown_ones_are_not_judged() {
        let name = |text: &str| Some(text.to_owned());
        assert_eq!(named("a".into(), Value::Null), Ok([name("a"), None]));
        assert_eq!(named(Value::Null, "b".into()), Ok([None, name("b")]));
        assert_eq!(named(Value::Null, Value::Null), Err("no_key"));
        assert_eq!(named("a".into(), "b".into()), Err("two_keys"));
        for (id, handle) in [
            (Value::UNKNOWN, Value::Null),
            (Value::UNKNOWN, "b".into()),
            ("a".into(), Value::UNKNOWN),
        ] {
            assert!(named(id, handle).is_ok());
        }
    }
}
