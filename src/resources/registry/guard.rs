//! What stands between a handle and its loss in a refactoring. A resource that is given another address without a
//! `moved` block is a deletion here and a creation there, of one handle, which the deletion would spend.

use super::plan::same_handle;
use super::schema::Model;
use crate::findings;
use crate::framework::diagnostics::Diagnostics;
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
    let handle = handle.unwrap_or_default();
    match clash {
        Clash::None => {}
        Clash::Certain => {
            let found = findings::handle_moves_by_deletion(handle);
            diagnostics.error(found.at("handle"));
        }
        Clash::Perhaps => {
            diagnostics.warning(findings::handle_may_move_by_deletion().at("handle"));
        }
    }
}
