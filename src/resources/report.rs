//! Failures of the API in the words of a diagnostic.

use serde::de::DeserializeOwned;

use super::advice::advice;
use crate::api::{Client, Error};
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::path::Path;
use crate::framework::private;

/// Adds an error: what failed on what, why, and the next step. A value that the API does not take is shown at its
/// attribute, in plain words before the API's own.
pub fn failed(doing: &str, on: &str, error: &Error, diagnostics: &mut Diagnostics) -> Reported {
    failed_on(doing, on, error, "", diagnostics)
}

/// [`failed`], with a sentence about what stands in the way.
pub fn failed_on(
    doing: &str,
    on: &str,
    error: &Error,
    obstacle: &str,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let summary = format!("Failed to {doing} {on}");
    let detail = format!("Bahriya: {error}. {obstacle}{}", advice(error));
    match refused_value(error.message()) {
        Some((attribute, words)) => diagnostics.error_at(
            Path::attribute(attribute),
            summary,
            format!("{attribute} {words}. {detail}"),
        ),
        None => diagnostics.error(summary, detail),
    }
}

/// The attribute that a refusal is about, and what is wrong with it: "… An error occurred at path server: Value \"\"
/// is not a valid non-empty string."
fn refused_value(message: &str) -> Option<(&'static str, String)> {
    let (_, about) = message.split_once("An error occurred at path ")?;
    let (path, said) = about.split_once(": ")?;
    let names = [
        "handle",
        "name",
        "server",
        "username",
        "password",
        "maxversions",
    ];
    let attribute = names.into_iter().find(|name| *name == path)?;
    let after = |text: &str| {
        said.split_once(text)
            .map(|(_, rest)| rest.trim_end_matches('.').to_owned())
    };
    let words = if said.contains("valid non-empty string") || said.starts_with("Cannot be empty") {
        "must not be empty".to_owned()
    } else if said.contains("valid positive integer") {
        "must be a whole number, 1 or more".to_owned()
    } else if let Some(range) = after("valid integer between ") {
        format!("must be a whole number between {range}")
    } else if let Some(allowed) = after("does not match any of ") {
        format!("must be one of {allowed}")
    } else if said.contains("Unexpected key") {
        "is not known to this API".to_owned()
    } else {
        "has a value that the API does not take".to_owned()
    };
    Some((attribute, words))
}

/// How to bring an object under management, with a command to paste if that is safe with its id.
pub fn import(id: &str) -> String {
    let plain = (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain && !id.starts_with('-') {
        format!(
            "import it: terraform import ADDRESS {id}, with the address of this resource in place of ADDRESS"
        )
    } else {
        "import it by its handle".to_owned()
    }
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

/// Says that private bytes are not ours, before they are replaced by what can be seen; `lost` is what cannot.
pub fn foreign<T: DeserializeOwned>(
    bytes: &[u8],
    on: &str,
    lost: &str,
    diagnostics: &mut Diagnostics,
) {
    if private::is_foreign::<T>(bytes) {
        diagnostics.warning(
            format!("What was remembered of {on} cannot be read"),
            format!(
                "Another provider, or a later version of this one, has written it. It is written anew from what the \
                 API shows.{lost}"
            ),
        );
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_value_is_told_in_plain_words() {
        let told = |path: &str, said: &str| {
            let text = format!("Could not map type `T`. An error occurred at path {path}: {said}");
            refused_value(&text).map(|(attribute, words)| format!("{attribute} {words}"))
        };
        let words = |path, said| told(path, said).unwrap_or_default();
        assert_eq!(
            words("server", "Value \"\" is not a valid non-empty string."),
            "server must not be empty"
        );
        assert_eq!(
            words(
                "maxversions",
                "Value 0 is not a valid integer between 1 and 50."
            ),
            "maxversions must be a whole number between 1 and 50"
        );
        assert_eq!(
            words("name", "Value 'x' does not match any of 'a', 'b'."),
            "name must be one of 'a', 'b'"
        );
        assert_eq!(told("organisation", "Unexpected key `organisation`."), None);
    }

    #[test]
    fn a_command_has_only_ids_of_plain_form() {
        assert!(
            import("7c9e6679-7425-40de-944b-e07fc1f90ae7")
                .contains("terraform import ADDRESS 7c9e")
        );
        for odd in ["$(reboot)", "\u{1b}[2J", "-x", "", "a b", &"x".repeat(7000)] {
            let told = import(odd);
            assert!(odd.is_empty() || !told.contains(odd), "{told}");
        }
    }
}
