//! What an operation on an object works with.

use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::api_errors;
use super::timeouts::{self, Timeouts};
use crate::api::{Client, Error, HandleState, Operation, Project, Registry};
use crate::connection::{ApiClient, Connection};
use crate::findings;
use crate::framework::diagnostics::{Diagnostic, Diagnostics, Reported};
use crate::framework::model::Attr;
use crate::framework::private;
use crate::framework::provider::Call;

/// One operation on one object: whom to ask, until when, and what the user is told.
pub struct Context<'a> {
    /// The configured provider.
    pub connection: &'a Connection,
    /// The API.
    pub client: &'a Client,
    /// When it has to end.
    pub operation: Operation,
    /// What is done, as in "Failed to create …".
    pub verb: &'static str,
    /// What it is done to, as messages call it.
    pub object: String,
    /// What the user is told.
    pub diagnostics: &'a mut Diagnostics,
}

impl<'a> Context<'a> {
    /// An operation that starts now; an error if the provider is not configured yet.
    pub fn new(
        call: &'a mut Call<Connection>,
        (verb, object): (&'static str, impl Into<String>),
        timeouts: &Attr<Timeouts>,
    ) -> Result<Self, Reported> {
        let operation = within(&call.cancel, timeouts::duration(timeouts, verb));
        let (connection, diagnostics) = (&*call.connection, &mut call.diagnostics);
        Ok(Self {
            connection,
            client: connection.client(diagnostics)?,
            operation,
            verb,
            object: object.into(),
            diagnostics,
        })
    }

    /// A refresh that starts now. `None`, and a warning, while the provider's configuration is not known.
    pub fn of_refresh(
        call: &'a mut Call<Connection>,
        object: String,
        timeouts: &Attr<Timeouts>,
    ) -> Option<Self> {
        if let ApiClient::NotKnownYet(arguments) = &call.connection.api {
            let found = findings::not_refreshed(arguments.join(" and "));
            call.diagnostics.warning(found);
            return None;
        }
        Self::new(call, ("read", object), timeouts).ok()
    }

    /// What the API answered; a failure is told.
    pub fn answer<T>(&mut self, answer: Result<T, Error>) -> Result<T, Reported> {
        answer.map_err(|error| self.failed(&error))
    }

    /// Tells that the operation failed.
    pub fn failed(&mut self, error: &Error) -> Reported {
        self.error(api_errors::failure(self.verb, &self.object, error, ""))
    }

    /// Tells an error.
    pub fn error(&mut self, found: Diagnostic) -> Reported {
        self.diagnostics.error(found)
    }

    /// Warns that private bytes are not ours, before they are replaced by what can be seen; `lost` is what cannot.
    pub fn warn_of_foreign<T: DeserializeOwned>(&mut self, private: &[u8], lost: &str) {
        if private::is_foreign::<T>(private) {
            let found = findings::memory_unreadable(&self.object, lost);
            self.diagnostics.warning(found);
        }
    }

    /// The registry of this name; an error if there is none.
    pub async fn registry(&mut self, (id, handle): Names<'_>) -> Result<Registry, Reported> {
        let (client, operation) = (self.client, &self.operation);
        if let Some(id) = id {
            let found = client.registry(operation, id).await;
            if let Some(registry) = self.answer(found)? {
                return Ok(registry);
            }
        }
        let Some(handle) = handle else {
            return Err(self.not_found());
        };
        let found = client.registry_by_handle(&self.operation, handle).await;
        match self.answer(found)? {
            HandleState::Alive(registry) => Ok(*registry),
            HandleState::Burned => Err(self.error(findings::registry_was_deleted(&self.object))),
            HandleState::Free => Err(self.not_found()),
        }
    }

    /// The project of this name.
    pub async fn project(&self, (id, handle): Names<'_>) -> Result<Option<Project>, Error> {
        let (client, operation) = (self.client, &self.operation);
        if let Some(id) = id
            && let Some(project) = client.project(operation, id).await?
        {
            return Ok(Some(project));
        }
        match handle {
            Some(handle) => client.project_by_handle(operation, handle).await,
            None => Ok(None),
        }
    }

    /// Tells that the object is not there.
    pub fn not_found(&mut self) -> Reported {
        let organisation = self.client.organisation();
        self.error(findings::object_not_found(&self.object, organisation))
    }
}

/// The id and the handle by which an object is looked for, in this order.
pub type Names<'a> = (Option<&'a str>, Option<&'a str>);

/// A text that is an id or a handle. A handle may look like an id.
pub fn id_or_handle(text: &str) -> Names<'_> {
    let id = Some(text).filter(|text| uuid::Uuid::try_parse(text).is_ok());
    (id, Some(text).filter(|text| !text.is_empty()))
}

/// The bounds of an operation that starts now and may take so long.
pub fn within(cancel: &CancellationToken, duration: Duration) -> Operation {
    Operation {
        deadline: Instant::now() + duration,
        cancel: cancel.clone(),
    }
}
