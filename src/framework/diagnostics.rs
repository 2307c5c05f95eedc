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

/// One message: what happened in a line, then on what, why, and the next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How serious it is.
    pub severity: Severity,
    /// What happened, in one line.
    pub summary: String,
    /// On what, why, and what to do next.
    pub detail: String,
    /// The attribute it concerns; the root if it concerns the whole block.
    pub path: Path,
}

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

    /// Adds an error about the whole block.
    pub fn error(&mut self, summary: impl Into<String>, detail: impl Into<String>) -> Reported {
        self.error_at(Path::ROOT, summary, detail)
    }

    /// Adds an error about one attribute.
    pub fn error_at(
        &mut self,
        path: Path,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) -> Reported {
        self.push(Severity::Error, path, summary.into(), detail.into());
        Reported(())
    }

    /// Adds a warning about the whole block.
    pub fn warning(&mut self, summary: impl Into<String>, detail: impl Into<String>) {
        self.warning_at(Path::ROOT, summary, detail);
    }

    /// Adds a warning about one attribute.
    pub fn warning_at(
        &mut self,
        path: Path,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.push(Severity::Warning, path, summary.into(), detail.into());
    }

    /// Adds a message unless the same one is there already.
    pub fn push(&mut self, severity: Severity, path: Path, summary: String, detail: String) {
        let diagnostic = Diagnostic {
            severity,
            summary,
            detail,
            path,
        };
        if !self.0.contains(&diagnostic) {
            self.0.push(diagnostic);
        }
    }

    /// Adds all messages of another call.
    pub fn extend(&mut self, other: Self) {
        for diagnostic in other.0 {
            if !self.0.contains(&diagnostic) {
                self.0.push(diagnostic);
            }
        }
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.check().is_err()
    }

    /// Goes on only while none of them is an error.
    pub fn check(&self) -> Result<(), Reported> {
        let error = |one: &Diagnostic| one.severity == Severity::Error;
        if self.iter().any(error) {
            Err(Reported(()))
        } else {
            Ok(())
        }
    }

    /// The messages in order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_message_is_told_once_and_in_order() {
        let mut diagnostics = Diagnostics::new();
        assert!(!diagnostics.has_errors());
        diagnostics.warning("first", "");
        diagnostics.warning("first", "");
        diagnostics.warning_at(Path::attribute("a"), "first", "");
        assert!(!diagnostics.has_errors());
        let mut others = Diagnostics::new();
        others.warning("first", "");
        others.error("last", "why");
        diagnostics.extend(others);
        assert!(diagnostics.has_errors());
        let told: Vec<_> = diagnostics
            .iter()
            .map(|one| (one.severity, one.summary.as_str(), one.path.to_string()))
            .collect();
        assert_eq!(
            told,
            [
                (Severity::Warning, "first", String::new()),
                (Severity::Warning, "first", "a".to_owned()),
                (Severity::Error, "last", String::new()),
            ]
        );
    }
}
