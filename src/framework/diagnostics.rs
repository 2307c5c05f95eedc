//! Errors and warnings for the person who runs Terraform.

use super::path::Path;

/// How serious a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The operation failed.
    Error,
    /// The operation went on, but the reader should know.
    Warning,
}

/// One message of a [`Finding`], about one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How serious it is.
    pub severity: Severity,
    /// The name of its finding.
    pub name: &'static str,
    /// What happened, in one line.
    pub summary: String,
    /// On what, why, and what to do next.
    pub detail: String,
    /// The attribute it concerns; the root if it concerns the whole block.
    pub path: Path,
}

impl Diagnostic {
    /// The same about one attribute.
    #[must_use]
    pub fn at(mut self, path: impl Into<Path>) -> Self {
        self.path = path.into();
        self
    }
}

/// What can be found wrong or worth knowing, as the catalogue lists it. What differs from case to case stands in braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// What tests and links hold on to. It stays when the words change.
    pub name: &'static str,
    /// What happened, and on what.
    pub title: &'static str,
    /// Why, in whole sentences.
    pub cause: &'static str,
    /// What to do next, in whole sentences.
    pub cure: &'static str,
}

/// Makes a catalogue: a function for each finding, which fills its texts, and a list of them all. Nothing else makes a
/// diagnostic.
macro_rules! findings {
    ($($name:ident($($part:ident),*) $title:literal $cause:literal $cure:literal;)+) => {
        $(
            #[doc = $title]
            pub fn $name($($part: impl std::fmt::Display),*) -> $crate::framework::diagnostics::Diagnostic {
                let detail = format!("{} {}", format_args!($cause), format_args!($cure));
                $crate::framework::diagnostics::Diagnostic {
                    severity: $crate::framework::diagnostics::Severity::Error,
                    name: stringify!($name),
                    summary: format_args!($title).to_string(),
                    detail: detail.trim().to_owned(),
                    path: $crate::framework::path::Path::ROOT,
                }
            }
        )+

        /// All of them, in the order of their page.
        pub(crate) const ALL: &[$crate::framework::diagnostics::Finding] = &[
            $($crate::framework::diagnostics::Finding {
                name: stringify!($name),
                title: $title,
                cause: $cause,
                cure: $cure,
            }),+
        ];
    };
}
pub(crate) use findings;

/// Proof that an error was told, which nothing but [`Diagnostics`] can make. Work that fails answers it in place
/// of its result, so that nothing is ever missing in silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported(());

/// The messages of one call, in the order in which they came up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No messages yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an error.
    pub fn error(&mut self, found: Diagnostic) -> Reported {
        self.push(found);
        Reported(())
    }

    /// Adds a warning.
    pub fn warning(&mut self, found: Diagnostic) {
        let severity = Severity::Warning;
        self.push(Diagnostic { severity, ..found });
    }

    /// Adds a message unless the same one is there already.
    fn push(&mut self, diagnostic: Diagnostic) {
        if !self.0.contains(&diagnostic) {
            self.0.push(diagnostic);
        }
    }

    /// Adds all messages of another call.
    pub fn extend(&mut self, other: Self) {
        other.0.into_iter().for_each(|one| self.push(one));
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.iter().any(|one| one.severity == Severity::Error)
    }

    /// The messages in order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }
}

/// One error as the whole outcome of a call.
impl From<Diagnostic> for Diagnostics {
    fn from(found: Diagnostic) -> Self {
        let mut diagnostics = Self::new();
        diagnostics.error(found);
        diagnostics
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::findings;

    fn first() -> Diagnostic {
        findings::missing("name")
    }

    #[test]
    fn the_same_message_is_told_once_and_in_order() {
        let mut diagnostics = Diagnostics::new();
        assert!(!diagnostics.has_errors());
        diagnostics.warning(first());
        diagnostics.warning(first());
        diagnostics.warning(first().at("a"));
        assert!(!diagnostics.has_errors());
        let mut others = Diagnostics::new();
        others.warning(first());
        others.error(findings::not_configured());
        diagnostics.extend(others);
        assert!(diagnostics.has_errors());
        let told: Vec<_> = diagnostics
            .iter()
            .map(|one| (one.severity, one.name, one.path.to_string()))
            .collect();
        assert_eq!(
            told,
            [
                (Severity::Warning, "missing", String::new()),
                (Severity::Warning, "missing", "a".to_owned()),
                (Severity::Error, "not_configured", String::new()),
            ]
        );
    }
}
