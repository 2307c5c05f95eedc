//! An organisation, its projects, and the registries in them, as the API shows them.

use serde::Serialize;
use serde_json::Value;

use super::fields::{Fields, api_object};

api_object! {
    /// An organisation that the token sees.
    pub struct Organisation {
        /// Its UUID.
        id: String = id needed,
        /// Its display name.
        name: Option<String> = text,
        /// Its handle.
        handle: Option<String> = text,
        /// Its e-mail address.
        email: Option<String> = text,
        /// The role that the token's owner has in it.
        role: Option<String> = text,
    }
}

api_object! {
    /// A project. Everything but `id` and `handle` may be missing from an answer.
    pub struct Project {
        /// Its UUID.
        id: String = id needed,
        /// Its handle.
        handle: String = id needed,
        /// Its display name.
        name: Option<String> = text,
        /// The regions it runs in.
        regions: Option<Vec<String>> = texts,
        /// The ids of its users.
        users: Option<Vec<String>> = texts,
        /// The id of its organisation.
        organisation: Option<String> = id,
    }
}

/// A registry in a project, as the project's list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// The handle of the registry.
    pub handle: String,
    /// The id of the link, where shown.
    pub join_id: Option<String>,
}

impl Attachment {
    pub(in crate::api) fn parse(value: &Value) -> Option<Self> {
        let fields = Fields::of(value)?;
        Some(Self {
            handle: fields.id("handle")?,
            join_id: fields.id("joinid"),
        })
    }

    /// Whether it is that of the registry with this handle. The API knows no capitals; a state may.
    pub fn is_of(&self, handle: &str) -> bool {
        self.handle.eq_ignore_ascii_case(handle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn items_need_a_handle_only() {
        let parse =
            |value: Value| Attachment::parse(&value).map(|item| (item.handle, item.join_id));
        assert_eq!(parse(json!({"handle": "h"})), Some(("h".into(), None)));
        assert_eq!(
            parse(json!({"handle": "h", "joinid": "j", "id": "r"})),
            Some(("h".into(), Some("j".into())))
        );
        assert_eq!(parse(json!({"id": "r"})), None);
    }
}
