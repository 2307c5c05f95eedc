//! A registry as the API shows it.

use serde_json::Value;

use super::fields::{Fields, api_object};

api_object! {
    /// A registry. Everything but `id` and `handle` may be missing from an answer. A password is never read.
    pub struct Registry {
        /// Its UUID.
        id: String = id needed,
        /// Its name in attachments and containers.
        handle: String = id needed,
        /// Its display name.
        name: Option<String> = text,
        /// `host[:port]`, as stored.
        server: Option<String> = text,
        /// The user name of the current credentials.
        username: Option<String> = text,
        /// How many versions are retained.
        maxversions: Option<i64> = integer,
        /// Whether it is paid for.
        billable: Option<bool> = flag,
        /// The id of the current version.
        currentversionid: Option<String> = id,
        /// The number of the current version.
        currentversion: Option<i64> = integer,
        /// How many versions there are.
        versioncount: Option<i64> = integer,
        /// What manages it, if not a person.
        managedbyresourceid: Option<String> = id,
        /// The kind of what manages it.
        managedbyresourcetype: Option<String> = text,
        /// The projects it is attached to, where the API shows them.
        projects: Option<Vec<ProjectReference>> = projects,
    }
}

api_object! {
    /// A project named in a registry.
    pub struct ProjectReference {
        /// Its UUID.
        id: Option<String> = id,
        /// Its handle.
        handle: Option<String> = text,
        /// Its display name.
        name: Option<String> = text,
    }
}

impl ProjectReference {
    /// The best there is to name it by.
    pub fn label(&self) -> Option<&str> {
        [&self.handle, &self.id, &self.name]
            .into_iter()
            .find_map(Option::as_deref)
    }

    /// One of which the id or the handle is all that is shown.
    fn named(text: &str) -> Self {
        let is_id = uuid::Uuid::try_parse(text).is_ok();
        Self {
            id: is_id.then(|| text.to_owned()),
            handle: (!is_id).then(|| text.to_owned()),
            name: None,
        }
    }
}

impl Fields<'_> {
    /// Projects, of which some may be named by a text alone.
    fn projects(self, key: &str) -> Option<Vec<ProjectReference>> {
        let items = self.value(key)?.as_array()?.iter();
        let parse = |item: &Value| match item.as_str() {
            Some(text) => Some(ProjectReference::named(text)),
            None => ProjectReference::parse(item),
        };
        items.map(parse).collect()
    }
}

impl Registry {
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
