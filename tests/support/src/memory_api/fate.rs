//! What becomes of a request.

use std::time::Duration;

/// Which call of the API a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    Create,
    Rotate,
    /// A PUT of a registry: metadata, and in the *put* dialect credentials too.
    Put,
    Activate,
    Delete,
    Attach,
    Detach,
    Organisations,
    Registries,
    Registry,
    Versions,
    Handle,
    Project,
    Attachments,
    /// Anything else.
    Other,
}

impl Call {
    pub fn of(method: &str, path: &str) -> Self {
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').skip(2).collect();
        match (method, segments.as_slice()) {
            ("POST", ["registries"]) => Self::Create,
            ("POST", ["registries", _, "rotate"]) => Self::Rotate,
            ("PUT", ["registries", _]) => Self::Put,
            ("POST", ["registries", _, "versions", _, "activate"]) => Self::Activate,
            ("DELETE", ["registries", _]) => Self::Delete,
            ("POST", ["projects", _, "attach", ..]) => Self::Attach,
            ("DELETE", ["projects", _, "attach", ..]) => Self::Detach,
            ("GET", []) => Self::Organisations,
            ("GET", ["registries"]) => Self::Registries,
            ("GET", ["registries", _]) => Self::Registry,
            ("GET", ["registries", _, "versions"]) => Self::Versions,
            ("GET", ["registry", _]) => Self::Handle,
            ("GET", ["projects", _, "attachments"]) => Self::Attachments,
            ("GET", ["projects" | "project", ..]) => Self::Project,
            _ => Self::Other,
        }
    }

    /// Whether it changes something.
    pub fn writes(self) -> bool {
        self <= Self::Detach
    }
}

/// What becomes of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// When a write has its effect.
    pub acts: Acts,
    /// What comes back.
    pub says: Says,
    /// Which state a read is answered from.
    pub sees: View,
}

/// When a write has its effect, whatever is answered and whether anybody still waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acts {
    /// As it arrives.
    Now,
    /// As it arrives, but for the credentials that a whole object holds.
    Partly,
    /// So long after it arrived.
    After(Duration),
    Never,
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// The truth, as soon as there is one.
    Truth,
    /// The id of what was made as `{"id": …, "quota": null}`.
    Wrapped,
    /// 202 with `data: null`, at once.
    Accepted,
    /// 200 in the API's own form, with the code and the words of a refusal.
    Denied,
    /// A success at once that tells of no version, whether there is one or not.
    Nameless,
    /// A success at once that names the version which was current before.
    Earlier,
    /// A success at once that names a version which nobody ever made.
    Stranger,
    /// A refusal or a failure that is none of the API's rules.
    Status {
        status: u16,
        /// In the API's own form, or as a page of some proxy.
        own_form: bool,
        /// The header as it stands.
        retry_after: Option<&'static str>,
    },
    /// The status of the truth, and half of its body.
    Garbled,
    /// 200 and a page for people.
    Page,
    /// The connection breaks.
    Cut,
    /// Nothing, ever.
    Nothing,
    /// No connection was made, so that nothing was sent.
    NotSent,
    /// The process of the provider ends while it waits.
    Death,
}

impl Says {
    /// Whether it is a success, whatever is true.
    pub fn is_untruth(&self) -> bool {
        matches!(self, Self::Nameless | Self::Earlier | Self::Stranger)
    }
}

/// Which state a read is answered from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    Live,
    /// That of so long ago.
    Ago(Duration),
    /// That of a replica that has heard of nothing yet.
    Empty,
}

impl Fate {
    /// It arrives, acts, and is answered.
    pub const GOOD: Self = Self::new(Acts::Now, Says::Truth);

    pub const fn new(acts: Acts, says: Says) -> Self {
        Self {
            acts,
            says,
            sees: View::Live,
        }
    }

    /// A read that is answered from a replica.
    pub const fn seeing(sees: View) -> Self {
        Self {
            acts: Acts::Now,
            says: Says::Truth,
            sees,
        }
    }

    /// A failure in the API's own form.
    pub const fn status(acts: Acts, status: u16) -> Self {
        Self::new(
            acts,
            Says::Status {
                status,
                own_form: true,
                retry_after: None,
            },
        )
    }
}

/// Which requests have which fate: those of one call, after the first `skip` of them, `times` times.
#[derive(Clone, Debug)]
pub struct Rule {
    pub call: Call,
    pub skip: usize,
    pub times: usize,
    pub fate: Fate,
    /// How many it has befallen.
    pub fired: usize,
}

impl Rule {
    /// The next request of a call.
    pub const fn next(call: Call, fate: Fate) -> Self {
        Self {
            call,
            skip: 0,
            times: 1,
            fate,
            fired: 0,
        }
    }

    /// Every request of a call.
    pub const fn every(call: Call, fate: Fate) -> Self {
        Self {
            times: usize::MAX,
            ..Self::next(call, fate)
        }
    }

    /// Whether it befalls this request, which is counted.
    pub(super) fn befalls(&mut self, call: Call) -> bool {
        if call != self.call {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        let hit = self.fired < self.times;
        self.fired += usize::from(hit);
        hit
    }
}
