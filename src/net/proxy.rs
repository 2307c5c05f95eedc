//! Proxies, as far as the HTTP library says nothing of what the environment asks for.

use reqwest::Url;

/// The variables that name a proxy for `https`.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The variable that should name a proxy and does not, if there is one. Its value is not told: it can hold a password.
pub fn malformed(get: impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    let wrong = |value: String| {
        let whole = match value.contains("://") {
            true => value,
            false => format!("http://{value}"),
        };
        let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
        // `http//proxy` reads as a host and a path.
        let is_proxy = |url: Url| {
            url.has_host() && matches!(url.path(), "" | "/") && schemes.contains(&url.scheme())
        };
        !Url::parse(&whole).is_ok_and(is_proxy)
    };
    let set = |name: &&str| get(name).filter(|value| !value.is_empty());
    VARIABLES
        .into_iter()
        .find(|name| set(name).is_some_and(wrong))
}

/// Whether `NO_PROXY` names this host in a way that the library does not know: with its port, below `*.`, or as an IPv6
/// address in brackets. [What Go does](https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config), Terraform does.
pub fn is_bypassed(host: &str, port: u16, get: impl Fn(&str) -> Option<String>) -> bool {
    let list = ["NO_PROXY", "no_proxy"].into_iter().find_map(get);
    list.unwrap_or_default().split(',').any(|entry| {
        let entry = entry.trim();
        let (name, is_port) = match entry.rsplit_once(':') {
            Some((name, of)) if !of.ends_with(']') => (name, of.parse() == Ok(port)),
            _ => (entry, entry.starts_with(['*', '['])),
        };
        let below = name.trim_start_matches('*').trim_start_matches('.');
        let rest = host.strip_suffix(below).filter(|_| !below.is_empty());
        is_port
            && rest.is_some_and(|rest| {
                rest.ends_with('.') || rest.is_empty() && !name.starts_with('*')
            })
    })
}

/// A variable of this process.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_names_no_proxy_is_found() {
        let among = |name: &'static str, value: &'static str| {
            malformed(move |asked| (asked == name).then(|| value.to_owned()))
        };
        for good in [
            "http://proxy:3128",
            "proxy.example.com:3128",
            "socks5h://127.0.0.1:1080",
            "http://u:p@proxy",
            "",
        ] {
            assert_eq!(among("HTTPS_PROXY", good), None, "{good}");
        }
        for bad in [
            "http//proxy:3128",
            "http://",
            "http://proxy:notaport",
            "ftp://proxy",
            "http://pro xy",
        ] {
            assert_eq!(among("https_proxy", bad), Some("https_proxy"), "{bad}");
        }
    }

    #[test]
    fn a_host_with_its_port_goes_around_the_proxy() {
        let list = |name: &str| {
            (name == "NO_PROXY").then(|| {
                "a.example, api.example.com:8443 ,.corp:443,[::1]:9,*.lan,[2001:db8::1],*"
                    .to_owned()
            })
        };
        let bypassed = |host, port| is_bypassed(host, port, list);
        assert!(
            bypassed("api.example.com", 8443)
                && bypassed("registry.corp", 443)
                && bypassed("[::1]", 9)
                && bypassed("api.lan", 443)
                && bypassed("[2001:db8::1]", 443)
        );
        assert!(!bypassed("api.example.com", 443) && !bypassed("xapi.example.com", 8443));
        assert!(!bypassed("lan", 443) && !bypassed("xlan", 443));
        assert!(!bypassed("a.example", 443), "the library does that");
    }
}
