use proptest::prelude::*;

use super::*;

fn found(server: &str, username: &str, password: &str) -> Vec<(Kind, Field, Severity)> {
    let password = Secret::new(password);
    let findings = lint(Credentials {
        server: Some(server),
        username: Some(username),
        password: Some(&password),
    });
    findings
        .iter()
        .map(|f| (f.kind, f.field, f.severity))
        .collect()
}

fn kinds(server: &str, username: &str, password: &str) -> Vec<Kind> {
    found(server, username, password)
        .iter()
        .map(|f| f.0)
        .collect()
}

const ECR: &str = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";

#[test]
fn what_stands_around_a_username_is_named() {
    for (username, cause) in [
        ("bot\n", "line break"),
        ("\u{feff}bot", "byte order mark"),
        (" bot", "blank"),
    ] {
        let found = lint(Credentials {
            username: Some(username),
            ..Credentials::default()
        });
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].kind, Kind::BlankAroundUsername);
        assert!(found[0].message.contains(cause), "{found:?}");
    }
}

#[test]
fn good_credentials_have_no_finding() {
    for (server, username, password) in [
        ("docker.io", "bob", "dckr_pat_abc"),
        ("registry-1.docker.io", "bob", "dckr_oat_abc"),
        ("https://index.docker.io/v1/", "bob", "hunter2"),
        ("ghcr.io", "bob", "ghp_abc"),
        ("ghcr.io", "bob", "github_pat_abc"),
        ("registry.gitlab.com", "bob", "glpat-abc"),
        ("registry.gitlab.com:443", "bob", "glpat-abc"),
        ("gitlab.example.com:5050", "bob", "glpat-abc"),
        ("mirror.example.com", "bob", "ghp_abc"),
        ("docker.io:5000", "bob", "ghp_abc"),
        (
            "europe-docker.pkg.dev",
            "_json_key",
            "{\"type\": \"service_account\"}\n",
        ),
        ("gcr.io", "_json_key_base64", "eyJ0eXBlIjoic2VydmljZSJ9"),
        ("ghcr.io", "aws", "x"),
        ("quay.io", "org+robot", "a:b"),
    ] {
        let expected: &[Kind] = match server {
            "https://index.docker.io/v1/" => &[Kind::ServerSpelling],
            _ => &[],
        };
        assert_eq!(
            kinds(server, username, password),
            expected,
            "{server} {password}"
        );
    }
}

#[test]
fn tokens_at_another_host() {
    for (server, password) in [
        ("docker.io", "ghp_abc"),
        ("index.docker.io", "github_pat_abc"),
        ("registry-1.docker.io", "gho_abc"),
        ("ghcr.io", "glpat-abc"),
        ("GHCR.IO:443", "dckr_pat_abc"),
        ("registry.gitlab.com", "ghs_abc"),
        ("quay.io", "dop_v1_abc"),
        ("europe-docker.pkg.dev", "dckr_oat_abc"),
        ("docker.io", "nvapi-abc"),
    ] {
        let expected = [(Kind::ForeignToken, Field::Password, Severity::Warning)];
        assert_eq!(
            found(server, "bob", password),
            expected,
            "{server} {password}"
        );
    }
}

#[test]
fn amazon() {
    let short_lived = [(Kind::ShortLivedToken, Field::Password, Severity::Warning)];
    for server in [
        ECR,
        "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
        "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
        "123456789012.dkr-ecr.eu-west-1.on.aws",
        "public.ecr.aws",
    ] {
        assert_eq!(found(server, "AWS", "eyJ"), short_lived, "{server}");
    }
    let elsewhere = [(
        Kind::EcrUsernameElsewhere,
        Field::Username,
        Severity::Warning,
    )];
    for server in [
        "ghcr.io",
        "registry.example.com",
        "ecr.eu-central-1.amazonaws.com",
        "x.dkr.ecr.eu-central-1.amazonaws.com.evil.example",
    ] {
        assert_eq!(found(server, "AWS", "eyJ"), elsewhere, "{server}");
    }
}

#[test]
fn what_cannot_work() {
    let new = Severity::ErrorIfNew;
    assert_eq!(
        found("https://ghcr.io", "b", "p"),
        [(Kind::ServerSpelling, Field::Server, new)]
    );
    assert_eq!(
        found("ghcr.io", "b:p", "p"),
        [(Kind::ColonInUsername, Field::Username, new)]
    );
    for password in ["p\n", "p\r\n", "\n", "{}\n"] {
        let expected = [(Kind::TrailingNewline, Field::Password, new)];
        assert_eq!(found("ghcr.io", "b", password), expected, "{password:?}");
    }
    for password in ["ya29.abc", "\"text\"", "[1]", "{\"type\":", ""] {
        let expected = [(Kind::KeyFileIsNotJson, Field::Password, new)];
        assert_eq!(
            found("gcr.io", "_json_key", password),
            expected,
            "{password:?}"
        );
    }
    assert_eq!(
        found("ghcr.io", "b", "value-hidden-for-your-own-good"),
        [(Kind::MaskedPassword, Field::Password, Severity::Error)]
    );
}

#[test]
fn messages_say_what_to_do_and_show_no_secret() {
    let password = Secret::new("ghp_hunter2\n");
    let findings = lint(Credentials {
        server: Some("https://bob:hunter2@index.docker.io/v1/"),
        username: Some("bob:hunter2"),
        password: Some(&password),
    });
    let text: String = findings.iter().map(|f| f.message.as_str()).collect();
    assert!(text.contains("Write `docker.io`."), "{text}");
    assert!(text.contains("`trimspace(...)`"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn unknown_values_are_never_judged() {
    assert_eq!(lint(Credentials::default()), []);
    let token = Secret::new("ghp_abc");
    let document = Secret::new("{}\n");
    let only = |server, username, password| {
        lint(Credentials {
            server,
            username,
            password,
        })
    };
    assert_eq!(only(None, Some("AWS"), Some(&token)), []);
    assert_eq!(only(Some("not a name"), Some("AWS"), Some(&token)).len(), 1);
    assert_eq!(only(Some("ghcr.io"), None, Some(&document)), []);
    assert_eq!(only(Some("gcr.io"), Some("_json_key"), None), []);
}

proptest! {
    #[test]
    fn no_finding_shows_the_password(
        server in "(https://)?(docker\\.io|ghcr\\.io|[a-z ]{1,5})/?",
        username in "(AWS|_json_key|a:b|[a-z]{1,5})",
        tail in "[A-Z0-9]{12}",
        start in "(ghp_|glpat-|dckr_pat_|value-hidden-for-your-own-good|\\{)?",
        end in "\n?",
    ) {
        let password = Secret::new(format!("{start}{tail}{end}"));
        let findings = lint(Credentials {
            server: Some(&server),
            username: Some(&username),
            password: Some(&password),
        });
        for finding in findings {
            prop_assert!(!finding.message.contains(&tail));
        }
    }
}
