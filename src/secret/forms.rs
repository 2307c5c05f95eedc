//! The forms in which a text can hold a value: what it reads as when an encoding is undone, step by step, with
//! the place in the text that each byte comes from.

use std::collections::HashSet;
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

/// Lists of bytes or characters. Much else looks like one, so they are undone only in a text that [may be one](may_list), and
/// what they hold is unpacked but has no further forms.
const LISTS: [Undo; 3] = [spelled, quoted, numbered];

/// How many encodings a list may lie in.
const LISTS_WITHIN: usize = 1;

/// What stands between the elements of a list.
const SEPARATORS: &[u8] = b" ,;:.-|";

/// The longest element of a list: `0x5a`, or a character of UTF-8.
const LISTED: usize = 4;

/// The value of a character, if it is one of those that an encoding has.
type Digit = fn(u8) -> Option<u32>;

/// Base64 and hexadecimal: the bits of a character, how many make whole bytes, and the shortest run to look at.
const PACKED: [(usize, usize, usize, Digit); 2] = [(6, 4, 6, base64_digit), (4, 2, 8, hex_digit)];

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
        let mut at = (0..self.bytes.len()).find(|at| undo(&self.bytes[*at..]).is_some())?;
        let mut form = self.empty();
        form.bytes.extend_from_slice(&self.bytes[..at]);
        form.places.extend_from_slice(&self.places[..at]);
        while at < self.bytes.len() {
            let itself = (([self.bytes[at], 0, 0, 0], 1), 1);
            let ((bytes, count), length) = undo(&self.bytes[at..]).unwrap_or(itself);
            form.push(&bytes[..count], self.place(at..at + length));
            at += length;
        }
        Some(form)
    }

    /// What stands in characters of `bits` bits each, if groups are counted from `offset` on. A break in the
    /// characters is a zero byte.
    fn unpacked(&self, bits: usize, group: usize, offset: usize, digit: Digit) -> Self {
        let mut form = self.empty();
        form.packed = true;
        let groups = self.bytes.get(offset..).unwrap_or_default().chunks(group);
        for (number, characters) in groups.enumerate() {
            let start = offset + number * group;
            let digits = characters.iter().map_while(|byte| digit(*byte));
            let (value, found) = digits.fold((0, 0), |(value, found), digit| {
                (value << bits | digit, found + bits)
            });
            for end in (8..=found).step_by(8) {
                let [.., byte] = (value >> (found - end)).to_be_bytes();
                form.push(
                    &[byte],
                    self.place(start + (end - 8) / bits..start + (end - 1) / bits + 1),
                );
            }
            if found < group * bits {
                form.push(&[0], self.place(start..start + 1));
            }
        }
        form
    }

    /// What each encoding makes of it, one at a time: a text can have many forms.
    fn inner(&self) -> impl Iterator<Item = Self> {
        let escaped = ESCAPES.iter().filter_map(|undo| self.undone(*undo));
        escaped.chain(self.unpacked_inside())
    }

    fn unpacked_inside(&self) -> impl Iterator<Item = Self> {
        PACKED.iter().flat_map(|(bits, group, shortest, digit)| {
            let mut runs = self.bytes.split(|byte| digit(*byte).is_none());
            let offsets = match runs.any(|run| run.len() >= *shortest) {
                true => *group,
                false => 0,
            };
            (0..offsets).map(|offset| self.unpacked(*bits, *group, offset, *digit))
        })
    }

    /// What it lists, as it stands and unpacked.
    fn listed(&self) -> impl Iterator<Item = Self> {
        let lists = LISTS.iter().filter_map(|undo| self.undone(*undo));
        lists.flat_map(|list| {
            let mut forms: Vec<_> = list.unpacked_inside().collect();
            forms.push(list);
            forms
        })
    }
}

/// A value without blanks: what is left of it where lines are broken elsewhere.
pub(super) fn without_blanks(value: &str) -> Zeroizing<Vec<u8>> {
    let form = Form::of(value.as_bytes());
    form.undone(blank).unwrap_or(form).bytes
}

/// Whether a text may list bytes or characters one by one: eight short words in a row, some of them empty.
fn may_list(text: &[u8]) -> bool {
    let mut row = 0;
    let mut words = text.split(|byte| byte.is_ascii_punctuation() || byte.is_ascii_whitespace());
    words.any(|word| {
        row = if word.len() <= LISTED { row + 1 } else { 0 };
        row == 8
    })
}

/// Hands over a text in every form that it has. Breaks off with `false` when there are too many to look at.
pub(super) fn every(text: &str, mut look: impl FnMut(&Form)) -> bool {
    let (names, mut seen, mut read) = (RandomState::new(), HashSet::new(), text.len());
    let lists = may_list(text.as_bytes());
    let text = Form::of(text.as_bytes());
    look(&text);
    let mut forms = vec![text];
    for depth in 0..DEPTH {
        let mut found = Vec::new();
        let listing = forms.iter().filter(|_| lists && depth <= LISTS_WITHIN);
        let listed = listing.flat_map(Form::listed).map(|form| (form, true));
        let inner = forms.iter().flat_map(Form::inner).map(|form| (form, false));
        for (form, is_last) in inner.chain(listed) {
            if seen.insert(names.hash_one(&*form.bytes)) {
                read += form.bytes.len();
                if read > MOST {
                    return false;
                }
                look(&form);
                if !is_last {
                    found.push(form);
                }
            }
        }
        forms = found;
    }
    true
}

/// Whether a character shows nothing, or changes how others are shown: controls, and what joins, separates or
/// turns text.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The character at the beginning of some bytes.
fn first(bytes: &[u8]) -> Option<char> {
    let mut chunks = bytes[..bytes.len().min(4)].utf8_chunks();
    chunks.next()?.valid().chars().next()
}

fn blank(bytes: &[u8]) -> Option<(Decoded, usize)> {
    let c = first(bytes)?;
    (c.is_whitespace() || is_invisible(c)).then(|| (([0; 4], 0), c.len_utf8()))
}

/// The character before a separator, as in `Z-q-7` and `5a:71`.
fn spelled(bytes: &[u8]) -> Option<(Decoded, usize)> {
    let first = first(bytes)?;
    let length = first.len_utf8();
    match bytes.get(length)?.is_ascii_punctuation() {
        true => Some((character(first.into())?, length + 1)),
        false => None,
    }
}

/// What stands in quotes, as in `['Z', 'q']` and `["5a", "71"]`.
fn quoted(bytes: &[u8]) -> Option<(Decoded, usize)> {
    let [quote @ (b'\'' | b'"'), rest @ ..] = bytes else {
        return None;
    };
    let closing = rest
        .iter()
        .take(LISTED + 1)
        .skip(1)
        .position(|byte| byte == quote)?;
    let mut element = [0; LISTED];
    element[..=closing].copy_from_slice(&rest[..=closing]);
    let after = leading(&rest[closing + 2..], |byte| SEPARATORS.contains(&byte));
    Some(((element, closing + 1), closing + 3 + after))
}

/// A byte as a number, as in `[90, 113]` and `0x5a 0x71`, with what separates it from the next.
fn numbered(bytes: &[u8]) -> Option<(Decoded, usize)> {
    let length = leading(bytes, |byte| byte.is_ascii_alphanumeric());
    let value = match &bytes[..length] {
        [b'0', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        digits => number(digits, 10)?,
    };
    let after = leading(&bytes[length..], |byte| SEPARATORS.contains(&byte));
    Some((byte(u8::try_from(value).ok()?), length + after))
}

/// How many bytes of this kind come first.
fn leading(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is(**byte)).count()
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

/// What follows a backslash, and what it stands for.
const PLAIN_ESCAPES: &[u8] = b"n\nr\rt\tb\x08f\x0c0\0\"\"''\\\\//";

/// The escapes of JSON, and of the literals of programming languages.
fn backslash(bytes: &[u8]) -> Option<(Decoded, usize)> {
    let [b'\\', kind, rest @ ..] = bytes else {
        return None;
    };
    if let Some(code) = bytes.get(1..4).and_then(|digits| number(digits, 8)) {
        return Some((byte(u8::try_from(code).ok()?), 4));
    }
    if let Some(pair) = PLAIN_ESCAPES.chunks(2).find(|pair| pair[0] == *kind) {
        return Some((byte(pair[1]), 2));
    }
    match kind {
        b'x' if rest.first() != Some(&b'{') => Some((byte(hex_byte(rest)?), 4)),
        b'u' | b'x' if rest.first() == Some(&b'{') => {
            let end = rest.iter().take(9).position(|byte| *byte == b'}')?;
            Some((character(number(&rest[1..end], 16)?)?, end + 3))
        }
        b'u' => {
            let unit = |from: usize| number(rest.get(from..from + 4)?, 16);
            let high = unit(0)?;
            if !(0xd800..0xdc00).contains(&high) {
                return Some((character(high)?, 6));
            }
            let low = unit(6).filter(|low| (0xdc00..0xe000).contains(low))?;
            let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            Some((character(code)?, 12))
        }
        _ => None,
    }
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
        name => named(std::str::from_utf8(name).ok()?)?,
    };
    Some((character(code)?, end + 2))
}

fn named(name: &str) -> Option<u32> {
    let meaning = |word: &str| match word.strip_prefix(name)?.as_bytes() {
        [byte] => Some(u32::from(*byte)),
        _ => None,
    };
    let latin = |at: usize| 0xa0 + at as u32;
    match name {
        "Tab" => Some(9),
        "NewLine" => Some(10),
        _ => ASCII_ENTITIES.split(' ').find_map(meaning).or_else(|| {
            let mut names = LATIN_1_ENTITIES.split_ascii_whitespace();
            names.position(|one| one == name).map(latin)
        }),
    }
}

/// Each with what it stands for.
const ASCII_ENTITIES: &str = "excl! quot\" QUOT\" num# dollar$ percnt% amp& AMP& apos' lpar( rpar) ast* midast* plus+ \
    comma, hyphen- dash- period. sol/ colon: semi; lt< LT< equals= gt> GT> quest? commat@ lsqb[ lbrack[ bsol\\ rsqb] \
    rbrack] Hat^ lowbar_ UnderBar_ grave` DiacriticalGrave` lcub{ lbrace{ verbar| vert| VerticalLine| rcub} rbrace}";

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
