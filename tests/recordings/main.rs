//! Stories that the real Terraform was told, recorded, and told again to the Terraform that the tests play: both
//! have to make the same requests. `make recordings` records anew; the provider's schema of that day is kept along.

#![cfg(unix)]

mod stories;

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;
use serde_json::{Map, Value as Json, json};
use stories::{Step, Story};
use support::core::{Core, Wanted, Workspace, has_unknown};
use support::plugin::{Options, PluginProcess};
use support::recording::{Call, Recorder, Replay};
use support::repository;
use support::sandbox::Sandbox;
use support::terraform::Terraform;
use terraform_provider_bahriya::proto::tfplugin6 as proto;
use terraform_provider_bahriya::proto::tfplugin6::provider_client::ProviderClient;

fn file(name: &str) -> PathBuf {
    repository().join("tests/recordings").join(name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_terraform_of_the_tests_asks_what_terraform_asks() {
    let recording = std::env::var("RECORD").is_ok_and(|value| value == "1");
    for (number, name) in stories::NAMES.into_iter().enumerate().filter(|_| recording) {
        record(name, number == 0).await;
    }
    let mut wrong = Vec::new();
    for name in stories::NAMES {
        wrong.extend(replay(name).await.err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Tells a story to the real Terraform, and keeps what it asks of the provider.
async fn record(name: &str, with_schema: bool) {
    let sandbox = Sandbox::start();
    let project = sandbox.create_project("shop", &["helsinki-1"]).await;
    sandbox
        .create_registry("imported", "ghcr.io", "bot", "first")
        .await;
    let mut options = Options::default();
    for (name, value) in sandbox.env() {
        options = options.env(name, value);
    }
    let provider = PluginProcess::start(options).await;
    if with_schema {
        keep_schema(&provider).await;
    }
    let mut terraform = Terraform::new(&sandbox.env());
    let socket = terraform.path("proxy");
    let recorder = Recorder::serve(&socket, provider.channel.clone());
    let address = json!({"registry.terraform.io/bahriya-rs/bahriya": {
        "Protocol": "grpc", "ProtocolVersion": 6, "Pid": std::process::id(), "Test": true,
        "Addr": {"Network": "unix", "String": socket},
    }});
    terraform.set("TF_REATTACH_PROVIDERS", &address.to_string());
    let story = stories::story(name, &project);
    let steps = story.steps.iter();
    tokio::task::block_in_place(|| steps.for_each(|step| tell(&terraform, step)));
    let mut lines = json!({"project": project}).to_string();
    for call in recorder.take() {
        lines += "\n";
        lines += &serde_json::to_string(&call).expect("a call is JSON");
    }
    fs::write(file(&format!("{name}.jsonl")), lines + "\n").expect("a file");
}

/// One step, with the real Terraform.
fn tell(terraform: &Terraform, step: &Step) {
    match step {
        Step::Apply(wanted) => {
            terraform.write("main.tf.json", &configuration(wanted).to_string());
            terraform.apply().succeeds();
        }
        Step::Plan(wanted) => {
            terraform.write("main.tf.json", &configuration(wanted).to_string());
            terraform.assert_empty_plan();
        }
        Step::Destroy(_) => drop(terraform.destroy().succeeds()),
        Step::Taint(one) => {
            terraform.run(&["taint", &address(one)]).succeeds();
        }
        Step::Import(one, id) => {
            let one = std::slice::from_ref(one);
            terraform.write("main.tf.json", &configuration(one).to_string());
            terraform.import(&address(&one[0]), id).succeeds();
        }
        Step::Move(from, to) => {
            let mut whole = configuration(std::slice::from_ref(to));
            whole["moved"] = json!([{"from": address(from), "to": address(to)}]);
            terraform.write("main.tf.json", &whole.to_string());
            terraform.apply().succeeds();
        }
    }
}

fn address(one: &Wanted) -> String {
    format!("{}.{}", one.ty, one.address)
}

/// A configuration in Terraform's JSON syntax. What is unknown comes from a resource that is not made yet.
fn configuration(wanted: &[Wanted]) -> Json {
    let mut whole = json!({});
    for one in wanted {
        let mut block = Map::new();
        for (name, value) in one.config.as_object().into_iter().flatten() {
            let mut value = value.clone();
            if has_unknown(&value) {
                let known = &one.config_at_apply.as_ref().expect("a known value")[name];
                whole["resource"]["terraform_data"]["later"]["input"] = known.clone();
                value = "${terraform_data.later.output}".into();
            }
            block.insert(name.clone(), value);
        }
        let lifecycle = json!({
            "ignore_changes": one.ignore_changes, "create_before_destroy": one.create_before_destroy,
        });
        block.insert("lifecycle".to_owned(), lifecycle);
        whole["resource"][one.ty][one.address] = Json::Object(block);
    }
    whole
}

/// Only what a client needs to know, so that the file is small.
async fn keep_schema(provider: &PluginProcess) {
    let core = Core::connect(provider.provider(), None)
        .await
        .expect("schemas");
    let mut schema = proto::get_provider_schema::Response {
        resource_schemas: core.schema.resource_schemas,
        ..Default::default()
    };
    for resource in schema.resource_schemas.values_mut() {
        let block = resource.block.as_mut().expect("a block");
        block.description.clear();
        for attribute in &mut block.attributes {
            attribute.description.clear();
            for nested in attribute
                .nested_type
                .iter_mut()
                .flat_map(|ty| &mut ty.attributes)
            {
                nested.description.clear();
            }
        }
    }
    let text = STANDARD.encode(schema.encode_to_vec());
    fs::write(file("schema.base64"), text + "\n").expect("a file");
}

/// Tells a story to the Terraform of the tests.
async fn replay(name: &str) -> Result<(), String> {
    const KEPT: &str = "a recording: `make recordings` makes it";
    let schema = fs::read_to_string(file("schema.base64")).expect(KEPT);
    let schema = STANDARD.decode(schema.trim()).expect(KEPT);
    let schema = proto::get_provider_schema::Response::decode(schema.as_slice()).expect(KEPT);
    let text = fs::read_to_string(file(&format!("{name}.jsonl"))).expect(KEPT);
    let mut lines = text.lines();
    let given: Json = serde_json::from_str(lines.next().expect(KEPT)).expect(KEPT);
    let calls: Vec<Call> = lines
        .map(|line| serde_json::from_str(line).expect(KEPT))
        .collect();
    assert!(!calls.is_empty(), "{name}: nothing was recorded");
    let replay = Replay::new(calls);
    let core = Core::connect(ProviderClient::new(replay.clone()), Some(schema)).await;
    let mut core = core.expect("a schema");
    let mut workspace = Workspace::default();
    let Story { steps } = stories::story(name, given["project"].as_str().expect(KEPT));
    for (number, step) in steps.iter().enumerate() {
        let result = retell(&mut core, &mut workspace, step).await;
        result.map_err(|trouble| format!("{name}, step {}: {trouble:?}", number + 1))?;
    }
    match replay.left() {
        left if left.is_empty() => Ok(()),
        left => Err(format!("{name}: Terraform calls these, too: {left:?}")),
    }
}

async fn retell(
    core: &mut Core<Replay>,
    workspace: &mut Workspace,
    step: &Step,
) -> Result<(), support::core::Trouble> {
    match step {
        Step::Apply(wanted) => {
            let plan = workspace.plan(core, wanted).await?;
            workspace.apply(core, wanted, &plan).await
        }
        Step::Plan(wanted) => {
            let plan = workspace.plan(core, wanted).await?;
            assert!(plan.is_empty(), "{:?}", plan.differences());
            Ok(())
        }
        Step::Destroy(wanted) => {
            let plan = workspace.plan_destroy(core, wanted).await?;
            workspace.apply(core, &[], &plan).await
        }
        Step::Taint(one) => {
            workspace.taint(one.address);
            Ok(())
        }
        Step::Import(one, id) => workspace.import(core, one.address, one.ty, id).await,
        Step::Move(from, to) => {
            workspace.rename(from.address, to.address);
            let plan = workspace.plan(core, std::slice::from_ref(to)).await?;
            workspace.apply(core, std::slice::from_ref(to), &plan).await
        }
    }
}
