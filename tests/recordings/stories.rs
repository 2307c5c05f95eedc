//! What happens in each story.

use serde_json::{Value as Json, json};
use support::core::{ATTACHMENT, REGISTRY, Wanted, unknown};

/// Each has a recording of this name.
pub const NAMES: [&str; 12] = [
    "create",
    "update",
    "write-only",
    "unknown",
    "ignore-changes",
    "replace",
    "create-before-destroy",
    "taint",
    "import",
    "moved",
    "remove",
    "destroy",
];

pub struct Story {
    pub steps: Vec<Step>,
}

/// A command of Terraform, with the configuration it finds.
pub enum Step {
    Apply(Vec<Wanted>),
    /// A plan with nothing to do.
    Plan(Vec<Wanted>),
    Destroy(Vec<Wanted>),
    Taint(Wanted),
    Import(Wanted, String),
    /// A `moved` block, and an apply.
    Move(Wanted, Wanted),
}

/// The project has one registry to import, `imported`.
pub fn story(name: &str, project: &str) -> Story {
    let link = || {
        let config = json!({"project_id": project, "handle": "imported"});
        vec![Wanted::new("link", ATTACHMENT, config)]
    };
    let steps = match name {
        "create" => vec![
            Step::Apply(registry(json!({}))),
            Step::Plan(registry(json!({}))),
        ],
        "update" => vec![
            Step::Apply(registry(json!({}))),
            Step::Apply(registry(json!({"name": "Another name", "maxversions": 3}))),
        ],
        "write-only" => vec![
            Step::Apply(write_only("one", "1")),
            Step::Apply(write_only("another", "2")),
        ],
        "unknown" => {
            let mut later = registry(json!({"name": unknown()}));
            later[0].config_at_apply = Some(registry(json!({})).remove(0).config);
            vec![Step::Apply(later)]
        }
        "ignore-changes" => {
            let mut changed = registry(json!({"name": "Ignored", "maxversions": 3}));
            changed[0].ignore_changes = vec!["name"];
            vec![Step::Apply(registry(json!({}))), Step::Apply(changed)]
        }
        "replace" => vec![
            Step::Apply(registry(json!({}))),
            Step::Apply(registry(json!({"handle": "other"}))),
        ],
        "create-before-destroy" => {
            let (mut first, mut second) =
                (registry(json!({})), registry(json!({"handle": "other"})));
            first[0].create_before_destroy = true;
            second[0].create_before_destroy = true;
            vec![Step::Apply(first), Step::Apply(second)]
        }
        "taint" => vec![
            Step::Apply(link()),
            Step::Taint(link().remove(0)),
            Step::Apply(link()),
            Step::Plan(link()),
        ],
        "import" => {
            let mut found = registry(json!({"handle": "imported", "name": "imported"}));
            found[0].config["password"] = Json::Null;
            vec![
                Step::Import(found[0].clone(), "imported".to_owned()),
                Step::Plan(found),
            ]
        }
        "moved" => {
            let mut moved = registry(json!({})).remove(0);
            let from = moved.clone();
            moved.address = "two";
            vec![Step::Apply(vec![from.clone()]), Step::Move(from, moved)]
        }
        "remove" => vec![
            Step::Apply(link()),
            Step::Apply(Vec::new()),
            Step::Plan(Vec::new()),
        ],
        "destroy" => vec![
            Step::Apply(registry(json!({}))),
            Step::Destroy(registry(json!({}))),
        ],
        other => panic!("no story is called {other}"),
    };
    Story { steps }
}

/// A registry with a stored password, with these arguments changed.
fn registry(changed: Json) -> Vec<Wanted> {
    let mut config = json!({
        "handle": "ghcr", "name": "Images", "server": "ghcr.io", "username": "bot", "password": "example",
    });
    for (name, value) in changed.as_object().into_iter().flatten() {
        config[name] = value.clone();
    }
    vec![Wanted::new("one", REGISTRY, config)]
}

fn write_only(password: &str, trigger: &str) -> Vec<Wanted> {
    registry(json!({"password": null, "password_wo": password, "password_wo_version": trigger}))
}
