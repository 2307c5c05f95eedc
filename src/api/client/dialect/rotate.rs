//! The *rotate* dialect. **Assumed**: nothing public says what it looks like on the wire. Everything that
//! would have to be corrected is in this file.
//!
//! - `POST …/registries/{id}/rotate`, body `username`, `password`, and `server` only if it changes;
//!   201, `data` is the id of the new version.
//! - `GET …/registries/{id}/versions`: `{count, versions: [{id, version, server, username, current, created}]}`.
//! - `POST …/registries/{id}/versions/{version}/activate`, no body; 200.
//! - `PUT …/registries/{id}` with everything but the password, for name and retention.

use reqwest::Method;
use serde::Serialize;

use super::{MetadataUpdated, Rotated, Rotation};
use crate::api::Client;
use crate::api::http::error::{Error, Kind, Outcome};
use crate::api::http::operation::Operation;
use crate::api::http::retry::Answer;
use crate::api::http::settle::{How, Seen};
use crate::api::http::transport::Request;
use crate::api::model::fields::{Fields, list};
use crate::api::model::registry::Registry;
use crate::api::model::version::Version;

#[derive(Serialize)]
struct RotateBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'a str>,
    username: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct MetadataBody<'a> {
    handle: &'a str,
    name: &'a str,
    server: &'a str,
    username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    maxversions: Option<i64>,
}

pub(in crate::api) fn versions_path(client: &Client, id: &str) -> Result<String, Error> {
    client.path(&["registries", id, "versions"])
}

/// `None` when an item has no number: then the list cannot be used.
pub(in crate::api) fn parse_versions(answer: &Answer) -> Result<Option<Vec<Version>>, Error> {
    let items = list(&answer.data, "versions", |item| {
        Some(Version::parse(Fields::of(item)?))
    })
    .map_err(|problem| answer.unexpected(&problem))?;
    let mut versions: Option<Vec<Version>> = items.into_iter().collect();
    if let Some(versions) = &mut versions {
        versions.sort_by_key(|version| version.version);
    }
    Ok(versions)
}

impl Client {
    pub(in crate::api) async fn post_rotation(
        &self,
        op: &Operation,
        registry: &Registry,
        rotation: &Rotation<'_>,
        before: Option<Vec<Version>>,
    ) -> Result<Rotated, Error> {
        let id = registry.id.as_str();
        let body = RotateBody {
            server: rotation.server,
            username: rotation.username,
            password: rotation.password.expose(),
        };
        let request = Request::with_body(
            Method::POST,
            self.path(&["registries", id, "rotate"])?,
            &body,
        );
        let highest = before.map(|versions| versions.last().map_or(0, |last| last.version));
        let server = rotation.server.or(registry.server.as_deref());
        let ours = |version: &Version| {
            highest.is_some_and(|highest| version.version > highest)
                && shown_as(version.server.as_deref(), server)
                && shown_as(version.username.as_deref(), Some(rotation.username))
        };
        let find = |op: Operation| async move {
            let Some(versions) = self.versions(&op, id).await? else {
                return Ok(Seen::Invisible);
            };
            let found = versions.into_iter().rev().find(|version| ours(version));
            Ok(found.map_or(
                if highest.is_some() {
                    Seen::NotDone
                } else {
                    Seen::Invisible
                },
                Seen::Done,
            ))
        };
        let written = self
            .http()
            .write_once(op, &request, find)
            .await
            .map_err(|unwritten| unwritten.error)?;
        let mut rotated = match written.how {
            How::Found(version) => Rotated {
                version: Some(version.version),
                version_id: version.id,
                warnings: Vec::new(),
            },
            How::Answered(answer) => self.name_version(op, &answer, find).await,
        };
        if written.blindly_repeated {
            rotated.warnings.push(repeated_warning(registry));
        }
        Ok(rotated)
    }

    /// Finds the number of the version that an answer speaks of. Not finding it is not an error: the
    /// version is there.
    async fn name_version<F>(
        &self,
        op: &Operation,
        answer: &Answer,
        find: impl Fn(Operation) -> F,
    ) -> Rotated
    where
        F: Future<Output = Result<Seen<Version>, Error>>,
    {
        let told = Fields::of(&answer.data).and_then(|fields| fields.integer("version"));
        let mut rotated = Rotated {
            version: told,
            version_id: answer.new_id(),
            warnings: Vec::new(),
        };
        if told.is_some() {
            return rotated;
        }
        match self.http().look_after(op, find).await {
            Ok(Seen::Done(version)) => {
                rotated.version = Some(version.version);
                rotated.version_id = rotated.version_id.or(version.id);
            }
            Ok(Seen::NotDone | Seen::Invisible) => {}
            Err(error) => rotated.warnings.push(format!(
                "The new version was made, but its number could not be read: {error}."
            )),
        }
        rotated
    }

    pub(in crate::api) async fn put_metadata(
        &self,
        op: &Operation,
        registry: &Registry,
        name: &str,
        maxversions: Option<i64>,
    ) -> Result<MetadataUpdated, Error> {
        let id = registry.id.as_str();
        let (Some(server), Some(username)) = (&registry.server, &registry.username) else {
            // Leaving them out of a replacing write could blank them.
            return Err(Error::new(Kind::UnexpectedAnswer).saying(
                "the API shows no server or no user name, which have to be sent back with a change",
            ));
        };
        let body = MetadataBody {
            handle: &registry.handle,
            name,
            server,
            username,
            maxversions,
        };
        let request = Request::with_body(Method::PUT, self.path(&["registries", id])?, &body);
        self.http()
            .write_once(op, &request, |op| async move {
                self.look_for_metadata(&op, id, name, maxversions).await
            })
            .await
            .map_err(|unwritten| unwritten.error)?;
        Ok(MetadataUpdated {
            may_have_made_version: false,
        })
    }

    /// Whether name and retention are as they were to be.
    pub(in crate::api) async fn look_for_metadata(
        &self,
        op: &Operation,
        id: &str,
        name: &str,
        maxversions: Option<i64>,
    ) -> Result<Seen<()>, Error> {
        let registry = self
            .registry(op, id)
            .await?
            .ok_or_else(|| Error::new(Kind::NotFound))?;
        let done = registry.name.as_deref() == Some(name)
            && (maxversions.is_none() || registry.maxversions == maxversions);
        Ok(if done { Seen::Done(()) } else { Seen::NotDone })
    }

    pub(in crate::api) async fn post_activation(
        &self,
        op: &Operation,
        id: &str,
        version: i64,
    ) -> Result<(), Error> {
        let number = version.to_string();
        let path = self.path(&["registries", id, "versions", &number, "activate"])?;
        let request = Request::new(Method::POST, path);
        let written = self
            .http()
            .write_once(op, &request, |op| async move {
                Ok(match self.versions(&op, id).await? {
                    None => Seen::Invisible,
                    Some(versions) if is_current(&versions, version) => Seen::Done(()),
                    Some(_) => Seen::NotDone,
                })
            })
            .await;
        let error = match written {
            Ok(_) => return Ok(()),
            Err(unwritten) => unwritten.error,
        };
        let no_route = matches!(error.status(), Some(404 | 405));
        if !no_route && !matches!(error.kind(), Kind::Refused | Kind::Conflict) {
            return Err(error);
        }
        let Ok(Some(versions)) = self.versions(op, id).await else {
            return Err(error);
        };
        if is_current(&versions, version) {
            return Ok(());
        }
        let remaining: Vec<i64> = versions.iter().map(|version| version.version).collect();
        Err(if !remaining.contains(&version) {
            error.with_kind(Kind::NoSuchVersion { version, remaining })
        } else if no_route {
            error
                .with_kind(Kind::ActivationUnsupported)
                .with_outcome(Outcome::NotDone)
        } else {
            error
        })
    }
}

fn is_current(versions: &[Version], number: i64) -> bool {
    versions
        .iter()
        .any(|version| version.version == number && version.current)
}

/// Whether what is shown, if anything is, is what was sent.
fn shown_as(shown: Option<&str>, sent: Option<&str>) -> bool {
    shown.is_none() || shown == sent
}

pub(in crate::api) fn repeated_warning(registry: &Registry) -> String {
    format!(
        "The answer of the API to the rotation of the registry {:?} was lost, and the API shows no versions by which \
         to see what became of it. The credentials were sent once more: there may be two versions of them.",
        registry.handle
    )
}
