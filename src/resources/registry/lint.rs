//! Remarks on credentials that are probably mistakes.

use super::decide;
use super::schema::Model;
use crate::framework::diagnostics::Diagnostics;
use crate::oci::credential_lint::{self, Field, Severity};
use crate::resources::checks;

/// Tells them: errors where a value is new, warnings where it has been in use. Those on what may be right are worth
/// making once, when credentials are `stored`.
pub fn tell(prior: Option<&Model>, config: &Model, stored: bool, diagnostics: &mut Diagnostics) {
    let is_new = |field| {
        prior.is_none_or(|prior| match field {
            Field::Server => prior.server != config.server,
            Field::Username => prior.username != config.username,
            Field::Password => {
                prior.password != config.password
                    || prior.password_wo_version != config.password_wo_version
            }
        })
    };
    let remarks = credential_lint::lint(
        config.server.known().map(String::as_str),
        config.username.known().map(String::as_str),
        decide::configured_password(config).known(),
    );
    let password = match config.password.is_null() {
        true => "password_wo",
        false => "password",
    };
    for remark in remarks {
        let found = checks::remark(&remark, password);
        match remark.severity() {
            Severity::Warning if !stored => {}
            Severity::ErrorIfNew if is_new(remark.field()) => drop(diagnostics.error(found)),
            Severity::Error => drop(diagnostics.error(found)),
            Severity::Warning | Severity::ErrorIfNew => diagnostics.warning(found),
        }
    }
}
