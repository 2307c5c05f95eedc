use proptest::prelude::*;

use super::*;

fn remarks<'a>(
    server: Option<&str>,
    username: Option<&str>,
    password: Option<&Secret>,
) -> Vec<Remark<'a>> {
    lint(server, username, password, "password")
}

/// Which findings they are, at which arguments, and how bad.
fn found(
    server: &str,
    username: &str,
    password: &str,
) -> Vec<(&'static str, &'static str, Gravity)> {
    let password = Secret::new(password);
    let remarks = remarks(Some(server), Some(username), Some(&password));
    let told = |one: Remark<'static>| {
        assert_eq!(one.found.path, one.argument.into());
        (one.found.name, one.argument, one.gravity)
    };
    remarks.into_iter().map(told).collect()
}

fn kinds(server: &str, username: &str, password: &str) -> Vec<&'static str> {
    let found = found(server, username, password);
    found.into_iter().map(|one| one.0).collect()
}

const ECR: &str = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";

#[test]
fn what_one_does_not_see_is_named() {
    for (value, cause) in [
        ("bot\n", "ends in a newline"),
        ("\u{feff}bot", "begins with a byte order mark"),
        (" bot", "has a blank around"),
        ("bot\t", "has a blank around"),
        ("bot\u{a0}", "has a blank around"),
        ("bot\u{200b}", "has a blank around"),
        ("b\0t", "hidden_characters"),
        ("b\u{1b}t", "hidden_characters"),
    ] {
        let secret = Secret::new(value);
        let username = remarks(None, Some(value), None);
        let password = remarks(None, Some("bot"), Some(&secret));
        for (found, field) in [(username, "username"), (password, "password")] {
            assert_eq!(found.len(), 1, "{value:?}: {found:?}");
            assert_eq!(found[0].argument, field);
            assert!(format!("{found:?}").contains(cause), "{value:?}: {found:?}");
        }
    }
    for hidden in ["b\nt", "b\tt", "b\u{200b}t"] {
        let found = remarks(None, Some(hidden), None);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].found.name, "hidden_characters");
        let lines = Secret::new(hidden);
        assert_eq!(remarks(None, Some("bot"), Some(&lines)), []);
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
            "https://index.docker.io/v1/" => &["server_spelling"],
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
        let expected = [("foreign_token", "password", Gravity::Doubtful)];
        assert_eq!(
            found(server, "bob", password),
            expected,
            "{server} {password}"
        );
    }
}

#[test]
fn amazon() {
    let short_lived = [("short_lived_token", "password", Gravity::Doubtful)];
    for server in [
        ECR,
        "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
        "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
        "123456789012.dkr-ecr.eu-west-1.on.aws",
        "public.ecr.aws",
    ] {
        assert_eq!(found(server, "AWS", "eyJ"), short_lived, "{server}");
    }
    let elsewhere = [("ecr_username_elsewhere", "username", Gravity::Doubtful)];
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
    let new = Gravity::Useless;
    assert_eq!(
        found("https://ghcr.io", "b", "p"),
        [("server_spelling", "server", new)]
    );
    assert_eq!(
        found("ghcr.io", "b:p", "p"),
        [("colon_in_username", "username", new)]
    );
    for password in ["p\n", "p\r\n", "\n", "{}\n"] {
        let expected = [("blank_around", "password", new)];
        assert_eq!(found("ghcr.io", "b", password), expected, "{password:?}");
    }
    for password in ["ya29.abc", "\"text\"", "[1]", "{\"type\":", ""] {
        let expected = [("key_file_is_not_json", "password", new)];
        assert_eq!(
            found("gcr.io", "_json_key", password),
            expected,
            "{password:?}"
        );
    }
    assert_eq!(
        found("ghcr.io", "b", "value-hidden-for-your-own-good"),
        [("password_is_the_mask", "password", Gravity::Impossible)]
    );
}

#[test]
fn remarks_show_no_secret() {
    let password = Secret::new("ghp_hunter2\n");
    let findings = remarks(
        Some("https://bob:hunter2@index.docker.io/v1/"),
        Some("bob:hunter2"),
        Some(&password),
    );
    let text = format!("{findings:?}");
    assert!(text.contains("`docker.io`"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn unknown_values_are_never_judged() {
    assert_eq!(remarks(None, None, None), []);
    let token = Secret::new("ghp_abc");
    let document = Secret::new("{}\n");
    assert_eq!(remarks(None, Some("AWS"), Some(&token)), []);
    assert_eq!(
        remarks(Some("not a name"), Some("AWS"), Some(&token)).len(),
        1
    );
    assert_eq!(remarks(Some("ghcr.io"), None, Some(&document)), []);
    assert_eq!(remarks(Some("gcr.io"), Some("_json_key"), None), []);
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
        let remarks = remarks(Some(&server), Some(&username), Some(&password));
        for remark in remarks {
            let text = format!("{remark:?}");
            prop_assert!(!text.contains(&tail));
        }
    }
}
