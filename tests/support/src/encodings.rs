//! The forms in which servers, proxies and languages write a text, and what of a secret shows in one. It shares no code
//! with the provider's own search, so that neither hides the other's mistakes.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// So many bytes in a row are too many.
pub const WINDOW: usize = 8;

/// A form: its name, how it is made, and how much of it may show.
pub struct Form {
    pub name: &'static str,
    pub encode: fn(&str) -> String,
    shows: Shows,
}

enum Shows {
    /// Each character is written by itself: the form of eight bytes is a part of the form of the whole.
    Characters,
    /// Characters are written together: this many in a row hold eight bytes of the secret, wherever they begin.
    Runs(usize),
}

impl Form {
    /// Whether eight bytes of a secret in this form stand in a text.
    pub fn shows_in(&self, secret: &str, text: &str) -> bool {
        match self.shows {
            Shows::Characters => windows(secret).any(|window| {
                let form = (self.encode)(window);
                // What is left after dropping what does not count may be shorter.
                form.len() >= WINDOW && text.contains(form.as_str())
            }),
            Shows::Runs(length) => {
                let form: Vec<char> = (self.encode)(secret).chars().collect();
                form.windows(length)
                    .any(|run| text.contains(run.iter().collect::<String>().as_str()))
            }
        }
    }
}

/// The parts of a secret that have eight bytes, or a little more at a character that has several.
fn windows(secret: &str) -> impl Iterator<Item = &str> {
    secret.char_indices().filter_map(|(start, _)| {
        let end = secret.ceil_char_boundary(start + WINDOW);
        (start + WINDOW <= secret.len()).then(|| &secret[start..end])
    })
}

const fn characters(name: &'static str, encode: fn(&str) -> String) -> Form {
    let shows = Shows::Characters;
    Form {
        name,
        encode,
        shows,
    }
}

const fn runs(name: &'static str, length: usize, encode: fn(&str) -> String) -> Form {
    let shows = Shows::Runs(length);
    Form {
        name,
        encode,
        shows,
    }
}

pub const FORMS: [Form; 64] = [
    characters("as it is", str::to_owned),
    characters("HTML, named", |s| {
        each(s, |c| named(c).map(|name| format!("&{name};")))
    }),
    characters("HTML, decimal", |s| {
        each(s, |c| special(c).then(|| format!("&#{};", u32::from(c))))
    }),
    characters("HTML, hexadecimal", |s| {
        each(s, |c| special(c).then(|| format!("&#x{:x};", u32::from(c))))
    }),
    characters("HTML, every character", |s| {
        each(s, |c| Some(format!("&#{:04};", u32::from(c))))
    }),
    characters("HTML of Python", |s| html(s, "&quot;", "&#x27;")),
    characters("HTML of Go", |s| html(s, "&#34;", "&#39;")),
    characters("HTML of PHP", |s| {
        html(s, "&quot;", "&#039;")
            .replace('ä', "&auml;")
            .replace('é', "&eacute;")
    }),
    characters("HTML of Handlebars", |s| {
        html(s, "&quot;", "&#x27;")
            .replace('/', "&#x2F;")
            .replace('=', "&#x3D;")
            .replace('`', "&#x60;")
    }),
    characters("HTML twice", |s| {
        html(&html(s, "&quot;", "&#39;"), "&quot;", "&#39;")
    }),
    characters("percent, all but letters", |s| percent(s, "", true)),
    characters("percent, small digits", |s| percent(s, "", false)),
    characters("percent of RFC 3986", |s| percent(s, "-._~", true)),
    characters("percent of JavaScript", |s| percent(s, "-_.!~*'()", true)),
    characters("percent of a path", |s| {
        percent(s, "-._~!$&'()*+,;=:@/", true)
    }),
    characters("percent of a query", |s| {
        percent(s, "-._~!$&'()*+,;=:@/?", false)
    }),
    characters("percent of a user name", |s| {
        percent(s, "-._~!$&'()*+,;=", true)
    }),
    characters("percent of a form", |s| {
        percent(s, "-._*", true).replace("%20", "+")
    }),
    characters("percent of every byte", |s| {
        s.bytes().map(|b| format!("%{b:02X}")).collect()
    }),
    characters("percent twice", |s| {
        percent(&percent(s, "-._~", true), "-._~", true)
    }),
    characters("percent in HTML", |s| {
        html(&percent(s, "-._~&", true), "&quot;", "&#39;")
    }),
    characters("JSON", |s| json(s, "", false)),
    characters("JSON of PHP", |s| json(s, "/", true)),
    characters("JSON of Go", |s| json(s, "&<>", false)),
    characters("JSON of Python", |s| json(s, "", true)),
    characters("JSON of Java", |s| json(s, "&<>'=/", true)),
    characters("JSON, every character", |s| {
        s.encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect()
    }),
    characters("JSON, large digits", |s| {
        s.encode_utf16()
            .map(|unit| format!("\\u{unit:04X}"))
            .collect()
    }),
    characters("JSON in JSON", |s| json(&json(s, "", true), "", true)),
    characters("JSON in JSON in JSON", |s| {
        json(&json(&json(s, "", false), "", false), "", false)
    }),
    characters("a literal of Rust", |s| {
        s.chars().map(|c| c.escape_debug().to_string()).collect()
    }),
    characters("a literal of Rust, ASCII", |s| {
        s.escape_default().to_string()
    }),
    characters("a literal of Python", |s| {
        s.bytes().map(|b| format!("\\x{b:02x}")).collect()
    }),
    characters("quoted-printable", quoted_printable),
    characters("quoted-printable, every byte", |s| {
        s.bytes().map(|b| format!("={b:02X}")).collect()
    }),
    characters("hexadecimal", |s| {
        s.bytes().map(|b| format!("{b:02x}")).collect()
    }),
    characters("hexadecimal, large digits", |s| {
        s.bytes().map(|b| format!("{b:02X}")).collect()
    }),
    characters("hexadecimal with blanks", |s| {
        s.bytes().map(|b| format!("{b:02x} ")).collect()
    }),
    characters("hexadecimal of OpenSSL", |s| {
        bytes(s, ":", |b| format!("{b:02x}"))
    }),
    characters("hexadecimal of .NET", |s| {
        bytes(s, "-", |b| format!("{b:02X}"))
    }),
    characters("bytes of C", |s| bytes(s, ",", |b| format!("0x{b:02x}"))),
    characters("bytes of Go", |s| bytes(s, " ", |b| b.to_string())),
    characters("bytes of Rust", |s| bytes(s, ", ", |b| b.to_string())),
    characters("bytes of Perl", |s| {
        each(s, |c| Some(format!("\\x{{{:x}}}", u32::from(c))))
    }),
    characters("octal of PHP", |s| bytes(s, "", |b| format!("\\{b:03o}"))),
    characters("spelled", |s| each(s, |c| Some(format!("{c}-")))),
    characters("hexadecimal in a list of JSON", |s| {
        bytes(s, ",", |b| format!("\"{b:02x}\""))
    }),
    characters("characters of Rust", |s| {
        each(s, |c| Some(format!("{c:?}, ")))
    }),
    characters("lines joined", |s| s.replace('\n', "")),
    characters("lines joined by blanks", |s| s.replace('\n', " ")),
    characters("lines indented", |s| s.replace('\n', "\r\n    ")),
    characters("lines quoted", |s| s.replace('\n', "\\n")),
    characters("with zero-width blanks", |s| {
        each(s, |c| Some(format!("{c}\u{200b}")))
    }),
    characters("spaced out", |s| each(s, |c| Some(format!("{c} ")))),
    runs("base64", 14, |s| STANDARD.encode(s)),
    runs("base64 after one byte", 14, |s| {
        core(&STANDARD_NO_PAD.encode(format!(":{s}")))
    }),
    runs("base64 after two bytes", 14, |s| {
        core(&URL_SAFE.encode(format!("u:{s}")))
    }),
    runs("base64 for addresses", 14, |s| URL_SAFE_NO_PAD.encode(s)),
    runs("base64 of PHP in JSON", 15, |s| {
        STANDARD.encode(s).replace('/', "\\/")
    }),
    runs("base64 in a form", 18, |s| {
        percent(&STANDARD.encode(s), "", true)
    }),
    runs("base64 in lines", 16, |s| {
        lines(&STANDARD.encode(format!("{:60}{s}", "{\"auth\":")), "\n")[80..].to_owned()
    }),
    runs("base64 in quoted lines", 18, |s| {
        lines(&STANDARD.encode(format!("{:60}{s}", "{\"auth\":")), "\\n")[80..].to_owned()
    }),
    runs("base64 of a Docker configuration", 22, |s| {
        docker(s)[60..].to_owned()
    }),
    runs("base64 of UTF-16", 26, |s| {
        STANDARD.encode(
            s.encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>(),
        )
    }),
];

/// All forms of a value that hold it in full: those of the list, further ones of whoever writes logs and states, and
/// base64 wherever it begins.
pub fn whole(value: &str) -> BTreeSet<Vec<u8>> {
    let by_characters = |form: &&Form| matches!(form.shows, Shows::Characters);
    let mut texts: BTreeSet<String> = FORMS
        .iter()
        .filter(by_characters)
        .map(|form| (form.encode)(value))
        .collect();
    for (escaped, ascii) in [("", false), ("", true), ("&<>", false), ("&<>", true)] {
        let text = json(value, escaped, ascii);
        texts.insert(text.replace('/', "\\/"));
        texts.insert(json(&text, "", false));
        texts.insert(text);
    }
    for kept in ["-._~", "-._~!*'()", "-._~/", "-._~=+", "-_.*", ""] {
        let text = percent(value, kept, true);
        texts.insert(text.replace("%20", "+"));
        texts.insert(percent(&text, kept, true));
        texts.insert(text.to_lowercase());
    }
    texts.insert(html(value, "&quot;", "&#39;"));
    texts.insert(format!("{value:?}").trim_matches('"').to_owned());
    texts.insert(value.replace('%', "%%").replace('"', "\\\""));
    let mut forms: BTreeSet<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    for (before, skip) in [(0, 0), (1, 2), (2, 3)] {
        let mut bytes = vec![0; before];
        bytes.extend(value.as_bytes());
        // Characters that also carry bits of a neighbour are left out on both sides.
        let whole = bytes.len() / 3 * 4;
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            forms.insert(engine.encode(&bytes).as_bytes()[skip..whole].to_vec());
        }
    }
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        forms.insert(value.encode_utf16().flat_map(order).collect());
    }
    forms
}

fn bytes(s: &str, separator: &str, form: impl Fn(u8) -> String) -> String {
    s.bytes().map(form).collect::<Vec<_>>().join(separator)
}

fn each(s: &str, form: impl Fn(char) -> Option<String>) -> String {
    s.chars()
        .map(|c| form(c).unwrap_or_else(|| c.to_string()))
        .collect()
}

fn special(c: char) -> bool {
    !c.is_ascii_alphanumeric()
}

fn named(c: char) -> Option<&'static str> {
    let names = [
        ('"', "quot"),
        ('&', "amp"),
        ('<', "lt"),
        ('>', "gt"),
        ('/', "sol"),
        ('=', "equals"),
        ('+', "plus"),
        ('%', "percnt"),
        ('\\', "bsol"),
        ('_', "lowbar"),
        ('\n', "NewLine"),
        ('ä', "auml"),
        ('é', "eacute"),
        ('~', "#126"),
        ('-', "hyphen"),
        ('.', "period"),
    ];
    names
        .iter()
        .find(|(one, _)| *one == c)
        .map(|(_, name)| *name)
}

fn html(s: &str, quote: &str, apostrophe: &str) -> String {
    let s = s
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    s.replace('"', quote).replace('\'', apostrophe)
}

fn percent(s: &str, kept: &str, large: bool) -> String {
    let digits = |byte: u8| {
        if large {
            format!("%{byte:02X}")
        } else {
            format!("%{byte:02x}")
        }
    };
    let form = |byte: u8| match char::from(byte) {
        c if c.is_ascii_alphanumeric() || kept.contains(c) => c.to_string(),
        _ => digits(byte),
    };
    s.bytes().map(form).collect()
}

/// With `escaped` as `\u`, or what else is not ASCII, too.
fn json(s: &str, escaped: &str, ascii: bool) -> String {
    let form = |c: char| match c {
        '/' if escaped == "/" => "\\/".to_owned(),
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        c if escaped.contains(c) || (ascii && !c.is_ascii()) => {
            let units = c.encode_utf16(&mut [0; 2]).to_vec();
            units.iter().map(|unit| format!("\\u{unit:04x}")).collect()
        }
        c => c.to_string(),
    };
    s.chars().map(form).collect()
}

fn quoted_printable(s: &str) -> String {
    let plain = |byte: u8| (b'!'..=b'~').contains(&byte) && byte != b'=' || byte == b' ';
    let form = |byte: u8| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("={byte:02X}")
        }
    };
    s.bytes().map(form).collect()
}

/// Without the characters that also hold bits of what stands before and after.
fn core(base64: &str) -> String {
    base64[4..base64.len() - 4].to_owned()
}

fn lines(text: &str, end: &str) -> String {
    let lines = text
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned());
    lines.collect::<Vec<_>>().join(end)
}

fn docker(password: &str) -> String {
    let auth = STANDARD.encode(format!("bot:{password}"));
    STANDARD.encode(format!(
        r#"{{"auths":{{"https://registry.example.com":{{"auth":"{auth}"}}}}}}"#
    ))
}
