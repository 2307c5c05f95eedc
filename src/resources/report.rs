//! Failures of the API in the words of a diagnostic.

use super::advice::advice;
use crate::api::{Client, Error};
use crate::framework::diagnostics::{Diagnostics, Reported};

/// Adds an error: what failed on what, why, and the next step.
pub fn failed(doing: &str, on: &str, error: &Error, diagnostics: &mut Diagnostics) -> Reported {
    diagnostics.error(
        format!("Failed to {doing} {on}"),
        format!("Bahriya: {error}. {}", advice(error)),
    )
}

/// Makes sure that the object belongs to the configured organisation.
///
/// Looked for in another organisation, every object would seem to be gone, and be created again there.
pub fn same_organisation(
    recorded: Option<&str>,
    client: &Client,
    on: &str,
    diagnostics: &mut Diagnostics,
) -> Result<(), Reported> {
    match recorded {
        Some(recorded) if !recorded.eq_ignore_ascii_case(client.organisation()) => {
            Err(diagnostics.error(
                format!("{on} belongs to another organisation"),
                format!(
                    "The state says organisation {recorded}, and the provider is configured for {}. Set \
                     organisation_id (or BAHRIYA_ORGANISATION_ID) back, or use a second provider block with \
                     an alias for the other organisation. To give the object up, run terraform state rm.",
                    client.organisation()
                ),
            ))
        }
        _ => Ok(()),
    }
}

/// Says that a refresh did not happen, because the provider's configuration is not known yet.
pub fn not_refreshed(arguments: &[&str], diagnostics: &mut Diagnostics) {
    diagnostics.warning(
        "Not refreshed",
        format!(
            "The state is shown as stored, because {} of the provider block is only known after apply.",
            arguments.join(" and ")
        ),
    );
}
