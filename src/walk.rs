//! What one configured provider has seen and planned: Terraform plans one object at a time, and what would spend a
//! handle shows only in two of them together.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One walk of Terraform over its graph. Every `ConfigureProvider` begins another one.
#[derive(Default)]
pub struct Walk(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    deleted: BTreeSet<String>,
    created: BTreeSet<String>,
    /// A registry is to be created whose handle is not known yet.
    created_unknown: bool,
    /// The ids of registries in the state.
    stored: BTreeSet<String>,
    /// The ids of the objects that were looked at: a plan before an apply does that, and the apply does not.
    read: BTreeSet<String>,
    links: HashMap<(String, String), Arc<Link>>,
}

/// A link of a project and a registry, which one at a time may make or remove; and the mark of the attachment that was
/// made or adopted here last.
pub type Link = tokio::sync::Mutex<Option<String>>;

/// How two plans go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// They do.
    None,
    /// A handle is to be deleted, and something is to be created whose handle may be the same.
    Perhaps,
    /// One handle is to be deleted and created.
    Certain,
}

impl Walk {
    /// A registry with this handle is to be deleted.
    pub fn plan_deletion(&self, handle: &str) -> Clash {
        let mut seen = self.seen();
        let handle = handle.to_lowercase();
        let clash = match (seen.created.contains(&handle), seen.created_unknown) {
            (true, _) => Clash::Certain,
            (false, true) => Clash::Perhaps,
            (false, false) => Clash::None,
        };
        seen.deleted.insert(handle);
        clash
    }

    /// A registry is to be created; its handle may not be known yet.
    pub fn plan_creation(&self, handle: Option<&str>) -> Clash {
        let mut seen = self.seen();
        let Some(handle) = handle.map(str::to_lowercase) else {
            seen.created_unknown = true;
            return match seen.deleted.is_empty() {
                true => Clash::None,
                false => Clash::Perhaps,
            };
        };
        let clash = match seen.deleted.contains(&handle) {
            true => Clash::Certain,
            false => Clash::None,
        };
        seen.created.insert(handle);
        clash
    }

    /// Something was applied: what was planned before it is being carried out. To forget too early costs a warning,
    /// to forget too late would refuse a good plan.
    pub fn applied(&self) {
        let mut seen = self.seen();
        seen.deleted.clear();
        seen.created.clear();
        seen.created_unknown = false;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_creation_and_a_deletion_of_one_handle_clash_in_either_order() {
        let walk = Walk::default();
        assert_eq!(walk.plan_deletion("a"), Clash::None);
        assert_eq!(walk.plan_deletion("a"), Clash::None);
        assert_eq!(walk.plan_creation(Some("A")), Clash::Certain);
        assert_eq!(walk.plan_creation(Some("b")), Clash::None);
        assert_eq!(walk.plan_creation(Some("b")), Clash::None);
        assert_eq!(walk.plan_deletion("b"), Clash::Certain);
        walk.applied();
        assert_eq!(walk.plan_creation(Some("a")), Clash::None);
    }

    #[test]
    fn a_handle_that_is_not_known_yet_may_clash() {
        let walk = Walk::default();
        assert_eq!(walk.plan_creation(None), Clash::None);
        assert_eq!(walk.plan_deletion("a"), Clash::Perhaps);
        assert_eq!(walk.plan_creation(None), Clash::Perhaps);
        assert_eq!(walk.plan_creation(Some("a")), Clash::Certain);
    }
}
