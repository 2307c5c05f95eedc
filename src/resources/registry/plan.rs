//! Planning: prior, configuration and memory in; planned state, memory and messages out. Pure.

use super::decide::{self, Credentials};
use super::memory::{Memory, PlanNote};
use super::messages;
use super::name_of;
use super::schema::Model;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::model::Attr;
use crate::framework::path::Path;
use crate::framework::provider::{Plan, PlanRequest};
use crate::oci::server;

/// Plans a create or an update.
pub fn plan(request: PlanRequest<'_>, diagnostics: &mut Diagnostics) -> Plan {
    let config = Model::from(request.config);
    let planned = Model::from(request.draft);
    let memory = Memory::decode(request.private);
    let (planned, memory) = match request.prior {
        None => create(&config, planned, memory, diagnostics),
        Some(prior) => update(&Model::from(prior), &config, planned, memory, diagnostics),
    };
    Plan {
        planned: planned.into(),
        private: memory.encode(),
    }
}

/// Plans a deletion. What an earlier plan left for its own apply is not for this one.
pub fn plan_delete(prior: &Model, private: &[u8], diagnostics: &mut Diagnostics) -> Vec<u8> {
    messages::handle_is_spent(&prior.handle, diagnostics);
    Memory::decode(private).stored()
}

fn create(
    config: &Model,
    planned: Model,
    first_half: Memory,
    diagnostics: &mut Diagnostics,
) -> (Model, Memory) {
    let replaces = match first_half.plan {
        Some(PlanNote::Change { of }) => Some(of),
        _ => None,
    };
    if let (Some(handle), Some(replaced)) = (config.handle.known(), &replaces)
        && handle == replaced
    {
        messages::replace_with_spent_handle(handle, diagnostics);
    }
    if decide::configured_password(config).is_null() {
        messages::create_needs_password(diagnostics);
    }
    if let Some(pin) = config.active_version.known()
        && *pin != 1
    {
        messages::pin_before_create(*pin, diagnostics);
    }
    messages::lints(None, config, diagnostics);
    messages::about_new_credentials(config, diagnostics);
    let memory = Memory {
        organisation: first_half.organisation,
        plan: Some(PlanNote::Create {
            handle: config.handle.known().cloned(),
            replaces,
        }),
        ..Memory::default()
    };
    (planned, memory)
}

fn update(
    prior: &Model,
    config: &Model,
    mut planned: Model,
    mut memory: Memory,
    diagnostics: &mut Diagnostics,
) -> (Model, Memory) {
    if let (Some(before), Some(now)) = (prior.server.known(), config.server.known())
        && server::same(before, now)
    {
        // Another spelling of the same server is no change: the stored one stays.
        planned.server = prior.server.clone();
    }
    messages::lints(Some(prior), config, diagnostics);
    memory.plan = prior
        .handle
        .known()
        .map(|handle| PlanNote::Change { of: handle.clone() });
    if prior.handle != config.handle {
        // The decision would be about a registry that is to be replaced.
        messages::handle_is_spent(&prior.handle, diagnostics);
        return (planned, memory);
    }
    let decision = decide::decide(prior, config, &memory);
    for finding in &decision.findings {
        messages::finding(finding, diagnostics);
    }
    match decision.credentials {
        Credentials::Keep => {}
        Credentials::Activate(version) => {
            planned.current_version = Attr::Known(version);
            planned.currentversionid = Attr::Unknown;
        }
        Credentials::Rotate | Credentials::Undecided => {
            planned.current_version = Attr::Unknown;
            planned.currentversionid = Attr::Unknown;
        }
    }
    let rotates = decision.credentials == Credentials::Rotate;
    let renamed = prior.metadata_differs(&planned);
    if renamed && memory.whole_writes {
        if decide::configured_password(config).is_null() {
            messages::rename_needs_password(&name_of(prior), diagnostics);
        }
        planned.current_version = Attr::Unknown;
        planned.currentversionid = Attr::Unknown;
    }
    if rotates {
        messages::about_new_credentials(config, diagnostics);
        if memory.imported {
            messages::rotation_after_import(config, diagnostics);
        }
    }
    if planned != *prior {
        messages::eviction_ahead(prior, config, rotates, &memory, diagnostics);
    }
    (planned, memory)
}

/// The attributes whose change the user asked for by changing credentials, for messages.
pub(super) fn password_path(config: &Model) -> Path {
    Path::attribute(if config.password.is_null() {
        "password_wo_version"
    } else {
        "password"
    })
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
