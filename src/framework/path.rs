//! Where in a configuration a diagnostic points.

use std::fmt;

/// One step from an object to something inside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// An attribute by name.
    Attribute(String),
    /// A list element by position, counted from zero.
    Index(usize),
}

/// A way from the root of a block to an attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<Step>);

impl Path {
    /// The block itself.
    pub const ROOT: Self = Self(Vec::new());

    /// An attribute of the root.
    pub fn attribute(name: &str) -> Self {
        Self::ROOT.then(name)
    }

    /// The path one attribute further down.
    #[must_use]
    pub fn then(&self, name: &str) -> Self {
        self.step(Step::Attribute(name.to_owned()))
    }

    /// The path one list element further down.
    #[must_use]
    pub fn index(&self, position: usize) -> Self {
        self.step(Step::Index(position))
    }

    /// The same place, seen from the object that `step` leads out of.
    #[must_use]
    pub fn below(mut self, step: Step) -> Self {
        self.0.insert(0, step);
        self
    }

    fn step(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

impl From<&str> for Path {
    fn from(name: &str) -> Self {
        Self::attribute(name)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_like_terraform_expressions() {
        let path = Path::attribute("versions").index(2).then("server");
        assert_eq!(path.to_string(), "versions[2].server");
    }
}
