//! Every way in which the sandbox can fail, as columns of the matrix.

use std::time::Duration;

use serde_json::{Value, json};
use support::sandbox::LoggedRequest;

/// How long a read answers the state before the last write: for a while, and longer than anybody looks.
const STALE_MS: [u64; 2] = [1200, 600_000];
/// How late a write acts: while the provider looks, after its looks, after its time limit.
const LATE_MS: [u64; 3] = [400, 3000, 8000];

/// How long a fault lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lasting {
    /// One request.
    Once,
    /// From that request on, until the run has ended.
    ForGood,
}

/// Which requests a fault befalls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Befalls {
    Anything,
    Reads,
    ReadsAfterWrites,
    Writes,
    /// Writes that may carry credentials.
    Rotations,
}

/// A column of the matrix.
#[derive(Clone, Debug)]
pub struct Fault {
    pub name: String,
    kind: Value,
    lasting: Lasting,
    /// It costs whole timeouts, so the sample takes few of them.
    pub slow: bool,
    befalls: Befalls,
    /// What it delays acts when the run is over.
    pub lands: Option<Duration>,
    /// Another client makes a version, too.
    pub rival: bool,
}

impl Fault {
    fn once(name: impl Into<String>, kind: Value) -> Self {
        Self {
            name: name.into(),
            kind,
            lasting: Lasting::Once,
            slow: false,
            befalls: Befalls::Anything,
            lands: None,
            rival: false,
        }
    }

    fn befalls(self, befalls: Befalls) -> Self {
        Self { befalls, ..self }
    }

    fn for_good(name: impl Into<String>, kind: Value) -> Self {
        Self {
            lasting: Lasting::ForGood,
            slow: true,
            ..Self::once(name, kind)
        }
    }

    /// The rule that befalls whatever request comes at this place.
    pub fn rule_anywhere(&self, at: usize) -> Value {
        let reads = matches!(self.befalls, Befalls::Reads | Befalls::ReadsAfterWrites);
        self.rule_of(if reads { "GET" } else { "*" }, at)
    }

    fn rule_of(&self, method: &str, after: usize) -> Value {
        let times = match self.lasting {
            Lasting::Once => 1,
            Lasting::ForGood => 1_000_000,
        };
        json!({"method": method, "path": "**", "fault": self.kind, "after": after, "times": times})
    }

    /// The rule that befalls the request at this place of a run, if the fault can befall it.
    pub fn rule(&self, run: &[LoggedRequest], at: usize) -> Option<Value> {
        let (method, path) = (run[at].method.as_str(), run[at].path.as_str());
        let written = run.iter().position(|request| request.method != "GET");
        let befalls = match self.befalls {
            Befalls::Anything => return Some(self.rule_of("*", at)),
            Befalls::Reads => method == "GET",
            Befalls::ReadsAfterWrites => method == "GET" && written.is_some_and(|first| first < at),
            Befalls::Writes => method != "GET",
            Befalls::Rotations => method == "PUT" || path.ends_with("/rotate"),
        };
        // The sandbox counts the requests of this method; for a stale read only those that could be stale.
        let from = match self.befalls {
            Befalls::ReadsAfterWrites => written?,
            _ => 0,
        };
        let before = befalls.then(|| &run[from..at])?;
        let same = before.iter().filter(|one| one.method == method);
        Some(self.rule_of(method, same.count()))
    }
}

/// All columns.
///
/// A 429 after acting is not among them: 429 says that the request was turned away, and a server that says
/// so of what it has done cannot be told from one that has not.
pub fn all() -> Vec<Fault> {
    let mut faults = Vec::new();
    for when in ["before", "after"] {
        for status in [500, 502, 503, 504] {
            let kind = json!({"kind": "status", "status": status, "when": when});
            faults.push(Fault::once(format!("{status} {when} acting"), kind));
        }
        let cut = json!({"kind": "drop", "when": when});
        faults.push(Fault::once(format!("cut {when} acting"), cut));
        let hang = json!({"kind": "hang", "when": when});
        faults.push(Fault {
            slow: true,
            ..Fault::once(format!("hang {when} acting"), hang)
        });
        let slow = json!({"kind": "slow", "ms": 700, "when": when});
        faults.push(Fault::once(format!("slow {when} acting"), slow));
    }
    let unavailable = json!({"kind": "status", "status": 503, "retry_after": 1});
    faults.push(Fault::once("503, Retry-After 1", unavailable));
    let limited = json!({"kind": "status", "status": 429, "retry_after": 1});
    faults.push(Fault::once("429, Retry-After 1", limited));
    for status in [200, 404, 502] {
        let html = json!({"kind": "html", "status": status});
        faults.push(Fault::once(format!("web page with {status}"), html));
    }
    faults.push(Fault::once("truncated", json!({"kind": "truncated"})));
    faults.push(Fault::once("missing key", json!({"kind": "missing_key"})));
    faults.push(Fault::once(
        "request echoed in a 400",
        json!({"kind": "echo"}),
    ));
    faults.push(Fault::once("mapper", json!({"kind": "mapper"})).befalls(Befalls::Writes));
    let stale = |ms: u64| json!({"kind": "stale", "ms": ms});
    let after = Befalls::ReadsAfterWrites;
    faults.push(Fault::once("stale", stale(STALE_MS[0])).befalls(after));
    for (name, ms) in ["stale for 1.2 s", "stale for good"]
        .into_iter()
        .zip(STALE_MS)
    {
        let slow = ms > 10_000;
        let stale = Fault::for_good(name, stale(ms)).befalls(after);
        faults.push(Fault { slow, ..stale });
    }
    let empty = json!({"kind": "empty"});
    faults.push(Fault::once("empty replica", empty.clone()).befalls(Befalls::Reads));
    faults.push(Fault::for_good("empty replica, for good", empty).befalls(Befalls::Reads));
    for ms in LATE_MS {
        let kind = json!({"kind": "late", "ms": ms, "status": 504});
        let late = Fault::once(format!("504, acts {ms} ms late"), kind).befalls(Befalls::Writes);
        faults.push(Fault {
            slow: ms > 1000,
            lands: Some(Duration::from_millis(ms)),
            ..late
        });
    }
    for (kind, name) in [
        ("rival", "cut after a rival"),
        ("rival_drop", "a rival instead"),
    ] {
        let rival = Fault::once(name, json!({"kind": kind})).befalls(Befalls::Rotations);
        faults.push(Fault {
            rival: true,
            ..rival
        });
    }
    for when in ["before", "after"] {
        let cut = json!({"kind": "drop", "when": when});
        faults.push(Fault::for_good(format!("cut {when} acting, for good"), cut));
        let status = json!({"kind": "status", "status": 503, "when": when});
        faults.push(Fault::for_good(
            format!("503 {when} acting, for good"),
            status,
        ));
    }
    let hang = json!({"kind": "hang", "when": "after"});
    faults.push(Fault::for_good("hang after acting, for good", hang));
    let html = json!({"kind": "html", "status": 404});
    faults.push(Fault::for_good("web page with 404, for good", html));
    let truncated = json!({"kind": "truncated"});
    faults.push(Fault::for_good("truncated, for good", truncated));
    let limited = json!({"kind": "status", "status": 429, "retry_after": 1});
    faults.push(Fault::for_good("429, Retry-After 1, for good", limited));
    faults
}
