//! Values to bytes and back, led by a type: MessagePack for calls, JSON for stored state.
//!
//! Pure, without I/O, and fuzzed: no input may panic or take memory out of proportion to its size.

mod json;
mod msgpack;

pub use json::decode as decode_json;
pub use msgpack::{decode as decode_msgpack, encode as encode_msgpack};

/// Bytes that do not hold a value of the expected type, with the place where they stop doing so.
///
/// It never holds any of the value itself, which may be a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}{}expected {expected}, found {found}", if .place.is_empty() { "" } else { ": " })]
pub struct CodecError {
    /// Where the value is wrong, e.g. `versions[2].server`; empty for the value itself.
    pub place: String,
    /// What the schema asks for.
    pub expected: &'static str,
    /// What is there instead.
    pub found: &'static str,
}

/// An error at the value itself. Its place grows on the way out, so that reading what is right costs no path.
fn mismatch(expected: &'static str, found: &'static str) -> CodecError {
    CodecError {
        place: String::new(),
        expected,
        found,
    }
}

impl CodecError {
    fn in_attribute(self, name: &str) -> Self {
        self.inside(name.to_owned())
    }

    fn in_element(self, index: usize) -> Self {
        self.inside(format!("[{index}]"))
    }

    fn inside(self, mut outer: String) -> Self {
        if !self.place.is_empty() && !self.place.starts_with('[') {
            outer.push('.');
        }
        let place = outer + &self.place;
        Self { place, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_like_terraform_expressions() {
        let error = mismatch("a string", "a number").in_attribute("server");
        let error = error.in_element(2).in_attribute("versions");
        let told = "versions[2].server: expected a string, found a number";
        assert_eq!(error.to_string(), told);
        assert_eq!(mismatch("a", "b").to_string(), "expected a, found b");
    }
}
