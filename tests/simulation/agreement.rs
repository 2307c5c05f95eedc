//! The API in memory against the sandbox: the same requests, the same answers.
//!
//! The stories are drawn by chance from fixed seeds, so that they go where nobody thought of going. What
//! differs by nature, ids and moments, is replaced by the order of first appearance.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use support::chance::Chance;
use support::memory_api::{Call, Dialect, Line, MemoryApi, ORGANISATION, Shape};
use support::sandbox::Sandbox;
use tokio::task::JoinSet;

const STORIES: u64 = 8;
const REQUESTS: usize = 50;

/// Answers that some story has to come to, or the stories are not worth much.
const SEEN: [(Call, u16); 28] = [
    (Call::Create, 201),
    (Call::Create, 400),
    (Call::Create, 409),
    (Call::Rotate, 201),
    (Call::Rotate, 400),
    (Call::Rotate, 404),
    (Call::Put, 200),
    (Call::Put, 400),
    (Call::Put, 404),
    (Call::Put, 409),
    (Call::Activate, 200),
    (Call::Activate, 404),
    (Call::Delete, 200),
    (Call::Delete, 400),
    (Call::Delete, 404),
    (Call::Attach, 201),
    (Call::Attach, 404),
    (Call::Attach, 409),
    (Call::Detach, 200),
    (Call::Detach, 404),
    (Call::Registries, 200),
    (Call::Registry, 200),
    (Call::Registry, 404),
    (Call::Versions, 200),
    (Call::Versions, 404),
    (Call::Handle, 200),
    (Call::Handle, 404),
    (Call::Attachments, 200),
];

#[tokio::test]
async fn the_api_in_memory_answers_like_the_sandbox() {
    let (rotate, put) = (Dialect::Rotate, Dialect::Put);
    let mut shapes = JoinSet::new();
    // With handles that a deletion frees, and attachments that it ends, too.
    for (dialect, versions_shown, free) in [
        (rotate, true, false),
        (rotate, false, false),
        (put, true, false),
        (put, false, false),
        (rotate, true, true),
        (put, false, true),
    ] {
        shapes.spawn(stories(Shape {
            dialect,
            versions_shown,
            handles_reusable: free,
            delete_detaches: free,
        }));
    }
    let seen: BTreeSet<_> = shapes.join_all().await.into_iter().flatten().collect();
    for wanted in SEEN {
        assert!(seen.contains(&wanted), "no story came to {wanted:?}");
    }
}

/// Tells the stories to one shape of both APIs, side by side with those of the other shapes: each waits most of the time.
async fn stories(shape: Shape) -> BTreeSet<(Call, u16)> {
    let mut seen = BTreeSet::new();
    let sandbox = sandbox(shape);
    let pair = Pair::new(&sandbox, shape).await;
    for seed in 0..STORIES {
        pair.tell(seed, &mut seen).await;
    }
    seen
}

fn sandbox(shape: Shape) -> Sandbox {
    let options = match shape.dialect {
        Dialect::Rotate => Sandbox::options(),
        Dialect::Put => Sandbox::options().dialect("put"),
    };
    let options = match shape.versions_shown {
        true => options,
        false => options.versions_withheld(),
    };
    match shape.handles_reusable {
        true => options.arg("--handles-reusable").arg("--delete-detaches"),
        false => options,
    }
    .start()
}

/// The two APIs, and how ids of theirs correspond.
struct Pair<'a> {
    sandbox: &'a Sandbox,
    memory: Line,
    /// The projects of both.
    projects: Vec<[String; 2]>,
}

impl<'a> Pair<'a> {
    async fn new(sandbox: &'a Sandbox, shape: Shape) -> Self {
        let api = MemoryApi::new(shape);
        let mut projects = Vec::new();
        for project in api.look(|state| state.projects.clone()) {
            let body = json!({
                "handle": project.handle, "name": project.name, "regions": project.regions, "users": [],
                "organisation": sandbox.organisation,
            });
            let made = sandbox
                .call("POST", "/projects", Some(body))
                .await
                .expect(201);
            projects.push([made.text().to_owned(), project.id]);
        }
        Self {
            sandbox,
            memory: api.line(),
            projects,
        }
    }

    async fn tell(&self, seed: u64, seen: &mut BTreeSet<(Call, u16)>) {
        let mut chance = Chance::new(seed);
        let mut known = Known::default();
        let projects = [
            self.projects.clone(),
            vec![[UNKNOWN.into(), UNKNOWN.into()]],
        ]
        .concat();
        let mut told = String::new();
        for step in 0..REQUESTS {
            let asked = beginning(step, &known, &projects, seed)
                .unwrap_or_else(|| ask(&mut chance, &known, &projects, seed));
            let [theirs, ours] = [0, 1].map(|side| asked.path.replace("{id}", &asked.id[side]));
            let answer = self
                .sandbox
                .call(asked.method, &theirs, asked.body.clone())
                .await;
            let theirs = (answer.status, answer.data);
            let ours = self.in_memory(&asked, &ours).await;
            told = format!("{told}\n{} {} {:?}", asked.method, asked.path, asked.body);
            let call = Call::of(asked.method, &format!("/organisations/o{}", asked.path));
            seen.insert((call, ours.0));
            known.learn(call, &asked, &theirs, &ours);
            let named = [theirs, ours].into_iter().enumerate();
            let named = named.map(|(side, (status, data))| (status, known.named(side, data)));
            let [theirs, ours] = <[_; 2]>::try_from(named.collect::<Vec<_>>()).expect("two sides");
            assert_eq!(
                ours, theirs,
                "in memory and in the sandbox, seed {seed}:{told}"
            );
        }
    }

    async fn in_memory(&self, asked: &Asked, path: &str) -> (u16, Value) {
        let path = format!("/organisations/{ORGANISATION}{path}");
        let body = asked.body.as_ref().map(ToString::to_string);
        let answer = self
            .memory
            .send(asked.method, &path, body.as_deref().map(str::as_bytes))
            .await;
        let answer = answer.expect("an answer");
        let envelope: Value = serde_json::from_slice(&answer.body).expect("JSON");
        (answer.status, envelope["data"].clone())
    }
}

/// No object has this id.
const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

/// A request to both.
struct Asked {
    method: &'static str,
    /// Below the organisation, with `{id}` for an id that differs.
    path: String,
    id: [String; 2],
    body: Option<Value>,
}

/// What the answers so far have made known, in pairs.
#[derive(Default)]
struct Known {
    registries: Vec<[String; 2]>,
    /// The handles of these.
    handles: Vec<String>,
    /// By the sandbox's id and by ours: the same name.
    names: [BTreeMap<String, String>; 2],
}

impl Known {
    fn learn(&mut self, call: Call, asked: &Asked, theirs: &(u16, Value), ours: &(u16, Value)) {
        self.pair(&theirs.1, &ours.1);
        if call == Call::Create && theirs.0 == 201 {
            let id = |answer: &(u16, Value)| answer.1.as_str().unwrap_or_default().to_owned();
            self.registries.push([id(theirs), id(ours)]);
            let body = asked
                .body
                .as_ref()
                .map_or(&Value::Null, |body| &body["handle"]);
            self.handles
                .push(body.as_str().unwrap_or_default().to_owned());
        }
        let name = self.names[0].len();
        for side in [0, 1] {
            let known = self.names[side].entry(asked.id[side].clone());
            known.or_insert(format!("asked {name}"));
        }
    }

    /// Gives ids at the same place the same name, unless they have one.
    fn pair(&mut self, theirs: &Value, ours: &Value) {
        match (theirs, ours) {
            (Value::String(theirs), Value::String(ours)) if is_id(theirs) && is_id(ours) => {
                let name = format!("id {}", self.names[0].len());
                self.names[0]
                    .entry(theirs.clone())
                    .or_insert_with(|| name.clone());
                self.names[1].entry(ours.clone()).or_insert(name);
            }
            (Value::Array(theirs), Value::Array(ours)) => {
                for (theirs, ours) in theirs.iter().zip(ours) {
                    self.pair(theirs, ours);
                }
            }
            (Value::Object(theirs), Value::Object(ours)) => {
                for (key, theirs) in theirs {
                    self.pair(theirs, ours.get(key).unwrap_or(&Value::Null));
                }
            }
            _ => {}
        }
    }

    /// An answer with names for ids, and without what differs by nature.
    fn named(&self, side: usize, data: Value) -> Value {
        match data {
            Value::String(text) => {
                let named = |text: String, (id, name): (&String, &String)| text.replace(id, name);
                Value::String(self.names[side].iter().fold(text, named))
            }
            Value::Array(items) => items
                .into_iter()
                .map(|item| self.named(side, item))
                .collect(),
            Value::Object(fields) => {
                let kept = fields
                    .into_iter()
                    .filter(|(key, _)| !matches!(key.as_str(), "created" | "users"));
                kept.map(|(key, value)| (key, self.named(side, value)))
                    .collect()
            }
            other => other,
        }
    }
}

fn is_id(text: &str) -> bool {
    text.len() == UNKNOWN.len()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// What every story begins with, since chance does not come to it often enough.
fn beginning(step: usize, known: &Known, projects: &[[String; 2]], seed: u64) -> Option<Asked> {
    let handle = format!("story-{seed}-0");
    let link = format!("/projects/{{id}}/attach/registries/{handle}");
    let mut whole = json!({
        "handle": handle, "name": "One", "server": "ghcr.io", "username": "ada", "password": "first-password",
    });
    let registry = || known.registries[0].clone();
    let (method, path, id, body) = match step {
        0 => (
            "POST",
            "/registries".into(),
            projects[0].clone(),
            Some(whole),
        ),
        1 => ("PUT", "/registries/{id}".into(), registry(), Some(whole)),
        2 => {
            whole.as_object_mut()?.remove("password");
            ("PUT", "/registries/{id}".into(), registry(), Some(whole))
        }
        3 | 4 => ("POST", link, projects[0].clone(), None),
        5 => ("DELETE", "/registries/{id}".into(), registry(), None),
        6 => {
            let body = json!({"username": "ada", "password": "second-password"});
            (
                "POST",
                "/registries/{id}/rotate".into(),
                registry(),
                Some(body),
            )
        }
        7 => (
            "POST",
            "/registries/{id}/versions/1/activate".into(),
            registry(),
            None,
        ),
        8 => ("DELETE", link, projects[0].clone(), None),
        _ => return None,
    };
    Some(Asked {
        method,
        path,
        id,
        body,
    })
}

fn ask(chance: &mut Chance, known: &Known, projects: &[[String; 2]], seed: u64) -> Asked {
    let newest = known
        .registries
        .iter()
        .cloned()
        .zip(known.handles.iter().cloned())
        .rev()
        .take(3);
    let mut registries: Vec<([String; 2], String)> = newest.collect();
    // Handles of other stories in the same sandbox are other ones.
    let any_handle = format!("story-{seed}-{}", chance.below(4));
    registries.push(([UNKNOWN.into(), UNKNOWN.into()], any_handle.clone()));
    let (registry, its_handle) = chance.pick(&registries).clone();
    let handle = if chance.one(60) {
        its_handle
    } else {
        any_handle
    };
    let project = chance.pick(projects).clone();
    let number = chance.below(5);
    let (method, path, id, body) = match chance.below(22) {
        0..=2 => (
            "POST",
            "/registries".into(),
            registry,
            Some(whole(chance, &handle)),
        ),
        3..=5 => (
            "POST",
            "/registries/{id}/rotate".into(),
            registry,
            Some(rotation(chance)),
        ),
        6..=8 => (
            "PUT",
            "/registries/{id}".into(),
            registry,
            Some(whole(chance, &handle)),
        ),
        9..=11 => (
            "POST",
            format!("/registries/{{id}}/versions/{number}/activate"),
            registry,
            None,
        ),
        12 => ("DELETE", "/registries/{id}".into(), registry, None),
        13 | 14 => (
            "POST",
            format!("/projects/{{id}}/attach/registries/{handle}"),
            project,
            None,
        ),
        15 => (
            "DELETE",
            format!("/projects/{{id}}/attach/registries/{handle}"),
            project,
            None,
        ),
        16 => ("GET", "/registries".into(), registry, None),
        17 => ("GET", "/registries/{id}".into(), registry, None),
        18 => ("GET", "/registries/{id}/versions".into(), registry, None),
        19 => ("GET", format!("/registry/{handle}"), registry, None),
        20 => ("GET", "/projects/{id}/attachments".into(), project, None),
        _ => ("GET", "/projects/{id}".into(), project, None),
    };
    Asked {
        method,
        path,
        id,
        body,
    }
}

fn whole(chance: &mut Chance, handle: &str) -> Value {
    let mut body = rotation(chance);
    body["handle"] = json!(handle);
    body["name"] = json!(chance.pick(&["One", "Two"]));
    body["server"] = json!(chance.pick(&["ghcr.io", "ghcr.io", "docker.io"]));
    match chance.below(4) {
        0 => {}
        1 => body["maxversions"] = json!(chance.pick(&[0, 1, 2, 101])),
        _ => body["maxversions"] = json!(chance.pick(&[2, 3, 5])),
    }
    match chance.below(8) {
        0 => body["organisation"] = json!("acme"),
        1 => body["handle"] = json!(chance.pick(&["Upper", "-a", "", "a_b"])),
        // The body of a change of metadata in the rotate dialect.
        2..=4 => drop(body.as_object_mut().map(|body| body.remove("password"))),
        _ => {}
    }
    body
}

fn rotation(chance: &mut Chance) -> Value {
    let mut body = json!({
        "username": chance.pick(&["ada", "ada", "grace"]),
        "password": chance.pick(&["first-password", "second-password", "third-password"]),
    });
    match chance.below(24) {
        0 => body["server"] = json!("quay.io"),
        1 => body["server"] = json!(""),
        2 => body["username"] = Value::Null,
        3 => body["password"] = json!("value-hidden-for-your-own-good"),
        4 => body["extra"] = json!(1),
        5 => drop(body.as_object_mut().map(|body| body.remove("username"))),
        _ => {}
    }
    body
}
