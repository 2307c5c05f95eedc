//! Where in a configuration a diagnostic points.

use std::fmt;

/// The names of attributes from the root of a block to one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path(Vec<String>);

impl Path {
    /// The block itself.
    pub const ROOT: Self = Self(Vec::new());

    /// The path one attribute further down.
    #[must_use]
    pub fn then(&self, name: &str) -> Self {
        let mut names = self.0.clone();
        names.push(name.to_owned());
        Self(names)
    }

    /// The names from the root.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

impl From<&str> for Path {
    fn from(name: &str) -> Self {
        Self::ROOT.then(name)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}
