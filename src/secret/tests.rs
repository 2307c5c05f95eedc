use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::known::Known;
use super::*;

const CANARY: &str = "c4n/Ry+p&s<s>w\"o\\r d=é~*'(ü)\u{1F980}%?\n$x";

fn known(values: &[&str], plain: &[&str]) -> Known {
    let mut known = Known::default();
    values.iter().for_each(|value| known.add(value));
    plain.iter().for_each(|text| known.add_plain(text));
    known
}

fn clean(secret: &str, text: &str) -> String {
    let places = known(&[secret], &[]).places(text).expect("few forms");
    door::covered(text, places)
}

#[test]
fn the_value_itself_anywhere() {
    assert_eq!(clean("hunter2", "hunter2"), "[redacted]");
    assert_eq!(clean("hunter2", "äxhunter2hunter2yü"), "äx[redacted]yü");
    assert_eq!(clean(CANARY, &format!("a{CANARY}b")), "a[redacted]b");
    assert_eq!(clean("hunter2", "nothing here"), "nothing here");
    assert_eq!(clean("hunter2\n", "got hunter2."), "got [redacted].");
}

#[test]
fn any_eight_bytes_of_it() {
    let secret = "pat_0123456789abcdefghij";
    for (from, to) in [(0, 8), (3, 20), (16, 24)] {
        assert_eq!(
            clean(secret, &format!("<{}>", &secret[from..to])),
            "<[redacted]>"
        );
    }
    assert_eq!(clean(secret, "<6789abc>"), "<6789abc>");
    assert_eq!(clean("ä-secret-ö-value", "<et-ö-valu>"), "<[redacted]>");
}

#[test]
fn every_escape_is_undone() {
    let html =
        "c4n/Ry+p&amp;s&lt;s&gt;w&#34;o\\r d&#x3D;&eacute;~*&#39;(&uuml;)&#129408;%?&NewLine;$x";
    let percent =
        "c4n%2fRy%2Bp%26s%3Cs%3Ew%22o%5Cr%20d%3D%C3%A9~*'(%C3%BC)%F0%9F%A6%80%25%3F%0A%24x";
    let form = percent.replace("%20", "+").replace('~', "%7E");
    let quoted = "c4n/Ry+p&s<s>w\"o=\r\n\\r d=3D=C3=A9~*'(=C3=BC)=F0=9F=A6=80%?=0A$x";
    let json = r#"c4n\/Ry+p\u0026s\u003cs\u003Ew\"o\\r d=\u00e9~*'(\u00fc)\ud83e\udd80%?\n$x"#;
    let rust = format!("{CANARY:?}");
    let twice = serde_json::to_string(json).expect("JSON");
    let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let spaced: String = CANARY.bytes().map(|byte| format!("{byte:02X} ")).collect();
    for text in [
        html,
        percent,
        &form,
        &percent.replace('%', "%25"),
        quoted,
        json,
        &rust,
        &twice,
        &hex,
        spaced.trim(),
    ] {
        assert_eq!(
            clean(CANARY, text).trim_matches(['"', '\\']),
            "[redacted]",
            "{text}"
        );
    }
}

#[test]
fn base64_alone_and_in_anything() {
    for secret in [CANARY, "four", "fiver", "sixsix", "üüüü"] {
        for user in ["", "u:", "us:", "user:", "someone@example.org:"] {
            for after in ["", "}", "\"}", "\",\n}"] {
                for engine in [&STANDARD, &URL_SAFE_NO_PAD] {
                    let text = engine.encode(format!("{user}{secret}{after}"));
                    let text = format!("Basic {text}, ok");
                    assert_eq!(
                        clean(secret, &text),
                        "Basic [redacted], ok",
                        "{user}{secret}{after}"
                    );
                }
            }
        }
    }
    let auth = STANDARD.encode("bot:a-long-enough-password");
    let file = STANDARD.encode(format!(r#"{{"auths":{{"ghcr.io":{{"auth":"{auth}"}}}}}}"#));
    let wrapped = file
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).expect("ASCII"));
    let wrapped = wrapped.collect::<Vec<_>>().join("\\n");
    let clean = clean("a-long-enough-password", &format!("got {wrapped}, ok"));
    assert!(clean.ends_with("[redacted], ok"), "{clean}");
}

#[test]
fn broken_lines_are_joined() {
    let key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n";
    for text in [
        key.replace('\n', " "),
        key.replace('\n', ""),
        key.replace('\n', "\r\n  "),
        key.replace('\n', "\\n"),
    ] {
        let known = known(&[key], &[known::PUBLIC]);
        let clean = door::covered(&text, known.places(&text).expect("few forms"));
        assert!(clean.starts_with("-----BEGIN PRIVATE"), "{clean}");
        assert!(
            !clean.contains("MIIEvQ") && !clean.contains("AASC"),
            "{clean}"
        );
    }
}

#[test]
fn what_is_plain_stays() {
    let known = known(
        &["registry-prod-2024!x"],
        &["registry-prod", "bot:registry-prod-2024!x"],
    );
    let clean = |text: &str| door::covered(text, known.places(text).expect("few forms"));
    assert_eq!(
        clean("Registry \"registry-prod\" is gone"),
        "Registry \"registry-prod\" is gone"
    );
    assert_eq!(clean("registry-prod-2024!x"), "regist[redacted]");
    assert!(known.holds("<registry-prod-2024!x>") && !known.holds("registry-prod-2024"));
    assert!(known.holds(&STANDARD.encode("registry-prod-2024!x")));
}

#[test]
fn a_short_secret_is_no_part_of_a_field() {
    let known = known(&["prod"], &[]);
    assert!(known.holds("prod") && !known.holds("production"));
}

#[test]
fn overlapping_values_leave_no_rest() {
    let known = known(&["abcdef", "defghi", "abcd"], &[]);
    let clean = |text: &str| door::covered(text, known.places(text).expect("few forms"));
    assert_eq!(clean("xabcdefghix"), "x[redacted]x");
    assert_eq!(clean("xabcdx"), "x[redacted]x");
    assert_eq!(clean("abcxdefghi"), "abcx[redacted]");
}

#[test]
fn short_values_are_left_out() {
    assert_eq!(clean("abc", "abcabc"), "abcabc");
    assert_eq!(clean("", "abc"), "abc");
}

/// Made to have many forms: withheld rather than searched forever.
#[test]
fn a_text_made_of_forms_in_forms_is_withheld() {
    let text = "%252525252525 &amp;amp;amp;amp; \\\\\\\\\\\\\\\\ =3D3D3D3D3D3D".repeat(900);
    assert_eq!(known(&["hunter2hunter2"], &[]).places(&text), None);
}

#[test]
fn many_values_and_a_long_text() {
    let values: Vec<String> = (0..2000).map(|n| format!("ghp_{n:036}")).collect();
    let known = known(&values.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    let text = format!("{}{}", "ghp_ lorem ".repeat(4_000), values[1999]);
    let clean = door::covered(&text, known.places(&text).expect("few forms"));
    assert!(clean.ends_with("lorem [redacted]"));
    assert_eq!(clean.matches("[redacted]").count(), 1);
}

#[test]
fn what_is_let_in_is_short_and_shows_as_it_reads() {
    let text = format!("\u{1b}[31mred\u{202e}\u{200b}\n{}", "x".repeat(2000));
    let shown = admit(&text, Author::Unaware);
    assert_eq!(shown.chars().count(), 499);
    assert!(
        shown.starts_with("[31mred") && shown.ends_with('…'),
        "{shown}"
    );
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{200b}', '\n']));
    assert_eq!(redact("two\nlines\u{202e}"), "two\nlines ");
}

#[test]
fn the_process_remembers() {
    register(&Secret::new("global-hunter2\n"));
    assert_eq!(redact("got global-hunter2."), "got [redacted].");
    plain("a plain address");
    assert!(holds_secret("global-hunter2") && !holds_secret("global"));
}

#[test]
fn tokens_are_known_by_their_shape() {
    for token in [
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "dckr_pat_x8KdPq2vTz41LmNbWe7RjYc0aUf",
        "glpat-yz3Kd8Qw1pXv5nRtBm2L",
        "9f8e7d6c5b4a39281706f5e4d3c2b1a0",
        "Zm9vYmFyOmJhejEyMzQ1Njc4OTA=",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjMifQ.SflKxwRJSMeKKF2QT4",
        "aB3dE5gH7jK9",
    ] {
        let text = format!("The «key» '{token}' is not välid.");
        assert_eq!(
            admit(&text, Author::SawCredentials),
            "The «key» '[redacted]' is not välid."
        );
        assert_eq!(admit(&text, Author::Unaware), text);
    }
}

#[test]
fn names_dates_and_addresses_are_no_tokens() {
    for text in [
        "Could not map type `Bahriya\\Contracts\\DataTransferObjects\\Console\\v1\\Registry`. An error occurred at path organisation: Unexpected key `organisation`.",
        "Could not map Bahriya/Contracts/DataTransferObjects/Console/v1/Registry or com.bahriya.OAuth2ClientCredentials",
        "registry-1.docker.io and 123456789012.dkr.ecr.eu-west-1.amazonaws.com:8443 and europe-west3-docker.pkg.dev",
        "ghcr.io/acme/backend-service:1.2.3-rc.1-20261126 at 2026-11-26T02:03:04.123456Z, 20261126T020304Z",
        "ghcr.io/acme/app@sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "value-hidden-for-your-own-good",
        "Cannot delete 'h': still attached to project(s): shop. Detach from each project first.",
    ] {
        assert_eq!(admit(text, Author::SawCredentials), text);
    }
}
