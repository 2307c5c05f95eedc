//! The credential check before credentials are stored (`verify`).

use tokio::time::Instant;

use super::schema::Model;
use crate::api::{Client, Operation};
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::path::Path;
use crate::oci::verify::{DEFAULT_TIMEOUT, Outcome, Verifier};
use crate::secret::Secret;

/// Tries the configured credentials at their registry server, if the configuration asks for it. The server is
/// trusted as the API is: with the system's certificates and those of `ca_certificate_file`.
///
/// Only a refusal counts: a runner behind a firewall cannot reach every registry and still has to apply.
pub async fn credentials(
    client: &Client,
    operation: &Operation,
    config: &Model,
    password: &Secret,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Doubt>, Reported> {
    let strict = match config.verify.known().map(String::as_str) {
        Some("error") => true,
        Some("warn") => false,
        _ => return Ok(None),
    };
    let (Some(server), Some(username)) = (config.server.known(), config.username.known()) else {
        return Ok(None);
    };
    // What comes after it needs most of the time.
    let left = operation.deadline.saturating_duration_since(Instant::now());
    let timeout = DEFAULT_TIMEOUT.min(left / 4);
    let verifier = Verifier::new(client.trust_anchors().to_vec(), timeout);
    let outcome = tokio::select! {
        () = operation.cancel.cancelled() => return Ok(None),
        outcome = verifier.verify(server, username, password) => outcome,
    };
    let (summary, reason) = match &outcome {
        Outcome::Accepted => return Ok(None),
        Outcome::Refused { reason } => {
            let summary = format!("{server} refuses the credentials");
            if strict {
                return Err(diagnostics.error_at(
                    Path::attribute("password"),
                    summary,
                    format!(
                        "Nothing was stored. The registry server was asked, and {reason}. Check user name and \
                         password, or set verify to \"warn\" or \"off\" to store them unchecked."
                    ),
                ));
            }
            (summary, reason.clone())
        }
        Outcome::Unreachable { reason } => (format!("{server} could not be asked"), reason.clone()),
        Outcome::NotARegistry { reason } => (
            format!("{server} does not answer as a registry"),
            reason.clone(),
        ),
        Outcome::RealmRefused { host, reason } => (
            format!("{server} wants the credentials sent elsewhere"),
            format!("they were not sent to \"{host}\": {reason}"),
        ),
        Outcome::NotChecked { reason } => (
            format!("The credentials for {server} were not checked"),
            reason.clone(),
        ),
    };
    Ok(Some(Doubt { summary, reason }))
}

/// What speaks against credentials, and does not keep them from being stored.
pub struct Doubt {
    summary: String,
    reason: String,
}

impl Doubt {
    /// Tells it, once they are stored.
    pub fn tell(self, diagnostics: &mut Diagnostics) {
        diagnostics.warning_at(
            Path::attribute("verify"),
            self.summary,
            format!(
                "The credentials are stored all the same, but {}.",
                self.reason
            ),
        );
    }
}
