//! Creating a registry, exactly once.

use reqwest::Method;
use serde::Serialize;

use super::registries::HandleState;
use crate::api::Client;
use crate::api::http::error::{Error, Kind, Outcome};
use crate::api::http::operation::Operation;
use crate::api::http::settle::{How, Seen};
use crate::api::http::transport::Request;
use crate::api::model::registry::Registry;
use crate::secret::Secret;

/// What a new registry consists of.
#[derive(Clone, Copy, Debug)]
pub struct NewRegistry<'a> {
    /// Lower-case letters, digits and hyphens; spent for ever by a deletion.
    pub handle: &'a str,
    /// The display name.
    pub name: &'a str,
    /// `host[:port]`.
    pub server: &'a str,
    /// The user name.
    pub username: &'a str,
    /// The password.
    pub password: &'a Secret,
    /// `None` leaves the number to the API.
    pub maxversions: Option<i64>,
}

/// A registry that was created by this call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Its id.
    pub id: String,
    /// What the user should know: whole sentences.
    pub warnings: Vec<String>,
}

/// The API refuses any other key.
#[derive(Serialize)]
struct Body<'a> {
    handle: &'a str,
    name: &'a str,
    server: &'a str,
    username: &'a str,
    password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    maxversions: Option<i64>,
}

impl Client {
    /// Creates a registry, exactly once: a lost answer is settled by looking at who has the handle.
    /// In the good case this is one request; the caller reads the result with [`Client::registry_after_write`].
    pub async fn create_registry(
        &self,
        op: &Operation,
        new: &NewRegistry<'_>,
    ) -> Result<Created, Error> {
        let body = Body {
            handle: new.handle,
            name: new.name,
            server: new.server,
            username: new.username,
            password: new.password.expose(),
            maxversions: new.maxversions,
        };
        let request = Request::with_body(Method::POST, self.path(&["registries"])?, &body);
        let written = self
            .http()
            .write_once(
                op,
                &request,
                |op| async move { self.find_own(&op, new).await },
            )
            .await;
        self.known().registries.forget();
        let unwritten = match written {
            Ok(written) => match written.how {
                How::Found(created) => return Ok(created),
                How::Answered(answer) => match answer.new_id() {
                    Some(id) => {
                        return Ok(Created {
                            id,
                            warnings: Vec::new(),
                        });
                    }
                    // Created, by its own word, but nameless: it is found by its handle.
                    None => {
                        let error = answer
                            .unexpected("the answer holds no id")
                            .with_outcome(Outcome::Unknown);
                        return self.find_after(op, new, error).await;
                    }
                },
            },
            Err(unwritten) => unwritten,
        };
        if !says_handle_is_taken(&unwritten.error) {
            return Err(unwritten.error);
        }
        if unwritten.after_loss {
            // Taken, perhaps by the attempt that got no answer.
            return self.find_after(op, new, unwritten.error).await;
        }
        Err(match self.registry_by_handle(op, new.handle).await {
            Ok(HandleState::Alive(registry)) => taken(new, unwritten.error, Some(registry)),
            Ok(_) => taken(new, unwritten.error, None),
            Err(_) => unwritten.error,
        })
    }

    async fn find_after(
        &self,
        op: &Operation,
        new: &NewRegistry<'_>,
        error: Error,
    ) -> Result<Created, Error> {
        match self
            .http()
            .look_after(op, |op| async move { self.find_own(&op, new).await })
            .await
        {
            Ok(Seen::Done(created)) => Ok(created),
            Err(found) if matches!(found.kind(), Kind::HandleTaken { .. }) => Err(found),
            _ => Err(error),
        }
    }

    /// Looks whether the registry to create is there. Something else under its handle is an error.
    async fn find_own(
        &self,
        op: &Operation,
        new: &NewRegistry<'_>,
    ) -> Result<Seen<Created>, Error> {
        let not_ours = |registry| taken(new, Error::new(Kind::Conflict), registry);
        let registry = match self.registry_by_handle(op, new.handle).await? {
            HandleState::Free => return Ok(Seen::NotDone),
            HandleState::Burned => return Err(not_ours(None)),
            HandleState::Alive(registry) => registry,
        };
        if !registry.is(new.name, new.server, new.username) {
            return Err(not_ours(Some(registry)));
        }
        let mut warnings = Vec::new();
        match self.count_versions(op, &registry).await {
            Some(1) => {}
            Some(_) => return Err(not_ours(Some(registry))),
            None => warnings.push(format!(
                "The answer of the API to the creation of the registry {:?} was lost. A registry with this handle, \
                 name, server and username exists and was taken for the one created; whether it holds the \
                 configured password could not be seen.",
                new.handle
            )),
        }
        Ok(Seen::Done(Created {
            id: registry.id,
            warnings,
        }))
    }

    /// How many versions a registry has or had, where that can be seen.
    async fn count_versions(&self, op: &Operation, registry: &Registry) -> Option<i64> {
        if let Some(count) = registry.versioncount {
            return Some(count);
        }
        match self.versions(op, &registry.id).await {
            Ok(Some(versions)) => i64::try_from(versions.len()).ok(),
            _ => registry.currentversion,
        }
    }
}

/// Whether a refusal is about the handle. Which status and text the API has for that is not known for sure.
fn says_handle_is_taken(error: &Error) -> bool {
    let text = error.message().to_lowercase();
    match error.kind() {
        Kind::Conflict => true,
        Kind::Refused => {
            text.contains("handle")
                && ["exist", "taken", "use"]
                    .iter()
                    .any(|word| text.contains(word))
        }
        _ => false,
    }
}

fn taken(new: &NewRegistry<'_>, error: Error, alive: Option<Box<Registry>>) -> Error {
    error
        .with_outcome(Outcome::NotDone)
        .with_kind(Kind::HandleTaken {
            handle: new.handle.to_owned(),
            alive: alive.map(|registry| registry.id),
        })
}
