//! Private bytes, as a plan and a deletion read them: from another version, another provider, or tampered with.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use terraform_provider_bahriya::connection::{ApiClient, Connection};
use terraform_provider_bahriya::framework::diagnostics::Diagnostics;
use terraform_provider_bahriya::framework::plan as draft;
use terraform_provider_bahriya::framework::provider::{Call, Plan, PlanRequest, Resource};
use terraform_provider_bahriya::framework::value::Value;
use terraform_provider_bahriya::resources::registry::RegistryResource;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

static REGISTRY: &dyn Resource<Connection> = &RegistryResource;

/// A registry whose version 1 is current, and which pins this version.
fn registry(pin: Value) -> Value {
    let mut attributes = draft::empty(REGISTRY.schema());
    for (name, value) in [
        ("handle", "ghcr".into()),
        ("name", "Images".into()),
        ("server", "ghcr.io".into()),
        ("username", "bot".into()),
        ("on_drift", "restore".into()),
        ("current_version", 1.into()),
        ("active_version", pin),
    ] {
        attributes.insert(name, value);
    }
    Value::Object(attributes)
}

static UNPINNED: LazyLock<Value> = LazyLock::new(|| registry(Value::Null));
static PINNED: LazyLock<Value> = LazyLock::new(|| registry(2.into()));

/// A provider that is not configured yet: nothing can be looked up.
fn call() -> Call<Connection> {
    Call {
        connection: Arc::new(Connection::new(
            ApiClient::NotKnownYet(vec!["token"]),
            Arc::default(),
        )),
        cancel: CancellationToken::new(),
        diagnostics: Diagnostics::new(),
    }
}

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().build().expect("a runtime"));

fn plan(request: PlanRequest<'_>) -> Plan {
    RUNTIME.block_on(REGISTRY.plan(&mut call(), request))
}

fuzz_target!(|bytes: &[u8]| {
    for (prior, config) in [
        (&UNPINNED, &UNPINNED),
        (&UNPINNED, &PINNED),
        (&PINNED, &UNPINNED),
    ] {
        let request = PlanRequest {
            prior: Some(prior),
            config,
            draft: config,
            private: bytes,
            earlier: &[],
        };
        let planned = plan(request);
        // The plan's own bytes mean the same again.
        let request = PlanRequest {
            private: &planned.private,
            ..request
        };
        let again = plan(request);
        assert!(again.planned == planned.planned);
        assert_eq!(again.private, planned.private);
    }
    let kept = REGISTRY.plan_delete(&mut call(), &UNPINNED, bytes);
    let again = REGISTRY.plan_delete(&mut call(), &UNPINNED, &kept);
    assert_eq!(kept, again);
});
