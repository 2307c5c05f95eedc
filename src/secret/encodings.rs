//! The forms in which a value turns up in texts.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// A form of a value.
pub(super) type Form = Zeroizing<String>;

/// The forms that stand by themselves: raw, escaped for JSON and for URLs, in hexadecimal. May repeat.
pub(super) fn texts(value: &str) -> Vec<Form> {
    let mut forms = vec![Zeroizing::new(value.to_owned())];
    for choice in 0..16 {
        let once = Zeroizing::new(json(value, choice));
        // JSON that is quoted in JSON: a body in a message.
        forms.push(Zeroizing::new(json(&once, 0)));
        forms.push(once);
    }
    for kept in URL_CHARACTERS_KEPT {
        for upper in [false, true] {
            forms.push(Zeroizing::new(percent(value, kept, upper)));
        }
    }
    for upper in [false, true] {
        forms.push(Zeroizing::new(
            value.bytes().map(|byte| hex(byte, upper)).collect(),
        ));
    }
    forms
}

/// The part of a value's base64 that is the same whatever stands before and after it, for each of the
/// three ways in which it can fall on the groups of three bytes. This finds `user:password` for any user,
/// and a value inside an encoded document. The first and last character around it hold bits of the value
/// as well: whoever finds a core replaces the whole run of base64 around it.
pub(super) fn base64_cores(value: &str) -> Vec<Form> {
    let mut cores = Vec::new();
    for before in 0..3 {
        let mut bytes = Zeroizing::new(Vec::with_capacity(before + value.len()));
        bytes.resize(before, 0);
        bytes.extend_from_slice(value.as_bytes());
        // Six bits make a character; only those that hold nothing but the value stay.
        let (first, last) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        let encoded = Zeroizing::new(STANDARD_NO_PAD.encode(&*bytes));
        let for_urls = Zeroizing::new(URL_SAFE_NO_PAD.encode(&*bytes));
        let core = encoded.get(first..last).unwrap_or_default();
        cores.push(Zeroizing::new(core.replace('/', "\\/")));
        cores.push(Zeroizing::new(core.to_owned()));
        cores.push(Zeroizing::new(
            for_urls.get(first..last).unwrap_or_default().to_owned(),
        ));
    }
    cores
}

/// What stays as it is in URLs, by the usual encoders: the strict ones, RFC 3986, JavaScript, a user name
/// or a path segment, a path; and forms, which write a blank as `+`.
const URL_CHARACTERS_KEPT: [&str; 6] = [
    "",
    "-_.~",
    "-_.!~*'()",
    "-_.~!$&'()*+,;=:@",
    "-_.~!$&'()*+,;=:@/",
    "*-._ ",
];

fn percent(value: &str, kept: &str, upper: bool) -> String {
    let mut text = String::with_capacity(value.len() * 3);
    for byte in value.bytes() {
        match char::from(byte) {
            ' ' if kept.contains(' ') => text.push('+'),
            c if c.is_ascii_alphanumeric() || (c.is_ascii() && kept.contains(c)) => text.push(c),
            _ => {
                text.push('%');
                text.push_str(&hex(byte, upper));
            }
        }
    }
    text
}

fn hex(byte: u8, upper: bool) -> String {
    if upper {
        format!("{byte:02X}")
    } else {
        format!("{byte:02x}")
    }
}

/// Escapes as a JSON encoder does. The bits of `choice` are the liberties that encoders take: `\/` (PHP),
/// `\u0026` and its like for HTML (Go), `\u00e9` for all that is not ASCII (PHP, Python), upper-case digits.
fn json(value: &str, choice: u8) -> String {
    let [slash, html, ascii, upper] = [1, 2, 4, 8].map(|bit| choice & bit != 0);
    let mut text = String::with_capacity(value.len() * 2);
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '/' if slash => text.push_str("\\/"),
            '&' | '<' | '>' | '\u{2028}' | '\u{2029}' if html => unit(&mut text, c, upper),
            _ if u32::from(c) < 0x20 || (ascii && !c.is_ascii()) => unit(&mut text, c, upper),
            _ => text.push(c),
        }
    }
    text
}

fn unit(text: &mut String, c: char, upper: bool) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        // Writing to a `String` does not fail.
        let _ = if upper {
            write!(text, "\\u{unit:04X}")
        } else {
            write!(text, "\\u{unit:04x}")
        };
    }
}
