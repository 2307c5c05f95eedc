//! What one configured provider has seen and planned: Terraform plans one object at a time, and what would spend a
//! handle shows only in two of them together.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::findings;
use crate::framework::diagnostics::Diagnostics;

/// One walk of Terraform over its graph. Every `ConfigureProvider` begins another one.
#[derive(Default)]
pub struct Walk(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    /// The handles of registries that a plan deletes.
    deleted: BTreeSet<String>,
    /// The handles of registries that a plan creates; `None` for one that is not known yet.
    created: BTreeSet<Option<String>>,
    /// The ids of registries in the state.
    stored: BTreeSet<String>,
    /// The ids of the objects that were looked at: a plan before an apply does that, and the apply does not.
    read: BTreeSet<String>,
    links: HashMap<(String, String), Arc<Link>>,
}

/// A link of a project and a registry, which one at a time may make or remove; and the mark of the attachment that was
/// made or adopted here last.
pub type Link = tokio::sync::Mutex<Option<String>>;

impl Walk {
    /// A registry with this handle is to be deleted. It must not be created anew at another address: a resource that
    /// is given another address without a `moved` block is a deletion here and a creation there.
    pub fn plan_deletion(&self, handle: &str, diagnostics: &mut Diagnostics) {
        let mut seen = self.seen();
        let lower = handle.to_lowercase();
        seen.deleted.insert(lower.clone());
        if seen.created.contains(&Some(lower)) {
            moves_by_deletion(handle, diagnostics);
        } else if seen.created.contains(&None) {
            may_move_by_deletion(diagnostics);
        }
    }

    /// A registry is to be created; its handle may not be known yet.
    pub fn plan_creation(&self, handle: Option<&str>, diagnostics: &mut Diagnostics) {
        let mut seen = self.seen();
        let lower = handle.map(str::to_lowercase);
        match (handle, &lower) {
            (Some(handle), Some(lower)) if seen.deleted.contains(lower) => {
                moves_by_deletion(handle, diagnostics);
            }
            (None, _) if !seen.deleted.is_empty() => may_move_by_deletion(diagnostics),
            _ => {}
        }
        seen.created.insert(lower);
    }

    /// Something was applied: what was planned before it is being carried out. To forget too early costs a warning,
    /// to forget too late would refuse a good plan.
    pub fn applied(&self) {
        let mut seen = self.seen();
        seen.deleted.clear();
        seen.created.clear();
    }

    /// The state holds the registry with this id.
    pub fn store(&self, id: &str) {
        self.seen().stored.insert(id.to_owned());
    }

    /// Whether the state holds the registry with this id.
    pub fn stores(&self, id: &str) -> bool {
        self.seen().stored.contains(id)
    }

    /// The object with this id was looked at.
    pub fn read(&self, id: &str) {
        self.seen().read.insert(id.to_owned());
    }

    /// Whether the object with this id was looked at.
    pub fn has_read(&self, id: &str) -> bool {
        self.seen().read.contains(id)
    }

    /// The link of a project and a registry, to be locked while it is made or removed.
    pub fn link(&self, project: &str, handle: &str) -> Arc<Link> {
        let names = (project.to_lowercase(), handle.to_lowercase());
        Arc::clone(self.seen().links.entry(names).or_default())
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        // Each use is one insertion or look-up, which cannot leave anything half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn moves_by_deletion(handle: &str, diagnostics: &mut Diagnostics) {
    diagnostics.error(findings::handle_moves_by_deletion(handle).at("handle"));
}

fn may_move_by_deletion(diagnostics: &mut Diagnostics) {
    diagnostics.warning(findings::handle_may_move_by_deletion().at("handle"));
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: [&str; 0] = [];
    const CERTAIN: [&str; 1] = ["handle_moves_by_deletion"];
    const PERHAPS: [&str; 1] = ["handle_may_move_by_deletion"];

    /// The names of what is told.
    fn told(plan: impl FnOnce(&mut Diagnostics)) -> Vec<&'static str> {
        let mut diagnostics = Diagnostics::new();
        plan(&mut diagnostics);
        diagnostics.iter().map(|one| one.name).collect()
    }

    #[test]
    fn only_a_creation_and_a_deletion_of_one_handle_clash_in_either_order() {
        let walk = Walk::default();
        let delete = |handle| told(|diagnostics| walk.plan_deletion(handle, diagnostics));
        let create = |handle| told(|diagnostics| walk.plan_creation(Some(handle), diagnostics));
        assert_eq!(delete("a"), NOTHING);
        assert_eq!(delete("a"), NOTHING);
        assert_eq!(create("A"), CERTAIN);
        assert_eq!(create("b"), NOTHING);
        assert_eq!(create("b"), NOTHING);
        assert_eq!(delete("b"), CERTAIN);
        walk.applied();
        assert_eq!(create("a"), NOTHING);
    }

    #[test]
    fn a_handle_that_is_not_known_yet_may_clash() {
        let walk = Walk::default();
        let delete = |handle| told(|diagnostics| walk.plan_deletion(handle, diagnostics));
        let create = |handle| told(|diagnostics| walk.plan_creation(handle, diagnostics));
        assert_eq!(create(None), NOTHING);
        assert_eq!(delete("a"), PERHAPS);
        assert_eq!(create(None), PERHAPS);
        assert_eq!(create(Some("a")), CERTAIN);
    }
}
