//! A project as the API shows it.

use serde::Serialize;
use serde_json::Value;

use super::fields::Fields;

/// A project. Everything but `id` and `handle` may be missing from an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Project {
    /// Its UUID.
    pub id: String,
    /// Its handle.
    pub handle: String,
    /// Its display name.
    pub name: Option<String>,
    /// The regions it runs in.
    pub regions: Option<Vec<String>>,
    /// The ids of its users.
    pub users: Option<Vec<String>>,
    /// The id of its organisation.
    pub organisation: Option<String>,
}

impl Project {
    pub(in crate::api) fn parse(value: &Value) -> Option<Self> {
        let fields = Fields::of(value)?;
        Some(Self {
            id: fields.id("id")?,
            handle: fields.id("handle")?,
            name: fields.text("name"),
            regions: fields.texts("regions"),
            users: fields.texts("users"),
            organisation: fields.id("organisation"),
        })
    }
}
