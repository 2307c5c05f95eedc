//! Remarks on credentials that are probably mistakes.

use super::decide;
use super::schema::Model;
use crate::framework::diagnostics::Diagnostics;
use crate::resources::credential_lint::{self, Gravity};

/// Tells them: errors where a value is new, warnings where it has been in use. Those on what may be right are worth
/// making once, when credentials are `stored`.
pub fn tell(prior: Option<&Model>, config: &Model, stored: bool, diagnostics: &mut Diagnostics) {
    let is_new = |argument: &str| {
        prior.is_none_or(|prior| match argument {
            "server" => prior.server != config.server,
            "username" => prior.username != config.username,
            _ => {
                prior.password != config.password
                    || prior.password_wo_version != config.password_wo_version
            }
        })
    };
    let password = match config.password.is_null() {
        true => "password_wo",
        false => "password",
    };
    let remarks = credential_lint::lint(
        config.server.known().map(String::as_str),
        config.username.known().map(String::as_str),
        decide::configured_password(config).known(),
        password,
    );
    for remark in remarks {
        let found = remark.found;
        match remark.gravity {
            Gravity::Doubtful if !stored => {}
            Gravity::Useless if is_new(remark.argument) => drop(diagnostics.error(found)),
            Gravity::Impossible => drop(diagnostics.error(found)),
            Gravity::Doubtful | Gravity::Useless => diagnostics.warning(found),
        }
    }
}
