//! The form of every answer: `{"code": 200, "status": "OK", "data": …}`.

use reqwest::StatusCode;
use serde_json::Value;

/// The largest answer read in full, in bytes, by its status.
pub fn longest(status: StatusCode) -> usize {
    match status.is_success() {
        true => 16 << 20,
        false => 1 << 20,
    }
}

/// How many values a body may hold, counted by what opens or follows one. The smallest takes a hundred times
/// as much memory as it had bytes, so that the size alone bounds nothing: this many take 200 MiB at worst. Ten
/// thousand registries are some 200,000 values.
const MOST_VALUES: usize = 1 << 18;

/// The body of an answer.
#[derive(Debug, PartialEq)]
pub enum Body {
    /// The API's own form.
    Envelope(Value),
    /// The same under a status of success, with a code that is none.
    Denial(Value),
    /// JSON of another form.
    OtherJson,
    /// Nothing, as with 204.
    Empty,
    /// A page for people.
    Html,
    /// Neither: cut off, too deep, or something else.
    Garbled(String),
}

impl Body {
    /// Parses a body that came with `status`.
    pub fn parse(bytes: &[u8], status: StatusCode) -> Self {
        let longest = longest(status);
        if bytes.len() > longest {
            return Self::Garbled(format!("the answer is larger than {} MiB", longest >> 20));
        }
        let start = bytes.trim_ascii_start();
        if start.is_empty() {
            return Self::Empty;
        }
        if start[0] == b'<' {
            return Self::Html;
        }
        let opens = |byte: &&u8| matches!(**byte, b'{' | b'[' | b',');
        if bytes.iter().filter(opens).count() > MOST_VALUES {
            return Self::Garbled(format!("the answer holds more than {MOST_VALUES} values"));
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(mut object)) => {
                // The code repeats the status: a JSON 404 of some gateway is not taken for the API's word.
                let code = object.get("code").and_then(Value::as_u64);
                let good = status.is_success();
                match object.remove("data") {
                    Some(data) if good && code.is_some_and(|code| !(200..300).contains(&code)) => {
                        Self::Denial(data)
                    }
                    Some(data) if good || code == Some(status.as_u16().into()) => {
                        Self::Envelope(data)
                    }
                    _ => Self::OtherJson,
                }
            }
            Ok(_) => Self::OtherJson,
            // Only the position is told: the parser's message could quote the body.
            Err(error) => Self::Garbled(format!(
                "no JSON from line {}, column {} on",
                error.line(),
                error.column()
            )),
        }
    }

    /// What the API says in an error.
    pub fn message(&self) -> &str {
        match self {
            Self::Envelope(Value::String(text)) | Self::Denial(Value::String(text)) => text,
            Self::Envelope(Value::Object(object)) | Self::Denial(Value::Object(object)) => object
                .get("message")
                .and_then(Value::as_str)
                .unwrap_or_default(),
            Self::Html => "the answer is an HTML page",
            Self::OtherJson => "the answer is JSON, but not of the API's form",
            Self::Garbled(problem) => problem,
            Self::Envelope(_) | Self::Denial(_) | Self::Empty => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_apis_own_form_is_an_envelope() {
        let parse = |text: &str| Body::parse(text.as_bytes(), StatusCode::NOT_FOUND);
        assert_eq!(
            parse(r#"{"code":404,"status":"NOT FOUND","data":"nope"}"#),
            Body::Envelope(json!("nope"))
        );
        for other in [
            r#"{"code":200,"data":1}"#,
            r#"{"data":"x"}"#,
            r#"{"code":404}"#,
            "[]",
            "\"x\"",
            "null",
        ] {
            assert_eq!(parse(other), Body::OtherJson, "{other}");
        }
        let created = |code: u16| {
            let body = json!({"code": code, "data": "no"});
            Body::parse(body.to_string().as_bytes(), StatusCode::CREATED)
        };
        assert_eq!(created(200), Body::Envelope(json!("no")));
        assert_eq!(created(422), Body::Denial(json!("no")));
        assert_eq!(created(500).message(), "no");
        assert_eq!(parse("  "), Body::Empty);
        assert_eq!(parse("\n<!doctype html><html>"), Body::Html);
        assert!(
            matches!(parse(r#"{"code":404,"data":"secret"#), Body::Garbled(text) if !text.contains("secret"))
        );
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(matches!(
            Body::parse(deep.as_bytes(), StatusCode::OK),
            Body::Garbled(_)
        ));
    }
}
