//! A registry as the API shows it.

use serde::Serialize;
use serde_json::Value;

use super::fields::Fields;

/// A registry. Everything but `id` and `handle` may be missing from an answer. A password is never read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Registry {
    /// Its UUID.
    pub id: String,
    /// Its name in attachments and containers.
    pub handle: String,
    /// Its display name.
    pub name: Option<String>,
    /// `host[:port]`, as stored.
    pub server: Option<String>,
    /// The user name of the current credentials.
    pub username: Option<String>,
    /// How many versions are retained.
    pub maxversions: Option<i64>,
    /// Whether it is paid for.
    pub billable: Option<bool>,
    /// The id of the current version.
    pub currentversionid: Option<String>,
    /// The number of the current version.
    pub currentversion: Option<i64>,
    /// How many versions there are.
    pub versioncount: Option<i64>,
    /// What manages it, if not a person.
    pub managedbyresourceid: Option<String>,
    /// The kind of what manages it.
    pub managedbyresourcetype: Option<String>,
    /// The projects it is attached to, where the API shows them.
    pub projects: Option<Vec<ProjectReference>>,
}

/// A project named in a registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ProjectReference {
    /// Its UUID.
    pub id: Option<String>,
    /// Its handle.
    pub handle: Option<String>,
    /// Its display name.
    pub name: Option<String>,
}

impl ProjectReference {
    /// The best there is to name it by.
    pub fn label(&self) -> Option<&str> {
        [&self.handle, &self.id, &self.name]
            .into_iter()
            .find_map(Option::as_deref)
    }

    fn parse(value: &Value) -> Option<Self> {
        if let Some(text) = value.as_str() {
            let is_id = uuid::Uuid::try_parse(text).is_ok();
            let text = text.to_owned();
            let (id, handle) = match is_id {
                true => (Some(text), None),
                false => (None, Some(text)),
            };
            let name = None;
            return Some(Self { id, handle, name });
        }
        let fields = Fields::of(value)?;
        Some(Self {
            id: fields.id("id"),
            handle: fields.text("handle"),
            name: fields.text("name"),
        })
    }
}

impl Registry {
    /// `None` when the value is not a registry: it has no `id` or no `handle`.
    pub(in crate::api) fn parse(value: &Value) -> Option<Self> {
        let fields = Fields::of(value)?;
        let projects = fields
            .value("projects")
            .and_then(Value::as_array)
            .and_then(|items| items.iter().map(ProjectReference::parse).collect());
        Some(Self {
            id: fields.id("id")?,
            handle: fields.id("handle")?,
            name: fields.text("name"),
            server: fields.text("server"),
            username: fields.text("username"),
            maxversions: fields.integer("maxversions"),
            billable: fields.flag("billable"),
            currentversionid: fields.id("currentversionid"),
            currentversion: fields.integer("currentversion"),
            versioncount: fields.integer("versioncount"),
            managedbyresourceid: fields.id("managedbyresourceid"),
            managedbyresourcetype: fields.text("managedbyresourcetype"),
            projects,
        })
    }

    /// As [`Registry::parse`], for an item of a list that is to stand in for a read of its own: it has to
    /// carry what a read carries.
    pub(in crate::api) fn parse_whole(value: &Value) -> Option<Self> {
        let fields = Fields::of(value)?;
        let registry = Self::parse(value)?;
        let whole = registry.name.is_some()
            && registry.server.is_some()
            && registry.username.is_some()
            && fields.value("maxversions").is_some();
        whole.then_some(registry)
    }

    /// Whether name and credentials, as far as they are shown, are those given.
    pub(in crate::api) fn is(&self, name: &str, server: &str, username: &str) -> bool {
        self.name.as_deref() == Some(name)
            && self.server.as_deref() == Some(server)
            && self.username.as_deref() == Some(username)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_of_july_2026() {
        let registry = Registry::parse(&json!({
            "id": "r", "handle": "h", "name": "n", "server": "ghcr.io", "username": "u", "maxversions": 5,
            "billable": true, "currentversionid": null, "password": "value-hidden-for-your-own-good", "new": {}
        }))
        .expect("a registry");
        assert!(registry.is("n", "ghcr.io", "u"));
        assert_eq!(registry.maxversions, Some(5));
        assert_eq!(registry.currentversionid, None);
        assert!(!format!("{registry:?}").contains("hidden"));
    }

    #[test]
    fn only_id_and_handle_are_needed() {
        let nulls = json!({"id": "r", "handle": "h", "name": null, "server": null, "username": null,
            "maxversions": null, "billable": null, "projects": null});
        assert!(Registry::parse(&nulls).is_some());
        assert!(Registry::parse_whole(&nulls).is_none());
        for bad in [
            json!(null),
            json!([]),
            json!("r"),
            json!({"id": "r"}),
            json!({"id": null, "handle": "h"}),
        ] {
            assert!(Registry::parse(&bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn projects_in_any_form() {
        let projects = |value: Value| {
            let registry = Registry::parse(&json!({"id": "r", "handle": "h", "projects": value}))?;
            let labels = registry
                .projects?
                .iter()
                .map(|p| p.label().unwrap_or("?").to_owned())
                .collect();
            Some::<Vec<String>>(labels)
        };
        assert_eq!(projects(json!(["shop"])), Some(vec!["shop".to_owned()]));
        assert_eq!(
            projects(json!([{"id": "p", "handle": "shop"}])),
            Some(vec!["shop".to_owned()])
        );
        assert_eq!(projects(json!([])), Some(vec![]));
        assert_eq!(projects(json!([7])), None);
        assert_eq!(projects(json!(3)), None);
    }
}
