//! The `Retry-After` header: seconds or a date.

use std::time::{Duration, SystemTime};

/// No server is believed that asks for more.
const LONGEST: Duration = Duration::from_secs(120);

pub fn parse(value: &str) -> Option<Duration> {
    parse_at(value, SystemTime::now())
}

fn parse_at(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let delay = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits that do not fit mean "very long".
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let date = httpdate::parse_http_date(value).ok()?;
        // A date in the past means "now".
        date.duration_since(now).unwrap_or_default()
    };
    Some(delay.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:07 GMT").expect("a date");
        for (value, seconds) in [
            ("0", Some(0)),
            (" 7 ", Some(7)),
            ("100000", Some(120)),
            ("99999999999999999999999", Some(120)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30)),
            ("Sun, 06 Nov 1994 08:48:37 GMT", Some(0)),
            ("Mon, 06 Nov 1995 08:48:37 GMT", Some(120)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
        ] {
            assert_eq!(
                parse_at(value, now),
                seconds.map(Duration::from_secs),
                "{value:?}"
            );
        }
    }
}
