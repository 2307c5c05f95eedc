//! A version of a registry's credentials as the API shows it.

use serde::Serialize;
use serde_json::Value;

use super::fields::Fields;

/// How the API at hand changes credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// By rotation, with a list of versions and activation.
    Rotate,
    /// By replacing the whole object; there is no list of versions and no activation.
    Put,
}

/// A retained version of a registry's credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Its UUID.
    pub id: Option<String>,
    /// Its number, from 1.
    pub version: i64,
    /// The server of these credentials.
    pub server: Option<String>,
    /// Their user name.
    pub username: Option<String>,
    /// Whether deployments use it.
    pub current: bool,
    /// When it was made, as the API writes it.
    pub created: Option<String>,
}

impl Version {
    /// `None` when it has no number.
    pub(in crate::api) fn parse(value: &Value) -> Option<Self> {
        let fields = Fields::of(value)?;
        Some(Self {
            id: fields.id("id"),
            version: fields.integer("version")?,
            server: fields.text("server"),
            username: fields.text("username"),
            current: fields.flag("current").unwrap_or(false),
            created: fields.text("created"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn versions_are_read_tolerantly_but_need_a_number() {
        let version = Version::parse(&json!({"version": 2, "current": null})).expect("a version");
        assert_eq!(
            (version.version, version.current, version.id),
            (2, false, None)
        );
        assert_eq!(Version::parse(&json!({"id": "v", "version": null})), None);
    }
}
