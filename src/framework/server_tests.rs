use std::time::Duration;

use tokio_stream::StreamExt as _;
use tonic::Request;

use super::*;
use crate::framework::panics::tests::turn;
use crate::framework::tests::fake::{FAILS, Fake, PANICS, named};
use crate::framework::value::Value;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::provider_client::ProviderClient;

fn unconfigured() -> ProviderClient<Server<Fake>> {
    ProviderClient::new(Server::new(Fake))
}

async fn server() -> ProviderClient<Server<Fake>> {
    let mut server = unconfigured();
    let request = proto::configure_provider::Request {
        config: Some(wire::encode(&named("ready"))),
        ..Default::default()
    };
    server
        .configure_provider(Request::new(request))
        .await
        .expect("no status");
    server
}

fn only(diagnostics: &[proto::Diagnostic]) -> (&str, &str) {
    let [one] = diagnostics else {
        panic!("one diagnostic: {diagnostics:?}");
    };
    (&one.summary, &one.detail)
}

fn apply(prior: Value, planned: Value) -> Request<proto::apply_resource_change::Request> {
    Request::new(proto::apply_resource_change::Request {
        type_name: "fake_thing".to_owned(),
        prior_state: Some(wire::encode(&prior)),
        planned_state: Some(wire::encode(&planned)),
        config: Some(wire::encode(&planned)),
        planned_private: b"planned".to_vec(),
        ..Default::default()
    })
}

// The lock is held across awaits of a runtime of this test alone, and nothing there waits for it.
#[allow(clippy::await_holding_lock)]
#[tokio::test]
async fn a_panic_is_a_diagnostic_and_the_object_is_kept() {
    let _turn = turn();
    let mut server = server().await;
    let request = apply(named("before"), named(PANICS));
    let answer = server.apply_resource_change(request).await;
    let answer = answer.expect("no status").into_inner();
    let (summary, detail) = only(&answer.diagnostics);
    assert_eq!(summary, "The provider crashed");
    assert!(
        detail.contains("ApplyResourceChange on fake_thing"),
        "{detail}"
    );
    assert!(
        detail.contains("on purpose at src/framework/tests/fake.rs"),
        "{detail}"
    );
    // Terraform keeps the object as it is stored.
    assert_eq!(answer.new_state, None);

    // The server goes on.
    let answer = server
        .apply_resource_change(apply(named("before"), named("after")))
        .await;
    let answer = answer.expect("no status").into_inner();
    assert_eq!(answer.new_state, Some(wire::encode(&named("after"))));
    assert!(answer.diagnostics.is_empty());
}

#[allow(clippy::await_holding_lock)]
#[tokio::test]
async fn each_of_many_crashes_at_once_has_its_own_report() {
    let _turn = turn();
    let server = server().await;
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let mut server = server.clone();
            let request = apply(named("before"), named(PANICS));
            tokio::spawn(async move { server.apply_resource_change(request).await })
        })
        .collect();
    for call in calls {
        let answer = call.await.expect("no panic").expect("no status");
        let answer = answer.into_inner();
        let (_, detail) = only(&answer.diagnostics);
        assert!(detail.contains("on purpose at"), "{detail}");
    }
}

#[allow(clippy::await_holding_lock)]
#[tokio::test]
async fn a_panic_in_any_other_call_is_a_diagnostic_too() {
    let _turn = turn();
    let mut server = server().await;
    let state = Some(wire::encode(&named(PANICS)));
    let read = proto::read_resource::Request {
        type_name: "fake_thing".to_owned(),
        current_state: state.clone(),
        ..Default::default()
    };
    let read = server.read_resource(Request::new(read)).await;
    let read = read.expect("no status").into_inner();
    assert_eq!(only(&read.diagnostics).0, "The provider crashed");

    let configure = proto::configure_provider::Request {
        config: state.clone(),
        ..Default::default()
    };
    let configured = server.configure_provider(Request::new(configure)).await;
    let configured = configured.expect("no status").into_inner();
    let (_, detail) = only(&configured.diagnostics);
    assert!(
        detail.contains("ConfigureProvider on the provider"),
        "{detail}"
    );

    let call = proto::call_function::Request {
        name: "echo".to_owned(),
        arguments: vec![wire::encode(&PANICS.into())],
    };
    let called = server.call_function(Request::new(call)).await;
    let error = called.expect("no status").into_inner().error;
    assert!(error.is_some_and(|error| error.text.contains("on purpose")));

    let list = proto::list_resource::Request {
        type_name: "fake_thing".to_owned(),
        config: state,
        include_resource_object: true,
        limit: 0,
    };
    let events = server.list_resource(Request::new(list)).await;
    let mut events = events.expect("no status").into_inner();
    let first = events.next().await.expect("an object").expect("no status");
    assert_eq!(first.display_name, "a thing");
    assert_eq!(first.resource_object, Some(wire::encode(&named("first"))));
    let last = events
        .next()
        .await
        .expect("the outcome")
        .expect("no status");
    assert_eq!(only(&last.diagnostic).0, "The provider crashed");
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_refused_deletion_leaves_state_and_private_bytes_to_terraform() {
    let mut server = server().await;
    let answer = server
        .apply_resource_change(apply(named(FAILS), Value::Null))
        .await;
    let answer = answer.expect("no status").into_inner();
    assert_eq!(only(&answer.diagnostics).0, "This provider has no mercy");
    // An error without a state makes Terraform keep what it has stored.
    assert_eq!(answer.new_state, None);
    assert_eq!(answer.private, b"");
    let answer = server
        .apply_resource_change(apply(named("gone"), Value::Null))
        .await;
    let answer = answer.expect("no status").into_inner();
    assert_eq!(answer.new_state, Some(wire::encode(&Value::Null)));
    assert_eq!(answer.private, b"");
}

#[tokio::test]
async fn before_it_is_configured_a_call_says_so() {
    let mut server = unconfigured();
    let answer = server
        .apply_resource_change(apply(Value::Null, named("a")))
        .await;
    let answer = answer.expect("no status").into_inner();
    assert_eq!(only(&answer.diagnostics).0, "Provider not configured");
}

/// tonic drops a handler when its connection goes away, which must not abandon what it began.
#[tokio::test(start_paused = true)]
async fn work_goes_on_when_nobody_waits_for_its_answer() {
    let server = Server::new(Fake);
    let (done, mut told) = tokio::sync::mpsc::channel(1);
    let work = async move {
        tokio::time::sleep(Duration::from_secs(5)).await;
        done.send(()).await.expect("the test waits");
        Ok(())
    };
    let handler = server.finish("Test", "", work);
    let dropped = tokio::time::timeout(Duration::from_secs(1), handler).await;
    assert!(dropped.is_err());
    assert_eq!(told.recv().await, Some(()));
}
