//! What can happen to a registry. Every list of actions makes sense: what cannot be done is passed over,
//! so that a failing list can be made shorter.

use proptest::prelude::*;
use serde_json::{Value, json};

/// The servers of all configurations. The last two mean one, and are told apart as they are written.
pub const SERVERS: [&str; 3] = ["ghcr.io", "docker.io", "index.docker.io"];
pub const USERNAMES: [&str; 2] = ["bot", "ci"];
pub const PASSWORDS: [&str; 4] = ["pass-zero", "pass-one", "pass-two", "pass-three"];
pub const NAMES: [&str; 3] = ["Images", "Production images", "Old images"];
pub const TRIGGERS: [&str; 3] = ["1", "2", "monday"];

/// One thing that happens. Numbers choose from the lists above.
#[derive(Clone, Debug)]
pub enum Action {
    /// A new registry, unless there is one.
    Create {
        server: usize,
        password: usize,
        write_only: bool,
        maxversions: Option<i64>,
    },
    Rename(usize),
    /// Sets `maxversions`, or leaves it out.
    Retain(Option<i64>),
    Server(usize),
    Username(usize),
    Password(usize),
    /// `password_wo` and `password_wo_version`.
    WriteOnly(usize, usize),
    /// Another `password_wo`, such as an ephemeral source gives; the trigger stays.
    Ephemeral(usize),
    /// Neither password in the configuration.
    NoPassword,
    /// Pins one of the versions that there ever were.
    Pin(i64),
    Unpin,
    OnDrift {
        restore: bool,
    },
    Attach,
    Detach,
    Destroy,
    /// Applies the configuration as it is.
    Apply,
    /// Somebody else does this, and nothing is applied yet.
    Outside(Outside),
}

/// What somebody else does.
#[derive(Clone, Debug)]
pub enum Outside {
    Rotate { username: usize, password: usize },
    Activate(i64),
    Rename(usize),
    Attach,
    Detach,
    Delete,
}

/// One request of the apply that fails.
#[derive(Clone, Debug)]
pub struct Fault {
    /// How many requests come before it.
    pub after: u64,
    pub kind: usize,
}

const BEFORE_AND_AFTER: [u64; 4] = [500, 502, 503, 504];

impl Fault {
    /// The rule for the sandbox.
    pub fn rule(&self) -> Value {
        let when = |odd: usize| if odd == 0 { "before" } else { "after" };
        let fault = match self.kind {
            kind @ 0..8 => {
                json!({"kind": "status", "status": BEFORE_AND_AFTER[kind / 2], "when": when(kind % 2)})
            }
            kind @ 8..10 => json!({"kind": "drop", "when": when(kind % 2)}),
            10 => json!({"kind": "status", "status": 429}),
            11 => json!({"kind": "html", "status": 200}),
            12 => json!({"kind": "truncated"}),
            _ => json!({"kind": "missing_key"}),
        };
        json!({"method": "*", "path": "/**", "after": self.after, "fault": fault})
    }
}

/// An action, and the fault that befalls it.
pub type Step = (Action, Option<Fault>);

/// A creation and up to nine steps more.
pub fn sequences() -> impl Strategy<Value = Vec<Step>> {
    let fault = (0..7_u64, 0..14_usize).prop_map(|(after, kind)| Fault { after, kind });
    let faulty = prop_oneof![5 => Just(None), 1 => fault.prop_map(Some)];
    let steps = prop::collection::vec((action(), faulty), 0..10);
    (create(), steps).prop_map(|(create, mut steps)| {
        steps.insert(0, (create, None));
        steps
    })
}

fn create() -> impl Strategy<Value = Action> {
    (
        0..SERVERS.len(),
        0..PASSWORDS.len(),
        any::<bool>(),
        maxversions(),
    )
        .prop_map(
            |(server, password, write_only, maxversions)| Action::Create {
                server,
                password,
                write_only,
                maxversions,
            },
        )
}

fn maxversions() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![Just(None), (1..5_i64).prop_map(Some)]
}

fn action() -> impl Strategy<Value = Action> {
    let (password, trigger) = (0..PASSWORDS.len(), 0..TRIGGERS.len());
    let write_only = (password.clone(), trigger)
        .prop_map(|(password, trigger)| Action::WriteOnly(password, trigger));
    prop_oneof![
        2 => create(),
        2 => (0..NAMES.len()).prop_map(Action::Rename),
        2 => maxversions().prop_map(Action::Retain),
        1 => (0..SERVERS.len()).prop_map(Action::Server),
        1 => (0..USERNAMES.len()).prop_map(Action::Username),
        4 => password.clone().prop_map(Action::Password),
        4 => write_only,
        1 => password.prop_map(Action::Ephemeral),
        1 => Just(Action::NoPassword),
        3 => (0..9_i64).prop_map(Action::Pin),
        2 => Just(Action::Unpin),
        2 => any::<bool>().prop_map(|restore| Action::OnDrift { restore }),
        2 => Just(Action::Attach),
        1 => Just(Action::Detach),
        1 => Just(Action::Destroy),
        1 => Just(Action::Apply),
        6 => outside().prop_map(Action::Outside),
    ]
}

fn outside() -> impl Strategy<Value = Outside> {
    let credentials = (0..USERNAMES.len(), 0..PASSWORDS.len());
    prop_oneof![
        4 => credentials.prop_map(|(username, password)| Outside::Rotate { username, password }),
        3 => (0..9_i64).prop_map(Outside::Activate),
        2 => (0..NAMES.len()).prop_map(Outside::Rename),
        2 => Just(Outside::Attach),
        2 => Just(Outside::Detach),
        1 => Just(Outside::Delete),
    ]
}
