//! The *put* dialect: every change replaces the whole object, as the official provider does it. A `PUT`
//! without the password is never tried, since replacing could blank it.

use reqwest::Method;
use serde::Serialize;

use super::rotate::repeated_warning;
use super::{Credentials, MetadataUpdated, Rotated, Rotation};
use crate::api::Client;
use crate::api::http::error::{Error, Kind};
use crate::api::http::operation::Operation;
use crate::api::http::settle::{How, Seen};
use crate::api::http::transport::Request;
use crate::api::model::registry::Registry;

#[derive(Serialize)]
struct WholeBody<'a> {
    handle: &'a str,
    name: &'a str,
    server: &'a str,
    username: &'a str,
    password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    maxversions: Option<i64>,
}

impl Client {
    pub(in crate::api) async fn put_whole_for_metadata(
        &self,
        op: &Operation,
        registry: &Registry,
        name: &str,
        maxversions: Option<i64>,
        held: &Credentials<'_>,
    ) -> Result<MetadataUpdated, Error> {
        let id = registry.id.as_str();
        let request = self.put_whole(registry, name, maxversions, held)?;
        self.http()
            .write_once(op, &request, |op| async move {
                self.look_for_metadata(&op, id, name, maxversions).await
            })
            .await
            .map_err(|unwritten| unwritten.error)?;
        Ok(MetadataUpdated {
            may_have_made_version: true,
        })
    }

    pub(in crate::api) async fn put_whole_for_rotation(
        &self,
        op: &Operation,
        registry: &Registry,
        rotation: &Rotation<'_>,
    ) -> Result<Rotated, Error> {
        let missing = |what: &str| {
            Error::new(Kind::UnexpectedAnswer).saying(&format!(
                "the API shows no {what}, which has to be sent back with a change"
            ))
        };
        let name = registry.name.as_deref().ok_or_else(|| missing("name"))?;
        let server = rotation.server.or(registry.server.as_deref());
        let credentials = Credentials {
            server: server.ok_or_else(|| missing("server"))?,
            username: rotation.username,
            password: rotation.password,
        };
        let request = self.put_whole(registry, name, registry.maxversions, &credentials)?;
        let id = registry.id.as_str();
        let written = self
            .http()
            .write_once(op, &request, |op| async move {
                let after = self
                    .registry(&op, id)
                    .await?
                    .ok_or_else(|| Error::new(Kind::NotFound))?;
                Ok(compare(registry, after, &credentials))
            })
            .await
            .map_err(|unwritten| unwritten.error)?;
        let mut rotated = Rotated {
            version: None,
            version_id: None,
            warnings: Vec::new(),
        };
        if let How::Found(after) = written.how {
            rotated.version = after.currentversion;
            rotated.version_id = after.currentversionid;
        }
        if written.blindly_repeated {
            rotated.warnings.push(repeated_warning(registry));
        }
        Ok(rotated)
    }

    fn put_whole(
        &self,
        registry: &Registry,
        name: &str,
        maxversions: Option<i64>,
        credentials: &Credentials<'_>,
    ) -> Result<Request, Error> {
        let body = WholeBody {
            handle: &registry.handle,
            name,
            server: credentials.server,
            username: credentials.username,
            password: credentials.password.expose(),
            maxversions,
        };
        let path = self.path(&["registries", &registry.id])?;
        Ok(Request::with_body(Method::PUT, path, &body))
    }
}

/// Whether a registry carries new credentials, by whatever shows it.
fn compare(before: &Registry, after: Registry, credentials: &Credentials<'_>) -> Seen<Registry> {
    let marks = |registry: &Registry| {
        (
            registry.currentversionid.clone(),
            registry.currentversion,
            registry.versioncount,
        )
    };
    let named = |registry: &Registry| {
        registry.server.as_deref() == Some(credentials.server)
            && registry.username.as_deref() == Some(credentials.username)
    };
    if !named(&after) {
        Seen::NotDone
    } else if !named(before) || marks(before) != marks(&after) {
        Seen::Done(after)
    } else if marks(&after) == (None, None, None) {
        Seen::Invisible
    } else {
        Seen::NotDone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use serde_json::json;

    #[test]
    fn a_change_shows_in_marks_or_names_or_not_at_all() {
        let registry = |username: &str, version: Option<i64>| {
            Registry::parse(
                &json!({"id": "r", "handle": "h", "server": "s", "username": username,
                "currentversion": version}),
            )
            .expect("a registry")
        };
        let password = Secret::new("password");
        let seen = |before: Registry, after: Registry| {
            let credentials = Credentials {
                server: "s",
                username: "new",
                password: &password,
            };
            match compare(&before, after, &credentials) {
                Seen::Done(_) => "done",
                Seen::NotDone => "not done",
                Seen::Invisible => "invisible",
            }
        };
        assert_eq!(seen(registry("old", None), registry("new", None)), "done");
        assert_eq!(
            seen(registry("old", None), registry("old", None)),
            "not done"
        );
        assert_eq!(
            seen(registry("new", None), registry("new", None)),
            "invisible"
        );
        assert_eq!(
            seen(registry("new", Some(1)), registry("new", Some(1))),
            "not done"
        );
        assert_eq!(
            seen(registry("new", Some(1)), registry("new", Some(2))),
            "done"
        );
    }
}
