//! A panic that nobody turned into a diagnostic, told in the one form that Terraform shows to users.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::About;
use crate::framework::panics;

/// The exit code of a crash, the same as that of a Go program.
pub const EXIT_CODE: u8 = 2;

/// Runs `serve`. The error is the report of a panic that ended it, or that ended a call without
/// anybody telling the user.
pub fn guard<T>(serve: impl FnOnce() -> T) -> Result<T, String> {
    let outcome = catch_unwind(AssertUnwindSafe(serve));
    match (outcome, panics::take()) {
        (Ok(value), None) => Ok(value),
        (_, report) => Err(report.unwrap_or_else(|| "no message".to_owned())),
    }
}

/// The text for stderr. Terraform recognises a crash by how the first line starts, and shows up to a hundred lines from
/// there: <https://github.com/hashicorp/terraform/blob/main/internal/logging/panic.go>.
pub fn text(about: &About, report: &str) -> String {
    format!(
        "panic: {report}\n\n\
         {} {} ({}) has crashed, which is a defect of the provider.\n\
         Objects that were being changed may need a look; terraform plan shows what is left to do.\n\
         Please report it with this text at {}\n",
        about.name, about.version, about.address, about.issues
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret;

    const ABOUT: About = About {
        name: "terraform-provider-x",
        version: "1.2.3",
        address: "registry.example/ns/x",
        issues: "https://issues.example",
    };

    /// One test, since the hook belongs to the whole process.
    #[test]
    fn a_panic_becomes_a_scrubbed_report() {
        let _turn = panics::tests::turn();
        secret::register(&secret::Secret::new("hunter2-crash"));
        let crashed = guard(|| panic!("the password is hunter2-crash"));
        let told = guard(|| {
            let caught = catch_unwind(|| panic!("caught"));
            (caught.is_err(), panics::take())
        });
        let untold = guard(|| catch_unwind(|| panic!("forgotten")).is_err());
        let calm = guard(|| 7);

        let crashed: Result<(), String> = crashed;
        let text = text(&ABOUT, &crashed.unwrap_err());
        assert!(
            text.starts_with("panic: the password is [redacted] at src/plugin/crash.rs:"),
            "{text}"
        );
        assert!(
            text.contains("1.2.3") && text.contains("https://issues.example"),
            "{text}"
        );
        let (caught, report) = told.unwrap();
        assert!(caught && report.unwrap().starts_with("caught at "));
        assert!(untold.unwrap_err().starts_with("forgotten at "));
        assert_eq!(calm, Ok(7));
    }
}
