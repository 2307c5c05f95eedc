//! Failures of the API in the words of a diagnostic.

use crate::api::{Error, Kind};
use crate::findings;
use crate::framework::diagnostics::Diagnostic;

/// Where `make sandbox` listens.
const SANDBOX: &str = "127.0.0.1:7357";

/// What failed on what, why, and the next step; `obstacle` is a sentence about what stands in the way. A value that the
/// API does not take is shown at its attribute, in plain words before the API's own.
pub fn failure(verb: &str, object: &str, error: &Error, obstacle: &str) -> Diagnostic {
    let failed = format!("Failed to {verb} {object}");
    match refused_value(error.message()) {
        Some((argument, problem)) => {
            findings::value_refused(failed, argument, problem, error).at(argument)
        }
        None if error.is_unknown() => findings::outcome_unknown(failed, error),
        None => for_kind(&failed, error, obstacle),
    }
}

fn for_kind(failed: &str, error: &Error, obstacle: &str) -> Diagnostic {
    match error.kind() {
        Kind::Unauthorised => findings::unauthorised(failed, error),
        Kind::Forbidden => findings::forbidden(failed, error),
        Kind::NotFound => findings::not_found(failed, error),
        Kind::WrongAddress => findings::wrong_address(failed, error),
        Kind::OrganisationNotVisible => findings::organisation_not_visible(failed, error),
        Kind::Conflict => findings::conflict(failed, error),
        Kind::HandleTaken { handle, alive } => match alive {
            Some(id) => findings::handle_is_taken(handle, import_advice(id)),
            None => findings::handle_is_spent(handle),
        }
        .at("handle"),
        Kind::StillAttached { .. } => findings::still_attached(failed, error, obstacle),
        Kind::StillReferenced { container } => {
            let container = container.as_ref().map(|name| format!(" {name:?}"));
            let container = format!("the container{}", container.unwrap_or_default());
            findings::still_referenced(failed, error, container)
        }
        Kind::NoSuchVersion { remaining, .. } => {
            findings::version_evicted(failed, error, retained(remaining))
        }
        Kind::ActivationUnsupported => findings::no_activation(failed, error),
        Kind::CredentialsNeeded => findings::credentials_needed(failed, error),
        Kind::RateLimited => findings::rate_limited(failed, error),
        Kind::Timeout => findings::timed_out(failed, error),
        Kind::Cancelled => findings::cancelled(failed, error),
        Kind::Unreachable if error.message().contains(SANDBOX) => {
            findings::sandbox_not_running(failed, error)
        }
        Kind::Unreachable => findings::unreachable(failed, error),
        Kind::NotTrusted => findings::not_trusted(failed, error),
        Kind::Refused => findings::refused(failed, error),
        Kind::Server => findings::api_failed(failed, error),
        Kind::UnexpectedAnswer => findings::unexpected_answer(failed, error),
    }
}

/// The versions that are there, in a sentence.
pub fn retained(versions: &[i64]) -> String {
    let numbers: Vec<_> = versions.iter().map(i64::to_string).collect();
    match numbers.as_slice() {
        [] => "No version is retained.".to_owned(),
        [one] => format!("Only version {one} is retained."),
        many => format!("Retained are the versions {}.", many.join(", ")),
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
pub fn import_advice(id: &str) -> String {
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
            import_advice("7c9e6679-7425-40de-944b-e07fc1f90ae7")
                .contains("terraform import ADDRESS 7c9e")
        );
        for odd in ["$(reboot)", "\u{1b}[2J", "-x", "", "a b", &"x".repeat(7000)] {
            let told = import_advice(odd);
            assert!(odd.is_empty() || !told.contains(odd), "{told}");
        }
    }
}
