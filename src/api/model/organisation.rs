//! An organisation as the API shows it.

use serde::Serialize;
use serde_json::Value;

use super::fields::Fields;

/// An organisation that the token sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Organisation {
    /// Its UUID.
    pub id: String,
    /// Its display name.
    pub name: Option<String>,
    /// Its handle.
    pub handle: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// The role that the token's owner has in it.
    pub role: Option<String>,
}

impl Organisation {
    pub(in crate::api) fn parse(value: &Value) -> Option<Self> {
        let fields = Fields::of(value)?;
        Some(Self {
            id: fields.id("id")?,
            name: fields.text("name"),
            handle: fields.text("handle"),
            email: fields.text("email"),
            role: fields.text("role"),
        })
    }
}
