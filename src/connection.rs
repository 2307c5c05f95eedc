//! What the configured provider hands to its resources.

use crate::api::Client;
use crate::framework::diagnostics::{Diagnostics, Reported};

/// The way to the API, if the configuration already tells it.
pub enum Connection {
    /// Everything is known.
    Ready(Client),
    /// A plan runs while these provider arguments are not known yet.
    Undecided(Vec<&'static str>),
}

impl Connection {
    /// The client, or an error that says what is missing.
    pub fn client(&self, diagnostics: &mut Diagnostics) -> Result<&Client, Reported> {
        match self {
            Self::Ready(client) => Ok(client),
            Self::Undecided(arguments) => Err(diagnostics.error(
                "Provider configuration not known yet",
                format!(
                    "The API cannot be asked, because {} of the provider block depends on something that \
                     is only known after apply. Apply that first (terraform apply -target=…), or set the \
                     value directly, or remove it from the block and set its environment variable.",
                    arguments.join(" and ")
                ),
            )),
        }
    }
}
