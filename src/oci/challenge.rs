//! The `WWW-Authenticate` header: how a registry asks for credentials
//! (<https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1>).
//!
//! The header comes from a server that nobody vouches for. Parsing takes linear time, looks at a
//! bounded part of it, and gives up at the first thing it does not understand: what came before it
//! counts, a challenge that is broken itself does not.

/// Headers longer than this are not looked at.
const MAX_HEADER_BYTES: usize = 8 * 1024;

/// One way to authenticate that the server offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    /// Whether this is the given scheme; schemes are compared without regard to case.
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// The value of a parameter; names are compared without regard to case. Of a repeated parameter
    /// the first value counts.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        let found = parameters.find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads the value of one `WWW-Authenticate` header, which may hold several challenges.
pub fn parse(header: &str) -> Vec<Challenge> {
    let mut challenges: Vec<Challenge> = Vec::new();
    if header.len() > MAX_HEADER_BYTES {
        return challenges;
    }
    let mut rest = Cursor(header);
    loop {
        rest.skip(|c| matches!(c, ' ' | '\t' | ','));
        if rest.0.is_empty() {
            return challenges;
        }
        match (rest.item(), challenges.last_mut()) {
            (Some((scheme, None)), _) => challenges.push(Challenge {
                scheme: scheme.to_owned(),
                parameters: Vec::new(),
            }),
            (Some((name, Some(value))), Some(challenge)) => {
                challenge.parameters.push((name.to_owned(), value));
            }
            _ => {
                // The challenge that is being read may be cut in two: a realm that ends too early
                // would send a credential somewhere else.
                challenges.pop();
                return challenges;
            }
        }
    }
}

/// What is left of the header.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    fn skip(&mut self, skipped: impl Fn(char) -> bool) {
        self.0 = self.0.trim_start_matches(skipped);
    }

    fn take(&mut self, taken: impl Fn(char) -> bool) -> &'a str {
        let end = self.0.find(|c| !taken(c)).unwrap_or(self.0.len());
        let (token, rest) = self.0.split_at(end);
        self.0 = rest;
        token
    }

    /// A scheme (with its token68, which is dropped: no scheme that we speak has one), or a parameter with its value.
    fn item(&mut self) -> Option<(&'a str, Option<String>)> {
        let token = self.take(is_token_char);
        if token.is_empty() {
            return None;
        }
        let blank = self.0.starts_with([' ', '\t']);
        self.skip(is_blank);
        if let Some(value) = self.0.strip_prefix('=') {
            self.0 = value;
            self.skip(is_blank);
            let value = match self.0.strip_prefix('"') {
                Some(quoted) => {
                    self.0 = quoted;
                    self.quoted()?
                }
                None => self.take(is_token_char).to_owned(),
            };
            // An unquoted address stops at its colon; the half of it is worth nothing.
            return self.at_end_of_item().then_some((token, Some(value)));
        }
        if !blank {
            return self.at_end_of_item().then_some((token, None));
        }
        let before = self.0;
        let token68 = self.take(is_token68_char);
        self.skip(|c| c == '=');
        let rest = self.0.trim_start_matches(is_blank);
        if token68.is_empty() || !(rest.is_empty() || rest.starts_with(',')) {
            self.0 = before;
        }
        Some((token, None))
    }

    /// The rest of a quoted string, its escapes resolved, or nothing if it has no end.
    fn quoted(&mut self) -> Option<String> {
        let mut value = String::new();
        let mut chars = self.0.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.0 = &self.0[at + 1..];
                    return Some(value);
                }
                '\\' => value.push(chars.next()?.1),
                _ => value.push(c),
            }
        }
        None
    }

    /// Some servers leave out the commas between parameters, so a blank is an end, too.
    fn at_end_of_item(&self) -> bool {
        self.0.is_empty() || self.0.starts_with([',', ' ', '\t'])
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

fn is_token68_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~+/".contains(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(header: &str) -> Vec<(String, Vec<(String, String)>)> {
        let challenges = parse(header).into_iter();
        challenges.map(|c| (c.scheme, c.parameters)).collect()
    }

    fn challenge(scheme: &str, parameters: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
        let owned = |(n, v): &(&str, &str)| (n.to_string(), v.to_string());
        (scheme.to_owned(), parameters.iter().map(owned).collect())
    }

    #[test]
    fn what_registries_send() {
        let hub = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io""#;
        let parameters = [
            ("realm", "https://auth.docker.io/token"),
            ("service", "registry.docker.io"),
        ];
        assert_eq!(read(hub), [challenge("Bearer", &parameters)]);
        assert_eq!(
            read(r#"Basic realm="Registry Realm""#),
            [challenge("Basic", &[("realm", "Registry Realm")])]
        );
        assert_eq!(read("Basic"), [challenge("Basic", &[])]);
        let one = &parse(r#"bearer REALM = "x" , Service=y"#)[0];
        assert!(one.is("Bearer"));
        assert_eq!(one.parameter("realm"), Some("x"));
        assert_eq!(one.parameter("service"), Some("y"));
        assert_eq!(one.parameter("scope"), None);
    }

    #[test]
    fn several_challenges_in_one_header() {
        let expected = [
            challenge("Negotiate", &[]),
            challenge(
                "Bearer",
                &[("realm", "a, Basic realm=\"b\""), ("service", "s")],
            ),
            challenge("Basic", &[("realm", "r")]),
        ];
        for header in [
            r#"Negotiate, Bearer realm="a, Basic realm=\"b\"",service=s, Basic realm=r"#,
            r#"Negotiate YII+/=== , Bearer realm="a, Basic realm=\"b\"" service=s,Basic realm=r"#,
            r#" ,, Negotiate ,,Bearer realm="a, Basic realm=\"b\"", ,service=s,, Basic realm="\r","#,
        ] {
            assert_eq!(read(header), expected, "{header}");
        }
        assert_eq!(
            read("Basic Bearer realm=x"),
            [
                challenge("Basic", &[]),
                challenge("Bearer", &[("realm", "x")])
            ]
        );
    }

    #[test]
    fn broken_challenges_do_not_count() {
        for header in [
            "",
            ",, ,",
            "=",
            r#"realm="https://a""#,
            r#"Bearer realm="https://a"#,
            r#"Bearer realm="https://a\"#,
            r#"Bearer realm="https://a\""#,
            "Bearer realm=https://a,service=b",
            r#"Bearer realm="https://a"evil"#,
            r#"Bearer realm="a",service="b" "c""#,
            "Bearer@x",
            "<html>",
            "Bearer ré=1",
        ] {
            assert_eq!(read(header), [], "{header}");
        }
        assert_eq!(
            read(r#"Basic realm=a, Bearer realm="b"#),
            [challenge("Basic", &[("realm", "a")])]
        );
    }

    #[test]
    fn the_first_of_two_realms_counts() {
        let one = &parse(r#"Bearer realm="first",realm="second""#)[0];
        assert_eq!(one.parameter("realm"), Some("first"));
    }

    #[test]
    fn long_headers_are_not_read() {
        for part in ["a", ",Basic", ",a=b"] {
            let header = format!("Basic realm={}", part.repeat(MAX_HEADER_BYTES / part.len()));
            assert_eq!(read(&header), []);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(header in "\\PC*") {
            parse(&header);
        }

        #[test]
        fn nearly_right_text_is_read_without_a_panic(
            header in "((Bearer|Basic|realm|service|=|\"|\\\\|,| |https://a/b|é){0,20})"
        ) {
            for challenge in parse(&header) {
                prop_assert!(!challenge.scheme.is_empty());
            }
        }

        #[test]
        fn a_quoted_value_comes_back(value in "\\PC{0,40}") {
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
            let header = format!("Basic x=1, Bearer realm=\"{escaped}\", service=s");
            let challenges = parse(&header);
            prop_assert_eq!(challenges.len(), 2);
            prop_assert_eq!(challenges[1].parameter("realm"), Some(value.as_str()));
            prop_assert_eq!(challenges[1].parameter("service"), Some("s"));
        }
    }
}
