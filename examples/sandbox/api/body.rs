//! Request bodies: mapped onto a typed object, strictly. An unknown key is a 400, as observed.

use serde_json::{Map, Value};
use terraform_provider_bahriya::secret::Secret;

use super::organisations::is_region;
use crate::refusal::Refusal;
use crate::store::registries::MASK;

/// The longest handle: a DNS label.
const HANDLE_MAX: usize = 63;
/// The longest value of any other text.
const TEXT_MAX: usize = 4096;

/// The body of one request.
pub struct Body {
    kind: &'static str,
    fields: Map<String, Value>,
}

impl Body {
    /// Reads an object that has no other keys than these. `kind` is the name in messages.
    pub fn parse(kind: &'static str, bytes: &[u8], known: &[&str]) -> Result<Self, Refusal> {
        let Ok(Value::Object(fields)) = serde_json::from_slice(bytes) else {
            return Err(Refusal::bad_request(
                "The request body is not a JSON object.",
            ));
        };
        let body = Self { kind, fields };
        match body
            .fields
            .keys()
            .find(|key| !known.contains(&key.as_str()))
        {
            Some(key) => {
                let shown: String = key.chars().take(64).collect();
                Err(body.refuse(&shown, &format!("Unexpected key `{shown}`.")))
            }
            None => Ok(body),
        }
    }

    /// A text that must be there and not be empty.
    pub fn text(&self, key: &str) -> Result<String, Refusal> {
        self.optional_text(key)?
            .ok_or_else(|| self.refuse(key, &format!("Missing key `{key}`.")))
    }

    /// A text that, if it is there, must not be empty.
    pub fn optional_text(&self, key: &str) -> Result<Option<String>, Refusal> {
        match self.fields.get(key) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => {
                Err(self.refuse(key, "Value must not be empty."))
            }
            Some(Value::String(text)) if text.chars().count() > TEXT_MAX => {
                Err(self.refuse(key, "Value is too long."))
            }
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(self.refuse(key, "Value is not a string.")),
        }
    }

    /// A handle: a DNS label in lower case.
    pub fn handle(&self, key: &str) -> Result<String, Refusal> {
        let handle = self.text(key)?;
        let well_formed = handle.len() <= HANDLE_MAX
            && !handle.starts_with('-')
            && !handle.ends_with('-')
            && handle
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        match well_formed {
            true => Ok(handle),
            false => Err(self.refuse(
                key,
                "A handle has 1 to 63 lower-case letters, digits and hyphens, and starts and ends \
                 with a letter or digit.",
            )),
        }
    }

    /// A password. The mask that reads show is never one.
    pub fn password(&self, key: &str) -> Result<Secret, Refusal> {
        let password = Secret::new(self.text(key)?);
        match password.expose() == MASK {
            true => Err(self.refuse(key, "Value is the mask of a hidden value.")),
            false => Ok(password),
        }
    }

    /// A whole number in a range, if it is there.
    pub fn optional_integer(&self, key: &str, min: i64, max: i64) -> Result<Option<i64>, Refusal> {
        match self.fields.get(key) {
            None => Ok(None),
            Some(value) => match whole_number(value) {
                Some(number) if (min..=max).contains(&number) => Ok(Some(number)),
                Some(_) => {
                    Err(self.refuse(key, &format!("Value must be between {min} and {max}.")))
                }
                None => Err(self.refuse(key, "Value is not a whole number.")),
            },
        }
    }

    /// A list of texts that must be there.
    pub fn texts(&self, key: &str) -> Result<Vec<String>, Refusal> {
        let items = match self.fields.get(key) {
            None => return Err(self.refuse(key, &format!("Missing key `{key}`."))),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(self.refuse(key, "Value is not a list.")),
        };
        items
            .iter()
            .map(|item| match item.as_str() {
                Some(text) => Ok(text.to_owned()),
                None => Err(self.refuse(key, "Value is not a list of strings.")),
            })
            .collect()
    }

    /// One region or more, each once.
    pub fn regions(&self, key: &str) -> Result<Vec<String>, Refusal> {
        let regions = self.texts(key)?;
        if regions.is_empty() {
            return Err(self.refuse(key, "Value must not be empty."));
        }
        for (at, region) in regions.iter().enumerate() {
            if !is_region(region) {
                return Err(self.refuse(key, "Value names a region that does not exist."));
            }
            if regions[..at].contains(region) {
                return Err(self.refuse(key, "Value names a region twice."));
            }
        }
        Ok(regions)
    }

    /// A 400 about one key, in the words of the observed answer. Values are never repeated.
    pub fn refuse(&self, key: &str, problem: &str) -> Refusal {
        Refusal::bad_request(format!(
            "Could not map type `Bahriya\\Contracts\\DataTransferObjects\\Console\\v1\\{}`. An \
             error occurred at path {key}: {problem}",
            self.kind
        ))
    }
}

/// In JSON, 5 and 5.0 are the same whole number.
fn whole_number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
        // `as` saturates, and every range here is far inside what a float holds exactly.
        Some(number as i64)
    })
}
