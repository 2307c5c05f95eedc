//! The search for secrets: every value in every encoding, in the bytes themselves and in whatever is packed in them.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use support::encodings;

/// How deep packed data is unpacked.
const DEPTH: usize = 4;
/// Shorter runs of base64 or hexadecimal characters cannot hold a secret.
const SHORTEST_RUN: usize = 16;

/// The values to look for: a list of forms for any first two bytes, so that one pass over the data finds all.
pub struct Needles(Vec<Vec<Form>>);

struct Form {
    name: String,
    bytes: Vec<u8>,
}

/// A value that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    pub name: String,
    /// Through what it was found, such as `base64 > gzip`.
    pub through: String,
}

impl Needles {
    /// Names and values.
    pub fn new<'a>(values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut needles: Vec<Vec<Form>> = Vec::new();
        needles.resize_with(1 << 16, Vec::new);
        for (name, value) in values {
            for bytes in encodings::whole(value) {
                let name = name.to_owned();
                needles[start_of(&bytes)].push(Form { name, bytes });
            }
        }
        Self(needles)
    }

    /// Every value that is in the data, or in what is packed in it.
    pub fn search(&self, data: &[u8]) -> BTreeSet<Found> {
        let mut found = BTreeSet::new();
        self.look(data, "", DEPTH, &mut found);
        found
    }

    fn look(&self, data: &[u8], through: &str, depth: usize, found: &mut BTreeSet<Found>) {
        for (at, start) in data.windows(2).enumerate() {
            for form in &self.0[start_of(start)] {
                if !data[at..].starts_with(&form.bytes) {
                    continue;
                }
                found.insert(Found {
                    name: form.name.clone(),
                    through: through.to_owned(),
                });
            }
        }
        if depth == 0 {
            return;
        }
        let is_file = through.is_empty();
        for (kind, packed) in unpack(data, is_file) {
            let through = if is_file {
                kind.to_owned()
            } else {
                format!("{through} > {kind}")
            };
            self.look(&packed, &through, depth - 1, found);
        }
    }
}

/// The first two bytes as a number.
fn start_of(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// What is packed in the data: archives, compressed data, and long runs of base64 or hexadecimal.
fn unpack(data: &[u8], is_file: bool) -> Vec<(&'static str, Vec<u8>)> {
    let mut packed = Vec::new();
    let mut archive = |kind, program, args: &[&str]| {
        let (unpacked, complete) = filter(program, args, data);
        // A file that cannot be unpacked is not skipped in silence. Decoded text is often a hash, and one
        // in 65,536 of those begins like gzip by chance.
        assert!(complete || !is_file, "{program} cannot unpack the data");
        packed.push((kind, unpacked));
    };
    if data.starts_with(b"PK\x03\x04") {
        archive("zip", "python3", &["-c", UNZIP]);
    }
    if data.starts_with(&[0x1f, 0x8b]) {
        archive("gzip", "gzip", &["-dc"]);
    }
    for run in runs(data, |byte| {
        byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte)
    }) {
        let standard: Vec<u8> = run
            .iter()
            .filter(|byte| **byte != b'=')
            .map(|byte| match byte {
                b'-' => b'+',
                b'_' => b'/',
                byte => *byte,
            })
            .collect();
        let lenient = GeneralPurpose::new(
            &base64::alphabet::STANDARD,
            GeneralPurposeConfig::new()
                .with_decode_padding_mode(DecodePaddingMode::RequireNone)
                .with_decode_allow_trailing_bits(true),
        );
        let whole = if standard.len() % 4 == 1 {
            standard.len() - 1
        } else {
            standard.len()
        };
        if let Ok(decoded) = lenient.decode(&standard[..whole]) {
            packed.push(("base64", decoded));
        }
    }
    for run in runs(data, |byte| byte.is_ascii_hexdigit()) {
        let decoded: Option<Vec<u8>> = run
            .chunks_exact(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        packed.extend(decoded.map(|decoded| ("hexadecimal", decoded)));
    }
    packed
}

/// Prints every file of the archive on standard input.
const UNZIP: &str = "import io,sys,zipfile\n\
    z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))\n\
    [sys.stdout.buffer.write(z.read(n)+b'\\n') for n in z.namelist()]";

fn runs(data: &[u8], belongs: fn(u8) -> bool) -> impl Iterator<Item = &[u8]> {
    data.split(move |byte| !belongs(*byte))
        .filter(|run| run.len() >= SHORTEST_RUN)
}

/// What a program of the system makes of the data, and whether it came to the end of it.
fn filter(program: &str, args: &[&str], data: &[u8]) -> (Vec<u8>, bool) {
    use std::process::{Command, Stdio};
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let file = directory.path().join("packed");
    std::fs::write(&file, data).expect("the directory can be written to");
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::from(
            std::fs::File::open(&file).expect("the file was just written"),
        ))
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed to unpack what is searched: {error}"));
    (output.stdout, output.status.success())
}

/// The gate can fail: a planted value is found in every encoding.
#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};

    const SECRET: &str = "c4n/Ry+p&s<s>w\"o\\r'd=ü%x";

    fn through(data: &[u8]) -> Vec<String> {
        let needles = Needles::new([("secret", SECRET), ("other", "an0ther-value")]);
        let found = needles.search(data);
        assert!(
            found.iter().all(|found| found.name == "secret"),
            "{found:?}"
        );
        found.into_iter().map(|found| found.through).collect()
    }

    #[track_caller]
    fn is_found(planted: &str) {
        let data = format!("some {planted}, and more");
        assert!(!through(data.as_bytes()).is_empty(), "not found: {planted}");
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        let almost = SECRET.replace('x', "y");
        assert_eq!(
            through(format!("{almost} c4n/Ry {:?}", "plain").as_bytes()),
            [""; 0]
        );
        assert_eq!(through(&[]), [""; 0]);
    }

    #[test]
    fn texts() {
        is_found(SECRET);
        is_found(&serde_json::to_string(SECRET).unwrap());
        // As Terraform writes its state.
        is_found(r#"c4n/Ry+p\u0026s\u003cs\u003ew\"o\\r'd=ü%x"#);
        is_found(r#"c4n\/Ry+p&s<s>w\"o\\r'd=\u00fc%x"#);
        is_found(&serde_json::to_string(&serde_json::to_string(SECRET).unwrap()).unwrap());
        is_found(&format!("{SECRET:?}"));
        is_found("c4n%2FRy%2Bp%26s%3Cs%3Ew%22o%5Cr%27d%3D%C3%BC%25x");
        is_found("c4n%2fry%2bp%26s%3cs%3ew%22o%5cr%27d%3d%c3%bc%25x");
        is_found("c4n/Ry%2Bp%26s%3Cs%3Ew%22o%5Cr%27d%3D%C3%BC%25x");
        is_found("c4n/Ry+p&amp;s&lt;s&gt;w&quot;o\\r&#39;d=ü%x");
    }

    #[test]
    fn hexadecimal_and_utf16() {
        let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
        is_found(&hex);
        is_found(&hex.to_uppercase());
        let wide: Vec<u8> = SECRET.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(!through(&wide).is_empty());
    }

    #[test]
    fn base64_at_every_alignment_and_as_a_part() {
        for before in ["", "u:", "us:", "user:", "\n{\"password\":\""] {
            for after in ["", "x", "\"}", "\"}\n"] {
                let whole = format!("{before}{SECRET}{after}");
                is_found(&STANDARD.encode(&whole));
                is_found(&URL_SAFE.encode(&whole));
                is_found(&STANDARD_NO_PAD.encode(&whole));
                is_found(&STANDARD.encode(STANDARD.encode(&whole)));
            }
        }
    }

    #[test]
    fn packed_data() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("state");
        std::fs::write(&file, serde_json::to_string(SECRET).unwrap()).unwrap();
        let packed = |args: &[&str]| {
            let run = std::process::Command::new(args[0])
                .args(&args[1..])
                .current_dir(directory.path())
                .output()
                .unwrap();
            assert!(run.status.success(), "{run:?}");
            run.stdout
        };
        let gzip = packed(&["gzip", "-c", "state"]);
        assert_eq!(through(&gzip), ["gzip"]);
        assert_eq!(
            through(STANDARD.encode(&gzip).as_bytes()),
            ["base64 > gzip"]
        );
        packed(&["python3", "-m", "zipfile", "-c", "plan.zip", "state"]);
        let zip = std::fs::read(directory.path().join("plan.zip")).unwrap();
        assert_eq!(through(&zip), ["zip"]);

        // What was cut off still tells what came before.
        let cut = &gzip[..gzip.len() - 8];
        assert_eq!(through(STANDARD.encode(cut).as_bytes()), ["base64 > gzip"]);
    }

    /// One hash in 65,536 begins like gzip, and a soak decodes more than that.
    #[test]
    fn a_hash_that_begins_like_packed_data_is_none() {
        for start in [&[0x1f, 0x8b, 225][..], &[0x1f, 0x8b, 8, 0], b"PK\x03\x04"] {
            let hash = [start, &[0xa5; 28]].concat();
            let text = format!("{} {SECRET}", STANDARD.encode(hash));
            assert_eq!(through(text.as_bytes()), [""]);
        }
    }

    #[test]
    #[should_panic(expected = "gzip cannot unpack")]
    fn a_file_that_cannot_be_unpacked_is_an_error() {
        through(&[0x1f, 0x8b, 225, 0, 0, 0]);
    }
}
