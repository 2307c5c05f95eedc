//! Values to bytes and back, led by a type: MessagePack for calls, JSON for stored state.
//!
//! Pure, without I/O, and fuzzed: no input may panic or take memory out of proportion to its size.

mod json;
mod msgpack;

use super::path::{Path, Step};

pub use json::decode as decode_json;
pub use msgpack::{decode as decode_msgpack, encode as encode_msgpack};

/// Bytes that do not hold a value of the expected type, with the place where they stop doing so.
///
/// It never holds any of the value itself, which may be a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}expected {expected}, found {found}", place(.path))]
pub struct CodecError {
    /// Where the value is wrong.
    pub path: Path,
    /// What the schema asks for.
    pub expected: &'static str,
    /// What is there instead.
    pub found: &'static str,
}

fn place(path: &Path) -> String {
    if path.steps().is_empty() {
        String::new()
    } else {
        format!("{path}: ")
    }
}

/// An error at the value itself. Its place grows on the way out, so that reading what is right costs no path.
fn mismatch(expected: &'static str, found: &'static str) -> CodecError {
    CodecError {
        path: Path::ROOT,
        expected,
        found,
    }
}

impl CodecError {
    fn in_attribute(self, name: &str) -> Self {
        self.below(Step::Attribute(name.to_owned()))
    }

    fn in_element(self, index: usize) -> Self {
        self.below(Step::Index(index))
    }

    fn below(self, step: Step) -> Self {
        Self {
            path: self.path.below(step),
            ..self
        }
    }
}
