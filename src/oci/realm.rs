//! May these credentials go to this token server?
//!
//! A registry names its token server (the *realm*) itself, in its answer to an unauthenticated request.
//! A server that answers in the registry's place could collect credentials this way. So a realm is
//! hostile until shown otherwise: https, and the registry's own host or one that the table of known
//! registries lists for it. A port other than the registry's is fine on the registry's own host, since
//! that host's certificate vouches for it.

use reqwest::Url;

use super::server::ServerName;
use crate::secret::{self, Author};

/// No real host name is longer; a hostile one may be.
const MAX_HOST_SHOWN: usize = 253;

/// A realm that gets no credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the token server `{host}` gets no credentials: {reason}")]
pub struct RealmError {
    /// The host of the realm, empty if it has none.
    pub host: String,
    /// Why it is refused, as a fragment.
    pub reason: &'static str,
}

/// Gives the address of the token server if credentials for `server` may be sent there.
///
/// `plain_http` says how the registry itself was reached. It is true for loopback registries only, and
/// only then the realm may use plain http, too, on the same host.
pub fn judge(server: &ServerName, plain_http: bool, realm: &str) -> Result<Url, RealmError> {
    let refuse = |host: &str, reason| {
        let shown: String = host.chars().take(MAX_HOST_SHOWN).collect();
        let host = secret::admit(&shown, Author::SawCredentials);
        Err(RealmError { host, reason })
    };
    let Ok(url) = Url::parse(realm) else {
        return refuse("", "it is not an absolute address");
    };
    let Some(host) = url.host_str() else {
        return refuse("", "it names no host");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse(host, "its address carries credentials of its own");
    }
    let service = server.service();
    let api_host = service.and_then(|service| service.api_host);
    let same_host = host == url_host(server) || Some(host) == api_host;
    match url.scheme() {
        "https" => {}
        "http" if plain_http && server.is_loopback() && same_host => {}
        "http" => return refuse(host, "it is asked over plain http"),
        _ => return refuse(host, "it is not asked over https"),
    }
    let known_pair = service.is_some_and(|service| service.has_realm(&server.host, host));
    let at_usual_port = url.port().is_none();
    if !(same_host || known_pair && at_usual_port) {
        return refuse(
            host,
            "it is neither the registry's own host nor known to belong to it",
        );
    }
    Ok(url)
}

/// The host as addresses spell it, which differs from ours for some IPv6 addresses.
fn url_host(server: &ServerName) -> String {
    let url = Url::parse(&format!("https://{}/", server.host));
    let host = url.ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| server.host.clone())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judged(server: &str, plain_http: bool, realm: &str) -> Result<String, &'static str> {
        let server = ServerName::parse(server).unwrap();
        match judge(&server, plain_http, realm) {
            Ok(url) => Ok(url.to_string()),
            Err(error) => Err(error.reason),
        }
    }

    #[test]
    fn known_token_servers_get_credentials() {
        for (server, realm) in [
            ("docker.io", "https://auth.docker.io/token"),
            (
                "https://index.docker.io/v1/",
                "https://auth.docker.io/token",
            ),
            ("registry-1.docker.io", "https://auth.docker.io/token"),
            ("docker.io", "https://registry-1.docker.io/token"),
            ("ghcr.io", "https://ghcr.io/token"),
            ("GHCR.io", "HTTPS://GHCR.IO/token"),
            ("quay.io", "https://quay.io/v2/auth"),
            ("registry.gitlab.com", "https://gitlab.com/jwt/auth"),
            (
                "registry.digitalocean.com",
                "https://api.digitalocean.com/v2/registry/auth",
            ),
            ("rg.fr-par.scw.cloud", "https://api.scaleway.com/x"),
            (
                "harbor.example.com",
                "https://harbor.example.com/service/token",
            ),
            (
                "registry.example.com:5000",
                "https://registry.example.com:5001/auth",
            ),
            ("[2001:db8::1]:5000", "https://[2001:DB8:0::1]/auth"),
            ("[::ffff:10.0.0.1]", "https://[::ffff:10.0.0.1]/auth"),
        ] {
            assert!(judged(server, false, realm).is_ok(), "{server} {realm}");
        }
    }

    #[test]
    fn foreign_token_servers_get_none() {
        for (server, realm) in [
            ("docker.io", "https://auth.docker.io.evil.example/token"),
            ("docker.io", "https://evil.example/auth.docker.io"),
            ("docker.io", "https://auth.docker.io:8443/token"),
            ("docker.io:5000", "https://auth.docker.io/token"),
            ("docker.io", "https://auth-docker.io/token"),
            ("ghcr.io", "https://auth.docker.io/token"),
            ("ghcr.io", "https://github.com/token"),
            ("gitlab.com.evil.example", "https://gitlab.com/jwt/auth"),
            ("registry.example.com", "https://example.com/token"),
            (
                "registry.example.com",
                "https://registry.example.com./token",
            ),
            ("127.0.0.1:5000", "https://localhost:5000/token"),
            (
                "auth.example.com",
                "https://example.com\\@auth.example.com/",
            ),
        ] {
            let reason = judged(server, false, realm).unwrap_err();
            assert!(
                reason.starts_with("it is neither"),
                "{server} {realm}: {reason}"
            );
        }
    }

    #[test]
    fn odd_addresses_get_none() {
        for (realm, word) in [
            ("", "absolute"),
            ("/token", "absolute"),
            ("//ghcr.io/token", "absolute"),
            ("ghcr.io/token", "absolute"),
            ("https://", "absolute"),
            ("mailto:me@ghcr.io", "names no host"),
            ("ftp://ghcr.io/token", "not asked over https"),
            ("http://ghcr.io/token", "plain http"),
            (
                "https://ghcr.io@evil.example/token",
                "credentials of its own",
            ),
            ("https://user:pass@ghcr.io/token", "credentials of its own"),
        ] {
            let reason = judged("ghcr.io", false, realm).unwrap_err();
            assert!(reason.contains(word), "{realm}: {reason}");
        }
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        let same = "http://127.0.0.1:5001/auth";
        assert!(judged("127.0.0.1:5000", true, same).is_ok());
        assert!(judged("[::1]:5000", true, "http://[::1]:5001/auth").is_ok());
        assert!(judged("127.0.0.1:5000", false, same).is_err());
        assert!(judged("127.0.0.1:5000", true, "http://127.0.0.2/auth").is_err());
        assert!(judged("127.0.0.1:5000", true, "http://localhost/auth").is_err());
        assert!(judged("ghcr.io", true, "http://ghcr.io/token").is_err());
        assert!(judged("registry.example.com", true, "http://127.0.0.1/token").is_err());
    }

    #[test]
    fn the_refusal_names_the_host() {
        let server = ServerName::parse("ghcr.io").unwrap();
        let error = judge(&server, false, "https://Evil.example/token").unwrap_err();
        assert_eq!(error.host, "evil.example");
        assert!(error.to_string().contains("`evil.example`"));
        let endless = format!("https://{}/token", "a".repeat(7000));
        let error = judge(&server, false, &endless).unwrap_err();
        assert_eq!(error.host.len(), 253);
    }

    proptest! {
        #[test]
        fn nothing_leaves_a_private_registry(realm in "(https?:)?/{0,3}(registry\\.example\\.com)?[@:/\\\\.#?]{0,3}[a-z0-9.]{0,12}(:[0-9]{1,5})?/?") {
            let server = ServerName::parse("registry.example.com").unwrap();
            if let Ok(url) = judge(&server, true, &realm) {
                prop_assert_eq!(url.scheme(), "https");
                prop_assert_eq!(url.host_str(), Some("registry.example.com"));
            }
        }
    }
}
