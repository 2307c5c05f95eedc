//! Every way in which the sandbox can fail, as columns of the matrix.

use serde_json::{Value, json};
use support::sandbox::LoggedRequest;

/// How long a read answers the state before the last write.
const STALE_MS: u64 = 1200;

/// How long a fault lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lasting {
    /// One request.
    Once,
    /// From that request on, until the run has ended.
    ForGood,
}

/// A column of the matrix.
#[derive(Clone, Debug)]
pub struct Fault {
    pub name: String,
    kind: Value,
    lasting: Lasting,
    /// It costs whole timeouts, so the sample takes few of them.
    pub slow: bool,
    /// It only befalls reads that follow a write.
    after_write: bool,
}

impl Fault {
    fn once(name: impl Into<String>, kind: Value) -> Self {
        Self {
            name: name.into(),
            kind,
            lasting: Lasting::Once,
            slow: false,
            after_write: false,
        }
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
        let (method, times) = match (self.after_write, self.lasting) {
            (true, Lasting::Once) => ("GET", 1),
            (true, Lasting::ForGood) => ("GET", 1_000_000),
            (false, Lasting::Once) => ("*", 1),
            (false, Lasting::ForGood) => ("*", 1_000_000),
        };
        json!({"method": method, "path": "**", "fault": self.kind, "after": at, "times": times})
    }

    /// The rule that befalls the request at this place of a run, if the fault can befall it.
    pub fn rule(&self, run: &[LoggedRequest], at: usize) -> Option<Value> {
        if !self.after_write {
            return Some(self.rule_anywhere(at));
        }
        // The sandbox counts for this fault only the reads that could be stale.
        let written = run.iter().position(|request| request.method != "GET")?;
        if at <= written || run[at].method != "GET" {
            return None;
        }
        let reads_between = run[written..at]
            .iter()
            .filter(|request| request.method == "GET")
            .count();
        Some(self.rule_anywhere(reads_between))
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
    let stale = Fault {
        after_write: true,
        ..Fault::once("stale", json!({"kind": "stale", "ms": STALE_MS}))
    };
    faults.push(Fault {
        name: "stale for 1.2 s".to_owned(),
        lasting: Lasting::ForGood,
        ..stale.clone()
    });
    faults.push(stale);
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
