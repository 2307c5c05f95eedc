//! The forms in which a text can hold a value: what it reads as when an encoding is undone, step by step, with
//! the place in the text that each byte comes from.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

use zeroize::Zeroizing;

/// How many encodings may lie one in another: base64 in wrapped base64 in JSON has four.
const DEPTH: usize = 4;

/// How many bytes are read of one text in all its forms together. Only a text that is made for it has more.
const MOST: usize = 4 << 20;

/// A text, or what it reads as when something is undone.
pub(super) struct Form {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// Where in the text each byte comes from: the first, and the one after the last.
    places: Vec<(u32, u32)>,
    /// It was in base64 or hexadecimal, where characters beside those found hold bits of the value, too.
    pub(super) packed: bool,
}

/// An encoding: what the beginning of some bytes stands for, and how many of them do. `None` where they stand for
/// themselves.
type Undo = fn(&[u8]) -> Option<(Decoded, usize)>;

/// Up to four bytes, and how many.
type Decoded = ([u8; 4], usize);

const ESCAPES: [Undo; 5] = [percent, entity, backslash, quoted_printable, blank];

impl Form {
    pub(super) fn of(text: &[u8]) -> Self {
        Self {
            bytes: Zeroizing::new(text.to_vec()),
            // Texts are bounded before they get here.
            places: (0..text.len() as u32).map(|at| (at, at + 1)).collect(),
            packed: false,
        }
    }

    /// The place in the text of some bytes of this form.
    pub(super) fn place(&self, bytes: Range<usize>) -> Range<usize> {
        self.places[bytes.start].0 as usize..self.places[bytes.end - 1].1 as usize
    }

    fn empty(&self) -> Self {
        let bytes = Zeroizing::new(Vec::with_capacity(self.bytes.len()));
        let places = Vec::with_capacity(self.bytes.len());
        Self {
            bytes,
            places,
            packed: self.packed,
        }
    }

    fn push(&mut self, bytes: &[u8], place: Range<usize>) {
        self.bytes.extend_from_slice(bytes);
        let place = (place.start as u32, place.end as u32);
        self.places.resize(self.bytes.len(), place);
    }

    /// `None` where there is nothing to undo.
    fn undone(&self, undo: Undo) -> Option<Self> {
        let mut form = self.empty();
        let (mut at, mut changed) = (0, false);
        while at < self.bytes.len() {
            let found = undo(&self.bytes[at..]);
            changed |= found.is_some();
            let ((bytes, count), length) = found.unwrap_or((([self.bytes[at], 0, 0, 0], 1), 1));
            form.push(&bytes[..count], self.place(at..at + length));
            at += length;
        }
        changed.then_some(form)
    }

    /// What stands in characters of `bits` bits each, if groups are counted from `offset` on. A break in the
    /// characters is a zero byte.
    fn unpacked(&self, bits: usize, offset: usize, digit: fn(u8) -> Option<u32>) -> Self {
        let mut form = self.empty();
        form.packed = true;
        let group = if bits == 6 { 4 } else { 2 };
        for (number, characters) in self
            .bytes
            .get(offset..)
            .unwrap_or_default()
            .chunks(group)
            .enumerate()
        {
            let start = offset + number * group;
            let (mut value, mut count) = (0_u32, 0);
            for digit in characters.iter().map_while(|byte| digit(*byte)) {
                value = value << bits | digit;
                count += 1;
            }
            let whole = count * bits / 8;
            let value = value
                .checked_shl(32 - (count * bits) as u32)
                .unwrap_or(0)
                .to_be_bytes();
            for (number, byte) in value[..whole].iter().enumerate() {
                let first = start + number * 8 / bits;
                let last = start + (number * 8 + 7) / bits;
                form.push(&[*byte], self.place(first..last + 1));
            }
            if count < group {
                form.push(&[0], self.place(start..start + 1));
            }
        }
        form
    }

    /// What each encoding makes of it, one at a time: a text can have many forms.
    fn inner(&self) -> impl Iterator<Item = Self> {
        let escaped = ESCAPES.iter().filter_map(|undo| self.undone(*undo));
        let base64 = if self.has_run(6, base64_digit) {
            0..4
        } else {
            0..0
        };
        let hex = if self.has_run(8, hex_digit) {
            0..2
        } else {
            0..0
        };
        escaped
            .chain(base64.map(|offset| self.unpacked(6, offset, base64_digit)))
            .chain(hex.map(|offset| self.unpacked(4, offset, hex_digit)))
    }

    fn has_run(&self, length: usize, digit: fn(u8) -> Option<u32>) -> bool {
        let is_digit = |byte: &u8| digit(*byte).is_some();
        self.bytes
            .split(|byte| !is_digit(byte))
            .any(|run| run.len() >= length)
    }
}

/// A value without blanks: what is left of it where lines are broken anew.
pub(super) fn without_blanks(value: &str) -> Zeroizing<Vec<u8>> {
    let form = Form::of(value.as_bytes());
    form.undone(blank).unwrap_or(form).bytes
}

/// Hands over a text in every form that it has. Breaks off with `false` when there are too many to look at.
pub(super) fn every(text: &str, look: impl FnMut(&Form)) -> bool {
    let mut reader = Reader {
        look,
        names: RandomState::new(),
        seen: HashMap::new(),
        read: 0,
    };
    reader.dive(&Form::of(text.as_bytes()), 0)
}

struct Reader<L> {
    look: L,
    names: RandomState,
    /// How deep each form was found.
    seen: HashMap<u64, usize>,
    read: usize,
}

impl<L: FnMut(&Form)> Reader<L> {
    fn dive(&mut self, form: &Form, depth: usize) -> bool {
        let name = self.names.hash_one(&*form.bytes);
        match self.seen.insert(name, depth) {
            Some(before) if before <= depth => {
                self.seen.insert(name, before);
                return true;
            }
            _ => {}
        }
        self.read += form.bytes.len();
        if self.read > MOST {
            return false;
        }
        (self.look)(form);
        depth == DEPTH || form.inner().all(|inner| self.dive(&inner, depth + 1))
    }
}

/// Whether a character shows nothing, or changes how others are shown: controls, and what joins, separates or
/// turns text.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn blank(bytes: &[u8]) -> Option<(Decoded, usize)> {
    let c = match bytes[0] {
        byte @ ..0x80 => char::from(byte),
        _ => bytes[..bytes.len().min(4)]
            .utf8_chunks()
            .next()?
            .valid()
            .chars()
            .next()?,
    };
    (c.is_whitespace() || is_invisible(c)).then(|| (([0; 4], 0), c.len_utf8()))
}

/// `%2F`.
fn percent(bytes: &[u8]) -> Option<(Decoded, usize)> {
    match bytes {
        [b'%', rest @ ..] => Some((byte(hex_byte(rest)?), 3)),
        _ => None,
    }
}

/// `=2F`, and the end of a line that goes on.
fn quoted_printable(bytes: &[u8]) -> Option<(Decoded, usize)> {
    match bytes {
        [b'=', b'\r', b'\n', ..] => Some((([0; 4], 0), 3)),
        [b'=', b'\n' | b' ', ..] => Some((([0; 4], 0), 2)),
        [b'=', rest @ ..] => Some((byte(hex_byte(rest)?), 3)),
        _ => None,
    }
}

/// The escapes of JSON, and of the literals of programming languages.
fn backslash(bytes: &[u8]) -> Option<(Decoded, usize)> {
    let [b'\\', kind, rest @ ..] = bytes else {
        return None;
    };
    let plain = match kind {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        b'0' => 0,
        b'"' | b'\'' | b'\\' | b'/' => *kind,
        b'x' => return Some((byte(hex_byte(rest)?), 4)),
        b'u' if rest.first() == Some(&b'{') => {
            let end = rest.iter().take(9).position(|byte| *byte == b'}')?;
            return Some((character(number(&rest[1..end], 16)?)?, end + 3));
        }
        b'u' => {
            let unit = |from: usize| number(rest.get(from..from + 4)?, 16);
            let high = unit(0)?;
            if !(0xd800..0xdc00).contains(&high) {
                return Some((character(high)?, 6));
            }
            let low = unit(6).filter(|low| (0xdc00..0xe000).contains(low))?;
            let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            return Some((character(code)?, 12));
        }
        _ => return None,
    };
    Some((byte(plain), 2))
}

/// `&amp;`, `&#38;` and `&#x26;`.
fn entity(bytes: &[u8]) -> Option<(Decoded, usize)> {
    let [b'&', rest @ ..] = bytes else {
        return None;
    };
    let end = rest.iter().take(12).position(|byte| *byte == b';')?;
    let code = match &rest[..end] {
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        name => {
            let name = std::str::from_utf8(name).ok()?;
            let known = |names: &str| names.split_ascii_whitespace().position(|one| one == name);
            if let Some(at) = known(LATIN_1_ENTITIES) {
                0xa0 + at as u32
            } else {
                let names = ASCII_ENTITIES
                    .iter()
                    .find(|(_, names)| known(names).is_some())?;
                u32::from(names.0)
            }
        }
    };
    Some((character(code)?, end + 2))
}

const ASCII_ENTITIES: [(char, &str); 33] = [
    ('\t', "Tab"),
    ('\n', "NewLine"),
    ('!', "excl"),
    ('"', "quot QUOT"),
    ('#', "num"),
    ('$', "dollar"),
    ('%', "percnt"),
    ('&', "amp AMP"),
    ('\'', "apos"),
    ('(', "lpar"),
    (')', "rpar"),
    ('*', "ast midast"),
    ('+', "plus"),
    (',', "comma"),
    ('-', "hyphen dash"),
    ('.', "period"),
    ('/', "sol"),
    (':', "colon"),
    (';', "semi"),
    ('<', "lt LT"),
    ('=', "equals"),
    ('>', "gt GT"),
    ('?', "quest"),
    ('@', "commat"),
    ('[', "lsqb lbrack"),
    ('\\', "bsol"),
    (']', "rsqb rbrack"),
    ('^', "Hat"),
    ('_', "lowbar UnderBar"),
    ('`', "grave DiacriticalGrave"),
    ('{', "lcub lbrace"),
    ('|', "verbar vert VerticalLine"),
    ('}', "rcub rbrace"),
];

/// From U+00A0 on.
const LATIN_1_ENTITIES: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg \
    plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc \
    Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc \
    Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig \
    ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash \
    ugrave uacute ucirc uuml yacute thorn yuml";

fn byte(byte: u8) -> Decoded {
    ([byte, 0, 0, 0], 1)
}

fn character(code: u32) -> Option<Decoded> {
    let mut bytes = [0; 4];
    let count = char::from_u32(code)?.encode_utf8(&mut bytes).len();
    Some((bytes, count))
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

fn hex_byte(bytes: &[u8]) -> Option<u8> {
    let digits = (hex_digit(*bytes.first()?)?, hex_digit(*bytes.get(1)?)?);
    u8::try_from(digits.0 << 4 | digits.1).ok()
}

fn hex_digit(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}

/// Of both alphabets.
fn base64_digit(byte: u8) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}
