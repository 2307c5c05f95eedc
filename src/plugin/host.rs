//! What the host, which is Terraform, tells a plugin by environment variables.

use std::ffi::OsString;
#[cfg(unix)]
use std::path::PathBuf;

use super::error::StartError;

const COOKIE_NAME: &str = "TF_PLUGIN_MAGIC_COOKIE";
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// Whether a host started this process, as
/// <https://github.com/hashicorp/terraform/blob/main/internal/plugin6/serve.go> says it. The value is no secret: it tells a person who runs the
/// program by hand from a host, not a friend from a foe.
pub fn is_host(get: impl Fn(&str) -> Option<OsString>) -> bool {
    get(COOKIE_NAME).is_some_and(|cookie| cookie == COOKIE)
}

/// The wishes of the host about the connection. The default holds in debug mode: no TLS, since a Terraform that attaches
/// offers no certificate, and a socket, since it keeps other users out.
#[derive(Debug, Default)]
pub struct Host {
    /// PEM of the one certificate that may connect; absent where the host has switched TLS off.
    pub client_certificate: Option<Vec<u8>>,
    /// Serve over TCP where a unix socket would do.
    #[cfg(unix)]
    pub tcp: bool,
    /// First and last TCP port to try; 0 is any.
    pub ports: (u16, u16),
    /// Whether the host knows the seventh field of the handshake line.
    pub knows_multiplexing: bool,
    /// Where to make the socket.
    #[cfg(unix)]
    pub socket_directory: Option<PathBuf>,
}

impl Host {
    /// Reads the variables. Those that go-plugin treats as unset when empty are treated alike, except
    /// the certificate: an empty one must not switch TLS off.
    pub fn read(get: impl Fn(&str) -> Option<OsString>) -> Result<Self, StartError> {
        let set = |name: &str| get(name).filter(|value| !value.is_empty());
        let port = |name| match set(name) {
            None => Ok(None),
            Some(value) => match value.to_str().and_then(|value| value.parse().ok()) {
                Some(port) => Ok(Some(port)),
                None => Err(StartError::Port {
                    name,
                    value: value.to_string_lossy().into_owned(),
                }),
            },
        };
        let (min, max) = match (port("PLUGIN_MIN_PORT")?, port("PLUGIN_MAX_PORT")?) {
            (Some(min), Some(max)) => (min, max),
            _ => (0, 0),
        };
        if min > max {
            return Err(StartError::PortRange { min, max });
        }
        Ok(Self {
            client_certificate: get("PLUGIN_CLIENT_CERT").map(OsString::into_encoded_bytes),
            #[cfg(unix)]
            tcp: set("PLUGIN_NETWORK").is_some_and(|network| network == "tcp"),
            ports: (min, max),
            knows_multiplexing: set("PLUGIN_MULTIPLEX_GRPC").is_some(),
            #[cfg(unix)]
            socket_directory: set("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(variables: &[(&str, &str)]) -> Result<Host, StartError> {
        Host::read(|name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some(OsString::from(value))
        })
    }

    #[test]
    fn the_cookie_must_match() {
        assert!(is_host(|name| (name == COOKIE_NAME).then(|| COOKIE.into())));
        assert!(!is_host(|_| Some("1".into())));
        assert!(!is_host(|_| None));
    }

    #[test]
    fn nothing_set_means_any_port_and_no_tls() {
        let host = host(&[]).unwrap();
        assert_eq!(host.ports, (0, 0));
        assert!(host.client_certificate.is_none() && !host.knows_multiplexing);
    }

    #[test]
    fn an_empty_certificate_does_not_switch_tls_off() {
        let host = host(&[("PLUGIN_CLIENT_CERT", "")]).unwrap();
        assert_eq!(host.client_certificate.as_deref(), Some(&b""[..]));
    }

    #[test]
    fn ports_are_checked() {
        let ports = |min, max| host(&[("PLUGIN_MIN_PORT", min), ("PLUGIN_MAX_PORT", max)]);
        assert_eq!(ports("10000", "25000").unwrap().ports, (10000, 25000));
        assert!(
            ports("x", "25000")
                .unwrap_err()
                .to_string()
                .contains("\"x\"")
        );
        assert!(matches!(ports("2", "1"), Err(StartError::PortRange { .. })));
    }
}
