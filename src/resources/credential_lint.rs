//! Remarks on a server, a username and a password that probably do not belong together.
//!
//! Pure, so that a plan can make them. A value that is not known yet is given as `None` and never
//! judged. No remark repeats the username or the password, since people mix them up.

use super::checks::MASK;
use crate::findings;
use crate::framework::diagnostics::Diagnostic;
use crate::oci::known;
use crate::oci::server::{self, ServerName};
use crate::secret::{Secret, is_invisible};

/// The usernames under which Google's registries take a service account's key file.
const KEY_FILE_USERNAMES: &[&str] = &["_json_key", "_json_key_base64"];

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark<'a> {
    /// How bad it is.
    pub gravity: Gravity,
    /// The argument that the user would change.
    pub argument: &'a str,
    /// What there is to say.
    pub found: Diagnostic,
}

/// How bad a remark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// It can never have been meant.
    Impossible,
    /// It does not work, but may stand in a configuration for long: an error only where the value is
    /// new or changed, else a warning.
    Useless,
    /// It may be right. Worth saying once, when something changes.
    Doubtful,
}

/// Looks at the credentials of one registry, as far as they are known. `password_argument` is where the password stands.
pub fn lint<'a>(
    server: Option<&str>,
    username: Option<&str>,
    password: Option<&Secret>,
    password_argument: &'a str,
) -> Vec<Remark<'a>> {
    let mut remarks = Vec::new();
    let mut tell = |gravity, argument: &'a str, found: Diagnostic| {
        let found = found.at(argument);
        remarks.push(Remark {
            gravity,
            argument,
            found,
        });
    };
    if let Some(lint) = server.and_then(server::lint) {
        let found = findings::server_spelling("server", &lint.message, lint.right());
        tell(Gravity::Useless, "server", found);
    }
    if username.is_some_and(|username| username.contains(':')) {
        let found = findings::colon_in_username("username");
        tell(Gravity::Useless, "username", found);
    }
    if let Some(found) = username.and_then(|username| unseen("username", username, is_invisible)) {
        tell(Gravity::Useless, "username", found);
    }
    // Nothing can be said of a name that cannot be understood.
    let named = server.and_then(|server| ServerName::parse(server).ok());
    let service = named.as_ref().and_then(ServerName::service);
    let is_ecr = service.is_some_and(|service| service.ecr);
    if let Some(password) = password {
        let (argument, password) = (password_argument, password.expose());
        if password.trim() == MASK {
            tell(
                Gravity::Impossible,
                argument,
                findings::password_is_the_mask(argument),
            );
        }
        // A key file is JSON, where blanks around it make no difference. While the username is unknown, it may be one.
        let is_json = is_json_object(password);
        let may_be_key_file = is_json && username.is_none_or(|u| KEY_FILE_USERNAMES.contains(&u));
        // It may have several lines.
        let hidden = |c: char| c.is_control() && !c.is_whitespace();
        if !may_be_key_file && let Some(found) = unseen(argument, password, hidden) {
            tell(Gravity::Useless, argument, found);
        }
        if username == Some("_json_key") && !is_json {
            tell(
                Gravity::Useless,
                argument,
                findings::key_file_is_not_json(argument),
            );
        }
        // Only between two known services: a private registry may well take anybody's tokens.
        if let (Some(service), Some(issuer)) = (service, known::issuer_of_token(password))
            && let Some(home) = issuer.hosts.first()
            && issuer != service
        {
            let found = findings::foreign_token(argument, issuer.name, home, service.name);
            tell(Gravity::Doubtful, argument, found);
        }
    }
    if named.is_some() && username == Some("AWS") && !is_ecr {
        let found = findings::ecr_username_elsewhere("username");
        tell(Gravity::Doubtful, "username", found);
    }
    if is_ecr {
        let found = findings::short_lived_token(password_argument);
        tell(Gravity::Doubtful, password_argument, found);
    }
    remarks
}

/// What one does not see in a value, and what makes it another value.
fn unseen(argument: &str, value: &str, hidden: impl Fn(char) -> bool) -> Option<Diagnostic> {
    let shows_nothing = |c: char| c.is_whitespace() || is_invisible(c);
    if value.trim_matches(shows_nothing) == value {
        let found = value.contains(hidden);
        return found.then(|| findings::hidden_characters(argument));
    }
    let what = if value.starts_with('\u{feff}') {
        "begins with a byte order mark that an editor has put into its file"
    } else if value.ends_with(['\n', '\r']) {
        "ends in a newline that comes from a file or a heredoc"
    } else {
        "has a blank around it"
    };
    Some(findings::blank_around(argument, what))
}

fn is_json_object(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
        && text.trim_start().starts_with('{')
}

#[cfg(test)]
mod tests;
