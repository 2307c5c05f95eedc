//! The one door for texts from outside: answers, headers, errors of libraries, panics. What comes through is short,
//! shows as it reads, and holds no secret.

use std::borrow::Cow;
use std::ops::Range;

use super::forms::is_invisible;
use super::known;
use super::shape;

/// What stands in place of a secret.
const MASK: &str = "[redacted]";

/// What stands in place of a text that cannot be searched.
const WITHHELD: &str = "[text withheld: it cannot be searched for secrets]";

/// The longest text of others that is shown, in characters.
const LONGEST: usize = 500;

/// The longest text that is searched, in bytes. The rest is dropped.
const LONGEST_SEARCHED: usize = 64 << 10;

/// What the author of a text has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// No credentials, as far as we know.
    Unaware,
    /// Credentials: what looks like a token is masked as well.
    SawCredentials,
}

/// Lets a text of somebody else in: on one line, at most 500 characters.
pub fn admit(text: &str, author: Author) -> String {
    // Cut first: a mask needs no more than what it covers.
    let text = &text[..text.floor_char_boundary(LONGEST_SEARCHED)];
    let masked = masked(text, author);
    let mut shown: String = masked
        .chars()
        .map(|c| if is_invisible(c) { ' ' } else { c })
        .take(LONGEST)
        .collect();
    if masked.chars().nth(LONGEST).is_some() {
        shown.pop();
        shown.push('…');
    }
    shown.trim().to_owned()
}

/// The last look at a text of our own before it leaves the process.
pub fn redact(text: &str) -> Cow<'_, str> {
    let cut = &text[..text.floor_char_boundary(LONGEST_SEARCHED)];
    let masked = masked(cut, Author::Unaware);
    let hidden = |c: char| is_invisible(c) && c != '\n';
    if masked.contains(hidden) {
        return Cow::Owned(masked.replace(hidden, " "));
    }
    masked
}

fn masked(text: &str, author: Author) -> Cow<'_, str> {
    let places = known::read(|known| {
        let mut places = known.places(text)?;
        if author == Author::SawCredentials {
            places.extend(shape::places(text, known));
        }
        Some(places)
    });
    match places {
        None => Cow::Borrowed(WITHHELD),
        Some(places) if places.is_empty() => Cow::Borrowed(text),
        Some(places) => Cow::Owned(covered(text, places)),
    }
}

/// Replaces the places in a text. Those that touch are one: what is left between them would tell of it.
pub(super) fn covered(text: &str, mut places: Vec<Range<usize>>) -> String {
    places.sort_by_key(|place| place.start);
    let mut covered = String::with_capacity(text.len());
    let mut end = 0;
    for place in places {
        let start = text.floor_char_boundary(place.start);
        if start > end || covered.is_empty() {
            covered.push_str(text.get(end..start).unwrap_or_default());
            covered.push_str(MASK);
        }
        end = end.max(text.ceil_char_boundary(place.end));
    }
    covered.push_str(text.get(end..).unwrap_or_default());
    covered
}
