//! The client itself.

use std::sync::Arc;

use super::settings::{Settings, SettingsError};

/// A client of one organisation. Clones share connections, kept lists and what was learned about the API.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    organisation: String,
}

impl Client {
    /// Checks the settings and builds the client. Makes no request.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        Ok(Self(Arc::new(Inner {
            organisation: settings.organisation_id,
        })))
    }

    /// The UUID of the organisation, in lower case.
    pub fn organisation(&self) -> &str {
        &self.0.organisation
    }
}
