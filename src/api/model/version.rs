//! A version of a registry's credentials as the API shows it.

use super::fields::api_object;

/// How the API at hand changes credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// By rotation, with a list of versions and activation.
    Rotate,
    /// By replacing the whole object; there is no list of versions and no activation.
    Put,
}

api_object! {
    /// A retained version of a registry's credentials.
    pub struct Version {
        /// Its UUID.
        id: Option<String> = id,
        /// Its number, from 1.
        version: i64 = integer needed,
        /// The server of these credentials.
        server: Option<String> = text,
        /// Their user name.
        username: Option<String> = text,
        /// Whether deployments use it.
        current: bool = is,
        /// When it was made, as the API writes it.
        created: Option<String> = text,
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
