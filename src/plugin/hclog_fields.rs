//! The fields of an event or a span, as values that are fit to be logged.

use std::fmt;

use serde_json::{Map, Number, Value};
use tracing::field::{Field, Visit};

use crate::secret;

const MESSAGE: &str = "message";

/// Collects fields; text is scrubbed on the way in.
#[derive(Default)]
pub struct LoggedFields(pub Map<String, Value>);

impl LoggedFields {
    /// Takes out the message, which is text whatever it was recorded as.
    pub fn take_message(&mut self) -> String {
        match self.0.remove(MESSAGE) {
            None => String::new(),
            Some(Value::String(message)) => message,
            Some(other) => other.to_string(),
        }
    }

    /// Adds those that `line` has not.
    pub fn copy_missing_to(&self, line: &mut Map<String, Value>) {
        for (name, value) in &self.0 {
            line.entry(name).or_insert_with(|| value.clone());
        }
    }

    fn insert(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for LoggedFields {
    fn record_str(&mut self, field: &Field, value: &str) {
        let text = secret::redact(value).into_owned();
        self.insert(field, text.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no infinity; text keeps what was meant.
        let number = Number::from_f64(value).map(Value::Number);
        self.insert(field, number.unwrap_or_else(|| value.to_string().into()));
    }
}
