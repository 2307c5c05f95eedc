//! Tolerant reading of the `data` of an answer.

use serde_json::{Map, Value};

/// Declares what the API shows of something, and how it is read: a field a line, with the reader of [`Fields`] that
/// its member needs. What lacks a field that is `needed` is not read at all.
macro_rules! api_object {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$about:meta])* $field:ident: $ty:ty = $reader:ident $($needed:ident)?,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
        pub struct $name {
            $($(#[$about])* pub $field: $ty,)+
        }

        impl $name {
            /// `None` when the value is something else.
            pub(in crate::api) fn parse(value: &serde_json::Value) -> Option<Self> {
                let fields = $crate::api::model::Fields::of(value)?;
                Some(Self {
                    $($field: api_object!(@read fields.$reader(stringify!($field)) $(, $needed)?),)+
                })
            }
        }
    };
    (@read $read:expr) => { $read };
    (@read $read:expr, needed) => { $read? };
}
pub(super) use api_object;

/// An object whose members are read tolerantly: what is missing, null or of another type is `None`.
#[derive(Clone, Copy)]
pub struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// By the name as this API writes it, or with underscores between the words.
    pub fn value(self, key: &str) -> Option<&'a Value> {
        let same = |name: &str| name.chars().filter(|c| *c != '_').eq(key.chars());
        let found = self.0.get(key).filter(|value| !value.is_null());
        let mut members = self.0.iter();
        found.or_else(|| Some(members.find(|(name, _)| same(name))?.1))
    }

    pub fn text(self, key: &str) -> Option<String> {
        self.value(key)?.as_str().map(str::to_owned)
    }

    /// A short plain token, or a number as text.
    pub fn id(self, key: &str) -> Option<String> {
        match self.value(key)? {
            Value::String(text) if is_id(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// An integer, also as text.
    pub fn integer(self, key: &str) -> Option<i64> {
        match self.value(key)? {
            Value::String(text) => text.parse().ok(),
            value => value.as_i64(),
        }
    }

    pub fn number(self, key: &str) -> Option<f64> {
        match self.value(key)? {
            Value::String(text) => text.parse().ok(),
            value => value.as_f64(),
        }
    }

    pub fn flag(self, key: &str) -> Option<bool> {
        self.value(key)?.as_bool()
    }

    /// Whether it is said to be so.
    pub fn is(self, key: &str) -> bool {
        self.flag(key).unwrap_or(false)
    }

    pub fn texts(self, key: &str) -> Option<Vec<String>> {
        self.value(key)?
            .as_array()?
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect()
    }
}

/// The id in the answer to a write: a bare text, or in `{"id": …}`, be it alone, with a quota or in the whole
/// object. `None` for what cannot be one.
pub fn id(data: &Value) -> Option<String> {
    let id = data.get("id").unwrap_or(data);
    id.as_str().filter(|id| is_id(id)).map(str::to_owned)
}

/// Whether a text can be an id: a short plain token, so that a mistake of the API's is not sent back to it.
fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=128).contains(&text.len())
        && text.bytes().all(plain)
        && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

/// A single object: the first of the list `key`, or bare. Null where the list is empty.
pub fn single<'a>(data: &'a Value, key: &str) -> &'a Value {
    match data.get(key).and_then(Value::as_array) {
        Some(list) => list.first().unwrap_or(&Value::Null),
        None => data,
    }
}

/// The items of a list `{"count": n, "<key>": […]}`, each read by `item`. Nothing may be missing: a list
/// of which a part is not understood, or which is one page of several, must not pass for the whole.
pub fn list<T>(
    data: &Value,
    key: &str,
    item: impl Fn(&Value) -> Option<T>,
) -> Result<Vec<T>, String> {
    let fields = Fields::of(data).ok_or("an object was expected")?;
    let items = fields
        .value(key)
        .and_then(Value::as_array)
        .ok_or_else(|| format!("the list `{key}` is missing"))?;
    if fields
        .integer("count")
        .is_some_and(|count| count > items.len() as i64)
    {
        return Err(format!("the list `{key}` is shorter than its `count`"));
    }
    items
        .iter()
        .map(|value| {
            item(value).ok_or_else(|| format!("an item of `{key}` lacks what identifies it"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_whole_or_refused() {
        let id = |value: &Value| Fields::of(value)?.id("id");
        assert_eq!(
            list(&json!({"things": [{"id": "a"}, {"id": 7}]}), "things", id),
            Ok(vec!["a".into(), "7".into()])
        );
        for bad in [
            json!(null),
            json!([]),
            json!({}),
            json!({"things": null}),
            json!({"things": {}}),
            json!({"things": [{"id": null}]}),
            json!({"things": ["a"]}),
            json!({"count": 3, "things": [{"id": "a"}]}),
        ] {
            assert!(list(&bad, "things", id).is_err(), "{bad}");
        }
    }

    #[test]
    fn fields_are_read_tolerantly() {
        let value = json!({"t": "x", "i": "5", "n": 5, "f": 1.5, "b": true, "e": "", "z": null, "l": ["a"], "m": [1]});
        let fields = Fields::of(&value).expect("an object");
        assert_eq!(fields.integer("i"), Some(5));
        assert_eq!(fields.integer("n"), Some(5));
        assert_eq!(fields.integer("f"), None);
        assert_eq!(fields.number("f"), Some(1.5));
        assert_eq!(fields.flag("b"), Some(true));
        assert_eq!(fields.id("e"), None);
        assert_eq!(fields.text("z"), None);
        assert_eq!(fields.texts("l"), Some(vec!["a".to_owned()]));
        assert_eq!(fields.texts("m"), None);
    }
}
