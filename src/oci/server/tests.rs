use proptest::prelude::*;

use super::*;

#[test]
fn names_of_one_registry_are_the_same() {
    let groups: [&[&str]; 5] = [
        &[
            "docker.io",
            "Docker.IO",
            "docker.io/",
            "docker.io:443",
            "https://docker.io",
            "index.docker.io",
            "https://index.docker.io/v1/",
            "https://index.docker.io/v1",
            "https://index.docker.io:443/v1/",
            "index.docker.io/v2/",
            "https://docker.io/v1/",
        ],
        &[
            "ghcr.io",
            "GHCR.io",
            "https://ghcr.io/",
            "HTTPS://ghcr.io:443",
            "ghcr.io:0443",
        ],
        &[
            "registry.example.com:5000",
            "https://REGISTRY.example.com:5000/",
        ],
        &[
            "[::1]:5000",
            "[0:0:0:0:0:0:0:1]:5000",
            "https://[::1]:5000/",
        ],
        &["[2001:DB8::1]", "[2001:db8:0::1]:443"],
    ];
    for (i, group) in groups.iter().enumerate() {
        for a in *group {
            for b in *group {
                assert!(same(a, b), "{a} and {b}");
            }
            assert!(lint(&normalize(a).unwrap()).is_none(), "{a}");
            assert_eq!(normalize(a).unwrap(), normalize(group[0]).unwrap());
            for other in groups.iter().skip(i + 1).flat_map(|g| g.iter()) {
                assert!(!same(a, other), "{a} and {other}");
            }
        }
    }
}

#[test]
fn what_pulls_differently_is_not_the_same() {
    for (a, b) in [
        ("docker.io", "registry-1.docker.io"),
        ("docker.io", "hub.docker.com"),
        ("docker.io", "auth.docker.io"),
        ("docker.io", "docker.io:5000"),
        ("docker.io", "docker.io/v3/"),
        ("docker.io", "docker.com"),
        ("ghcr.io", "ghcr.io:80"),
        ("ghcr.io", "http://ghcr.io"),
        ("ghcr.io", "ghcr.io//"),
        ("ghcr.io", " ghcr.io"),
        ("ghcr.io", "ghcr.io/v1/"),
        ("ghcr.io", "user@ghcr.io"),
        ("ghcr.io", "ghcr.io."),
        ("localhost:5000", "127.0.0.1:5000"),
        ("", "docker.io"),
        ("not a name", "not a Name"),
    ] {
        assert!(!same(a, b), "{a} and {b}");
        assert!(!same(b, a), "{b} and {a}");
    }
    assert!(same("not a name", "not a name"));
}

#[test]
fn the_canonical_spelling() {
    for (name, canonical) in [
        ("registry-1.docker.io", "registry-1.docker.io"),
        ("localhost", "localhost"),
        ("LOCALHOST:5000", "localhost:5000"),
        ("registry.example.com:80", "registry.example.com:80"),
        ("10.0.0.1:65535", "10.0.0.1:65535"),
        ("[2001:DB8:0:0::1]:5000", "[2001:db8::1]:5000"),
        (
            "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
            "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
        ),
        ("xn--n3h.com", "xn--n3h.com"),
    ] {
        assert_eq!(normalize(name).as_deref(), Ok(canonical));
    }
}

#[test]
fn nonsense_is_refused_with_its_reason() {
    let label = "a".repeat(64);
    let long = vec!["a"; 128].join(".");
    for (name, error) in [
        ("", ServerError::Empty),
        (" ", ServerError::WhiteSpace),
        ("ghcr.io\n", ServerError::WhiteSpace),
        ("gh cr.io", ServerError::WhiteSpace),
        ("http://ghcr.io", ServerError::Scheme),
        ("oci://ghcr.io", ServerError::Scheme),
        ("://ghcr.io", ServerError::Scheme),
        ("https://user:pass@ghcr.io", ServerError::UserInfo),
        ("ghcr.io?x", ServerError::Query),
        ("ghcr.io#x", ServerError::Query),
        ("ghcr.io/org", ServerError::Path),
        ("ghcr.io//", ServerError::Path),
        (
            "europe-docker.pkg.dev/project/repository",
            ServerError::Path,
        ),
        (
            "hub.docker.com",
            ServerError::WebSite {
                registry: "docker.io",
            },
        ),
        (
            "https://GitHub.com/",
            ServerError::WebSite {
                registry: "ghcr.io",
            },
        ),
        ("/", ServerError::Host),
        ("https://", ServerError::Host),
        (":5000", ServerError::Host),
        ("ghcr.io.", ServerError::Host),
        ("ghcr..io", ServerError::Host),
        ("-ghcr.io", ServerError::Host),
        ("ghcr-.io", ServerError::Host),
        ("my_registry.example.com", ServerError::Host),
        ("régistry.example.com", ServerError::Host),
        ("::1", ServerError::Host),
        ("[::1", ServerError::Host),
        ("[::1]5000", ServerError::Host),
        ("[fe80::1%eth0]", ServerError::Host),
        ("[127.0.0.1]", ServerError::Host),
        ("127.1", ServerError::Host),
        ("0x7f.0x1", ServerError::Host),
        ("2130706433", ServerError::Host),
        ("256.0.0.1", ServerError::Host),
        (&label, ServerError::Host),
        (&long, ServerError::Host),
        ("ghcr.io:", ServerError::Port),
        ("ghcr.io:0", ServerError::Port),
        ("ghcr.io:65536", ServerError::Port),
        ("ghcr.io:+443", ServerError::Port),
        ("ghcr.io:https", ServerError::Port),
        ("ghcr.io:1:2", ServerError::Port),
        ("[::1]:", ServerError::Port),
    ] {
        assert_eq!(normalize(name), Err(error), "{name:?}");
    }
}

#[test]
fn lints_know_the_right_spelling() {
    for (name, word, suggestion) in [
        ("", "empty", None),
        ("  ", "empty", None),
        (" ghcr.io", "white space", Some("ghcr.io")),
        ("ghcr.io\n", "white space", Some("ghcr.io")),
        ("gh cr.io", "white space", None),
        ("https://ghcr.io", "scheme", Some("ghcr.io")),
        ("http://localhost:5000/", "scheme", Some("localhost:5000")),
        ("https://index.docker.io/v1/", "scheme", Some("docker.io")),
        (
            "https://hub.docker.com/r/library/nginx",
            "scheme",
            Some("docker.io"),
        ),
        (
            "bob:hunter2@ghcr.io",
            "username or a password",
            Some("ghcr.io"),
        ),
        ("https://bob:hunter2@ghcr.io/x?y", "scheme", Some("ghcr.io")),
        ("ghcr.io?x=1", "query", Some("ghcr.io")),
        ("ghcr.io/", "slash", Some("ghcr.io")),
        ("ghcr.io/my-org", "path", Some("ghcr.io")),
        ("ghcr.io//", "path", Some("ghcr.io")),
        ("hub.docker.com", "web site", Some("docker.io")),
        ("HUB.docker.com:443", "web site", Some("docker.io")),
        ("ghcr.io:99999", "port", None),
        ("my_registry", "domain name", None),
    ] {
        let found = lint(name).unwrap_or_else(|| panic!("{name:?} has no finding"));
        assert!(found.message.contains(word), "{name:?}: {}", found.message);
        assert_eq!(found.suggestion.as_deref(), suggestion, "{name:?}");
        assert!(!found.message.contains("hunter2"));
    }
}

#[test]
fn plain_names_have_no_lint() {
    for name in [
        "docker.io",
        "index.docker.io",
        "registry-1.docker.io",
        "GHCR.io",
        "ghcr.io:443",
        "localhost:5000",
        "127.0.0.1",
        "[::1]:5000",
        "registry",
    ] {
        assert_eq!(lint(name), None, "{name}");
    }
}

#[test]
fn only_this_machine_is_loopback() {
    for name in [
        "localhost",
        "LOCALHOST:5000",
        "127.0.0.1",
        "127.255.0.9:80",
        "[::1]",
        "[::1]:5000",
    ] {
        assert!(ServerName::parse(name).unwrap().is_loopback(), "{name}");
    }
    for name in [
        "localhost.example.com",
        "x.localhost",
        "127.0.0.1.nip.io",
        "128.0.0.1",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "[::2]",
        "[::]",
        "ghcr.io",
    ] {
        assert!(!ServerName::parse(name).unwrap().is_loopback(), "{name}");
    }
}

/// Texts that are nearly server names: random ones would all be refused for their first character.
fn name() -> impl Strategy<Value = String> {
    "(https://|http://|HTTPS://| |u@)?(docker\\.io|index\\.docker\\.io|hub\\.docker\\.com|Ghcr\\.io|localhost|[a-zA-Z0-9.-]{1,12}|\\[[0-9a-f:]{2,9}\\])(:443|:80|:[0-9]{0,6})?(/|/v1/?|/v2|\\?x|#)?"
}

proptest! {
    #[test]
    fn any_text_is_judged_without_a_panic(text in "\\PC*") {
        let _ = normalize(&text);
        lint(&text);
        prop_assert!(same(&text, &text));
    }

    #[test]
    fn the_canonical_spelling_means_the_same_and_stays(name in name()) {
        if let Ok(canonical) = normalize(&name) {
            prop_assert!(same(&name, &canonical));
            prop_assert_eq!(normalize(&canonical), Ok(canonical.clone()));
            prop_assert_eq!(lint(&canonical), None);
        } else {
            prop_assert!(lint(&name).is_some());
        }
    }

    #[test]
    fn a_suggestion_is_clean(name in name()) {
        if let Some(suggestion) = lint(&name).and_then(|found| found.suggestion) {
            prop_assert_eq!(lint(&suggestion), None);
        }
    }

    #[test]
    fn same_is_an_equivalence(a in name(), b in name(), c in name()) {
        prop_assert_eq!(same(&a, &b), same(&b, &a));
        if same(&a, &b) && same(&b, &c) {
            prop_assert!(same(&a, &c));
        }
    }
}
