//! Remarks on a server, a username and a password that probably do not belong together.
//!
//! Pure, so that a plan can make them. A value that is not known yet is given as `None` and never
//! judged. No remark repeats the username or the password, since people mix them up.

use super::known::{self, Service};
use super::server::{self, ServerName};
use crate::secret::{Secret, is_invisible};

/// What the Bahriya API answers in a password's place. Stored as a password it would be one.
pub const MASK: &str = "value-hidden-for-your-own-good";
/// The usernames under which Google's registries take a service account's key file.
const KEY_FILE_USERNAMES: &[&str] = &["_json_key", "_json_key_base64"];

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The server is not a plain `host[:port]`.
    ServerSpelling(server::Lint),
    /// Basic authentication cannot carry a colon in the username.
    ColonInUsername,
    /// The value has this around it, as file contents do: "ends in a newline".
    Around(Field, &'static str),
    /// The value holds characters that do not show, which
    /// [Basic authentication](https://www.rfc-editor.org/rfc/rfc7617#section-2) does not carry.
    Hidden(Field),
    /// The masking placeholder of the API, taken for a password.
    MaskedPassword,
    /// `_json_key` without the JSON key file.
    KeyFileIsNotJson,
    /// A token whose prefix belongs to another registry.
    ForeignToken {
        /// Whose token it is.
        issuer: &'static str,
        /// The host of their registry.
        home: &'static str,
        /// Whose registry it is.
        service: &'static str,
    },
    /// The fixed username of Amazon ECR at another registry.
    EcrUsernameElsewhere,
    /// A token of Amazon ECR, which lives for 12 hours.
    ShortLivedToken,
}

impl Remark {
    /// The value that the user would change.
    pub fn field(&self) -> Field {
        match self {
            Self::ServerSpelling(_) => Field::Server,
            Self::ColonInUsername | Self::EcrUsernameElsewhere => Field::Username,
            Self::Around(field, _) | Self::Hidden(field) => *field,
            _ => Field::Password,
        }
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Self::MaskedPassword => Severity::Error,
            Self::ForeignToken { .. } | Self::EcrUsernameElsewhere | Self::ShortLivedToken => {
                Severity::Warning
            }
            _ => Severity::ErrorIfNew,
        }
    }
}

/// The value that a remark is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The server name.
    Server,
    /// The username.
    Username,
    /// The password.
    Password,
}

/// How bad a remark is.
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

/// Looks at the credentials of one registry, as far as they are known.
pub fn lint(
    server: Option<&str>,
    username: Option<&str>,
    password: Option<&Secret>,
) -> Vec<Remark> {
    // Nothing can be said of a name that cannot be understood.
    let named = server.and_then(|server| ServerName::parse(server).ok());
    let service = named.as_ref().and_then(ServerName::service);
    let is_ecr = service.is_some_and(|service| service.ecr);
    let remarks = [
        server.and_then(server::lint).map(Remark::ServerSpelling),
        username
            .is_some_and(|username| username.contains(':'))
            .then_some(Remark::ColonInUsername),
        username.and_then(|username| unseen(Field::Username, username)),
        password
            .is_some_and(|password| password.expose().trim() == MASK)
            .then_some(Remark::MaskedPassword),
        password
            .filter(|password| !may_be_key_file(username, password))
            .and_then(|password| unseen(Field::Password, password.expose())),
        password
            .is_some_and(|password| username == Some("_json_key") && !is_json_object(password))
            .then_some(Remark::KeyFileIsNotJson),
        service.zip(password).and_then(|(s, p)| foreign_token(s, p)),
        (named.is_some() && username == Some("AWS") && !is_ecr)
            .then_some(Remark::EcrUsernameElsewhere),
        is_ecr.then_some(Remark::ShortLivedToken),
    ];
    remarks.into_iter().flatten().collect()
}

/// What one does not see in a value, and what makes it another value. A password may have several lines.
fn unseen(field: Field, value: &str) -> Option<Remark> {
    let shows_nothing = |c: char| c.is_whitespace() || is_invisible(c);
    let seen = value.trim_matches(shows_nothing);
    if seen == value {
        let hidden = |c| match field {
            Field::Username => is_invisible(c),
            _ => c.is_control() && !c.is_whitespace(),
        };
        return value.contains(hidden).then_some(Remark::Hidden(field));
    }
    Some(Remark::Around(
        field,
        if value.starts_with('\u{feff}') {
            "begins with a byte order mark that an editor has put into its file"
        } else if value.ends_with(['\n', '\r']) {
            "ends in a newline that comes from a file or a heredoc"
        } else {
            "has a blank around it"
        },
    ))
}

/// A key file is JSON, where blanks around it make no difference. While the username is unknown, it may be one.
fn may_be_key_file(username: Option<&str>, password: &Secret) -> bool {
    username.is_none_or(|u| KEY_FILE_USERNAMES.contains(&u)) && is_json_object(password)
}

/// Only between two known services: a private registry may well take anybody's tokens.
fn foreign_token(service: &'static Service, password: &Secret) -> Option<Remark> {
    let issuer = known::issuer_of_token(password.expose())?;
    let home = issuer.hosts.first()?;
    (issuer != service).then_some(Remark::ForeignToken {
        issuer: issuer.name,
        home,
        service: service.name,
    })
}

fn is_json_object(password: &Secret) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(password.expose()).is_ok()
        && password.expose().trim_start().starts_with('{')
}

#[cfg(test)]
mod tests;
