//! Creating a registry.

use reqwest::Method;

use super::dialect::RegistryBody;
use super::registries::HandleState;
use super::rotation::Credentials;
use crate::api::Client;
use crate::api::http::{Error, Kind, Look, Operation, Proof, Repeat, Request, Result, Write};
use crate::api::model::{Registry, id};

/// What a new registry consists of.
#[derive(Clone, Copy, Debug)]
pub struct NewRegistry<'a> {
    /// Lower-case letters, digits and hyphens; spent forever by a deletion.
    pub handle: &'a str,
    /// The display name.
    pub name: &'a str,
    /// What its first version holds.
    pub credentials: Credentials<'a>,
    /// `None` leaves the number to the API.
    pub maxversions: Option<i64>,
}

impl Client {
    /// What has a handle, as it was before anything is created under it: asked for once by the plan and the
    /// creation that follows it in the same process.
    pub async fn handle_before(&self, op: &Operation, handle: &str) -> Result<HandleState> {
        if self.0.cache.is_free(handle) {
            return Ok(HandleState::Free);
        }
        match self.look_up(op, handle).await {
            // The creation that follows proves the rest: it fails where the organisation does not exist.
            Err(error) if *error.kind() == Kind::NotFound && error.own_form() => {
                self.0.cache.set_free(handle, true);
                Ok(HandleState::Free)
            }
            found => found,
        }
    }

    /// Creates a registry and answers its id. After a lost answer this looks at who has the handle: a registry that
    /// was there before is never taken for the new one. The caller reads the result with
    /// [`Client::registry_after_write`].
    pub async fn create_registry(
        &self,
        op: &Operation,
        new: &NewRegistry<'_>,
    ) -> Result<(String, Proof)> {
        let was_free = match self.handle_before(&op.at_first(), new.handle).await {
            Ok(HandleState::Free) => true,
            Ok(found) => return Err(taken(new, found)),
            Err(error) if stands_in_the_way(&error) => return Err(error),
            // A token that may create need not be allowed to read. Then a registry that is found later may be anybody's.
            Err(_) => false,
        };
        self.0.cache.set_free(new.handle, false);
        let body = RegistryBody {
            handle: Some(new.handle),
            name: Some(new.name),
            server: Some(new.credentials.server),
            username: new.credentials.username,
            password: Some(new.credentials.password.expose()),
            maxversions: new.maxversions,
        };
        let path = self.path(&["registries"])?;
        let write = Write {
            request: &Request::with_body(Method::POST, path, &body),
            repeat: Repeat::UniqueKey,
            told: |answer| id(&answer.data),
            find: |op: Operation| async move { self.find_own(&op, new, was_free).await },
        };
        let written = self.0.http.write(op, write);
        match self.0.cache.registries.outdated_by(written).await {
            Err(error) if !error.is_unknown() && says_handle_is_taken(&error) => {
                Err(match self.registry_by_handle(op, new.handle).await {
                    // The refusal is about something else, and says what.
                    Ok(HandleState::Free) | Err(_) => error,
                    Ok(found) => taken(new, found),
                })
            }
            written => written,
        }
    }

    /// Looks whether the registry to create is there. Something else under its handle refutes it.
    async fn find_own(
        &self,
        op: &Operation,
        new: &NewRegistry<'_>,
        was_free: bool,
    ) -> Result<Look<String>> {
        let found = self.registry_by_handle(op, new.handle).await?;
        let fits = |registry: &Registry| {
            was_free
                && registry.is(new.name, new.credentials.server, new.credentials.username)
                && registry.versioncount.is_none_or(|count| count == 1)
                && registry.currentversion.is_none_or(|number| number == 1)
        };
        Ok(match found {
            HandleState::Free => Look::Absent,
            HandleState::Alive(registry) if fits(&registry) => Look::Found(registry.id),
            found => Look::Refuted(taken(new, found)),
        })
    }
}

/// Whether the creation would fail for the same reason as the look-up.
fn stands_in_the_way(error: &Error) -> bool {
    use Kind::{Cancelled, NotTrusted, Unauthorised, WrongAddress};
    matches!(
        error.kind(),
        Cancelled | NotTrusted | Unauthorised | WrongAddress
    )
}

/// Whether a refusal is about the handle. Which status and text the API has for that is not known for sure.
fn says_handle_is_taken(error: &Error) -> bool {
    let text = error.message().to_lowercase();
    let says_so = ["exist", "taken", "use"]
        .iter()
        .any(|word| text.contains(word));
    match error.kind() {
        Kind::Conflict => true,
        Kind::Refused => text.contains("handle") && says_so,
        _ => false,
    }
}

/// The error for a handle that something else has.
fn taken(new: &NewRegistry<'_>, found: HandleState) -> Error {
    Error::new(Kind::HandleTaken {
        handle: new.handle.to_owned(),
        alive: match found {
            HandleState::Alive(registry) => Some(registry.id),
            HandleState::Free | HandleState::Burned => None,
        },
    })
}
