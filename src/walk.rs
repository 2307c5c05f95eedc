//! What one configured provider has seen and planned: Terraform plans one object at a time, and what would spend a
//! handle shows only in two of them together.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::findings;
use crate::fingerprint::Salt;
use crate::framework::diagnostics::Diagnostics;

/// One walk of Terraform over its graph. Every `ConfigureProvider` begins another one.
#[derive(Default)]
pub struct Walk(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    /// What is planned for the registries of a handle, which are told apart by their salt; `None` for a handle that is
    /// not known yet.
    fates: HashMap<Option<String>, Vec<(Fate, Option<Salt>)>>,
    /// The ids of registries in the state.
    stored: BTreeSet<String>,
    /// The ids of the objects that were looked at: a plan before an apply does that, and the apply does not.
    refreshed: BTreeSet<String>,
    links: HashMap<LinkKey, Arc<LinkLock>>,
    /// The attachments of each link that were looked at, by their marks, and whether each is to be deleted.
    attachments: HashMap<LinkKey, HashMap<Option<String>, bool>>,
}

/// A project and the handle of a registry, in lower case.
type LinkKey = (String, String);

fn link_key(project: &str, handle: &str) -> LinkKey {
    (project.to_lowercase(), handle.to_lowercase())
}

/// A link of a project and a registry, which one at a time may make or remove; and the mark of the attachment that was
/// made or adopted here last.
pub type LinkLock = tokio::sync::Mutex<Option<String>>;

/// What a plan makes of a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It stays, whatever changes of it.
    Kept,
    /// It is to be created.
    Created,
    /// It is to be deleted.
    Deleted,
}

impl Walk {
    /// This is to become of a registry, whose handle may not be known yet. What goes must not be created or kept at
    /// another address: a resource that is given another address without a `moved` block is a deletion here and a
    /// creation there, and a state may have one registry at two addresses. One address may be planned twice.
    pub fn plan(
        &self,
        fate: Fate,
        handle: Option<&str>,
        salt: Option<&Salt>,
        diagnostics: &mut Diagnostics,
    ) {
        use Fate::{Created, Deleted};
        let fates = &mut self.seen().fates;
        let of = handle.unwrap_or_default();
        let may_move = match fate {
            Deleted => fates.contains_key(&None),
            _ => handle.is_none() && fates.values().flatten().any(|one| one.0 == Deleted),
        };
        let planned = fates.entry(handle.map(str::to_lowercase)).or_default();
        let others = planned.iter().filter(|(other, its)| {
            *other != fate && (*other == Created || fate == Created || its.as_ref() != salt)
        });
        match (fate, others.map(|one| one.0).max()) {
            (Deleted, Some(_)) | (_, Some(Deleted)) => {
                diagnostics.error(findings::handle_moves_by_deletion(of).at("handle"));
            }
            (_, Some(_)) => {
                diagnostics.error(findings::handle_is_wanted_twice(of).at("handle"));
            }
            (_, None) if may_move => {
                diagnostics.warning(findings::handle_may_move_by_deletion().at("handle"));
            }
            _ => {}
        }
        planned.push((fate, salt.cloned()));
    }

    /// Something was applied: what was planned before it is being carried out. To forget too early costs a warning,
    /// to forget too late would refuse a good plan.
    pub fn applied(&self) {
        let mut seen = self.seen();
        seen.fates.clear();
        seen.attachments.clear();
    }

    /// The state holds the registry with this id.
    pub fn note_stored(&self, id: &str) {
        self.seen().stored.insert(id.to_owned());
    }

    /// Whether the state holds the registry with this id.
    pub fn is_stored(&self, id: &str) -> bool {
        self.seen().stored.contains(id)
    }

    /// The object with this id was looked at.
    pub fn note_refreshed(&self, id: &str) {
        self.seen().refreshed.insert(id.to_owned());
    }

    /// Whether the object with this id was looked at.
    pub fn is_refreshed(&self, id: &str) -> bool {
        self.seen().refreshed.contains(id)
    }

    /// The link of a project and a registry, to be locked while it is made or removed.
    pub fn link(&self, project: &str, handle: &str) -> Arc<LinkLock> {
        Arc::clone(
            self.seen()
                .links
                .entry(link_key(project, handle))
                .or_default(),
        )
    }

    /// The attachment with this mark stays, or is to be deleted. Whether another one of the same link has the other fate:
    /// then the link outlives the one that goes.
    pub fn attachment(
        &self,
        project: &str,
        handle: &str,
        mark: Option<&str>,
        deleted: bool,
    ) -> bool {
        let mut seen = self.seen();
        let marks = seen
            .attachments
            .entry(link_key(project, handle))
            .or_default();
        // Terraform looks at what is to be deleted before it plans that, or after.
        let fate = marks.entry(mark.map(str::to_owned)).or_default();
        *fate |= deleted;
        let fate = *fate;
        marks.values().any(|other| *other != fate)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        // Each use is one insertion or look-up, which cannot leave anything half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of what is told of a plan.
    fn told(
        walk: &Walk,
        fate: Fate,
        handle: Option<&str>,
        salt: Option<&Salt>,
    ) -> Vec<&'static str> {
        let mut diagnostics = Diagnostics::new();
        walk.plan(fate, handle, salt, &mut diagnostics);
        diagnostics.iter().map(|one| one.name).collect()
    }

    #[test]
    fn only_different_fates_of_one_handle_clash_in_either_order() {
        use Fate::{Created, Deleted, Kept};
        let fates = [Kept, Created, Deleted];
        let salt = Salt::random();
        for (first, second) in fates.iter().flat_map(|one| fates.map(|two| (*one, two))) {
            let walk = Walk::default();
            assert_eq!(told(&walk, first, Some("a"), None), [""; 0]);
            assert_eq!(told(&walk, second, Some("b"), salt.as_ref()), [""; 0]);
            let clash = match (first, second) {
                _ if first == second => vec![],
                (Deleted, _) | (_, Deleted) => vec!["handle_moves_by_deletion"],
                _ => vec!["handle_is_wanted_twice"],
            };
            assert_eq!(told(&walk, second, Some("A"), salt.as_ref()), clash);
            walk.applied();
            assert_eq!(told(&walk, second, Some("a"), None), [""; 0]);
        }
    }

    #[test]
    fn a_link_goes_with_the_last_of_its_attachments() {
        let walk = Walk::default();
        let attachment = |mark, deleted| walk.attachment("shop", "ghcr", Some(mark), deleted);
        assert!(!attachment("a", false));
        assert!(!attachment("b", false));
        assert!(attachment("a", true), "b has it");
        assert!(attachment("a", false), "it still goes, and b has it");
        assert!(!attachment("b", true));
        assert!(!walk.attachment("shop", "quay", Some("a"), false));
        assert!(attachment("c", false), "it comes after the others");
        walk.applied();
        assert!(!attachment("c", true));
    }

    #[test]
    fn one_address_may_be_planned_twice() {
        let (walk, salt) = (Walk::default(), Salt::random());
        for fate in [Fate::Kept, Fate::Deleted, Fate::Kept] {
            assert_eq!(told(&walk, fate, Some("a"), salt.as_ref()), [""; 0]);
        }
    }

    #[test]
    fn a_handle_that_is_not_known_yet_may_clash() {
        let walk = Walk::default();
        let perhaps = ["handle_may_move_by_deletion"];
        assert_eq!(told(&walk, Fate::Created, None, None), [""; 0]);
        assert_eq!(told(&walk, Fate::Kept, Some("b"), None), [""; 0]);
        assert_eq!(told(&walk, Fate::Deleted, Some("a"), None), perhaps);
        assert_eq!(told(&walk, Fate::Created, None, None), perhaps);
        let certain = ["handle_moves_by_deletion"];
        assert_eq!(told(&walk, Fate::Created, Some("a"), None), certain);
    }
}
