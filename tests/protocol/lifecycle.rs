//! StopProvider, lost connections, and messages of any size.

use std::time::Duration;

use serde_json::{Value as Json, json};
use support::provider_client::{Client, REGISTRY, errors, json_of, rpc};
use support::sandbox::Sandbox;
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use crate::registry;

/// Lets the POST of a registry wait before it acts.
async fn slow_create(sandbox: &Sandbox, ms: u64) {
    let fault = json!({"method": "POST", "path": "/organisations/*/registries",
        "fault": {"kind": "slow", "ms": ms}});
    sandbox.fault(fault).await;
}

/// Waits until the sandbox has the request that the fault is for.
async fn under_way(sandbox: &Sandbox) {
    while sandbox.faults().await[0]["fired"] != json!(1) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_stop_never_cuts_a_write_and_the_server_goes_on() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let planned = client.plan(REGISTRY, None, registry("one")).await;
    let request = client.apply_request(REGISTRY, None, registry("one"), &planned);
    slow_create(&sandbox, 5000).await;
    let mut other = client.grpc.clone();
    let creating = tokio::spawn(async move { other.apply_resource_change(request).await });
    under_way(&sandbox).await;
    let answer = rpc!(client, stop_provider, proto::stop_provider::Request {});
    assert_eq!(answer.error, "");
    assert!(!creating.is_finished(), "the stop itself waits for nothing");
    let answer = creating.await.unwrap().expect("no status").into_inner();
    let created = client.applied(REGISTRY, &planned, answer);
    assert!(
        created.state["id"].is_string(),
        "the object is in the state"
    );

    let read = client.read(REGISTRY, &created).await;
    assert_eq!(errors(&read.diagnostics), [""; 0]);
    assert_eq!(json_of(read.new_state.as_ref())["current_version"], 1);
    let second = client.apply(REGISTRY, None, registry("two")).await;
    assert_eq!(second.state["handle"], "two");
}

#[tokio::test]
async fn a_stop_ends_waits_at_once() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let fault = json!({"method": "GET", "path": "/organisations/*/registries", "times": 100,
        "fault": {"kind": "hang"}});
    sandbox.fault(fault).await;
    let mut other = client.grpc.clone();
    let looking = tokio::spawn(async move {
        let request = proto::read_data_source::Request {
            type_name: "bahriya_registries".to_owned(),
            config: Some(support::provider_client::dynamic(
                &json!({"registries": null}),
            )),
            ..Default::default()
        };
        other.read_data_source(request).await
    });
    under_way(&sandbox).await;
    rpc!(client, stop_provider, proto::stop_provider::Request {});
    let answer = tokio::time::timeout(Duration::from_secs(60), looking).await;
    let answer = answer
        .expect("it did not wait")
        .unwrap()
        .expect("no status")
        .into_inner();
    assert_eq!(errors(&answer.diagnostics), ["cancelled"]);
}

/// tonic drops a handler together with its connection; the create must be brought to its end all the same.
#[tokio::test]
async fn a_lost_connection_does_not_abandon_a_create() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let planned = client.plan(REGISTRY, None, registry("one")).await;
    let request = client.apply_request(REGISTRY, None, registry("one"), &planned);
    slow_create(&sandbox, 5000).await;
    let mut creating = client.grpc.clone();
    let creating = tokio::spawn(async move { creating.apply_resource_change(request).await });
    under_way(&sandbox).await;
    assert_eq!(
        sandbox.summary().await["registries"],
        0,
        "it has not acted yet"
    );
    creating.abort();
    let _ = creating.await;
    let process = client.disconnect();
    // Nobody is connected any more, so the process ends by itself, but not before the write.
    let (status, _) = process.end().await;
    assert!(status.success(), "{status}");
    assert_eq!(sandbox.summary().await["registries"], 1);
    let posts = sandbox
        .requests()
        .await
        .into_iter()
        .filter(|one| one.method == "POST");
    assert_eq!(posts.map(|one| one.status).collect::<Vec<_>>(), [201]);
}

#[tokio::test]
async fn large_messages_are_taken_and_answered() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    const MIB: usize = 1024 * 1024;
    for size in [5 * MIB, 40 * MIB] {
        let mut config = registry("one");
        config["name"] = Json::String("n".repeat(size));
        let planned = client.plan(REGISTRY, None, config).await;
        assert_eq!(planned.state["name"].as_str().map(str::len), Some(size));
    }
    // What the state holds beside our attributes is none of our business, whatever its size.
    let state = json!({"handle": "one", "foreign": "f".repeat(40 * MIB)});
    let request = proto::upgrade_resource_state::Request {
        type_name: REGISTRY.to_owned(),
        version: 0,
        raw_state: Some(proto::RawState {
            json: state.to_string().into_bytes(),
            ..Default::default()
        }),
    };
    let answer = rpc!(client, upgrade_resource_state, request);
    assert_eq!(answer.diagnostics, []);
    assert_eq!(json_of(answer.upgraded_state.as_ref())["handle"], "one");
}

#[tokio::test]
async fn many_calls_at_once_are_all_answered() {
    let sandbox = Sandbox::options().latency_ms(50).start();
    let mut client = Client::configured(&sandbox).await;
    let mut creating = Vec::new();
    for number in 0..15 {
        let config = registry(&format!("reg-{number}"));
        let planned = client.plan(REGISTRY, None, config.clone()).await;
        let request = client.apply_request(REGISTRY, None, config, &planned);
        let mut other = client.grpc.clone();
        let call = tokio::spawn(async move { other.apply_resource_change(request).await });
        creating.push((planned, call));
    }
    for (planned, call) in creating {
        let answer = call.await.unwrap().expect("no status").into_inner();
        let created = client.applied(REGISTRY, &planned, answer);
        assert_eq!(created.state["handle"], planned.state["handle"]);
    }
    assert_eq!(sandbox.summary().await["registries"], 15);
}
