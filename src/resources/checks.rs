//! Checks of single values. What is wrong is found before anything is asked.

use crate::findings;
use crate::framework::diagnostics::Diagnostic;
use crate::framework::value::Value;
use crate::secret::is_invisible;

/// What the Bahriya API answers in a password's place. Stored as a password it would be one.
pub const MASK: &str = "value-hidden-for-your-own-good";

/// The length of a DNS label, which a handle is.
const LONGEST_HANDLE: usize = 63;

type Checked = Result<(), Diagnostic>;

/// A UUID, in any case.
pub fn uuid(argument: &str, value: &Value) -> Checked {
    match value.as_str() {
        Some(text) if uuid::Uuid::try_parse(text).is_err() => {
            Err(findings::not_a_uuid(argument, text))
        }
        _ => Ok(()),
    }
}

/// The handle of a registry to be made.
pub fn handle(argument: &str, value: &Value) -> Checked {
    let Some(handle) = value.as_str() else {
        return Ok(());
    };
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let edges = handle.starts_with('-') || handle.ends_with('-');
    if handle.is_empty() || edges || !handle.chars().all(valid) {
        return Err(findings::handle_malformed(argument, handle.escape_debug()));
    }
    match handle.len() {
        ..=LONGEST_HANDLE => Ok(()),
        length => Err(findings::handle_too_long(argument, length, LONGEST_HANDLE)),
    }
}

/// A text that shows.
pub fn not_blank(argument: &str, value: &Value) -> Checked {
    let shows_nothing = |c: char| c.is_whitespace() || is_invisible(c);
    match value.as_str() {
        Some("") => Err(findings::empty(argument)),
        Some(text) if text.chars().all(shows_nothing) => Err(findings::blank(argument)),
        _ => Ok(()),
    }
}

/// A password that can be meant.
pub fn password(argument: &str, value: &Value) -> Checked {
    match value.as_str() {
        Some(MASK) => Err(findings::password_is_the_mask(argument)),
        _ => not_blank(argument, value),
    }
}

/// A number to count with.
pub fn positive(argument: &str, value: &Value) -> Checked {
    match value {
        Value::Number(number) if number.as_i64().is_some_and(|number| number >= 1) => Ok(()),
        _ => Err(findings::not_positive(argument)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_what_the_api_takes() {
        for good in ["a", "ghcr-deploy", "reg-0123abcd", "9", &"a".repeat(63)] {
            assert_eq!(handle("handle", &good.into()), Ok(()), "{good}");
        }
        for bad in ["", "-a", "a-", "Ghcr", "a_b", "a b", "é", "a/b"] {
            let found = findings::handle_malformed("handle", bad);
            assert_eq!(handle("handle", &bad.into()), Err(found));
        }
        let long = "a".repeat(64);
        let found = findings::handle_too_long("handle", 64, 63);
        assert_eq!(handle("handle", &long.as_str().into()), Err(found));
    }

    #[test]
    fn a_handle_in_place_of_an_id_is_told_apart() {
        let id = "6f1c2e1e-8f5d-4f0e-9d1a-0d6f5b3a2c11";
        assert_eq!(uuid("id", &id.into()), Ok(()));
        assert_eq!(uuid("id", &id.to_uppercase().as_str().into()), Ok(()));
        for bad in ["ghcr", ""] {
            let found = findings::not_a_uuid("id", bad);
            assert_eq!(uuid("id", &bad.into()), Err(found));
        }
    }

    #[test]
    fn a_text_has_to_show() {
        let told = |text: &str| not_blank("name", &text.into()).map_err(|found| found.name);
        assert_eq!(told(" x "), Ok(()));
        assert_eq!(told(""), Err("empty"));
        assert_eq!(told(" \u{feff}\n"), Err("blank"));
    }
}
