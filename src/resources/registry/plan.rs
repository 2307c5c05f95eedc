//! Planning: prior, configuration and memory in; planned state, memory and messages out. Pure.

use super::decide;
use super::lint;
use super::memory::{Action, Decided, Memory, PlanNote};
use super::schema::Model;
use super::warnings;
use crate::findings;
use crate::fingerprint::Fingerprint;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::model::Attr;
use crate::framework::provider::{Plan, PlanRequest};

/// Plans a create or an update; `hashes` are the fingerprints of the configured credentials, if it depends on them.
pub fn plan(
    request: PlanRequest<'_>,
    hashes: Vec<Fingerprint>,
    diagnostics: &mut Diagnostics,
) -> Plan {
    let config = Model::from(request.config);
    let planned = Model::from(request.draft);
    let memory = Memory::decode(request.private);
    // Without a trigger a new password would not be noticed.
    if !config.password_wo.is_null() && config.password_wo_version.is_null() {
        diagnostics.warning(findings::trigger_missing().at("password_wo"));
    }
    let (planned, memory) = match request.prior {
        None => (planned, create(&config, memory, diagnostics)),
        Some(prior) => {
            let earlier = Memory::decode(request.earlier).plan;
            let (planned, memory) = update(
                &Model::from(prior),
                &config,
                planned,
                memory,
                hashes,
                diagnostics,
            );
            if let (Some(earlier), Some(now)) = (&earlier, &memory.plan)
                && now.asks_for_more_than(earlier)
            {
                diagnostics.error(findings::other_password_than_planned().at("password"));
            }
            (planned, memory)
        }
    };
    Plan {
        planned: planned.into(),
        private: memory.encode(),
        in_place: false,
    }
}

/// Plans a deletion. What an earlier plan left for its own apply is not for this one.
pub fn plan_delete(prior: &Model, private: &[u8], diagnostics: &mut Diagnostics) -> Vec<u8> {
    handle_will_be_spent(prior, diagnostics);
    Memory::decode(private).stored()
}

fn create(config: &Model, first_half: Memory, diagnostics: &mut Diagnostics) -> Memory {
    let replaces = match first_half.plan {
        Some(PlanNote::Change { of, .. }) => Some(of),
        _ => None,
    };
    if let Some(handle) = config.handle.known()
        && replaces.as_ref() == Some(handle)
    {
        diagnostics.error(findings::replaced_by_itself(handle).at("handle"));
    }
    if decide::configured_password(config).is_null() {
        diagnostics.error(findings::password_missing_to_create().at("password"));
    }
    if let Some(pin) = config.active_version.known()
        && *pin != 1
    {
        diagnostics.error(findings::version_not_there_yet(pin).at("active_version"));
    }
    lint::tell(None, config, true, diagnostics);
    Memory {
        home: first_half.home,
        plan: Some(PlanNote::Create {
            handle: config.handle.known().cloned(),
            replaces,
            write_only: !config.password_wo.is_null(),
        }),
        ..Memory::default()
    }
}

fn update(
    prior: &Model,
    config: &Model,
    mut planned: Model,
    mut memory: Memory,
    hashes: Vec<Fingerprint>,
    diagnostics: &mut Diagnostics,
) -> (Model, Memory) {
    if decide::same_server(prior, config, &memory) {
        // Another spelling of what the API shows is no change: the stored one stays.
        planned.server = prior.server.clone();
    }
    if same_handle(prior, config) {
        planned.handle = prior.handle.clone();
    }
    let of = prior.handle.known().cloned().unwrap_or_default();
    if planned.handle != prior.handle && !planned.handle.is_unknown() {
        // The decision would be about a registry that is to be replaced.
        lint::tell(Some(prior), config, false, diagnostics);
        handle_will_be_spent(prior, diagnostics);
        let decision = None;
        memory.plan = Some(PlanNote::Change { of, decision });
        return (planned, memory);
    }
    let decision = decide::decide(prior, config, &memory, &hashes);
    let rotates = decision.credentials == Action::Rotate;
    lint::tell(Some(prior), config, rotates, diagnostics);
    let renamed = prior.metadata_differs(&planned);
    if renamed && memory.whole_writes && !decision.told.has_errors() {
        warnings::written_as_a_whole(prior, config, &memory, rotates, &hashes, diagnostics);
    }
    diagnostics.extend(decision.told);
    // Unknown exactly when credentials may be written: Terraform holds the plan that it makes again before the
    // apply to this one, and refuses it if what was known is not.
    if decision.credentials != Action::Keep || renamed && memory.whole_writes {
        planned.current_version = match decision.credentials {
            Action::Activate(version) => Attr::Known(version),
            _ => Attr::Unknown,
        };
        planned.currentversionid = Attr::Unknown;
    }
    if memory.intent.is_some() {
        let found = if rotates {
            findings::sent_again()
        } else {
            findings::sent_without_answer()
        };
        diagnostics.warning(found.at("current_version"));
    } else if memory.unproved.is_some() {
        diagnostics.warning(findings::unproved_version().at("current_version"));
    }
    if rotates && memory.imported {
        let argument = config.password_argument();
        diagnostics.warning(findings::rotates_after_import(argument).at(argument));
    }
    if planned != *prior {
        warnings::eviction_ahead(prior, config, rotates, &memory, diagnostics);
        warnings::fewer_versions(prior, &planned, rotates, &memory, diagnostics);
    }
    memory.plan = Some(PlanNote::Change {
        of,
        decision: Some(Decided {
            credentials: decision.credentials,
            configured: decision.configured,
            write_only: !config.password_wo.is_null(),
            hashes,
            server: config.server.known().cloned(),
        }),
    });
    (planned, memory)
}

/// Whether two handles are one to the API, which knows no upper case.
pub fn same_handle(a: &Model, b: &Model) -> bool {
    match (a.handle.known(), b.handle.known()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => false,
    }
}

fn handle_will_be_spent(prior: &Model, diagnostics: &mut Diagnostics) {
    let handle = prior.handle.known().map(|handle| format!("\"{handle}\""));
    let handle = handle.unwrap_or_else(|| "of this registry".to_owned());
    diagnostics.warning(findings::handle_will_be_spent(handle).at("handle"));
}

#[cfg(test)]
#[path = "plan_tests.rs"]
pub(super) mod tests;
