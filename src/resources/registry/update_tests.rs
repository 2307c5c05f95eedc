//! The calls of an apply are those that the decision of its plan names, whatever the code says that is ignored.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use proptest::prelude::*;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::api::{Client, Fault, Reply, Request, Settings, Transport};
use crate::connection::ApiClient;
use crate::fingerprint::{Cost, Hasher};
use crate::framework::diagnostics::Diagnostics;
use crate::framework::model::Attr;
use crate::framework::plan as schema_plan;
use crate::framework::provider::PlanRequest;
use crate::resources::registry::plan::tests::{configurations, memories, proposed, states};
use crate::resources::registry::schema::SCHEMA;
use crate::resources::registry::{plan, plan_reads};

const ID: &str = "4a7f9f0e-1b1f-4f36-9a53-0d8a3b3d2c11";

/// An API with one registry, which keeps what it is asked to write.
struct World {
    /// It speaks the *put* dialect.
    put: bool,
    /// What it tells: versions in the registry, and what a write made in its answer.
    tells: [bool; 2],
    registry: Mutex<Json>,
    versions: Mutex<Vec<i64>>,
    writes: Mutex<Vec<(String, Json)>>,
}

impl World {
    fn with(prior: &Model, put: bool, tells: [bool; 2], versions: Vec<i64>) -> Self {
        let current = prior.current_version.known().or(versions.last());
        let registry = json!({"id": ID, "handle": "reg", "name": prior.name.known(), "server": prior.server.known(),
            "username": prior.username.known(), "maxversions": 5, "billable": true, "currentversion": current});
        Self {
            put,
            tells,
            registry: Mutex::new(registry),
            versions: Mutex::new(versions),
            writes: Mutex::default(),
        }
    }

    /// The call of a write, which is done.
    fn write(
        &self,
        registry: &mut Json,
        versions: &mut Vec<i64>,
        end: &str,
        request: &Request,
    ) -> (String, Json) {
        let body = request.body.as_ref().map_or(&b"null"[..], |body| &body[..]);
        let body: Json = serde_json::from_slice(body).expect("JSON");
        for key in ["name", "server", "username", "maxversions"] {
            if let Some(value) = body.get(key) {
                registry[key] = value.clone();
            }
        }
        let call = match (end, self.put) {
            (ID, false) => return ("metadata".to_owned(), body),
            (ID, true) => "whole".to_owned(),
            ("rotate", false) => end.to_owned(),
            _ => {
                let before = request.path.trim_end_matches("/activate");
                let number = before.rsplit('/').next().unwrap_or_default();
                registry["currentversion"] = json!(number.parse::<i64>().ok());
                return (format!("activate {number}"), body);
            }
        };
        let newest = versions.last().map_or(1, |newest| newest + 1);
        versions.push(newest);
        registry["currentversion"] = json!(newest);
        (call, body)
    }
}

#[async_trait]
impl Transport for World {
    async fn exchange(&self, request: &Request) -> Result<Reply, Fault> {
        let mut registry = self.registry.lock().expect("no panic");
        let mut versions = self.versions.lock().expect("no panic");
        let (_, end) = request.path.rsplit_once('/').expect("a path");
        let (mut status, mut data) = (StatusCode::OK, json!(ID));
        if request.method != Method::GET {
            let (call, body) = self.write(&mut registry, &mut versions, end, request);
            if call == "rotate" {
                status = StatusCode::CREATED;
                let newest = versions.last().copied().unwrap_or_default();
                data = if self.tells[1] {
                    json!(format!("v{newest}"))
                } else {
                    Json::Null
                };
            }
            self.writes.lock().expect("no panic").push((call, body));
        } else if end == "versions" && self.put {
            (status, data) = (StatusCode::NOT_FOUND, json!("Route not found."));
        } else if end == "versions" {
            let version = |number: &i64| json!({"id": format!("v{number}"), "version": number, "current": registry["currentversion"] == *number});
            let listed: Vec<_> = versions.iter().map(version).collect();
            data = json!({"count": listed.len(), "versions": listed});
        } else {
            data = registry.clone();
            data["versioncount"] = json!(versions.len());
            if !self.tells[0] {
                data["currentversion"] = Json::Null;
                data["versioncount"] = Json::Null;
            }
        }
        let answer = json!({"code": status.as_u16(), "status": "", "data": data}).to_string();
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
    let connection = Connection::new(ApiClient::Ready(client), Arc::new(Hasher::new(cost)));
    Call {
        connection: Arc::new(connection),
        cancel: CancellationToken::new(),
        diagnostics: Diagnostics::new(),
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
    world: World,
) -> Result<(), TestCaseError> {
    let world = Arc::new(world);
    let mut call = connected(Arc::clone(&world));
    let config = ignoring(&code, &prior, ignored);
    let (prior_value, config_value) = (Value::from(prior.clone()), Value::from(config.clone()));
    let proposed = proposed(Some(&prior), &config);
    let draft = schema_plan::draft(&SCHEMA, Some(&prior_value), proposed, &config_value);
    let asked = PlanRequest {
        prior: Some(&prior_value),
        config: &config_value,
        draft: &draft,
        private: &memory.encode(),
        earlier: &[],
    };
    let renamed = prior.metadata_differs(&Model::from(&draft));
    let hashes =
        plan_reads::hashes(&call.connection.hasher, &prior, &config, &memory, renamed).await;
    let plan = plan::planned(asked, memory, hashes, &mut call.diagnostics);
    if call.diagnostics.has_errors() || plan.planned == prior_value {
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
    let rotates = decided.action == Action::Rotate;
    let whole = world.put && (renamed || rotates);
    if whole {
        expected.push("whole".to_owned());
    } else if renamed {
        expected.push("metadata".to_owned());
    }
    match decided.action {
        Action::Rotate if whole => {}
        Action::Rotate => expected.push("rotate".to_owned()),
        Action::Activate(version) => expected.push(format!("activate {version}")),
        Action::Keep | Action::Undecided => {}
    }
    let shows =
        planned.current_version != prior.current_version || planned.currentversionid.is_unknown();
    prop_assert_eq!(
        decided.action != Action::Keep || whole,
        shows,
        "shown exactly when it is done"
    );
    let request = ApplyRequest {
        prior: prior_value,
        planned: plan.planned,
        config: code.clone().into(),
        private: plan.private,
    };
    update(&mut call, request).await;
    let told = &call.diagnostics;
    prop_assert!(!told.has_errors(), "{told:?}");
    let writes = std::mem::take(&mut *world.writes.lock().expect("no panic"));
    let calls: Vec<_> = writes.iter().map(|(call, _)| call.clone()).collect();
    prop_assert_eq!(calls, expected);
    for (_, body) in writes
        .iter()
        .filter(|(call, _)| call == "rotate" || call == "whole")
    {
        let password = config.password.known().or(config.password_wo.known());
        prop_assert_eq!(&body["password"], &json!(password.map(Secret::expose)));
        prop_assert_eq!(&body["username"], &json!(config.username.known()));
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
        (put, tells) in any::<(bool, [bool; 2])>(),
        oldest in 1_i64..4,
    ) {
        let memory = Memory { whole_writes: put, retained: None, ..memory };
        let versions: Vec<_> = (oldest..4).collect();
        let memory = match put {
            true => memory,
            false => Memory { retained: Some(versions.clone()), ..memory },
        };
        let world = World::with(&prior, put, tells, versions);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(check(prior, code, ignored, memory, world))?;
    }
}
