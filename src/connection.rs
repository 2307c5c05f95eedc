//! What the configured provider hands to its resources.

use std::sync::Arc;

use crate::api::Client;
use crate::findings;
use crate::fingerprint::Hasher;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::walk::Walk;

/// A configured provider.
pub struct Connection {
    /// The way to the API.
    pub api: ApiClient,
    /// What recognises credentials. It outlives the connection.
    pub hasher: Arc<Hasher>,
    /// What was planned so far.
    pub walk: Walk,
}

/// The way to the API, if the configuration already tells it.
pub enum ApiClient {
    /// Everything is known.
    Ready(Client),
    /// A plan runs while these provider arguments are not known yet.
    NotKnownYet(Vec<&'static str>),
}

impl Connection {
    /// A connection with nothing planned yet.
    pub fn new(api: ApiClient, hasher: Arc<Hasher>) -> Self {
        Self {
            api,
            hasher,
            walk: Walk::default(),
        }
    }

    /// The client, or an error that says what is missing.
    pub fn client(&self, diagnostics: &mut Diagnostics) -> Result<&Client, Reported> {
        match &self.api {
            ApiClient::Ready(client) => Ok(client),
            ApiClient::NotKnownYet(arguments) => {
                Err(diagnostics.error(findings::settings_not_known_yet(arguments.join(" and "))))
            }
        }
    }
}
