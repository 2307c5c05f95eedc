//! The secret type: a credential that cannot be printed by accident; and the door for texts in which others may
//! have printed it.

mod door;
mod forms;
mod known;
mod shape;
#[cfg(test)]
mod tests;

use std::fmt;

use zeroize::Zeroizing;

pub use door::{Author, admit, redact};
pub use forms::is_invisible;
pub use known::{holds_secret, plain, register};

/// A credential. It has no `Display` and no `Serialize`, its `Debug` shows nothing, and its memory is
/// overwritten when it is dropped. [`Secret::expose`] is the one way to the value, so that every use
/// can be found by searching for it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of the value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The value itself, for the places that must send or compare it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to keep secret.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
