//! Planning: prior, configuration and memory in; planned state, memory and messages out. What has to be asked first is
//! asked in `plan_reads`; the rest is pure.

use super::decide::{self, Case};
use super::lint;
use super::memory::{Action, Memory, PlanNote};
use super::plan_reads;
use super::schema::Model;
use crate::connection::Connection;
use crate::findings;
use crate::fingerprint::Fingerprint;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::model::Attr;
use crate::framework::provider::{Call, Plan, PlanRequest};
use crate::walk::{Fate, Walk};

/// Plans a create or an update.
pub async fn plan(call: &mut Call<Connection>, request: PlanRequest<'_>) -> Plan {
    let (walk, diagnostics) = (&call.connection.walk, &mut call.diagnostics);
    let config = Model::from(request.config);
    let mut memory = Memory::decode(request.private);
    let Some(prior) = request.prior.map(Model::from) else {
        let plan = planned(request, memory, Vec::new(), diagnostics);
        if !diagnostics.has_errors() {
            let handle = config.handle.known().map(String::as_str);
            walk.plan(Fate::Created, handle, None, diagnostics);
        }
        // What is planned again for its apply was looked up before. An error would come too late here: Terraform has
        // put a tainted registry aside by now if its successor is to be created first.
        if request.earlier.is_empty() && !diagnostics.has_errors() {
            plan_reads::look_up_handle(call, &config).await;
        }
        return plan;
    };
    if config.handle.known().is_some() && !same_handle(&prior, &config) {
        deletion(walk, &prior, &memory, diagnostics);
    } else if let Some(handle) = prior.handle.known() {
        walk.plan(Fate::Kept, Some(handle), memory.salt.as_ref(), diagnostics);
    }
    let renamed = prior.metadata_differs(&Model::from(request.draft));
    if renamed && !memory.whole_writes {
        memory.whole_writes = plan_reads::writes_whole(call, &prior).await;
    }
    let hasher = &call.connection.hasher;
    if config.password.is_null() {
        // What is write-only stands in no plan in the clear.
        let stored = prior.credentials(prior.password.known());
        memory.out_of_sight(hasher, stored).await;
    }
    let hashes = plan_reads::hashes(hasher, &prior, &config, &memory, renamed).await;
    planned(request, memory, hashes, &mut call.diagnostics)
}

/// Plans a deletion. Drops the note of an earlier plan, which is for the apply of that one.
pub fn plan_delete(call: &mut Call<Connection>, prior: &Model, private: &[u8]) -> Vec<u8> {
    let memory = Memory::decode(private);
    deletion(&call.connection.walk, prior, &memory, &mut call.diagnostics);
    memory.stored()
}

fn deletion(walk: &Walk, prior: &Model, memory: &Memory, diagnostics: &mut Diagnostics) {
    let handle = match prior.handle.known() {
        Some(handle) => {
            walk.plan(
                Fate::Deleted,
                Some(handle),
                memory.salt.as_ref(),
                diagnostics,
            );
            format!("\"{handle}\"")
        }
        None => "of this registry".to_owned(),
    };
    diagnostics.warning(findings::handle_will_be_spent(handle).at("handle"));
}

/// The pure part; `hashes` are the fingerprints of the configured credentials, if it depends on them.
pub fn planned(
    request: PlanRequest<'_>,
    memory: Memory,
    hashes: Vec<Fingerprint>,
    diagnostics: &mut Diagnostics,
) -> Plan {
    let config = Model::from(request.config);
    let mut planned = Model::from(request.draft);
    // Without a trigger a new password would not be noticed.
    if !config.password_wo.is_null() && config.password_wo_version.is_null() {
        diagnostics.warning(findings::trigger_missing().at("password_wo"));
    }
    let memory = match request.prior.map(Model::from) {
        None => create(&config, memory, diagnostics),
        Some(prior) => {
            let memory = update(&prior, &config, &mut planned, memory, hashes, diagnostics);
            if let (Some(earlier), Some(now)) = (Memory::decode(request.earlier).plan, &memory.plan)
                && now.asks_for_more_than(&earlier)
            {
                diagnostics.error(findings::other_password_than_planned().at("password"));
            }
            memory
        }
    };
    Plan {
        planned: planned.into(),
        private: memory.encode(),
        in_place: false,
    }
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
    planned: &mut Model,
    mut memory: Memory,
    hashes: Vec<Fingerprint>,
    diagnostics: &mut Diagnostics,
) -> Memory {
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
        let decision = None;
        memory.plan = Some(PlanNote::Change { of, decision });
        return memory;
    }
    let mut case = Case {
        prior,
        config,
        memory: &memory,
        told: Diagnostics::new(),
    };
    let decision = case.decide(hashes);
    let decided = std::mem::take(&mut case.told);
    let rotates = decision.rotates();
    lint::tell(Some(prior), config, rotates, &mut case.told);
    let renamed = prior.metadata_differs(planned);
    if renamed && memory.whole_writes && !decided.has_errors() {
        case.written_as_a_whole(&decision);
    }
    case.told.extend(decided);
    // Unknown exactly when credentials may be written: Terraform holds the plan that it makes again before the
    // apply to this one, and refuses it if what was known is not.
    if decision.action != Action::Keep || renamed && memory.whole_writes {
        planned.current_version = match decision.action {
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
        case.told.warning(found.at("current_version"));
    } else if memory.unproved.is_some() {
        let found = findings::unproved_version();
        case.told.warning(found.at("current_version"));
    }
    if rotates && memory.imported {
        let argument = config.password_argument();
        let found = findings::rotates_after_import(argument);
        case.told.warning(found.at(argument));
    }
    if planned != prior {
        case.eviction_ahead(rotates);
        case.fewer_versions(planned, rotates);
    }
    diagnostics.extend(case.told);
    memory.plan = Some(PlanNote::Change {
        of,
        decision: Some(decision),
    });
    memory
}

/// Whether two handles are one to the API, which knows no upper case.
pub fn same_handle(a: &Model, b: &Model) -> bool {
    match (a.handle.known(), b.handle.known()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => false,
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
pub(super) mod tests;
