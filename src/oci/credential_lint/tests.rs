use proptest::prelude::*;

use super::*;

fn found(server: &str, username: &str, password: &str) -> Vec<(String, Field, Severity)> {
    let password = Secret::new(password);
    let remarks = lint(Some(server), Some(username), Some(&password));
    let told = |one: &Remark| (kind(one), one.field(), one.severity());
    remarks.iter().map(told).collect()
}

/// What kind of remark it is, whatever it says.
fn kind(remark: &Remark) -> String {
    let text = format!("{remark:?}");
    let end = text.find(|c: char| !c.is_alphanumeric());
    text[..end.unwrap_or(text.len())].to_owned()
}

fn kinds(server: &str, username: &str, password: &str) -> Vec<String> {
    let found = found(server, username, password);
    found.into_iter().map(|one| one.0).collect()
}

const ECR: &str = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";

#[test]
fn what_one_does_not_see_is_named() {
    for (value, cause) in [
        ("bot\n", "newline"),
        ("\u{feff}bot", "byte order mark"),
        (" bot", "blank"),
        ("bot\t", "blank"),
        ("bot\u{a0}", "blank"),
        ("bot\u{200b}", "blank"),
        ("b\0t", "Hidden"),
        ("b\u{1b}t", "Hidden"),
    ] {
        let secret = Secret::new(value);
        let username = lint(None, Some(value), None);
        let password = lint(None, Some("bot"), Some(&secret));
        for (found, field) in [(username, Field::Username), (password, Field::Password)] {
            assert_eq!(found.len(), 1, "{value:?}: {found:?}");
            assert_eq!(found[0].field(), field);
            assert!(format!("{found:?}").contains(cause), "{value:?}: {found:?}");
        }
    }
    for hidden in ["b\nt", "b\tt", "b\u{200b}t"] {
        assert_eq!(
            lint(None, Some(hidden), None),
            [Remark::Hidden(Field::Username)]
        );
        let lines = Secret::new(hidden);
        assert_eq!(lint(None, Some("bot"), Some(&lines)), []);
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
        let expected: &[&str] = match server {
            "https://index.docker.io/v1/" => &["ServerSpelling"],
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
        let expected = [(
            "ForeignToken".to_owned(),
            Field::Password,
            Severity::Warning,
        )];
        assert_eq!(
            found(server, "bob", password),
            expected,
            "{server} {password}"
        );
    }
}

#[test]
fn amazon() {
    let short_lived = [(
        "ShortLivedToken".to_owned(),
        Field::Password,
        Severity::Warning,
    )];
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
        "EcrUsernameElsewhere".to_owned(),
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
        [("ServerSpelling".to_owned(), Field::Server, new)]
    );
    assert_eq!(
        found("ghcr.io", "b:p", "p"),
        [("ColonInUsername".to_owned(), Field::Username, new)]
    );
    for password in ["p\n", "p\r\n", "\n", "{}\n"] {
        let expected = [("Around".to_owned(), Field::Password, new)];
        assert_eq!(found("ghcr.io", "b", password), expected, "{password:?}");
    }
    for password in ["ya29.abc", "\"text\"", "[1]", "{\"type\":", ""] {
        let expected = [("KeyFileIsNotJson".to_owned(), Field::Password, new)];
        assert_eq!(
            found("gcr.io", "_json_key", password),
            expected,
            "{password:?}"
        );
    }
    assert_eq!(
        found("ghcr.io", "b", "value-hidden-for-your-own-good"),
        [(
            "MaskedPassword".to_owned(),
            Field::Password,
            Severity::Error
        )]
    );
}

#[test]
fn remarks_show_no_secret() {
    let password = Secret::new("ghp_hunter2\n");
    let findings = lint(
        Some("https://bob:hunter2@index.docker.io/v1/"),
        Some("bob:hunter2"),
        Some(&password),
    );
    let text = format!("{findings:?}");
    assert!(text.contains("\"docker.io\""), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn unknown_values_are_never_judged() {
    assert_eq!(lint(None, None, None), []);
    let token = Secret::new("ghp_abc");
    let document = Secret::new("{}\n");
    assert_eq!(lint(None, Some("AWS"), Some(&token)), []);
    assert_eq!(lint(Some("not a name"), Some("AWS"), Some(&token)).len(), 1);
    assert_eq!(lint(Some("ghcr.io"), None, Some(&document)), []);
    assert_eq!(lint(Some("gcr.io"), Some("_json_key"), None), []);
}

proptest! {
    #[test]
    fn no_remark_shows_the_password(
        server in "(https://)?(docker\\.io|ghcr\\.io|[a-z ]{1,5})/?",
        username in "(AWS|_json_key|a:b|[a-z]{1,5})",
        tail in "[A-Z0-9]{12}",
        start in "(ghp_|glpat-|dckr_pat_|value-hidden-for-your-own-good|\\{)?",
        end in "\n?",
    ) {
        let password = Secret::new(format!("{start}{tail}{end}"));
        let remarks = lint(Some(&server), Some(&username), Some(&password));
        for remark in remarks {
            let text = format!("{remark:?}");
            prop_assert!(!text.contains(&tail));
        }
    }
}
