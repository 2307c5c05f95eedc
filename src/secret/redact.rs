//! Redaction by value: texts that others wrote (messages of the API, of the operating system, of a panic)
//! may hold a credential in any encoding, and are searched for every credential that was ever used.

use std::borrow::{Borrow, Cow};
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::mem;
use std::ops::Range;
use std::sync::{LazyLock, PoisonError, RwLock};

use super::Secret;
use super::encodings::{Form, base64_cores, texts};

/// What stands in place of a value.
const PLACEHOLDER: &str = "[redacted]";

/// What stands in place of a text that cannot be searched any more.
const WITHHELD: &str = "[text withheld: there are too many secrets to search it for]";

/// Shorter values are left out: replacing three characters wherever they occur destroys every text, and
/// would tell the value by what is missing.
const SHORTEST: usize = 4;

/// How many bytes of values and forms are kept. Rather than forget one, texts are withheld from then on.
const LARGEST: usize = 64 << 20;

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

/// Makes [`redact`] recognise a value from now on, for the life of the process, in every usual encoding: as
/// it is, in JSON and URL escapes, in hexadecimal, in base64 also as a part of something longer
/// (`user:password`). Values shorter than 4 characters are left out.
pub fn register(secret: &Secret) {
    let value = secret.expose();
    if KNOWN
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .has(value)
    {
        return;
    }
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.add(value);
    // Servers trim what files and editors leave at the end.
    known.add(value.trim());
}

/// Replaces every registered value in a text, whatever its encoding.
pub fn redact(text: &str) -> Cow<'_, str> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    if known.unspelled.is_empty() {
        return known.redact(text);
    }
    drop(known);
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.spell();
    known.redact(text)
}

/// All values, and all their forms, found by their first four bytes: adding one costs nothing for the
/// others, and a search costs one step per byte of text, plus the comparison where a beginning matches.
#[derive(Default)]
struct Known {
    values: HashSet<Value>,
    /// Values whose forms are not made yet. Most processes never search a text, and need none.
    unspelled: Vec<Form>,
    forms: HashMap<[u8; SHORTEST], Vec<(Form, Extent)>>,
    /// Of values and forms.
    bytes: usize,
    full: bool,
}

/// A value that is looked up by its text.
#[derive(PartialEq, Eq)]
struct Value(Form);

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_str().hash(state);
    }
}

impl Borrow<str> for Value {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// How much is replaced where a form is found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Itself,
    /// The run of base64 characters around it.
    Run,
}

impl Known {
    /// Whether there is nothing to add for a value.
    fn has(&self, value: &str) -> bool {
        self.full || value.chars().count() < SHORTEST || self.values.contains(value)
    }

    fn add(&mut self, value: &str) {
        if self.has(value) || !self.has_room_for(value) {
            return;
        }
        self.values.insert(Value(Form::new(value.to_owned())));
        self.unspelled.push(Form::new(value.to_owned()));
    }

    /// Makes the forms of the values that came since the last time.
    fn spell(&mut self) {
        for value in mem::take(&mut self.unspelled) {
            let mut forms: Vec<(Form, Extent)> = texts(&value)
                .into_iter()
                .map(|form| (form, Extent::Itself))
                .chain(
                    base64_cores(&value)
                        .into_iter()
                        .map(|form| (form, Extent::Run)),
                )
                .collect();
            // Most encodings leave most values as they are.
            forms.sort_by(|(a, _), (b, _)| a.cmp(b));
            forms.dedup_by(|(a, _), (b, _)| a == b);
            for (form, extent) in forms {
                let Some(start) = form.as_bytes().first_chunk().copied() else {
                    continue;
                };
                if !self.has_room_for(&form) {
                    return;
                }
                self.forms.entry(start).or_default().push((form, extent));
            }
        }
    }

    fn has_room_for(&mut self, text: &str) -> bool {
        self.bytes += text.len();
        self.full |= self.bytes > LARGEST;
        !self.full
    }

    /// Replaces what [`Known::spell`] has seen.
    fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.full {
            return Cow::Borrowed(WITHHELD);
        }
        let spans = self.spans(text.as_bytes());
        if spans.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut clean = String::with_capacity(text.len());
        let mut copied = 0;
        for span in spans {
            // Forms begin and end at characters, so the pieces between them do, too.
            clean.push_str(text.get(copied..span.start).unwrap_or_default());
            clean.push_str(PLACEHOLDER);
            copied = span.end;
        }
        clean.push_str(text.get(copied..).unwrap_or_default());
        Cow::Owned(clean)
    }

    /// Where the text holds values, in order; overlapping ones are united, for the rest of one would tell of it.
    fn spans(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut spans: Vec<Range<usize>> = Vec::new();
        if self.forms.is_empty() {
            return spans;
        }
        for (at, start) in text.windows(SHORTEST).enumerate() {
            let forms = <[u8; SHORTEST]>::try_from(start)
                .ok()
                .and_then(|start| self.forms.get(&start));
            let found = forms
                .into_iter()
                .flatten()
                .filter(|(form, _)| text[at..].starts_with(form.as_bytes()));
            for (form, extent) in found {
                let covered = spans.last().map_or(0, |last| last.end);
                let mut span = at..at + form.len();
                if span.end <= covered {
                    continue;
                }
                if *extent == Extent::Run {
                    span = run_around(text, span, covered);
                }
                match spans.last_mut() {
                    Some(last) if span.start <= last.end => last.end = span.end,
                    _ => spans.push(span),
                }
            }
        }
        spans
    }
}

/// Widens a span to the run of base64 characters around it, back to where the text is covered already.
fn run_around(text: &[u8], span: Range<usize>, covered: usize) -> Range<usize> {
    let in_run = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let before = &text[covered.min(span.start)..span.start];
    let after = &text[span.end..];
    let longer = after.iter().take_while(in_run).count();
    let padding = after[longer..]
        .iter()
        .take_while(|byte| **byte == b'=')
        .count();
    let start = span.start - before.iter().rev().take_while(in_run).count();
    start..span.end + longer + padding
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

    const CANARY: &str = "c4n/Ry+p&s<s>w\"o\\r d=é~*'(ü)\u{1F980}%?\n$x";

    fn known(values: &[&str]) -> Known {
        let mut known = Known::default();
        values.iter().for_each(|value| known.add(value));
        known.spell();
        known
    }

    fn clean(secret: &str, text: &str) -> String {
        known(&[secret]).redact(text).into_owned()
    }

    #[test]
    fn raw_values_anywhere() {
        assert_eq!(clean("hunter2", "hunter2"), "[redacted]");
        assert_eq!(clean("hunter2", "äxhunter2hunter2yü"), "äx[redacted]yü");
        assert_eq!(clean(CANARY, &format!("a{CANARY}b")), "a[redacted]b");
        assert!(matches!(
            known(&["hunter2"]).redact("nothing here"),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn json_of_every_encoder() {
        let serde = serde_json::to_string(CANARY).expect("JSON");
        let go = serde
            .replace('&', "\\u0026")
            .replace('<', "\\u003c")
            .replace('>', "\\u003e");
        let ascii: String = serde
            .chars()
            .map(|c| {
                if c.is_ascii() {
                    c.to_string()
                } else {
                    c.encode_utf16(&mut [0; 2])
                        .iter()
                        .map(|u| format!("\\u{u:04x}"))
                        .collect()
                }
            })
            .collect();
        let php = ascii.replace('/', "\\/");
        let nested = serde_json::to_string(&serde).expect("JSON");
        for text in [serde, go, ascii, php, nested] {
            let text = clean(CANARY, &text);
            assert_eq!(text.trim_matches(['"', '\\']), "[redacted]");
        }
    }

    #[test]
    fn urls_of_every_encoder() {
        let component =
            "c4n%2FRy%2Bp%26s%3Cs%3Ew%22o%5Cr%20d%3D%C3%A9~*'(%C3%BC)%F0%9F%A6%80%25%3F%0A%24x";
        let form = "c4n%2FRy%2Bp%26s%3Cs%3Ew%22o%5Cr+d%3D%C3%A9%7E*%27%28%C3%BC%29%F0%9F%A6%80%25%3F%0A%24x";
        let rfc3986 = component
            .replace('*', "%2A")
            .replace('\'', "%27")
            .replace('(', "%28")
            .replace(')', "%29");
        for text in [component.to_owned(), form.to_owned(), rfc3986] {
            assert_eq!(clean(CANARY, &text), "[redacted]", "{text}");
        }
        assert_eq!(clean("pä/ss", "x=p%c3%a4%2fss&"), "x=[redacted]&");
    }

    #[test]
    fn base64_alone_and_in_anything() {
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            for secret in [CANARY, "four", "fiver", "sixsix", "üüüü"] {
                for user in ["", "u:", "us:", "user:", "someone@example.org:"] {
                    for after in ["", "}", "\"}", "\",\n}"] {
                        let text = format!(
                            "Basic {}, ok",
                            engine.encode(format!("{user}{secret}{after}"))
                        );
                        assert_eq!(
                            clean(secret, &text),
                            "Basic [redacted], ok",
                            "{user}{secret}{after}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn hexadecimal() {
        assert_eq!(clean("hunter2", "68756e74657232"), "[redacted]");
        assert_eq!(clean("hunter2", "68756E74657232"), "[redacted]");
    }

    #[test]
    fn overlapping_values_leave_no_rest() {
        let known = known(&["abcdef", "defghi", "abcd"]);
        assert_eq!(known.redact("xabcdefghix"), "x[redacted]x");
        assert_eq!(known.redact("xabcdx"), "x[redacted]x");
    }

    #[test]
    fn short_values_are_left_out() {
        assert_eq!(clean("abc", "abcabc"), "abcabc");
        assert_eq!(clean("", "abc"), "abc");
        assert_eq!(clean("äöü", "äöü"), "äöü");
    }

    #[test]
    fn what_cannot_be_searched_is_withheld() {
        let mut known = Known::default();
        known.add("hunter2");
        known.spell();
        known.bytes = LARGEST;
        known.add("hunter3");
        assert_eq!(known.redact("anything"), WITHHELD);
    }

    #[test]
    fn forms_that_find_no_room_withhold_as_well() {
        let mut known = Known::default();
        known.add("hunter2");
        known.bytes = LARGEST;
        known.spell();
        assert_eq!(known.redact("anything"), WITHHELD);
    }

    #[test]
    fn values_that_come_after_a_search_are_found_by_the_next() {
        for number in 0..3 {
            register(&Secret::new(format!("later-hunter{number}")));
            assert_eq!(redact(&format!("later-hunter{number}")), "[redacted]");
        }
    }

    #[test]
    fn the_trimmed_value_is_known_as_well() {
        register(&Secret::new("global-hunter2\n"));
        assert_eq!(redact("got global-hunter2."), "got [redacted].");
    }

    #[test]
    fn many_values_and_a_long_text() {
        let values: Vec<String> = (0..2000).map(|n| format!("ghp_{n:036}")).collect();
        let known = known(&values.iter().map(String::as_str).collect::<Vec<_>>());
        let text = format!("{}{}", "ghp_ lorem ".repeat(10_000), values[1999]);
        let clean = known.redact(&text);
        assert!(clean.ends_with("lorem [redacted]"));
        assert_eq!(clean.matches("[redacted]").count(), 1);
    }
}
