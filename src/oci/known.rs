//! What is publicly known about the large registries: **the** table, and the only place to extend.
//!
//! A registry that is not listed works anyway. A row makes its other names compare equal, lets its
//! token server live on another host, and lets a token that belongs elsewhere be noticed.

/// One registry service. Host patterns are lower case; `*` stands for exactly one whole label.
#[derive(PartialEq)]
pub struct Service {
    /// The name people know it by.
    pub name: &'static str,
    /// Registry hosts, on port 443. The first one is the canonical name.
    pub hosts: &'static [&'static str],
    /// Other spellings of the first host, with their path if they have one.
    pub aliases: &'static [&'static str],
    /// Web sites of the service that are taken for its registry.
    pub websites: &'static [&'static str],
    /// The host that serves the registry API, where it is not the canonical name.
    pub api_host: Option<&'static str>,
    /// Hosts of its token servers other than the registry's own. A `*` stands for the label that the
    /// last `*` of the matching `hosts` pattern stood for.
    pub realm_hosts: &'static [&'static str],
    /// How its tokens begin. Only prefixes that nobody else uses.
    pub token_prefixes: &'static [&'static str],
    /// Whether this is Amazon ECR, with its fixed username and its tokens of 12 hours.
    pub ecr: bool,
}

/// A service of which nothing is special, at these hosts.
const fn service(name: &'static str, hosts: &'static [&'static str]) -> Service {
    Service {
        name,
        hosts,
        aliases: &[],
        websites: &[],
        api_host: None,
        realm_hosts: &[],
        token_prefixes: &[],
        ecr: false,
    }
}

const SERVICES: &[Service] = &[
    Service {
        aliases: &[
            "index.docker.io",
            "index.docker.io/v1",
            "index.docker.io/v2",
            "docker.io/v1",
            "docker.io/v2",
        ],
        websites: &["hub.docker.com"],
        api_host: Some("registry-1.docker.io"),
        realm_hosts: &["auth.docker.io"],
        token_prefixes: &["dckr_pat_", "dckr_oat_"],
        // `registry-1.docker.io` is a host of the service but not another name of `docker.io`: the side
        // that pulls images looks credentials up by name and does not take one for the other.
        ..service("Docker Hub", &["docker.io", "registry-1.docker.io"])
    },
    Service {
        websites: &["github.com"],
        token_prefixes: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        ..service("GitHub", &["ghcr.io", "docker.pkg.github.com"])
    },
    Service {
        websites: &["gitlab.com"],
        realm_hosts: &["gitlab.com"],
        token_prefixes: &["glpat-", "gldt-", "glcbt-", "gloas-", "glrt-"],
        ..service("GitLab", &["registry.gitlab.com"])
    },
    service("Quay", &["quay.io"]),
    Service {
        ecr: true,
        ..service(
            "Amazon ECR",
            &[
                "*.dkr.ecr.*.amazonaws.com",
                "*.dkr.ecr-fips.*.amazonaws.com",
                "*.dkr.ecr.*.amazonaws.com.cn",
                "*.dkr-ecr.*.on.aws",
                "*.dkr-ecr-fips.*.on.aws",
                "*.dkr-ecr.*.on.amazonwebservices.com.cn",
                "public.ecr.aws",
                "ecr-public.aws.com",
            ],
        )
    },
    Service {
        token_prefixes: &["ya29."],
        ..service("Google", &["gcr.io", "*.gcr.io", "*.pkg.dev"])
    },
    service("Azure", &["*.azurecr.io", "*.azurecr.cn", "*.azurecr.us"]),
    Service {
        realm_hosts: &["api.digitalocean.com"],
        token_prefixes: &["dop_v1_", "doo_v1_"],
        ..service("DigitalOcean", &["registry.digitalocean.com"])
    },
    Service {
        realm_hosts: &["api.scaleway.com"],
        ..service("Scaleway", &["rg.*.scw.cloud"])
    },
    Service {
        realm_hosts: &["dockerauth.*.aliyuncs.com"],
        ..service("Alibaba Cloud", &["registry.*.aliyuncs.com"])
    },
    Service {
        token_prefixes: &["HRKU-"],
        ..service("Heroku", &["registry.heroku.com"])
    },
    Service {
        token_prefixes: &["nvapi-"],
        ..service("NVIDIA", &["nvcr.io"])
    },
];

/// The service that owns a registry host. `host` is in lower case, without a port.
pub(super) fn service_of(host: &str) -> Option<&'static Service> {
    SERVICES
        .iter()
        .find(|service| service.hosts.iter().any(|p| wildcard(p, host).is_some()))
}

/// The canonical host that `spelling` (host, and path without its trailing slash) is another name of.
pub(super) fn canonical_of_alias(spelling: &str) -> Option<&'static str> {
    first_host_where(|service| service.aliases.contains(&spelling))
}

/// The registry that is meant by the host of a web site.
pub(super) fn registry_of_website(host: &str) -> Option<&'static str> {
    first_host_where(|service| service.websites.contains(&host))
}

/// The service that hands out tokens that begin as this one does.
pub fn issuer_of_token(token: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| {
        let mut prefixes = service.token_prefixes.iter();
        prefixes.any(|prefix| token.starts_with(prefix))
    })
}

impl Service {
    /// Whether the token server `realm_host` belongs to its registry `host`.
    pub fn has_realm(&self, host: &str, realm_host: &str) -> bool {
        let mut labels = self.hosts.iter().filter_map(|p| wildcard(p, host));
        let is_realm = |realm: &str, label| realm.replacen('*', label, 1) == realm_host;
        labels.any(|label| self.realm_hosts.iter().any(|realm| is_realm(realm, label)))
    }
}

fn first_host_where(is_it: impl Fn(&Service) -> bool) -> Option<&'static str> {
    let service = SERVICES.iter().find(|service| is_it(service))?;
    service.hosts.first().copied()
}

/// Matches label by label. Gives what the last `*` stood for, or nothing in a pattern without one.
fn wildcard<'h>(pattern: &str, host: &'h str) -> Option<&'h str> {
    let mut labels = host.split('.');
    let mut captured = "";
    for expected in pattern.split('.') {
        let label = labels.next()?;
        if expected == "*" && !label.is_empty() {
            captured = label;
        } else if expected != label {
            return None;
        }
    }
    labels.next().is_none().then_some(captured)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        for service in SERVICES {
            let lists = [
                service.hosts,
                service.aliases,
                service.websites,
                service.realm_hosts,
            ];
            for entry in lists.concat() {
                assert_eq!(entry, entry.to_ascii_lowercase(), "{}", service.name);
                assert!(!entry.ends_with('/'), "{entry}");
            }
            for host in service.hosts {
                let owner = service_of(&host.replace('*', "x"));
                assert!(owner.is_some_and(|o| o == service), "{host} has two rows");
            }
            for prefix in service.token_prefixes {
                let issuer = issuer_of_token(&format!("{prefix}abc"));
                assert!(issuer.is_some_and(|i| i == service), "{prefix} is shadowed");
            }
            let same_name = SERVICES.iter().filter(|other| other.name == service.name);
            assert_eq!(same_name.count(), 1);
        }
    }

    #[test]
    fn a_wildcard_is_one_whole_label() {
        assert_eq!(wildcard("a.*.c", "a.b.c"), Some("b"));
        assert_eq!(wildcard("a.c", "a.c"), Some(""));
        for host in ["a.c", "a.b.b.c", "a..c", "a.b.c.d", "x.a.b.c", "ab.c"] {
            assert_eq!(wildcard("a.*.c", host), None, "{host}");
        }
    }

    #[test]
    fn regional_token_servers_stay_in_their_region() {
        let registry = "registry.cn-hangzhou.aliyuncs.com";
        let service = service_of(registry).expect("a row");
        assert!(service.has_realm(registry, "dockerauth.cn-hangzhou.aliyuncs.com"));
        assert!(!service.has_realm(registry, "dockerauth.cn-beijing.aliyuncs.com"));
        assert!(!service.has_realm(registry, "dockerauth.oss.aliyuncs.com"));
    }
}
