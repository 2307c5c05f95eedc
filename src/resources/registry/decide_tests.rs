//! Each row of the decision: what was, what is configured now, what is remembered, and what follows.

use super::*;

/// Versions 1 and 2 were made with the passwords "one" and "two", 2 holds the configured ones.
fn memory() -> Memory {
    let mut memory = Memory::default();
    for (version, password) in [(1, "one"), (2, "two")] {
        let fingerprint = memory.fingerprint_now("ghcr.io", "bot", &Secret::new(password));
        memory.record_write(
            crate::api::Made {
                number: Some(version),
                id: None,
            },
            crate::api::Proof::Answer,
            fingerprint,
        );
    }
    memory.retained = Some(vec![1, 2]);
    memory
}

fn known(text: &str) -> Attr<String> {
    Attr::Known(text.to_owned())
}

fn password(text: &str) -> Attr<Secret> {
    Attr::Known(Secret::new(text))
}

/// The state after version 2 was made from a stored password.
fn state() -> Model {
    Model {
        handle: known("reg"),
        name: known("Reg"),
        server: known("ghcr.io"),
        username: known("bot"),
        password: password("two"),
        current_version: Attr::Known(2),
        ..Model::default()
    }
}

/// The configuration that led to that state.
fn config() -> Model {
    Model {
        current_version: Attr::Null,
        ..state()
    }
}

/// The same with a write-only password and a trigger.
fn write_only(value: &str, trigger: &str) -> Model {
    Model {
        password: Attr::Null,
        password_wo: password(value),
        password_wo_version: known(trigger),
        ..config()
    }
}

fn stored_write_only(trigger: &str) -> Model {
    Model {
        password: Attr::Null,
        password_wo_version: known(trigger),
        ..state()
    }
}

/// What was decided, and what the user hears of it.
struct Decided {
    configured: Option<i64>,
    told: Diagnostics,
}

#[track_caller]
fn expect(prior: &Model, config: &Model, memory: &Memory, credentials: Action) -> Decided {
    let told = Diagnostics::new();
    let mut case = Case {
        prior,
        config,
        memory,
        told,
    };
    let decision = case.decide(memory.hashes_now(prior, config));
    let told = case.told;
    assert_eq!(decision.action, credentials, "{told:?}");
    Decided {
        configured: decision.configured,
        told,
    }
}

/// The names of what the user hears.
fn told(decision: &Decided) -> Vec<&'static str> {
    decision.told.iter().map(|one| one.name).collect()
}

#[test]
fn nothing_changed_calls_nothing() {
    expect(&state(), &config(), &memory(), Action::Keep);
}

#[test]
fn metadata_never_touches_credentials() {
    let config = Model {
        name: known("Other"),
        maxversions: Attr::Known(9),
        on_drift: known("restore"),
        verify: known("error"),
        ..config()
    };
    expect(&state(), &config, &memory(), Action::Keep);
}

#[test]
fn each_new_credential_rotates() {
    let changes: [fn(&mut Model); 3] = [
        |config| config.server = known("quay.io"),
        |config| config.username = known("robot"),
        |config| config.password = password("three"),
    ];
    for change in changes {
        let mut config = config();
        change(&mut config);
        let decision = expect(&state(), &config, &memory(), Action::Rotate);
        assert_eq!(decision.configured, None, "the rotation will tell");
    }
}

#[test]
fn another_spelling_of_the_server_is_no_change() {
    let prior = Model {
        server: known("docker.io"),
        ..state()
    };
    let config = Model {
        server: known("index.docker.io"),
        ..config()
    };
    expect(&prior, &config, &memory(), Action::Keep);
}

#[test]
fn credentials_of_a_retained_version_activate_it() {
    let config = Model {
        password: password("one"),
        ..config()
    };
    let decision = expect(&state(), &config, &memory(), Action::Activate(1));
    assert_eq!(decision.configured, Some(1));
}

#[test]
fn credentials_of_an_evicted_version_rotate() {
    let mut memory = memory();
    memory.retained = Some(vec![2, 3]);
    let config = Model {
        password: password("one"),
        ..config()
    };
    expect(&state(), &config, &memory, Action::Rotate);
}

#[test]
fn an_api_without_activation_rotates_back() {
    let mut memory = memory();
    memory.whole_writes = true;
    let config = Model {
        password: password("one"),
        ..config()
    };
    expect(&state(), &config, &memory, Action::Rotate);
}

#[test]
fn a_write_only_value_is_noticed_only_with_a_new_trigger() {
    let prior = stored_write_only("1");
    expect(&prior, &write_only("three", "1"), &memory(), Action::Keep);
    expect(&prior, &write_only("three", "2"), &memory(), Action::Rotate);
}

#[test]
fn a_new_trigger_with_the_same_credentials_calls_nothing() {
    let prior = stored_write_only("1");
    expect(&prior, &write_only("two", "2"), &memory(), Action::Keep);
}

#[test]
fn a_reused_trigger_counts_for_what_it_comes_with() {
    let prior = stored_write_only("2");
    expect(&prior, &write_only("three", "1"), &memory(), Action::Rotate);
    expect(
        &prior,
        &write_only("one", "1"),
        &memory(),
        Action::Activate(1),
    );
}

#[test]
fn moving_to_write_only_with_the_same_value_calls_nothing() {
    let moved = Model {
        password_wo_version: Attr::Null,
        ..write_only("two", "")
    };
    expect(&state(), &moved, &memory(), Action::Keep);
    // Also where nothing was ever fingerprinted, as after a switch from another provider.
    expect(&state(), &moved, &Memory::default(), Action::Keep);
    expect(
        &state(),
        &write_only("two", "1"),
        &Memory::default(),
        Action::Keep,
    );
    let other = Model {
        password_wo_version: Attr::Null,
        ..write_only("three", "")
    };
    expect(&state(), &other, &memory(), Action::Rotate);
}

#[test]
fn without_any_password_credentials_are_left_alone() {
    let config = Model {
        password: Attr::Null,
        ..config()
    };
    let decision = expect(&state(), &config, &memory(), Action::Keep);
    assert_eq!(told(&decision), [""; 0]);
    let moved = Model {
        username: known("robot"),
        ..config
    };
    let decision = expect(&state(), &moved, &memory(), Action::Keep);
    assert_eq!(told(&decision), ["password_missing_to_rotate"]);
}

#[test]
fn unknown_values_leave_it_open() {
    let changes: [fn(&mut Model); 5] = [
        |config| config.server = Attr::Unknown,
        |config| config.username = Attr::Unknown,
        |config| config.password = Attr::Unknown,
        |config| config.password_wo_version = Attr::Unknown,
        |config| config.active_version = Attr::Unknown,
    ];
    for change in changes {
        let mut config = config();
        change(&mut config);
        if config.password_wo_version.is_unknown() {
            // The trigger does not matter where a stored password shows that nothing changed.
            continue;
        }
        let decision = expect(&state(), &config, &memory(), Action::Undecided);
        assert_eq!(told(&decision), [""; 0]);
    }
    let config = Model {
        password_wo_version: Attr::Unknown,
        ..write_only("three", "")
    };
    expect(
        &stored_write_only("1"),
        &config,
        &memory(),
        Action::Undecided,
    );
}

#[test]
fn a_pin_activates_and_its_removal_rolls_forward() {
    let pinned = Model {
        active_version: Attr::Known(1),
        ..config()
    };
    let decision = expect(&state(), &pinned, &memory(), Action::Activate(1));
    assert_eq!(
        decision.configured,
        Some(2),
        "the configured credentials stay those of 2"
    );
    let rolled_back = Model {
        active_version: Attr::Known(1),
        current_version: Attr::Known(1),
        ..state()
    };
    expect(&rolled_back, &pinned, &memory(), Action::Keep);
    let decision = expect(&rolled_back, &config(), &memory(), Action::Activate(2));
    assert_eq!(told(&decision), [""; 0], "asked for, not drift");
}

#[test]
fn a_pin_contradicts_changed_credentials_unless_it_holds_them() {
    let rotated = Model {
        active_version: Attr::Known(1),
        password: password("three"),
        ..config()
    };
    let decision = expect(&state(), &rotated, &memory(), Action::Keep);
    assert_eq!(told(&decision), ["pinned_against_change"]);
    let reverted = Model {
        active_version: Attr::Known(1),
        password: password("one"),
        ..config()
    };
    let decision = expect(&state(), &reverted, &memory(), Action::Activate(1));
    assert_eq!((decision.configured, told(&decision)), (Some(1), vec![]));
}

#[test]
fn a_pin_needs_numbers_a_retained_version_and_a_way_to_activate_it() {
    let pinned = Model {
        active_version: Attr::Known(1),
        ..config()
    };
    let unnumbered = Model {
        current_version: Attr::Null,
        ..state()
    };
    let decision = expect(&unnumbered, &pinned, &Memory::default(), Action::Keep);
    assert_eq!(told(&decision), ["versions_without_numbers"]);

    let mut evicted = memory();
    evicted.retained = Some(vec![2, 3]);
    let decision = expect(&state(), &pinned, &evicted, Action::Keep);
    let expected = findings::version_not_retained(1, "Retained are the versions 2, 3.");
    let expected = expected.at("active_version");
    assert!(decision.told.iter().eq([&expected]), "{:?}", decision.told);

    let mut whole = memory();
    whole.whole_writes = true;
    let decision = expect(&state(), &pinned, &whole, Action::Keep);
    assert_eq!(told(&decision), ["version_without_activation"]);
}

/// Somebody else made version 3 current.
fn drifted() -> (Model, Memory) {
    let state = Model {
        current_version: Attr::Known(3),
        ..state()
    };
    let mut memory = memory();
    memory.retained = Some(vec![1, 2, 3]);
    (state, memory)
}

#[test]
fn drift_is_reported_and_put_back_only_on_request() {
    let (state, memory) = drifted();
    let decision = expect(&state, &config(), &memory, Action::Keep);
    assert_eq!(told(&decision), ["drifted"]);
    let restoring = Model {
        on_drift: known("restore"),
        ..config()
    };
    let decision = expect(&state, &restoring, &memory, Action::Activate(2));
    assert_eq!(told(&decision), ["drift_is_undone"]);
}

/// Its number was never seen: another client's came before it could be looked for.
#[test]
fn a_version_that_is_known_by_its_id_alone_is_missed() {
    let (mut prior, mut memory) = drifted();
    memory.configured = None;
    memory.configured_id = Some("ours".to_owned());
    for (shown, names) in [("another", &["drifted"][..]), ("ours", &[])] {
        prior.currentversionid = known(shown);
        let decision = expect(&prior, &config(), &memory, Action::Keep);
        assert_eq!(told(&decision), names);
    }
    prior.currentversionid = known("another");
    let restore = Model {
        on_drift: known("restore"),
        ..config()
    };
    expect(&prior, &restore, &memory, Action::Rotate);
}

#[test]
fn an_evicted_version_is_restored_from_the_configured_password() {
    let (state, mut memory) = drifted();
    memory.retained = Some(vec![3, 4]);
    let restoring = Model {
        on_drift: known("restore"),
        ..config()
    };
    let decision = expect(&state, &restoring, &memory, Action::Rotate);
    assert_eq!(told(&decision), ["drift_is_undone_anew"]);
    let without = Model {
        password: Attr::Null,
        ..restoring
    };
    let decision = expect(&state, &without, &memory, Action::Keep);
    assert!(told(&decision).contains(&"password_missing_to_restore"));
}

#[test]
fn a_version_of_which_only_the_id_is_known_has_drifted_if_another_is_current() {
    let (mut state, mut memory) = drifted();
    state.currentversionid = known("theirs");
    (memory.configured, memory.configured_id) = (None, Some("ours".to_owned()));
    let decision = expect(&state, &config(), &memory, Action::Keep);
    assert_eq!(told(&decision), ["drifted"]);
    let restoring = Model {
        on_drift: known("restore"),
        ..config()
    };
    expect(&state, &restoring, &memory, Action::Rotate);
    // The list alone shows the id.
    state.currentversionid = Attr::Null;
    memory.ids = [(3, "theirs".to_owned())].into();
    let decision = expect(&state, &config(), &memory, Action::Keep);
    assert_eq!(told(&decision), ["drifted"]);
    memory.ids = [(3, "ours".to_owned())].into();
    let decision = expect(&state, &config(), &memory, Action::Keep);
    assert_eq!(told(&decision), [""; 0]);
}

#[test]
fn a_pin_is_always_put_back() {
    let (state, memory) = drifted();
    let pinned = Model {
        active_version: Attr::Known(1),
        ..config()
    };
    let prior = Model {
        active_version: Attr::Known(1),
        ..state
    };
    let decision = expect(&prior, &pinned, &memory, Action::Activate(1));
    assert_eq!(told(&decision), ["drift_is_undone"]);
}

#[test]
fn after_drift_new_credentials_rotate_as_ever() {
    let (state, memory) = drifted();
    let config = Model {
        password: password("four"),
        ..config()
    };
    expect(&state, &config, &memory, Action::Rotate);
}

#[test]
fn without_numbers_there_is_no_drift_to_see() {
    let state = Model {
        current_version: Attr::Null,
        ..state()
    };
    let mut memory = Memory::default();
    memory.held = memory.fingerprint_now("ghcr.io", "bot", &Secret::new("two"));
    expect(&state, &config(), &memory, Action::Keep);
    let config = Model {
        password: password("three"),
        ..config()
    };
    expect(&state, &config, &memory, Action::Rotate);
}

#[test]
fn without_numbers_a_place_that_somebody_changed_is_put_back() {
    let mut memory = Memory::default();
    memory.held = memory.fingerprint_now("ghcr.io", "bot", &Secret::new("two"));
    let moved = Model {
        username: known("intruder"),
        current_version: Attr::Null,
        ..state()
    };
    expect(&moved, &config(), &memory, Action::Rotate);
}
