//! Kinds of things that this provider does not have: a client that asks all the same gets words.

use support::plugin::Options;
use support::provider_client::{Client, errors, rpc};
use terraform_provider_bahriya::proto::tfplugin6 as proto;

#[tokio::test]
async fn every_call_for_an_absent_kind_is_answered_in_words() {
    let mut client = Client::start(Options::default()).await;
    macro_rules! absent {
        ($($procedure:ident $module:ident $summary:literal;)+) => {$(
            let answer = rpc!(client, $procedure, proto::$module::Request::default());
            assert_eq!(errors(&answer.diagnostics), [$summary], stringify!($procedure));
        )+};
    }
    absent! {
        validate_state_store_config validate_state_store "no_such_kind";
        configure_state_store configure_state_store "no_such_kind";
        lock_state lock_state "no_such_kind";
        unlock_state unlock_state "no_such_kind";
        get_states get_states "no_such_kind";
        delete_state delete_state "no_such_kind";
        validate_action_config validate_action_config "no_such_kind";
        plan_action plan_action "no_such_kind";
    }
}

#[tokio::test]
async fn streams_of_absent_kinds_have_one_event() {
    let mut client = Client::start(Options::default()).await;
    let request = proto::read_state_bytes::Request::default();
    let mut events = client
        .grpc
        .read_state_bytes(request)
        .await
        .unwrap()
        .into_inner();
    let event = events.message().await.unwrap().expect("an event");
    assert_eq!(errors(&event.diagnostics), ["no_such_kind"]);
    assert!(event.range.is_some(), "without it Terraform crashes");
    assert!(events.message().await.unwrap().is_none());

    let chunks = tokio_stream::iter([proto::write_state_bytes::RequestChunk::default()]);
    let answer = client
        .grpc
        .write_state_bytes(chunks)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(errors(&answer.diagnostics), ["no_such_kind"]);

    let request = proto::invoke_action::Request::default();
    let mut events = client
        .grpc
        .invoke_action(request)
        .await
        .unwrap()
        .into_inner();
    let event = events.message().await.unwrap().expect("an event");
    let Some(proto::invoke_action::event::Type::Completed(completed)) = event.r#type else {
        panic!("an event without a type makes Terraform crash: {event:?}");
    };
    assert_eq!(errors(&completed.diagnostics), ["no_such_kind"]);
    assert!(events.message().await.unwrap().is_none());
}

/// Whatever the kind, an unknown type is named, and nothing is lost.
#[tokio::test]
async fn an_unknown_type_is_named() {
    let mut client = Client::start(Options::default()).await;
    macro_rules! unknown {
        ($($procedure:ident { $($field:ident),* } $summary:literal;)+) => {$(
            let request = proto::$procedure::Request {
                $($field: "bahriya_nothing".to_owned(),)*
                ..Default::default()
            };
            let answer = rpc!(client, $procedure, request);
            assert_eq!(errors(&answer.diagnostics), [$summary], stringify!($procedure));
        )+};
    }
    unknown! {
        validate_resource_config { type_name } "unknown_type";
        upgrade_resource_state { type_name } "unknown_type";
        upgrade_resource_identity { type_name } "unknown_type";
        read_resource { type_name } "unknown_type";
        plan_resource_change { type_name } "unknown_type";
        apply_resource_change { type_name } "unknown_type";
        import_resource_state { type_name } "unknown_type";
        move_resource_state { target_type_name } "unknown_type";
        generate_resource_config { type_name } "unknown_type";
        validate_data_resource_config { type_name } "unknown_type";
        read_data_source { type_name } "unknown_type";
        validate_ephemeral_resource_config { type_name } "unknown_type";
        open_ephemeral_resource { type_name } "unknown_type";
        renew_ephemeral_resource { type_name } "unknown_type";
        close_ephemeral_resource { type_name } "unknown_type";
        validate_list_resource_config { type_name } "unknown_type";
    }
}
