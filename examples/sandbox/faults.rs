//! Faults on demand: which requests fail, how, and how often.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::store::{Replica, lock};

/// A fault and the requests that it befalls.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// An HTTP method, or `*`.
    pub method: String,
    /// Relative to the base address; `*` is one segment, a trailing `**` any number of them.
    pub path: String,
    pub fault: Fault,
    /// Matching requests that pass before the first one is hit.
    #[serde(default)]
    pub after: u64,
    /// How many requests are hit.
    #[serde(default = "once")]
    pub times: u64,
    /// Matching requests so far.
    #[serde(default, skip_deserializing)]
    pub seen: u64,
    /// Requests hit so far.
    #[serde(default, skip_deserializing)]
    pub fired: u64,
}

fn once() -> u64 {
    1
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// This status instead of the true answer.
    Status {
        status: u16,
        /// Seconds in a `Retry-After` header.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
        #[serde(default)]
        when: When,
    },
    /// This JSON instead of the true answer.
    Answer {
        status: u16,
        body: serde_json::Value,
        #[serde(default)]
        when: When,
    },
    /// The connection is cut without an answer.
    Drop {
        #[serde(default)]
        when: When,
    },
    /// The answer comes late.
    Slow {
        ms: u64,
        #[serde(default)]
        when: When,
    },
    /// No answer until the client leaves, or two minutes have passed.
    Hang {
        #[serde(default)]
        when: When,
    },
    /// A web page where JSON belongs, as a proxy sends it. The request does not act.
    Html { status: u16 },
    /// The answer's JSON ends in the middle.
    Truncated,
    /// The answer's `data` has lost its lists.
    MissingKey,
    /// A read answers the state before the last write, if that write is younger than this.
    Stale { ms: u64 },
    /// The answer comes at once, and the request acts only after this time.
    Late {
        ms: u64,
        /// What is answered; without it the connection is cut.
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
    },
    /// The request acts and its answer is lost; then another client makes the same request with a password of
    /// its own.
    Rival,
    /// The other client's request acts. This one does not, and gets no answer.
    RivalDrop,
    /// A read is answered by a replica that has no projects, registries or containers.
    Empty,
    /// A 400 whose message repeats the request's body: a hostile server. The request does not act.
    Echo,
    /// The 400 of the API's mapper for a body with several mistakes. It shows the first six entries, texts cut
    /// near 50 bytes. The request does not act.
    Mapper,
}

impl Fault {
    /// What answers a read.
    pub fn replica(&self) -> Replica {
        match self {
            Self::Stale { .. } => Replica::BeforeLastWrite,
            Self::Empty => Replica::Empty,
            _ => Replica::Live,
        }
    }
}

/// Whether the request has its effect before it fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// It fails before it acts.
    #[default]
    Before,
    /// It acts, and only its answer fails.
    After,
}

/// The faults that wait for their requests.
#[derive(Default)]
pub struct Faults(Mutex<Vec<Rule>>);

impl Faults {
    pub fn add(&self, rule: Rule) {
        self.rules().push(rule);
    }

    pub fn clear(&self) {
        self.rules().clear();
    }

    pub fn list(&self) -> Vec<Rule> {
        self.rules().clone()
    }

    /// Whether a fault is waiting that needs the state before the last write.
    pub fn need_snapshots(&self) -> bool {
        self.rules()
            .iter()
            .any(|rule| matches!(rule.fault, Fault::Stale { .. }))
    }

    /// The fault for this request, if any: every matching rule counts it, the first that is due hits it.
    /// `written_within` tells whether the last write is younger than a duration.
    pub fn take(
        &self,
        method: &str,
        path: &str,
        written_within: impl Fn(Duration) -> bool,
    ) -> Option<Fault> {
        let mut hit = None;
        for rule in self.rules().iter_mut() {
            if !rule.matches(method, path) {
                continue;
            }
            if let Fault::Stale { ms } = rule.fault
                && !(method == "GET" && written_within(Duration::from_millis(ms)))
            {
                continue;
            }
            rule.seen += 1;
            if hit.is_none() && rule.seen > rule.after && rule.fired < rule.times {
                rule.fired += 1;
                hit = Some(rule.fault.clone());
            }
        }
        hit
    }

    fn rules(&self) -> MutexGuard<'_, Vec<Rule>> {
        lock(&self.0)
    }
}

impl Rule {
    fn matches(&self, method: &str, path: &str) -> bool {
        (self.method == "*" || self.method.eq_ignore_ascii_case(method))
            && path_matches(&self.path, path)
    }
}

fn path_matches(pattern: &str, path: &str) -> bool {
    let mut path = path.split('/');
    let mut pattern = pattern.split('/').peekable();
    while let Some(wanted) = pattern.next() {
        if wanted == "**" && pattern.peek().is_none() {
            return true;
        }
        match path.next() {
            Some(segment) if wanted == "*" || wanted == segment => {}
            _ => return false,
        }
    }
    path.next().is_none()
}
