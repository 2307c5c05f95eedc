//! Masking by shape: what looks like a token, in an answer of somebody who has seen credentials and may know
//! others. Names, dates and addresses are let through.

use std::ops::Range;

use super::known::Known;

/// Where a text holds what looks like a token.
pub(super) fn places(text: &str, known: &Known) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut start = 0;
    // The blank ends the last run.
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        if byte.is_ascii_alphanumeric() || b"+/=_~.-".contains(&byte) {
            continue;
        }
        // A run is ASCII, so only an empty one can stand in the middle of a character.
        let run = text.get(start..at).unwrap_or_default();
        let is_digest = run.len() == 64 && text[..start].ends_with("sha256:");
        if looks_like_token(run) && !is_digest && !is_known(run) && !known.is_plain(run.as_bytes())
        {
            places.push(start..at);
        }
        start = at + 1;
    }
    places
}

fn looks_like_token(run: &str) -> bool {
    let any = |is: fn(&u8) -> bool| run.as_bytes().iter().any(is);
    let (lower, upper) = (any(u8::is_ascii_lowercase), any(u8::is_ascii_uppercase));
    any(u8::is_ascii_digit)
        && (run.len() >= 20 && (lower || upper) || run.len() >= 12 && lower && upper)
}

/// Whether every part of it is a word, a number, a date or a UUID: a host or class name, an image reference, a path.
fn is_known(run: &str) -> bool {
    run.split(['+', '/', '=', '_', '~', '.']).all(|part| {
        let is_uuid = part.len() == 36 && uuid::Uuid::try_parse(part).is_ok();
        is_uuid || part.split('-').all(is_word)
    })
}

fn is_word(part: &str) -> bool {
    let count = |is: fn(&u8) -> bool| part.as_bytes().iter().filter(|byte| is(byte)).count();
    let digits = count(u8::is_ascii_digit);
    let capitals = count(u8::is_ascii_uppercase);
    let is_date = part
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"TZ".contains(&byte));
    // `x509`, `e2e`, `OAuth2Client`: few digits among letters, few capitals among small ones.
    let few = digits <= 3 && (part.len() < 8 || capitals * 4 <= part.len());
    digits == 0 || is_date || few
}
