//! A registry with versions behind HTTP, in either dialect.

use std::sync::Mutex;

use serde_json::{Value, json};
use support::scripted::{Got, Reply, Server, not_found, ok, organisations};
use terraform_provider_bahriya::api::Dialect;

/// A registry with versions, as one of the two dialects shows it.
pub struct Model {
    dialect: Dialect,
    /// Whether reads and lists show versions.
    shown: bool,
    name: String,
    versions: Vec<(i64, String)>,
    current: i64,
    /// What befalls the next writes: whether they act, and what they answer instead.
    faults: Vec<(bool, fn() -> Reply)>,
    /// Another client with the same user name writes right after each write.
    rival: bool,
}

impl Model {
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            shown: true,
            name: "Name".to_owned(),
            versions: vec![(1, "me".to_owned())],
            current: 1,
            faults: Vec::new(),
            rival: false,
        }
    }

    pub fn with(mut self, acts: bool, reply: fn() -> Reply) -> Self {
        self.faults.push((acts, reply));
        self
    }

    pub fn rival(mut self) -> Self {
        self.rival = true;
        self
    }

    pub fn hidden(mut self) -> Self {
        self.shown = false;
        self
    }

    pub fn start(self) -> Server {
        let model = Mutex::new(self);
        Server::in_memory(move |got| model.lock().expect("the model").answer(got))
    }

    fn registry(&self) -> Value {
        let (number, username) = self
            .versions
            .iter()
            .find(|(number, _)| *number == self.current)
            .expect("current");
        json!({"id": "r", "handle": "reg", "name": self.name, "server": "ghcr.io", "username": username,
            "maxversions": 5, "currentversion": self.shown.then_some(number)})
    }

    fn answer(&mut self, got: &Got) -> Reply {
        if got.method == "GET" {
            return match (got.path.as_str(), self.dialect) {
                ("/organisations", _) => organisations(),
                ("/registries/r", _) => ok(self.registry()),
                ("/registries/r/versions", Dialect::Rotate) => {
                    let number = |number: i64| self.shown.then_some(number);
                    let list: Vec<_> = self
                        .versions
                        .iter()
                        .map(|(version, username)| {
                            json!({"id": format!("v-{version}"),
                        "version": number(*version), "server": "ghcr.io", "username": username,
                        "current": *version == self.current, "created": "2026-07-01"})
                        })
                        .collect();
                    ok(json!({"count": list.len(), "versions": list}))
                }
                _ => not_found(),
            };
        }
        let fault = (!self.faults.is_empty()).then(|| self.faults.remove(0));
        let reply = if fault.is_none_or(|(acts, _)| acts) {
            self.write(got)
        } else {
            Reply::Cut
        };
        if self.rival {
            self.add("me".to_owned());
        }
        fault.map_or(reply, |(_, reply)| reply())
    }

    fn write(&mut self, got: &Got) -> Reply {
        let field = |key: &str| got.json()[key].as_str().unwrap_or_default().to_owned();
        match (got.line().as_str(), self.dialect) {
            ("POST /registries/r/rotate", Dialect::Rotate) => {
                let id = self.add(field("username"));
                Reply::Data(201, json!(id))
            }
            ("PUT /registries/r", dialect) => {
                assert_eq!(
                    dialect == Dialect::Put,
                    got.json().get("password").is_some()
                );
                self.name = field("name");
                if dialect == Dialect::Put {
                    self.add(field("username"));
                }
                ok(json!("r"))
            }
            (line, Dialect::Rotate) if line.ends_with("/activate") => {
                let number = line
                    .split('/')
                    .nth(4)
                    .and_then(|part| part.parse().ok())
                    .expect("a number");
                if !self.versions.iter().any(|(version, _)| *version == number) {
                    return not_found();
                }
                self.current = number;
                ok(json!(format!("v-{number}")))
            }
            _ => not_found(),
        }
    }

    pub fn add(&mut self, username: String) -> String {
        let number = self.versions.last().expect("a version").0 + 1;
        self.versions.push((number, username));
        self.current = number;
        format!("v-{number}")
    }
}
