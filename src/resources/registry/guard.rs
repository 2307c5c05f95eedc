//! What stands between a handle and its loss in a refactoring. A resource that is given another address without a
//! `moved` block is a deletion here and a creation there, of one handle, which the deletion would spend.

use super::plan::same_handle;
use super::schema::Model;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::path::Path;
use crate::walk::{Clash, Walk};

/// Judges a planned create or update beside what else was planned.
pub fn plan(walk: &Walk, prior: Option<&Model>, config: &Model, diagnostics: &mut Diagnostics) {
    match prior {
        None if !config.handle.is_null() => {
            let handle = config.handle.known().map(String::as_str);
            report(walk.plan_creation(handle), handle, diagnostics);
        }
        Some(prior) if config.handle.known().is_some() && !same_handle(prior, config) => {
            plan_deletion(walk, prior, diagnostics);
        }
        _ => {}
    }
}

/// Judges a planned deletion.
pub fn plan_deletion(walk: &Walk, prior: &Model, diagnostics: &mut Diagnostics) {
    if let Some(handle) = prior.handle.known() {
        report(walk.plan_deletion(handle), Some(handle), diagnostics);
    }
}

fn report(clash: Clash, handle: Option<&str>, diagnostics: &mut Diagnostics) {
    const MOVED: &str = "If the resource only has another address now (another name, key or module, count in place \
        of for_each), say so, and nothing is deleted: moved { from = bahriya_registry.OLD, to = bahriya_registry.NEW }, \
        with the two addresses.";
    let handle = handle.unwrap_or_default();
    match clash {
        Clash::None => {}
        Clash::Certain => {
            diagnostics.error_at(
                Path::attribute("handle"),
                format!("The handle \"{handle}\" cannot move by deletion"),
                format!(
                    "This plan deletes the registry \"{handle}\" at one address and creates \"{handle}\" at \
                     another. The deletion would spend the handle, so that the creation must fail. {MOVED} Two \
                     registries cannot swap their handles. To delete all of it, run terraform destroy \
                     -refresh=false."
                ),
            );
        }
        Clash::Perhaps => diagnostics.warning_at(
            Path::attribute("handle"),
            "A registry is deleted beside a new one whose handle is not known yet",
            format!(
                "Should the new handle turn out to be the deleted one, it is spent and cannot be created. {MOVED}"
            ),
        ),
    }
}
