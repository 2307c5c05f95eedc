//! The calls of an apply are those that the decision of its plan names, whatever the code says that is ignored.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use proptest::prelude::*;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::api::{Fault, Reply, Request, Settings, Transport};
use crate::connection::Api;
use crate::fingerprint::Cost;
use crate::framework::model::Attr;
use crate::framework::plan as schema_plan;
use crate::framework::provider::PlanRequest;
use crate::resources::registry::plan;
use crate::resources::registry::plan::tests::{configurations, memories, proposed, states};
use crate::resources::registry::schema::SCHEMA;

const ID: &str = "4a7f9f0e-1b1f-4f36-9a53-0d8a3b3d2c11";

/// An API with one registry of three versions, which keeps what it is asked to write.
struct World {
    registry: Mutex<Json>,
    writes: Mutex<Vec<(String, Json)>>,
}

impl World {
    fn with(prior: &Model) -> Self {
        let registry = json!({"id": ID, "handle": "reg", "name": prior.name.known(), "server": prior.server.known(),
            "username": prior.username.known(), "maxversions": 5, "billable": true, "versioncount": 3,
            "currentversion": prior.current_version.known()});
        Self {
            registry: Mutex::new(registry),
            writes: Mutex::default(),
        }
    }
}

#[async_trait]
impl Transport for World {
    async fn exchange(&self, request: &Request) -> Result<Reply, Fault> {
        let mut registry = self.registry.lock().expect("no panic");
        let (_, end) = request.path().rsplit_once('/').expect("a path");
        let mut data = registry.clone();
        if *request.method() == Method::GET {
            if end == "versions" {
                let version = |number: i64| {
                    json!({"id": format!("v{number}"), "version": number,
                    "current": data["currentversion"] == number})
                };
                data = json!({"count": 3, "versions": [version(1), version(2), version(3)]});
            }
        } else {
            let body = request.body().map_or(&b"null"[..], |body| &body[..]);
            let body: Json = serde_json::from_slice(body).expect("JSON");
            let call = match end {
                ID => "metadata".to_owned(),
                "rotate" => "rotate".to_owned(),
                _ => {
                    let before = request.path().trim_end_matches("/activate");
                    format!("activate {}", before.rsplit('/').next().unwrap_or_default())
                }
            };
            for key in ["name", "server", "username", "maxversions"] {
                if let Some(value) = body.get(key) {
                    registry[key] = value.clone();
                }
            }
            self.writes.lock().expect("no panic").push((call, body));
            data = json!("v4");
        }
        let status = match end {
            "rotate" => StatusCode::CREATED,
            _ => StatusCode::OK,
        };
        let answer = json!({"status": status.as_u16(), "data": data, "message": "ok"}).to_string();
        Ok(Reply::new(status, |_| None, answer.as_bytes()))
    }
}

fn connected(world: Arc<World>) -> Call<Connection> {
    let settings = Settings {
        base_url: "https://api.bahriya.test/console/v1".to_owned(),
        organisation_id: ID.to_owned(),
        token: Secret::new("pat_test"),
        ca_certificate_file: None,
        user_agent: "test".to_owned(),
    };
    let client = Client::over(settings, world).expect("a client");
    let cost = Cost {
        memory: 64,
        passes: 1,
    };
    let connection = Connection::new(Api::Ready(client), Arc::new(Hasher::new(cost)));
    Call {
        connection: Arc::new(connection),
        cancel: CancellationToken::new(),
    }
}

/// What Terraform makes of `ignore_changes`: the arguments are as they were, and a write-only one is absent.
fn ignoring(code: &Model, prior: &Model, ignored: [bool; 8]) -> Model {
    let mut config = code.clone();
    let [
        server,
        username,
        password,
        write_only,
        trigger,
        pin,
        drift,
        limit,
    ] = ignored;
    for (ignored, mine, was) in [
        (server, &mut config.server, &prior.server),
        (username, &mut config.username, &prior.username),
        (
            trigger,
            &mut config.password_wo_version,
            &prior.password_wo_version,
        ),
        (drift, &mut config.on_drift, &prior.on_drift),
    ] {
        if ignored {
            mine.clone_from(was);
        }
    }
    for (ignored, mine, was) in [
        (pin, &mut config.active_version, &prior.active_version),
        (limit, &mut config.maxversions, &prior.maxversions),
    ] {
        if ignored {
            mine.clone_from(was);
        }
    }
    if password {
        config.password.clone_from(&prior.password);
    }
    if write_only {
        config.password_wo = Attr::Null;
    }
    config
}

async fn check(
    prior: Model,
    code: Model,
    ignored: [bool; 8],
    memory: Memory,
) -> Result<(), TestCaseError> {
    let world = Arc::new(World::with(&prior));
    let call = connected(Arc::clone(&world));
    let config = ignoring(&code, &prior, ignored);
    let (prior_value, config_value) = (Value::from(prior.clone()), Value::from(config.clone()));
    let proposed = proposed(Some(&prior), &config);
    let draft = schema_plan::draft(&SCHEMA, Some(&prior_value), proposed, &config_value);
    let mut diagnostics = Diagnostics::new();
    let asked = PlanRequest {
        prior: Some(&prior_value),
        config: &config_value,
        draft: &draft,
        private: &memory.encode(),
        earlier: &[],
    };
    let hashes = memory.hashes_now(&prior, &config);
    let plan = plan::plan(asked, hashes, &mut diagnostics);
    if diagnostics.has_errors() || plan.planned == prior_value {
        return Ok(());
    }
    let Some(PlanNote::Change {
        decision: Some(decided),
        ..
    }) = Memory::decode(&plan.private).plan
    else {
        return Err(TestCaseError::fail("a plan without a decision"));
    };
    let planned = Model::from(&plan.planned);
    let mut expected = Vec::new();
    let renamed = prior.metadata_differs(&planned);
    let rotates = decided.credentials == Credentials::Rotate;
    if renamed {
        expected.push("metadata".to_owned());
    }
    match decided.credentials {
        Credentials::Rotate => expected.push("rotate".to_owned()),
        Credentials::Activate(version) => expected.push(format!("activate {version}")),
        Credentials::Keep | Credentials::Undecided => {}
    }
    let shows =
        planned.current_version != prior.current_version || planned.currentversionid.is_unknown();
    prop_assert_eq!(
        decided.credentials != Credentials::Keep,
        shows,
        "shown exactly when it is done"
    );
    let request = UpdateRequest {
        prior: prior_value,
        planned: plan.planned,
        config: code.clone().into(),
        private: plan.private,
    };
    update(&call, request, &mut diagnostics).await;
    prop_assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    let writes = std::mem::take(&mut *world.writes.lock().expect("no panic"));
    let calls: Vec<_> = writes.iter().map(|(call, _)| call.clone()).collect();
    prop_assert_eq!(calls, expected);
    for (call, body) in &writes {
        let sent = (call == "rotate" && rotates).then(|| body["password"].clone());
        let password = config.password.known().or(config.password_wo.known());
        prop_assert_eq!(
            sent.clone(),
            sent.and(password.map(|known| json!(known.expose())))
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn an_apply_calls_what_its_plan_decided_and_nothing_else(
        prior in states(),
        code in configurations(false),
        ignored in any::<[bool; 8]>(),
        memory in memories(),
    ) {
        let memory = Memory { whole_writes: false, ..memory };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(check(prior, code, ignored, memory))?;
    }
}
