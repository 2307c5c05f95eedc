//! A refresh and a no-op plan of many registries, driven call by call without Terraform, so that what is
//! measured is the provider: state upgrade, read, validation and plan of each, ten at a time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::Value as Json;
use support::plugin::Identity;
use support::sandbox::Sandbox;
use terraform_provider_bahriya::framework::codec;
use terraform_provider_bahriya::framework::provider::Provider as _;
use terraform_provider_bahriya::framework::schema::Schema;
use terraform_provider_bahriya::framework::value::Value;
use terraform_provider_bahriya::proto::tfplugin6 as proto;
use terraform_provider_bahriya::provider::Bahriya;
use tokio::task::JoinSet;
use tonic::transport::Channel;

use crate::contender::{Contender, Kind};
use crate::host::{Host, dynamic};
use crate::stats::Samples;

pub const REGISTRY: &str = "bahriya_registry";
/// Null. The peer does not answer without a `provider_meta`, which its schema always has.
const NOTHING: [u8; 1] = [0xc0];
/// Terraform's default.
const AT_ONCE: usize = 10;
/// Fewer where one takes long.
fn repeats(size: usize) -> usize {
    if size <= 1000 { 3 } else { 1 }
}

pub type Client = proto::provider_client::ProviderClient<Channel>;

/// A registry in the forms in which Terraform hands it over.
#[derive(Clone)]
pub struct Item {
    pub json: Vec<u8>,
    pub state: Vec<u8>,
    pub config: Vec<u8>,
    pub private: Vec<u8>,
}

/// What one number of registries costs one program.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// Registries.
    pub size: usize,
    /// Time per registry, µs.
    pub time: Samples,
    /// Processor time of the provider per registry, µs.
    pub cpu: Samples,
    /// Resident memory afterwards, MiB.
    pub resident: Samples,
    /// Requests to the API in the last repetition.
    pub requests: usize,
}

pub fn registry_schema() -> &'static Schema {
    let provider = Bahriya::default();
    let resources = provider.resources();
    let registry = resources.iter().find(|one| one.type_name() == REGISTRY);
    registry.expect("the resource").schema()
}

/// What Terraform would have stored and configured, but for what the provider itself adds.
pub fn item(json: &Json) -> Item {
    let schema = registry_schema();
    let text = serde_json::to_vec(json).expect("JSON");
    let value = codec::decode_json(&text, schema.ty()).expect("a state");
    Item {
        json: text,
        state: codec::encode_msgpack(&value),
        config: codec::encode_msgpack(&configuration(value)),
        private: Vec::new(),
    }
}

/// A state without what the configuration does not say.
fn configuration(state: Value) -> Value {
    let Value::Object(mut attributes) = state else {
        panic!("an object");
    };
    for attribute in &registry_schema().attributes {
        if attribute.is_computed() {
            attributes.insert(attribute.name, Value::Null);
        }
    }
    Value::Object(attributes)
}

/// Refreshes and plans one registry. Unless it is seen for the first time, nothing may be left to do.
async fn refresh(client: &mut Client, item: &Item, settled: bool) -> Item {
    let type_name = REGISTRY.to_owned();
    let upgrade = proto::upgrade_resource_state::Request {
        type_name: type_name.clone(),
        version: 0,
        raw_state: Some(proto::RawState {
            json: item.json.clone(),
            ..Default::default()
        }),
    };
    let upgraded = client.upgrade_resource_state(upgrade).await;
    let upgraded = upgraded.expect("an answer").into_inner();
    assert!(upgraded.diagnostics.is_empty(), "{upgraded:?}");
    let read = proto::read_resource::Request {
        type_name: type_name.clone(),
        current_state: Some(dynamic(item.state.clone())),
        private: item.private.clone(),
        provider_meta: Some(dynamic(NOTHING.into())),
        ..Default::default()
    };
    let read = client.read_resource(read).await.expect("an answer");
    let read = read.into_inner();
    assert!(read.diagnostics.is_empty(), "{read:?}");
    let state = read.new_state.expect("it exists");
    let validate = proto::validate_resource_config::Request {
        type_name: type_name.clone(),
        config: Some(dynamic(item.config.clone())),
        ..Default::default()
    };
    let validated = client.validate_resource_config(validate).await;
    let validated = validated.expect("an answer").into_inner();
    assert!(validated.diagnostics.is_empty(), "{validated:?}");
    let planned = plan(client, &state.msgpack, &item.config, &read.private).await;
    assert!(!settled || planned == item.state, "the plan is empty");
    Item {
        state: state.msgpack,
        private: read.private,
        ..item.clone()
    }
}

/// Plans a registry as it is and answers what is planned.
pub async fn plan(client: &mut Client, state: &[u8], config: &[u8], private: &[u8]) -> Vec<u8> {
    let request = proto::plan_resource_change::Request {
        type_name: REGISTRY.to_owned(),
        prior_state: Some(dynamic(state.to_owned())),
        proposed_new_state: Some(dynamic(state.to_owned())),
        config: Some(dynamic(config.to_owned())),
        prior_private: private.to_owned(),
        provider_meta: Some(dynamic(NOTHING.into())),
        ..Default::default()
    };
    let answer = client.plan_resource_change(request).await;
    let answer = answer.expect("an answer").into_inner();
    assert!(answer.diagnostics.is_empty(), "{answer:?}");
    answer.planned_state.expect("a plan").msgpack
}

/// All of them, as many at once as Terraform does.
async fn walk(host: &Host, items: &Arc<Vec<Item>>, settled: bool) -> Vec<Item> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (mut client, items, next) = (host.client(), items.clone(), next.clone());
        workers.spawn(async move {
            let mut seen = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(index) else {
                    return seen;
                };
                seen.push((index, refresh(&mut client, item, settled).await));
            }
        });
    }
    let mut seen = BTreeMap::new();
    while let Some(done) = workers.join_next().await {
        seen.extend(done.expect("a walk"));
    }
    seen.into_values().collect()
}

/// Measures each program with each number of registries.
pub async fn measure(
    contenders: &[Contender],
    sizes: &[usize],
    largest_for_peers: usize,
    identity: &Identity,
    sandbox: &Sandbox,
) -> Vec<Vec<Walk>> {
    let env = sandbox.env();
    let mut all = vec![Vec::new(); contenders.len()];
    let mut items = Vec::new();
    for &size in sizes {
        items.extend(learn(contenders, items.len()..size, identity, sandbox).await);
        let ours = Arc::new(items.clone());
        // Private bytes are each program's own.
        let bare = items.iter().map(|item: &Item| Item {
            private: Vec::new(),
            ..item.clone()
        });
        let bare = Arc::new(bare.collect());
        let mut walks = vec![
            Walk {
                size,
                ..Default::default()
            };
            contenders.len()
        ];
        for _ in 0..repeats(size) {
            for (contender, walked) in contenders.iter().zip(&mut walks) {
                let slow = contender.name.contains("tf-provider") && size > largest_for_peers;
                if matches!(contender.kind, Kind::Earlier | Kind::Other) || slow {
                    continue;
                }
                let host = Host::start(contender, &[], identity, &env).await;
                host.configure(contender).await;
                sandbox.clear_requests().await;
                let (before, started) = (host.cpu(), Instant::now());
                // The peer writes attributes in another order.
                match contender.kind {
                    Kind::Ours => walk(&host, &ours, true).await,
                    _ => walk(&host, &bare, false).await,
                };
                let (time, cpu) = (started.elapsed(), host.cpu() - before);
                walked.time.add(time.as_secs_f64() * 1e6 / size as f64);
                walked.cpu.add(cpu.as_secs_f64() * 1e6 / size as f64);
                walked.resident.add(host.resident());
                walked.requests = sandbox.requests().await.len();
                host.shutdown().await;
            }
        }
        for (all, walk) in all.iter_mut().zip(walks) {
            all.push(walk);
        }
    }
    all
}

/// Makes registries and lets the provider see them once, as after an import: from then on it has in its
/// private bytes what it has after a create.
async fn learn(
    contenders: &[Contender],
    numbers: std::ops::Range<usize>,
    identity: &Identity,
    sandbox: &Sandbox,
) -> Vec<Item> {
    let ours = contenders.iter().find(|one| one.kind == Kind::Ours);
    let ours = ours.expect("the provider itself");
    let mut items = Vec::new();
    for number in numbers {
        let (handle, password) = (format!("walk-{number}"), format!("not-a-secret-{number}"));
        let id = sandbox
            .create_registry(&handle, "ghcr.io", "bot", &password)
            .await;
        // The sandbox names a registry like its handle.
        let json = serde_json::json!({
            "id": id, "handle": handle, "name": handle, "server": "ghcr.io", "username": "bot",
            "password": password,
        });
        items.push(item(&json));
    }
    let host = Host::start(ours, &[], identity, &sandbox.env()).await;
    host.configure(ours).await;
    let seen = walk(&host, &Arc::new(items), false).await;
    host.shutdown().await;
    seen
}
