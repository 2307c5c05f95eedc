//! What a plan always keeps to, over generated cases, and the messages of single ones.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::planned as planned_by;
use super::*;
use crate::framework::plan as schema_plan;
use crate::framework::value::Value;
use crate::resources::registry::schema::SCHEMA;
use crate::secret::Secret;

/// Whether generated configurations hold unknown values.
type Unknowns = bool;

fn maybe_unknown<T: Clone + std::fmt::Debug + 'static>(
    known: impl Strategy<Value = T> + 'static,
    unknowns: Unknowns,
) -> BoxedStrategy<Attr<T>> {
    let known = known.prop_map(Attr::Known);
    if unknowns {
        prop_oneof![6 => known, 1 => Just(Attr::Unknown)].boxed()
    } else {
        known.boxed()
    }
}

fn texts(choices: &'static [&'static str], unknowns: Unknowns) -> BoxedStrategy<Attr<String>> {
    maybe_unknown(
        prop::sample::select(choices).prop_map(str::to_owned),
        unknowns,
    )
}

fn secrets(unknowns: Unknowns) -> BoxedStrategy<Attr<Secret>> {
    let known = prop::sample::select(&["one", "two", "three"][..]).prop_map(Secret::new);
    optional(maybe_unknown(known, unknowns))
}

fn numbers(unknowns: Unknowns) -> BoxedStrategy<Attr<i64>> {
    optional(maybe_unknown(1_i64..4, unknowns))
}

fn optional<T: Clone + std::fmt::Debug + 'static>(
    strategy: BoxedStrategy<Attr<T>>,
) -> BoxedStrategy<Attr<T>> {
    prop_oneof![1 => Just(Attr::Null), 1 => strategy].boxed()
}

prop_compose! {
    pub fn configurations(unknowns: Unknowns)(
        (handle, name, server, username) in (
            texts(&["reg"], unknowns),
            texts(&["Reg", "Other"], unknowns),
            texts(&["ghcr.io", "docker.io", "index.docker.io"], unknowns),
            texts(&["bot", "robot"], unknowns),
        ),
        (password, password_wo) in (secrets(unknowns), secrets(unknowns)),
        password_wo_version in optional(texts(&["1", "2"], unknowns)),
        active_version in numbers(unknowns),
        maxversions in numbers(unknowns),
        on_drift in optional(texts(&["warn", "restore"], unknowns)),
    ) -> Model {
        Model {
            // Two passwords do not pass validation.
            password_wo: if password.is_null() { password_wo } else { Attr::Null },
            handle, name, server, username, password, password_wo_version, active_version,
            maxversions, on_drift,
            ..Model::default()
        }
    }
}

prop_compose! {
    pub fn states()(config in configurations(false), current in prop::option::of(1_i64..4)) -> Model {
        Model {
            password_wo: Attr::Null,
            id: Attr::Known("4a7f9f0e-1b1f-4f36-9a53-0d8a3b3d2c11".to_owned()),
            current_version: current.into(),
            billable: Attr::Known(true),
            ..config
        }
    }
}

/// Fingerprints are slow on purpose, so one memory with some serves all cases.
static RECOGNISING: LazyLock<Memory> = LazyLock::new(|| {
    let mut memory = Memory::default();
    let fingerprint = memory.fingerprint_now("ghcr.io", "bot", &Secret::new("one"));
    memory.record_write(
        crate::api::Made {
            number: Some(1),
            id: None,
        },
        crate::api::Proof::Answer,
        fingerprint,
    );
    memory.retained = Some(vec![1, 2, 3]);
    memory
});

pub fn memories() -> BoxedStrategy<Memory> {
    (any::<bool>(), prop::option::of(1_i64..4), any::<bool>())
        .prop_map(|(recognises, configured, whole_writes)| Memory {
            configured,
            whole_writes,
            ..if recognises {
                RECOGNISING.clone()
            } else {
                Memory::default()
            }
        })
        .boxed()
}

/// What Terraform proposes: the configuration, and the prior value of what only the provider may set.
pub fn proposed(prior: Option<&Model>, config: &Model) -> Value {
    let mut proposed = config.clone();
    if let Some(prior) = prior {
        proposed.id = prior.id.clone();
        proposed.current_version = prior.current_version.clone();
        proposed.billable = prior.billable.clone();
        if proposed.maxversions.is_null() {
            proposed.maxversions = prior.maxversions.clone();
        }
    }
    proposed.into()
}

fn planned(prior: Option<&Model>, config: &Model, memory: &Memory) -> (Model, bool) {
    let prior_value = prior.map(|prior| Value::from(prior.clone()));
    let config_value = Value::from(config.clone());
    let proposed = proposed(prior, config);
    let draft = schema_plan::draft(&SCHEMA, prior_value.as_ref(), proposed, &config_value);
    let mut diagnostics = Diagnostics::new();
    let hashes = prior.map(|prior| memory.hashes_now(prior, config));
    let plan = planned_by(
        PlanRequest {
            prior: prior_value.as_ref(),
            config: &config_value,
            draft: &draft,
            private: &memory.encode(),
            earlier: &[],
        },
        memory.clone(),
        hashes.unwrap_or_default(),
        &mut diagnostics,
    );
    (Model::from(&plan.planned), diagnostics.has_errors())
}

/// A configured value stays as configured, or, for a server, as stored in another spelling.
fn keeps_configuration(planned: &Model, config: &Model, prior: Option<&Model>) -> bool {
    let server = planned.server == config.server
        || prior.is_some_and(|prior| planned.server == prior.server);
    server
        && planned.handle == config.handle
        && planned.name == config.name
        && planned.username == config.username
        && planned.password == config.password
        && planned.password_wo_version == config.password_wo_version
        && planned.active_version == config.active_version
        && planned.on_drift == config.on_drift
        && (config.maxversions.is_null() || planned.maxversions == config.maxversions)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_changes_no_configured_value_and_holds_no_write_only_one(
        prior in prop::option::of(states()),
        config in configurations(true),
        memory in memories(),
    ) {
        let (planned, _) = planned(prior.as_ref(), &config, &memory);
        prop_assert!(keeps_configuration(&planned, &config, prior.as_ref()));
        prop_assert!(planned.password_wo.is_null());
    }

    #[test]
    fn the_same_question_has_the_same_answer(
        prior in prop::option::of(states()),
        config in configurations(true),
        memory in memories(),
    ) {
        let first = planned(prior.as_ref(), &config, &memory);
        prop_assert_eq!(first, planned(prior.as_ref(), &config, &memory));
    }

    #[test]
    fn planning_what_was_applied_changes_nothing(
        prior in states(),
        config in configurations(false),
        mut memory in memories(),
    ) {
        let (mut applied, errors) = planned(Some(&prior), &config, &memory);
        prop_assume!(!errors);
        // What an apply would report and remember: a rotation makes version 4.
        let hashes = memory.hashes_now(&prior, &config);
        let mut case = Case {
            prior: &prior,
            config: &config,
            memory: &memory,
            told: Diagnostics::new(),
        };
        let decision = case.decide(hashes);
        if decision.rotates() {
            let password = decide::configured_password(&config).known().cloned();
            let (Some(server), Some(username), Some(password)) =
                (config.server.known(), config.username.known(), password)
            else {
                return Err(TestCaseError::fail("a rotation without credentials"));
            };
            let fingerprint = memory.fingerprint_now(server, username, &password);
            memory.record_write(crate::api::Made { number: Some(4), id: None }, crate::api::Proof::Answer, fingerprint);
            memory.retained = Some(vec![1, 2, 3, 4]);
            applied.current_version.resolve(Some(4));
        } else {
            memory.configured = decision.configured;
            applied.current_version.resolve(prior.current_version.known().copied());
        }
        applied.maxversions.resolve(Some(5));
        applied.currentversionid.resolve(None);
        let (again, errors) = planned(Some(&applied), &config, &memory);
        prop_assert!(!errors);
        prop_assert_eq!(again, applied);
    }
}

fn registry() -> Model {
    let text = |text: &str| Attr::Known(text.to_owned());
    Model {
        handle: text("reg"),
        name: text("Reg"),
        server: text("ghcr.io"),
        username: text("bot"),
        password_wo_version: text("1"),
        id: text("4a7f9f0e-1b1f-4f36-9a53-0d8a3b3d2c11"),
        current_version: Attr::Known(1),
        ..Model::default()
    }
}

fn configured(password: &str, trigger: &str) -> Model {
    Model {
        id: Attr::Null,
        current_version: Attr::Null,
        password_wo: Attr::Known(Secret::new(password)),
        password_wo_version: Attr::Known(trigger.to_owned()),
        ..registry()
    }
}

#[test]
fn a_handle_in_another_case_is_the_same() {
    let prior = Model {
        handle: Attr::Known("REG".to_owned()),
        ..registry()
    };
    let (planned, errors) = planned(Some(&prior), &configured("one", "1"), &RECOGNISING);
    assert!(!errors);
    assert_eq!(planned.handle, prior.handle);
    assert_eq!(planned, prior, "nothing to do");
}

/// Clients that keep the private bytes of a plan hand them to the plan that is made again for its apply.
#[test]
fn a_password_that_is_another_one_than_when_this_was_planned_is_refused() {
    let plan_after = |password: &str, earlier: &[u8]| {
        let (prior, config) = (registry(), configured(password, "2"));
        let memory = &*RECOGNISING;
        let draft = Value::from(Model {
            password_wo: Attr::Null,
            ..Model {
                id: prior.id.clone(),
                current_version: prior.current_version.clone(),
                ..config.clone()
            }
        });
        let mut diagnostics = Diagnostics::new();
        let request = PlanRequest {
            prior: Some(&prior.clone().into()),
            config: &config.clone().into(),
            draft: &draft,
            private: &memory.encode(),
            earlier,
        };
        let plan = planned_by(
            request,
            memory.clone(),
            memory.hashes_now(&prior, &config),
            &mut diagnostics,
        );
        (plan.private, diagnostics.has_errors())
    };
    let (same, errors) = plan_after("one", &[]);
    assert!(!errors);
    let (other, errors) = plan_after("two", &[]);
    assert!(!errors);
    assert!(plan_after("two", &same).1, "the plan showed no rotation");
    assert!(!plan_after("one", &other).1, "less than was shown");
    assert!(!plan_after("two", &other).1);
}
