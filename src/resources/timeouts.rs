//! The `timeouts` argument that both resources have.

use std::time::Duration;

use jiff::SignedDuration;

use crate::findings;
use crate::framework::diagnostics::Diagnostic;
use crate::framework::model::{Attr, model};
use crate::framework::schema::{Attribute, Mode, Shape};
use crate::framework::value::Value;

/// How long an operation may take unless the configuration says otherwise.
const DEFAULT: Duration = Duration::from_secs(120);

model! {
    /// A time for each operation, as text.
    pub struct Timeouts {
        create: String,
        read: String,
        update: String,
        delete: String,
    }
}

/// The attribute for a schema.
pub fn attribute() -> Attribute {
    let one = |name, description| {
        Attribute::string(name, Mode::Optional, description)
            .default("`2m`")
            .checked(check)
    };
    let shape = Shape::Object(vec![
        one(
            "create",
            "For a create, as a duration such as `90s` or `5m`.",
        ),
        one("read", "For a refresh."),
        one("update", "For an update."),
        one(
            "delete",
            "For a deletion, including the wait for what still uses the object.",
        ),
    ]);
    Attribute::new(
        "timeouts",
        shape,
        Mode::Optional,
        "How long each operation may take, all waits and retries included.",
    )
    .effect("calls nothing")
}

/// How long an operation may take, by its verb. What is no create, update or deletion is a read.
pub fn duration(timeouts: &Attr<Timeouts>, verb: &str) -> Duration {
    let configured = timeouts.known().and_then(|timeouts| match verb {
        "create" => timeouts.create.known(),
        "update" => timeouts.update.known(),
        "delete" => timeouts.delete.known(),
        _ => timeouts.read.known(),
    });
    configured.and_then(|text| parse(text)).unwrap_or(DEFAULT)
}

fn check(argument: &str, value: &Value) -> Result<(), Diagnostic> {
    match value.as_str().map(parse) {
        Some(None) => Err(findings::not_a_duration(argument)),
        _ => Ok(()),
    }
}

fn parse(text: &str) -> Option<Duration> {
    let duration: SignedDuration = text.parse().ok()?;
    let duration = Duration::try_from(duration).ok()?;
    (Duration::from_secs(1)..=Duration::from_secs(24 * 3600))
        .contains(&duration)
        .then_some(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_users_of_terraform_write_them() {
        for (text, seconds) in [
            ("90s", 90),
            ("5m", 300),
            ("1h30m", 5400),
            ("1.5h", 5400),
            ("24h", 86400),
        ] {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "0s", "-1m", "5", "soon", "25h", "10ms"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
