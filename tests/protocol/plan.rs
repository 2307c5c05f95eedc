//! PlanResourceChange: deterministic, empty where nothing changes, and within Terraform's rules.

use prost::Message as _;
use serde_json::{Value as Json, json};
use support::core::VERSION;
use support::provider_client::{
    ATTACHMENT, Client, REGISTRY, dynamic, errors, is_unknown, json_of, provider_config, rpc,
    unknown, warnings,
};
use support::sandbox::Sandbox;
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use crate::{registry, with};

/// Terraform plans again at the start of the apply and compares.
#[tokio::test]
async fn the_same_question_has_the_same_answer_to_the_byte() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let configs = [
        registry("one"),
        with(registry("one"), "name", "Another"),
        with(registry("one"), "password", "second-password"),
        with(registry("one"), "handle", "two"),
        with(registry("one"), "username", unknown()),
    ];
    for config in configs {
        for prior in [None, Some(&created)] {
            let request = client.plan_request(REGISTRY, prior, config.clone());
            let first = rpc!(client, plan_resource_change, request.clone());
            let second = rpc!(client, plan_resource_change, request);
            assert_eq!(first.encode_to_vec(), second.encode_to_vec(), "{config}");
        }
    }
    assert_eq!(
        sandbox.summary().await["versions_made"],
        1,
        "a plan writes nothing"
    );
}

#[tokio::test]
async fn what_was_applied_plans_nothing() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let planned = client.plan(REGISTRY, Some(&created), registry("one")).await;
    assert_eq!(planned.state, created.state);
    assert_eq!(planned.replaced, [""; 0]);
    assert_eq!(planned.answer.diagnostics, []);
    // Its own result, proposed again, stays what it is.
    let renamed = with(registry("one"), "name", "Another");
    let planned = client.plan(REGISTRY, Some(&created), renamed.clone()).await;
    let mut request = client.plan_request(REGISTRY, Some(&created), renamed);
    request.proposed_new_state = planned.answer.planned_state.clone();
    let again = rpc!(client, plan_resource_change, request);
    assert_eq!(json_of(again.planned_state.as_ref()), planned.state);
}

#[tokio::test]
async fn only_a_handle_asks_for_a_new_registry() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    for (name, value) in [
        ("name", json!("Another")),
        ("server", json!("docker.io")),
        ("username", json!("robot")),
        ("password", json!("second-password")),
        ("maxversions", json!(7)),
        ("on_drift", json!("restore")),
    ] {
        let config = with(registry("one"), name, value);
        let planned = client.plan(REGISTRY, Some(&created), config).await;
        assert_eq!(planned.replaced, [""; 0], "{name}");
        assert_ne!(planned.state, created.state, "{name}");
        assert_eq!(planned.state["id"], created.state["id"], "{name}");
    }
    let moved = with(registry("one"), "handle", "two");
    let planned = client.plan(REGISTRY, Some(&created), moved.clone()).await;
    assert_eq!(planned.replaced, ["handle"]);
    assert_eq!(
        warnings(&planned.answer.diagnostics),
        ["handle_will_be_spent"]
    );
    // The second half of a replace is a create with the private bytes of the first.
    let mut request = client.plan_request(REGISTRY, None, moved);
    request.prior_private = planned.answer.planned_private;
    let second = rpc!(client, plan_resource_change, request);
    assert_eq!(errors(&second.diagnostics), [""; 0]);
    assert!(is_unknown(&json_of(second.planned_state.as_ref())["id"]));
}

#[tokio::test]
async fn replacing_a_registry_by_one_of_the_same_handle_is_refused() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let first = client.plan(REGISTRY, Some(&created), registry("one")).await;
    let mut request = client.plan_request(REGISTRY, None, registry("one"));
    request.prior_private = first.answer.planned_private;
    let second = rpc!(client, plan_resource_change, request);
    assert_eq!(errors(&second.diagnostics), ["replaced_by_itself"]);
}

#[tokio::test]
async fn a_destroy_plan_is_null_and_warns() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    let request = proto::plan_resource_change::Request {
        type_name: REGISTRY.to_owned(),
        prior_state: Some(dynamic(&created.state)),
        proposed_new_state: Some(dynamic(&Json::Null)),
        config: Some(dynamic(&Json::Null)),
        prior_private: created.private.clone(),
        prior_identity: created.identity.clone(),
        ..Default::default()
    };
    let answer = rpc!(client, plan_resource_change, request);
    assert_eq!(json_of(answer.planned_state.as_ref()), Json::Null);
    assert_eq!(warnings(&answer.diagnostics), ["handle_will_be_spent"]);
    assert_eq!(answer.planned_private, created.private);
    assert_eq!(answer.planned_identity, created.identity);
    assert_eq!(answer.requires_replace, []);
}

/// Two objects of a state are one link, and one of them goes: whichever is planned first, the link stays.
#[tokio::test]
async fn a_link_that_another_object_has_outlives_a_deletion() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let project = sandbox.create_project("shop", &["helsinki-1"]).await;
    sandbox.registry("one", "password").await;
    let config = json!({"project_id": project, "handle": "one"});
    for (deletion_first, detaches_first) in [(false, true), (true, true), (true, false)] {
        let settings = provider_config(&sandbox);
        let old = client.apply(ATTACHMENT, None, config.clone()).await;
        let mut new = client.apply(ATTACHMENT, None, config.clone()).await;
        // Of another process than those that made them.
        client.configure(settings.clone(), VERSION).await;
        client.read(ATTACHMENT, &old).await;
        let mut gone = None;
        if deletion_first {
            gone = Some(client.plan_deletion(ATTACHMENT, &old).await);
            client.read(ATTACHMENT, &old).await;
        }
        new.private = client.read(ATTACHMENT, &new).await.private;
        let gone = match gone {
            Some(gone) => gone,
            None => client.plan_deletion(ATTACHMENT, &old).await,
        };
        let stays: &[&str] = if deletion_first {
            &[]
        } else {
            &["attachment_stays"]
        };
        assert_eq!(warnings(&gone.answer.diagnostics), stays);
        client.configure(settings, VERSION).await;
        if detaches_first {
            client.delete_as_planned(ATTACHMENT, &old, &gone).await;
        }
        let planned = client.plan(ATTACHMENT, Some(&new), config.clone()).await;
        assert_eq!(is_unknown(&planned.state["join_id"]), deletion_first);
        if deletion_first {
            new = client.apply(ATTACHMENT, Some(&new), config.clone()).await;
        }
        if !detaches_first {
            let kept = client.delete_as_planned(ATTACHMENT, &old, &gone).await;
            assert_eq!(warnings(&kept.diagnostics), ["attachment_stays"]);
        }
        assert_eq!(sandbox.summary().await["attachments"], 1);
        client.read(ATTACHMENT, &new).await;
        client.delete(ATTACHMENT, &new).await;
        assert_eq!(sandbox.summary().await["attachments"], 0);
    }
}

/// Terraform really sends refinements, and what depends on the value counts on them.
#[tokio::test]
async fn what_is_known_of_an_unknown_value_is_kept() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let refined = json!({"$unknown": [0x82, 1, 0xc2, 2, 0xa4, b'p', b'r', b'e', b'-']});
    for name in ["name", "server", "username", "password", "handle"] {
        let config = with(registry("one"), name, refined.clone());
        assert_eq!(client.validate(REGISTRY, config.clone()).await, []);
        let planned = client.plan(REGISTRY, None, config).await;
        assert_eq!(planned.state[name], refined, "{name}");
    }
}

#[tokio::test]
async fn unknown_values_from_elsewhere_are_no_errors() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let created = client.apply(REGISTRY, None, registry("one")).await;
    for name in [
        "handle",
        "name",
        "server",
        "username",
        "password",
        "password_wo_version",
        "active_version",
        "on_drift",
        "verify",
        "maxversions",
        "timeouts",
    ] {
        let config = with(registry("one"), name, unknown());
        assert_eq!(
            client.validate(REGISTRY, config.clone()).await,
            [],
            "{name}"
        );
        let new = with(registry("two"), name, unknown());
        let planned = client.plan(REGISTRY, None, new).await;
        assert_eq!(planned.answer.diagnostics, [], "{name}");
        let planned = client.plan(REGISTRY, Some(&created), config).await;
        assert!(is_unknown(&planned.state[name]), "{name}");
    }
}

#[tokio::test]
async fn a_create_marks_what_the_provider_will_tell() {
    let sandbox = Sandbox::start();
    let mut client = Client::configured(&sandbox).await;
    let planned = client.plan(REGISTRY, None, registry("one")).await;
    let unknowns: Vec<_> = planned
        .state
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, value)| is_unknown(value))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        unknowns,
        [
            "billable",
            "current_version",
            "currentversionid",
            "id",
            "managedbyresourceid",
            "managedbyresourcetype",
            "maxversions"
        ]
    );
    let mut without = registry("one");
    without["password"] = Json::Null;
    let request = client.plan_request(REGISTRY, None, without);
    let answer = rpc!(client, plan_resource_change, request);
    assert_eq!(errors(&answer.diagnostics), ["password_missing_to_create"]);
}
