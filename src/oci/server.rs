//! Names of registry servers: `host[:port]`, compared by what they mean.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::known::{self, Service};

/// Whether two server names mean the same registry.
///
/// Case, `https://`, one trailing slash and `:443` make no difference, and the names of Docker Hub
/// (`docker.io`, `index.docker.io`, `https://index.docker.io/v1/`) are one. `registry-1.docker.io` and
/// `:80` stay what they are: the side that pulls images would not take them for the same, and a
/// credential must not end at another service. What is no server name equals only itself.
pub fn same(a: &str, b: &str) -> bool {
    // Nearly always they are, and a refresh of a thousand registries need not take each apart.
    a == b
        || match (ServerName::parse(a), ServerName::parse(b)) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        }
}

/// The canonical spelling of a server name: `https://GHCR.io:443/` gives `ghcr.io`.
pub fn normalize(name: &str) -> Result<String, ServerError> {
    ServerName::parse(name).map(|name| name.to_string())
}

/// The canonical spelling of a server name, with its port if it is written, `:443` included.
pub fn as_written(name: &str) -> Result<String, ServerError> {
    let server = ServerName::parse(name)?;
    let port = Parts::of(name).authority.ends_with(":443");
    Ok(if port {
        format!("{server}:443")
    } else {
        server.to_string()
    })
}

/// Why a text names no registry server. The text itself is never repeated: it may hold a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the texts say it")]
pub enum ServerError {
    #[error("the name is empty")]
    Empty,
    #[error("the name contains white space")]
    WhiteSpace,
    #[error("the name has a scheme other than https")]
    Scheme,
    #[error("the name contains a username or a password")]
    UserInfo,
    #[error("the name contains a query or a fragment")]
    Query,
    #[error("the name contains a path")]
    Path,
    #[error("this is the address of a web site; its registry is `{registry}`")]
    WebSite { registry: &'static str },
    #[error(
        "the host is neither a domain name (letters, digits, hyphens and dots), nor an IPv4 address, \
         nor an IPv6 address in brackets"
    )]
    Host,
    #[error("the port is not a number from 1 to 65535")]
    Port,
}

/// A remark on how a server name is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
    /// The right spelling, where it can be told.
    pub suggestion: Option<String>,
}

impl Lint {
    /// How to write it, in general where that is all that can be told.
    pub fn right(&self) -> String {
        let suggestion = self.suggestion.as_ref();
        suggestion.map_or("`host` or `host:port`".to_owned(), |it| format!("`{it}`"))
    }
}

/// Finds what keeps a name from being a plain `host[:port]`, even where its meaning is clear.
pub fn lint(name: &str) -> Option<Lint> {
    let parts = Parts::of(name.trim());
    let problem;
    let message = if name.trim().is_empty() {
        "the server name is empty"
    } else if name.contains(char::is_whitespace) {
        "the server name contains white space"
    } else if parts.scheme.is_some() {
        "the server name has a scheme; a registry is named by its host, and by its port if it has one"
    } else if parts.userinfo {
        "the server name contains a username or a password; they have arguments of their own"
    } else if parts.query {
        "the server name contains a query or a fragment; a registry is named by its host"
    } else if parts.path == "/" {
        "the server name ends in a slash"
    } else if !parts.path.is_empty() {
        "the server name has a path; a registry is named by its host, and repositories by the image"
    } else {
        problem = ServerName::parse(name).err()?.to_string();
        &problem
    };
    let suggestion = match ServerName::parse(parts.authority) {
        Ok(right) => Some(right.to_string()),
        Err(ServerError::WebSite { registry }) => Some(registry.to_owned()),
        Err(_) => None,
    };
    Some(Lint {
        message: message.to_owned(),
        suggestion,
    })
}

/// A server name, understood: host in lower case, no port where it is 443, Docker Hub as `docker.io`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerName {
    /// An IPv6 address is in brackets.
    pub(super) host: String,
    /// Unless it is 443.
    pub(super) port: Option<u16>,
}

impl ServerName {
    /// Understands every spelling that [`same`] takes for the same name.
    pub fn parse(name: &str) -> Result<Self, ServerError> {
        if name.is_empty() {
            return Err(ServerError::Empty);
        }
        if name.contains(char::is_whitespace) {
            return Err(ServerError::WhiteSpace);
        }
        let parts = Parts::of(name);
        if parts
            .scheme
            .is_some_and(|s| !s.eq_ignore_ascii_case("https"))
        {
            return Err(ServerError::Scheme);
        }
        if parts.userinfo {
            return Err(ServerError::UserInfo);
        }
        if parts.query {
            return Err(ServerError::Query);
        }
        let server = Self::from_authority(parts.authority)?;
        let path = parts.path.strip_suffix('/').unwrap_or(parts.path);
        if let Some(canonical) = known::canonical_of_alias(&format!("{server}{path}")) {
            return Ok(Self {
                host: canonical.to_owned(),
                port: None,
            });
        }
        if !path.is_empty() {
            return Err(ServerError::Path);
        }
        match known::registry_of_website(&server.to_string()) {
            Some(registry) => Err(ServerError::WebSite { registry }),
            None => Ok(server),
        }
    }

    /// Reads `host[:port]` alone, by grammar, without the table of names.
    pub(super) fn from_authority(authority: &str) -> Result<Self, ServerError> {
        // The colons of an IPv6 address stand in brackets.
        let host_end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
        let (host, port) = match authority[host_end..].find(':') {
            Some(colon) => authority.split_at(host_end + colon),
            None => (authority, ""),
        };
        let in_brackets = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let host = match in_brackets.map(str::parse::<Ipv6Addr>) {
            Some(Ok(address)) => format!("[{address}]"),
            None if is_domain_or_ipv4(host) => host.to_ascii_lowercase(),
            _ => return Err(ServerError::Host),
        };
        let port = port.strip_prefix(':').map(parse_port).transpose()?;
        let port = port.filter(|port| *port != 443);
        Ok(Self { host, port })
    }

    /// The service it belongs to, if it is a known one. They answer at the usual port alone.
    pub fn service(&self) -> Option<&'static Service> {
        known::service_of(&self.host).filter(|_| self.port.is_none())
    }

    /// Whether the name can only mean this machine: `localhost`, `127.0.0.0/8` or `[::1]`.
    pub fn is_loopback(&self) -> bool {
        let v4 = self.host.parse::<Ipv4Addr>();
        self.host == "localhost" || self.host == "[::1]" || v4.is_ok_and(|a| a.is_loopback())
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => f.write_str(&self.host),
        }
    }
}

/// The pieces of a name, as far as they can be told apart without judging them.
struct Parts<'a> {
    scheme: Option<&'a str>,
    userinfo: bool,
    authority: &'a str,
    path: &'a str,
    query: bool,
}

impl<'a> Parts<'a> {
    fn of(name: &'a str) -> Self {
        let (scheme, rest) = match name.split_once("://") {
            Some((scheme, rest)) if !scheme.contains(['/', '?', '#', '@']) => (Some(scheme), rest),
            _ => (None, name),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let path_end = tail.find(['?', '#']).unwrap_or(tail.len());
        let host_start = authority.rfind('@').map(|at| at + 1);
        Self {
            scheme,
            userinfo: host_start.is_some(),
            authority: &authority[host_start.unwrap_or(0)..],
            path: &tail[..path_end],
            query: path_end < tail.len(),
        }
    }
}

/// The domain rule of the distribution reference grammar, with the length limits of DNS. A name that
/// ends in a number must be a proper IPv4 address: some clients read `127.1` as `127.0.0.1`.
fn is_domain_or_ipv4(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or(host);
    let hexadecimal = last.strip_prefix("0x").or(last.strip_prefix("0X"));
    let is_number = last.bytes().all(|b| b.is_ascii_digit())
        || hexadecimal.is_some_and(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
    host.len() <= 253
        && host.split('.').all(is_label)
        && (!is_number || host.parse::<Ipv4Addr>().is_ok())
}

fn parse_port(port: &str) -> Result<u16, ServerError> {
    let digits = (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    match port.parse() {
        Ok(number) if digits && number != 0 => Ok(number),
        _ => Err(ServerError::Port),
    }
}

#[cfg(test)]
mod tests;
