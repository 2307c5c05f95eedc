//! What holds in every story, whatever goes wrong in it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value as Json;
use support::core::{ATTACHMENT, Action, REGISTRY};
use support::memory_api::{Call, Dialect, MemoryApi, Says, Sent, State, View, What, Writer};
use tokio::time::Instant;

use crate::terraform::{Run, Terraform};
use crate::wanted::{HANDLE, Wanted};

/// Requests that one call of Terraform may need at most.
const MOST_REQUESTS: usize = 80;
/// The default timeouts of two minutes, half a minute for the looks, and the read-back.
const LONGEST: Duration = Duration::from_secs(175);

/// Checks a run that has just ended.
pub fn after_a_run(terraform: &Terraform, run: &Run) {
    let sent = terraform.api.sent();
    for request in &sent[run.planning.clone()] {
        assert!(!request.call.writes(), "a plan writes: #{}", request.number);
    }
    let requests = &sent[run.applying.clone()];
    only_what_was_planned(run, requests);
    at_most_once(requests);
    assert!(
        run.planning.len() <= MOST_REQUESTS,
        "{} requests in one plan",
        run.planning.len()
    );
    assert!(
        requests.len() <= MOST_REQUESTS,
        "{} requests in one apply",
        requests.len()
    );
    assert!(run.took <= LONGEST * 2, "an apply took {:?}", run.took);
    let tainted = terraform
        .workspace
        .state
        .iter()
        .find(|one| one.object.tainted);
    assert!(tainted.is_none(), "created and tainted: {:?}", run.errors);
    let crash = run
        .errors
        .iter()
        .find(|error| error.starts_with("The provider crashed"));
    assert_eq!(crash, None);
    // An API that answers a success before it acts is believed.
    let promised = sent
        .iter()
        .any(|one| one.call == Call::Attach && one.answered == Some(202));
    let misled = |one: &Sent| one.fate.sees != View::Live || one.is_hollow();
    let misled = sent.iter().any(misled);
    terraform.api.look(|state| {
        only_what_there_is(terraform, state, promised);
        only_our_fingerprints(terraform, state, misled);
    });
}

/// A rotation that is said to be done is not remembered by a version that was there before, and could be seen: it was
/// made before the moment `seen_until`.
pub fn only_what_is_new(terraform: &Terraform, run: &Run, seen_until: Instant) {
    let sent = terraform.api.sent();
    let mut requests = sent[run.applying.clone()].iter();
    if !run.errors.is_empty() || run.died || !requests.any(|one| one.call == Call::Rotate) {
        return;
    }
    let configured = remembered(terraform)["configured"].as_i64();
    terraform.api.look(|state| {
        let changes = state.journal.iter().filter(|one| one.registry == HANDLE);
        for change in changes.filter(|one| one.at < seen_until) {
            assert!(
                configured.is_none_or(|number| change.what != What::VersionMade(number)),
                "{configured:?} is said to be new, and was there before"
            );
        }
    });
}

/// What the provider keeps of the registry beside its state.
fn remembered(terraform: &Terraform) -> Json {
    let private = terraform.object(REGISTRY).map(|one| one.private.as_slice());
    let private: Json = serde_json::from_slice(private.unwrap_or_default()).unwrap_or_default();
    private["data"].clone()
}

fn only_what_was_planned(run: &Run, requests: &[Sent]) {
    let mut allowed: Vec<Call> = Vec::new();
    for planned in &run.planned {
        allowed.extend(match planned {
            (REGISTRY, Action::Create) => [Call::Create].as_slice(),
            (REGISTRY, Action::Update) => &[Call::Rotate, Call::Put, Call::Activate],
            (REGISTRY, Action::Delete) => &[Call::Delete],
            (ATTACHMENT, Action::Create) => &[Call::Attach],
            (ATTACHMENT, Action::Delete) => &[Call::Detach],
            other => panic!("nothing here asks for {other:?}"),
        });
    }
    for request in requests.iter().filter(|one| one.call.writes()) {
        assert!(
            allowed.contains(&request.call),
            "#{} was not planned: {:?}",
            request.number,
            run.planned
        );
    }
}

/// A change of credentials is sent again only where it was certainly not acted on.
fn at_most_once(requests: &[Sent]) {
    let changes = requests
        .iter()
        .filter(|one| one.has_credentials() && one.call != Call::Create);
    let changes: Vec<&Sent> = changes.collect();
    for before_the_last in changes.iter().rev().skip(1) {
        assert!(
            before_the_last.was_turned_away(),
            "#{} may have been acted on, and another was sent after it",
            before_the_last.number
        );
    }
}

/// Nothing is in the state that the API does not hold, or held once.
fn only_what_there_is(terraform: &Terraform, state: &State, promised: bool) {
    if let Some(object) = terraform.object(REGISTRY) {
        let id = &object.state["id"];
        let found = state.registries.iter().find(|one| *id == one.id);
        let registry =
            found.unwrap_or_else(|| panic!("the state has the registry {id}, which never was"));
        let number = &object.state["current_version"];
        let version_id = &object.state["currentversionid"];
        let known =
            |test: &dyn Fn(&support::memory_api::Version) -> bool| registry.ever.iter().any(test);
        assert!(
            number.is_null() || known(&|one| *number == one.number),
            "the state has version {number}, which never was"
        );
        assert!(
            version_id.is_null() || known(&|one| *version_id == one.id),
            "the state has the version id {version_id}, which never was"
        );
        assert!(
            number.is_null()
                || version_id.is_null()
                || known(&|one| *number == one.number && *version_id == one.id),
            "the state has version {number} with the id {version_id} of another"
        );
    }
    if let Some(object) = terraform.object(ATTACHMENT) {
        let join = &object.state["join_id"];
        let attached = state
            .journal
            .iter()
            .any(|one| matches!(one.what, What::Attached(_)));
        assert!(
            attached || promised,
            "the state has a link {join}, which never was"
        );
    }
}

/// No version of somebody else has a fingerprint of ours. Where a write is not told what version it made, as in the
/// *put* dialect, and reads lag behind or what was answered was not done, nobody can tell whose the next one is.
fn only_our_fingerprints(terraform: &Terraform, state: &State, misled: bool) {
    if misled && state.shape.dialect == Dialect::Put {
        return;
    }
    let Some(object) = terraform.object(REGISTRY) else {
        return;
    };
    let remembered = remembered(terraform);
    let Some(fingerprints) = remembered["fingerprints"].as_object() else {
        return;
    };
    for registry in state
        .registries
        .iter()
        .filter(|one| object.state["id"] == one.id)
    {
        for version in &registry.ever {
            let known = fingerprints.contains_key(&version.id)
                || fingerprints.contains_key(&version.number.to_string());
            assert!(
                !known || version.by != Writer::Other,
                "version {} is somebody else's and has a fingerprint of ours",
                version.number
            );
        }
    }
}

/// No version is made of credentials that an earlier version is known to hold and that is still retained: it could
/// have been activated. Known are those whose answer arrived, from the request `known_from` on and before the moment
/// `seen_until`. Where there is no activation, there is nothing to compare.
pub fn nothing_twice(api: &MemoryApi, run: &Run, known_from: usize, seen_until: Instant) {
    let sent = api.sent();
    api.look(|state| {
        let Some(registry) = state
            .by_handle(HANDLE)
            .filter(|_| state.shape.dialect == Dialect::Rotate)
        else {
            return;
        };
        let when = |what: What| {
            let mut journal = state.journal.iter().filter(|one| one.registry == HANDLE);
            journal.find(|one| one.what == what).map(|one| one.at)
        };
        let known = |by: Writer| match by {
            Writer::Other => false,
            Writer::Provider(request) => {
                let answered = matches!(sent[request].fate.says, Says::Truth | Says::Wrapped);
                request >= known_from && answered
            }
        };
        for new in &registry.ever {
            let Writer::Provider(request) = new.by else {
                continue;
            };
            if !run.applying.contains(&request) {
                continue;
            }
            let made = when(What::VersionMade(new.number));
            let twice = registry
                .ever
                .iter()
                .filter(|old| old.number < new.number)
                .find(|old| {
                    known(old.by)
                        && old.credentials == new.credentials
                        && when(What::VersionMade(old.number)).is_some_and(|made| made < seen_until)
                        && when(What::Evicted(old.number)).is_none_or(|gone| Some(gone) >= made)
                });
            assert!(
                twice.is_none(),
                "version {} holds what version {:?} did",
                new.number,
                twice.map(|old| old.number)
            );
        }
    });
}

/// Faults and late effects have ended. Two applies later, what is configured is so, or each plan says that it is not.
pub async fn in_the_end(terraform: &mut Terraform, wanted: &Wanted, project: &str) -> Ending {
    let blocks = wanted.blocks(project);
    for _ in 0..2 {
        let run = terraform.apply(&blocks, None).await;
        after_a_run(terraform, &run);
    }
    let last = terraform.plan(&blocks).await;
    // What came of a creation after its error, and is in no configuration, nobody knows of.
    let forgotten = !wanted.exists && terraform.object(REGISTRY).is_none();
    let sent = terraform.api.sent();
    let missing = terraform
        .api
        .look(|state| match forgotten || wanted.cannot_see(state, &sent) {
            true => None,
            false => wanted.missing(state, project),
        });
    let says: BTreeSet<String> = last
        .errors
        .iter()
        .chain(&last.warnings)
        .map(|one| heading(one))
        .collect();
    match missing {
        Some(missing) => assert!(!says.is_empty(), "nobody says that {missing}"),
        None if last.errors.is_empty() => {
            assert!(
                last.planned.is_empty() || !says.is_empty(),
                "there is always something left to do: {last:?}"
            );
        }
        None => {}
    }
    Ending {
        says,
        story: terraform.api.story(),
    }
}

/// How a story ended.
pub struct Ending {
    /// What every plan says from now on.
    pub says: BTreeSet<String>,
    pub story: String,
}

/// A diagnostic's first sentence.
fn heading(text: &str) -> String {
    text.split(": ").next().unwrap_or_default().to_owned()
}
