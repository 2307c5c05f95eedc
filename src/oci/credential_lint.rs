//! Remarks on a server, a username and a password that probably do not belong together.
//!
//! Pure, so that a plan can make them. A value that is not known yet is given as `None` and never
//! judged. No finding repeats the username or the password: people put one into the other's place.

use super::known::{self, Service};
use super::server::{self, ServerName};
use crate::secret::Secret;

/// What the Bahriya API answers in a password's place. Stored as a password it would be one.
const MASKING_SENTINEL: &str = "value-hidden-for-your-own-good";
/// The usernames under which Google's registries take a service account's key file.
const KEY_FILE_USERNAMES: &[&str] = &["_json_key", "_json_key_base64"];
const ECR_USERNAME: &str = "AWS";

/// The values to look at, as far as they are known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Credentials<'a> {
    /// The registry server as the user wrote it.
    pub server: Option<&'a str>,
    /// The username.
    pub username: Option<&'a str>,
    /// The password or token.
    pub password: Option<&'a Secret>,
}

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was found, for code that wants to tell findings apart.
    pub kind: Kind,
    /// The value that the user would change.
    pub field: Field,
    /// How bad it is.
    pub severity: Severity,
    /// A full sentence or two for the user.
    pub message: String,
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The server is not a plain `host[:port]`.
    ServerSpelling,
    /// Basic authentication cannot carry a colon in the username.
    ColonInUsername,
    /// The username has blanks, a line break or a byte order mark around it, as file contents do.
    BlankAroundUsername,
    /// The password ends in a newline, as file contents and heredocs do.
    TrailingNewline,
    /// The masking placeholder of the API, taken for a password.
    MaskedPassword,
    /// `_json_key` without the JSON key file.
    KeyFileIsNotJson,
    /// A token whose prefix belongs to another registry.
    ForeignToken,
    /// The fixed username of Amazon ECR at another registry.
    EcrUsernameElsewhere,
    /// A token of Amazon ECR, which lives for 12 hours.
    ShortLivedToken,
}

/// The value that a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The server name.
    Server,
    /// The username.
    Username,
    /// The password.
    Password,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// It can never have been meant.
    Error,
    /// It does not work, but may stand in a configuration for long: an error only where the value is
    /// new or changed, else a warning.
    ErrorIfNew,
    /// It may be right. Worth saying once, when something changes.
    Warning,
}

/// Looks at the credentials of one registry.
pub fn lint(credentials: Credentials<'_>) -> Vec<Finding> {
    let Credentials {
        server,
        username,
        password,
    } = credentials;
    let service = server.and_then(service_of);
    let findings = [
        server.and_then(server_spelling),
        username.and_then(colon_in_username),
        username.and_then(blank_around_username),
        password.and_then(masked_password),
        password.and_then(|password| trailing_newline(username, password)),
        username
            .zip(password)
            .and_then(|(u, p)| key_file_is_not_json(u, p)),
        service
            .flatten()
            .zip(password)
            .and_then(|(s, p)| foreign_token(s, p)),
        service
            .zip(username)
            .and_then(|(s, u)| ecr_username_elsewhere(s, u)),
        service.flatten().and_then(short_lived_token),
    ];
    findings.into_iter().flatten().collect()
}

/// Whether the server belongs to a known service: nothing if the name cannot be understood.
fn service_of(server: &str) -> Option<Option<&'static Service>> {
    let server = ServerName::parse(server).ok()?;
    Some(match server.port() {
        None => known::service_of(server.host()),
        Some(_) => None,
    })
}

fn finding(
    found: bool,
    kind: Kind,
    field: Field,
    severity: Severity,
    message: impl Into<String>,
) -> Option<Finding> {
    found.then(|| Finding {
        kind,
        field,
        severity,
        message: message.into(),
    })
}

fn server_spelling(server: &str) -> Option<Finding> {
    let found = server::lint(server)?;
    let advice = match found.suggestion {
        Some(right) => format!(" Write `{right}`."),
        None => " Write `host` or `host:port`.".to_owned(),
    };
    let message = format!(
        "This is not how a registry is named: {}.{advice}",
        found.message
    );
    finding(
        true,
        Kind::ServerSpelling,
        Field::Server,
        Severity::ErrorIfNew,
        message,
    )
}

fn colon_in_username(username: &str) -> Option<Finding> {
    let message = "The username contains a colon. Registries are asked with HTTP Basic authentication, \
                   where the first colon ends the username, so that this one can never log in. If this \
                   is `username:password`, split it.";
    let found = username.contains(':');
    finding(
        found,
        Kind::ColonInUsername,
        Field::Username,
        Severity::ErrorIfNew,
        message,
    )
}

fn blank_around_username(username: &str) -> Option<Finding> {
    let what = if username.starts_with('\u{feff}') {
        "The username begins with a byte order mark, which an editor has put into its file. Save the file without it, \
         or write the username here."
    } else if username.ends_with(['\n', '\r']) {
        "The username ends in a line break, which comes from a file or a heredoc and makes it another username. Wrap \
         the expression in `trimspace(...)`."
    } else {
        "The username has a blank around it, which makes it another username. Wrap the expression in \
         `trimspace(...)`."
    };
    let found = username.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}') != username;
    finding(
        found,
        Kind::BlankAroundUsername,
        Field::Username,
        Severity::ErrorIfNew,
        what,
    )
}

fn masked_password(password: &Secret) -> Option<Finding> {
    let message = "The password is the placeholder that the API shows in place of a stored password. Give \
                   the real one, or leave the password out to keep what is stored.";
    let found = password.expose().trim() == MASKING_SENTINEL;
    finding(
        found,
        Kind::MaskedPassword,
        Field::Password,
        Severity::Error,
        message,
    )
}

fn trailing_newline(username: Option<&str>, password: &Secret) -> Option<Finding> {
    let message = "The password ends in a newline, which comes from a file or a heredoc and makes it another \
                   password. Wrap the expression in `trimspace(...)`.";
    // A key file is JSON, where the last newline makes no difference. While the username is unknown, it
    // may be one.
    let key_file =
        username.is_none_or(|u| KEY_FILE_USERNAMES.contains(&u)) && is_json_object(password);
    let found = password.expose().ends_with(['\n', '\r']) && !key_file;
    finding(
        found,
        Kind::TrailingNewline,
        Field::Password,
        Severity::ErrorIfNew,
        message,
    )
}

fn key_file_is_not_json(username: &str, password: &Secret) -> Option<Finding> {
    let message = "With the username `_json_key` the password has to be the whole JSON key file of a service \
                   account, and it is not a JSON object. Use `file(\"key.json\")`; for a key file in base64 the \
                   username is `_json_key_base64`.";
    let found = username == "_json_key" && !is_json_object(password);
    finding(
        found,
        Kind::KeyFileIsNotJson,
        Field::Password,
        Severity::ErrorIfNew,
        message,
    )
}

/// Only between two known services: a private registry may well take anybody's tokens.
fn foreign_token(service: &Service, password: &Secret) -> Option<Finding> {
    let issuer = known::issuer_of_token(password.expose())?;
    let home = issuer.hosts.first()?;
    let message = format!(
        "The password begins like a token of {}, whose registry is `{home}`, but the server belongs to {}.",
        issuer.name, service.name
    );
    let found = !issuer.is(service);
    finding(
        found,
        Kind::ForeignToken,
        Field::Password,
        Severity::Warning,
        message,
    )
}

fn ecr_username_elsewhere(service: Option<&Service>, username: &str) -> Option<Finding> {
    let message = "The username `AWS` is the one that Amazon ECR uses, but the server is not an ECR registry \
                   (`<account>.dkr.ecr.<region>.amazonaws.com` or `public.ecr.aws`).";
    let found = username == ECR_USERNAME && service.is_none_or(|s| !s.ecr);
    finding(
        found,
        Kind::EcrUsernameElsewhere,
        Field::Username,
        Severity::Warning,
        message,
    )
}

fn short_lived_token(service: &Service) -> Option<Finding> {
    let message = "Amazon ECR tokens live for 12 hours. Images cannot be pulled with this one after that: renew \
                   it on a schedule that is shorter.";
    finding(
        service.ecr,
        Kind::ShortLivedToken,
        Field::Password,
        Severity::Warning,
        message,
    )
}

fn is_json_object(password: &Secret) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(password.expose()).is_ok()
        && password.expose().trim_start().starts_with('{')
}

#[cfg(test)]
mod tests;
