//! Masking by value: every credential that this process has met, found in whatever form a text holds it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::sync::{LazyLock, PoisonError, RwLock};

use super::Secret;
use super::forms::{self, Form};

/// As many bytes of a secret in a row are masked.
const WINDOW: usize = 8;

/// Shorter values are left out: replacing three characters wherever they occur destroys every text, and
/// would tell the value by what is missing.
const SHORTEST: usize = 4;

/// How many windows are kept, in 64 MiB or so. Rather than forget one, texts are withheld from then on.
const MOST_WINDOWS: usize = 4 << 20;

/// What stands in many a key and tells nothing about any.
pub(super) const PUBLIC: &str = "-----BEGIN PRIVATE KEY----- -----END PRIVATE KEY----- -----BEGIN RSA PRIVATE KEY----- \
    -----END RSA PRIVATE KEY----- -----BEGIN EC PRIVATE KEY----- -----END EC PRIVATE KEY----- \
    -----BEGIN OPENSSH PRIVATE KEY----- -----END OPENSSH PRIVATE KEY----- -----BEGIN CERTIFICATE----- \
    -----END CERTIFICATE----- \"type\": \"service_account\", \"project_id\": \"private_key_id\": \"private_key\": \
    \"client_email\": \"client_id\": \"auth_uri\": \"token_uri\": \"auth_provider_x509_cert_url\": \
    \"client_x509_cert_url\": \"universe_domain\": \"googleapis.com\" https://accounts.google.com/o/oauth2/auth \
    https://oauth2.googleapis.com/token .iam.gserviceaccount.com https://www.googleapis.com/oauth2/v1/certs \
    https://www.googleapis.com/robot/v1/metadata/x509/";

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(|| {
    let mut known = Known::default();
    known.add_plain(PUBLIC);
    RwLock::new(known)
});

/// Makes the value known from now on, for the life of the process.
pub fn register(secret: &Secret) {
    let value = secret.expose();
    if !read(|known| known.values.contains(&known.name(value.as_bytes()))) {
        write(|known| known.add(value));
    }
}

/// Makes a text known that is shown anyway, such as a user name: what a secret has in common with it is not masked.
pub fn plain(text: &str) {
    if !read(|known| known.plain.contains(text)) {
        write(|known| known.add_plain(text));
    }
}

/// Whether a text holds a whole secret, in any form, that is not a part of something plain.
pub fn holds_secret(text: &str) -> bool {
    read(|known| known.holds(text))
}

pub(super) fn read<T>(look: impl FnOnce(&Known) -> T) -> T {
    look(&KNOWN.read().unwrap_or_else(PoisonError::into_inner))
}

fn write(change: impl FnOnce(&mut Known)) {
    change(&mut KNOWN.write().unwrap_or_else(PoisonError::into_inner));
}

/// Secrets are kept as hashes only, under a key of this process.
#[derive(Default)]
pub(super) struct Known {
    names: RandomState,
    /// Whole values, as they came.
    values: HashSet<u64>,
    /// Every [`WINDOW`] bytes in a row of a value; a shorter value as a whole.
    windows: HashSet<u64>,
    /// By the first window of a value: the lengths and the names of the values.
    beginnings: HashMap<u64, HashSet<(usize, u64)>>,
    /// How many bytes the windows have: [`WINDOW`], and the lengths of the shorter values.
    lengths: BTreeSet<usize>,
    /// The length of the shortest value of all. No form of a value has fewer bytes than the value.
    shortest: Option<usize>,
    plain: HashSet<Box<str>>,
}

impl Known {
    fn name(&self, bytes: &[u8]) -> u64 {
        self.names.hash_one(bytes)
    }

    pub(super) fn add(&mut self, value: &str) {
        self.values.insert(self.name(value.as_bytes()));
        let value = value.trim();
        self.add_form(value.as_bytes());
        // As forms in web pages write a blank.
        self.add_form(value.replace(' ', "+").as_bytes());
        self.add_form(&forms::without_blanks(value));
    }

    fn add_form(&mut self, value: &[u8]) {
        if value.len() < SHORTEST || self.windows.len() > MOST_WINDOWS {
            return;
        }
        self.shortest = self.shortest.into_iter().chain([value.len()]).min();
        let length = value.len().min(WINDOW);
        self.lengths.insert(length);
        let windows = value.windows(length);
        let names: Vec<u64> = windows.map(|window| self.name(window)).collect();
        let whole = (value.len(), self.name(value));
        self.beginnings.entry(names[0]).or_default().insert(whole);
        self.windows.extend(names);
    }

    pub(super) fn add_plain(&mut self, text: &str) {
        // `user:password` is no plain text, wherever it stands.
        if text.len() >= SHORTEST && !(text.contains([':', '@']) && self.holds(text)) {
            self.plain.insert(text.into());
            let dense = forms::without_blanks(text);
            self.plain
                .extend(std::str::from_utf8(&dense).map(Into::into));
        }
    }

    /// Whether bytes are a part of something that is shown anyway.
    pub(super) fn is_plain(&self, bytes: &[u8]) -> bool {
        self.plain.iter().any(|text| {
            let mut parts = text.as_bytes().windows(bytes.len());
            parts.any(|part| part == bytes)
        })
    }

    /// Where a text holds parts of secrets. `None` if it has more forms than can be looked at, or there are more
    /// secrets than can be looked for.
    pub(super) fn places(&self, text: &str) -> Option<Vec<Range<usize>>> {
        let mut places = Vec::new();
        if self.windows.is_empty() {
            return Some(places);
        }
        if self.windows.len() > MOST_WINDOWS {
            return None;
        }
        let whole = forms::every(text, |form| {
            self.each_window(form, |window, _| {
                if self.is_plain(&form.bytes[window.clone()]) {
                    return;
                }
                let mut place = form.place(window);
                if form.packed {
                    place = run_around(text.as_bytes(), place);
                }
                places.push(place);
            });
        });
        whole.then_some(places)
    }

    pub(super) fn holds(&self, text: &str) -> bool {
        let mut found = false;
        let mut look = |form: &Form| {
            self.each_window(form, |window, name| {
                let rest = &form.bytes[window.start..];
                let beginnings = self.beginnings.get(&name).into_iter().flatten();
                found |= beginnings
                    .filter_map(|(length, name)| Some((rest.get(..*length)?, name)))
                    .any(|(part, name)| {
                        // Short values stand in many a word.
                        (part.len() >= WINDOW || part.len() == form.bytes.len())
                            && self.name(part) == *name
                            && !self.is_plain(part)
                    });
            });
        };
        // Lists hold thousands of short texts and identifiers, in which nothing is encoded.
        if self.shortest.is_none_or(|shortest| text.len() < shortest) {
            return false;
        }
        if uuid::Uuid::try_parse(text).is_ok() {
            look(&Form::of(text.as_bytes()));
        } else {
            forms::every(text, look);
        }
        found
    }

    fn each_window(&self, form: &Form, mut found: impl FnMut(Range<usize>, u64)) {
        for &length in &self.lengths {
            for (at, window) in form.bytes.windows(length).enumerate() {
                let name = self.name(window);
                if self.windows.contains(&name) {
                    found(at..at + length, name);
                }
            }
        }
    }
}

/// Widens a place to the run of base64 characters around it.
fn run_around(text: &[u8], place: Range<usize>) -> Range<usize> {
    let in_run = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte);
    let before = text[..place.start].iter().rev().take_while(in_run).count();
    let after = text[place.end..].iter().take_while(in_run).count();
    place.start - before..place.end + after
}
