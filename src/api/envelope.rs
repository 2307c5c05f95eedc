//! The form of every answer: `{"code": 200, "status": "OK", "data": …}`; and tolerant reading of `data`.

use serde_json::{Map, Value};

/// How many values a body may hold, counted by what opens or follows one. The smallest takes a hundred times
/// as much memory as it had bytes, so that the size alone bounds nothing: this many take 200 MiB at worst. Ten
/// thousand registries are some 200,000 values.
const MOST_VALUES: usize = 1 << 18;

/// The body of an answer.
#[derive(Debug, PartialEq)]
pub(super) enum Body {
    /// The API's own form.
    Envelope(Value),
    /// JSON of another form.
    OtherJson,
    /// Nothing, as with 204.
    Empty,
    /// A page for people.
    Html,
    /// Neither: cut off, too deep, or something else.
    Garbled(String),
}

impl Body {
    /// Parses a body that came with `status`.
    pub(super) fn parse(bytes: &[u8], status: u16) -> Self {
        let start = bytes.trim_ascii_start();
        if start.is_empty() {
            return Self::Empty;
        }
        if start[0] == b'<' {
            return Self::Html;
        }
        let opens = |byte: &&u8| matches!(**byte, b'{' | b'[' | b',');
        if bytes.iter().filter(opens).count() > MOST_VALUES {
            return Self::Garbled(format!("the answer holds more than {MOST_VALUES} values"));
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(mut object)) => {
                // The code repeats the status: a JSON 404 of some gateway is not taken for the API's word.
                let own = (200..300).contains(&status)
                    || object.get("code").and_then(Value::as_u64) == Some(status.into());
                match object.remove("data") {
                    Some(data) if own => Self::Envelope(data),
                    _ => Self::OtherJson,
                }
            }
            Ok(_) => Self::OtherJson,
            // Only the position is told: the parser's message could quote the body.
            Err(error) => Self::Garbled(format!(
                "no JSON from line {}, column {} on",
                error.line(),
                error.column()
            )),
        }
    }

    /// What the API says in an error.
    pub(super) fn message(&self) -> &str {
        match self {
            Self::Envelope(Value::String(text)) => text,
            Self::Envelope(Value::Object(object)) => object
                .get("message")
                .and_then(Value::as_str)
                .unwrap_or_default(),
            Self::Html => "the answer is an HTML page",
            Self::OtherJson => "the answer is JSON, but not of the API's form",
            Self::Garbled(problem) => problem,
            Self::Envelope(_) | Self::Empty => "",
        }
    }
}

/// An object whose members are read tolerantly: what is missing, null or of another type is `None`.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    pub(super) fn value(self, key: &str) -> Option<&'a Value> {
        self.0.get(key)
    }

    pub(super) fn text(self, key: &str) -> Option<String> {
        self.value(key)?.as_str().map(str::to_owned)
    }

    /// A text that is not empty, or a number as text.
    pub(super) fn id(self, key: &str) -> Option<String> {
        match self.value(key)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// An integer, also as text.
    pub(super) fn integer(self, key: &str) -> Option<i64> {
        match self.value(key)? {
            Value::String(text) => text.parse().ok(),
            value => value.as_i64(),
        }
    }

    pub(super) fn number(self, key: &str) -> Option<f64> {
        match self.value(key)? {
            Value::String(text) => text.parse().ok(),
            value => value.as_f64(),
        }
    }

    pub(super) fn flag(self, key: &str) -> Option<bool> {
        self.value(key)?.as_bool()
    }

    pub(super) fn texts(self, key: &str) -> Option<Vec<String>> {
        self.value(key)?
            .as_array()?
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect()
    }
}

/// The items of a list `{"count": n, "<key>": […]}`, each read by `item`. Nothing may be missing: a list
/// of which a part is not understood, or which is one page of several, must not pass for the whole.
pub(super) fn list<T>(
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
    fn only_the_apis_own_form_is_an_envelope() {
        let parse = |text: &str| Body::parse(text.as_bytes(), 404);
        assert_eq!(
            parse(r#"{"code":404,"status":"NOT FOUND","data":"nope"}"#),
            Body::Envelope(json!("nope"))
        );
        for other in [
            r#"{"code":200,"data":1}"#,
            r#"{"data":"x"}"#,
            r#"{"code":404}"#,
            "[]",
            "\"x\"",
            "null",
        ] {
            assert_eq!(parse(other), Body::OtherJson, "{other}");
        }
        assert_eq!(parse("  "), Body::Empty);
        assert_eq!(parse("\n<!doctype html><html>"), Body::Html);
        assert!(
            matches!(parse(r#"{"code":404,"data":"secret"#), Body::Garbled(text) if !text.contains("secret"))
        );
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(matches!(
            Body::parse(deep.as_bytes(), 200),
            Body::Garbled(_)
        ));
    }

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
