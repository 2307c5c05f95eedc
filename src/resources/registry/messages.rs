//! The words of planning: every message about a registry's credentials, in one place.

use super::ahead::NotFree;
use super::decide::{self, Finding};
use super::memory::Memory;
use super::name_of;
use super::plan::password_path;
use super::schema::Model;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::Attr;
use crate::framework::path::Path;
use crate::oci::credential_lint::{self, Field, Severity};
use crate::resources::report;

/// How many versions the API retains when nobody says.
const DEFAULT_MAXVERSIONS: i64 = 5;

pub fn handle_is_spent(handle: &Attr<String>, diagnostics: &mut Diagnostics) {
    let handle = quoted(handle);
    diagnostics.warning_at(
        Path::attribute("handle"),
        format!("The handle {handle} will be spent"),
        format!(
            "Deleting a registry uses up its handle for ever: nobody can create a registry named {handle} \
             again, and containers that name it fail at their next pull. To give the registry up without \
             deleting it, use a \"removed\" block or terraform state rm. If this stands beside an inconsistent \
             final plan, the new handle was not known when this was planned; nothing was changed, plan again."
        ),
    );
}

/// Why the handle of a new registry cannot be had. `terraform destroy` plans before it destroys, so that a registry
/// which is there already is no error.
pub fn handle_is_not_free(handle: &Attr<String>, found: &NotFree, diagnostics: &mut Diagnostics) {
    let handle = handle.known().map_or("", String::as_str);
    let path = Path::attribute("handle");
    match found {
        NotFree::Spent => {
            diagnostics.error_at(
                path,
                format!("The handle \"{handle}\" is spent"),
                "A registry had this handle and was deleted, and a handle can never be used again. Choose another \
                 one. To destroy what else there is, run terraform destroy -refresh=false.",
            );
        }
        NotFree::Taken { id, stored: false } => {
            diagnostics.error_at(
                path,
                format!("A registry \"{handle}\" exists already"),
                format!(
                    "To manage it here, {}. If it is in this state and tainted, run terraform untaint. \
                     To have another one, choose another handle. To destroy what else there is, run terraform destroy \
                     -refresh=false.",
                    report::import(id)
                ),
            );
        }
        NotFree::Taken { stored: true, .. } => diagnostics.warning_at(
            path,
            format!("Registry \"{handle}\" cannot be created anew"),
            "This state holds it already. It is probably tainted: run terraform untaint with its address to keep it \
             as it is. If it only has another address now, add a moved block. An apply refuses to delete it, since \
             that would spend its handle.",
        ),
        NotFree::Unauthorised => diagnostics.warning_at(
            path,
            "The API refuses the token",
            format!(
                "Whether the handle \"{handle}\" can be had was not found out: the API answers 401. The apply \
                 would fail. Set token (or BAHRIYA_TOKEN) to a valid personal access token."
            ),
        ),
    }
}

/// Says that a new password would not be noticed.
pub fn trigger_missing(config: &Model, diagnostics: &mut Diagnostics) {
    if !config.password_wo.is_null() && config.password_wo_version.is_null() {
        diagnostics.warning_at(
            Path::attribute("password_wo"),
            "A new password_wo would not be sent",
            "Nothing tells when it changes, since it is not stored. Set password_wo_version to any text, and change \
             it together with password_wo.",
        );
    }
}

/// Refuses what the plan that was shown did not say.
pub fn other_than_planned(diagnostics: &mut Diagnostics) -> Reported {
    diagnostics.error_at(
        Path::attribute("password"),
        "The password is another one than when this was planned",
        "To store it, credentials would be written that the plan did not show. Nothing was changed. Run terraform \
         plan again.",
    )
}

pub fn replace_with_spent_handle(handle: &str, diagnostics: &mut Diagnostics) {
    diagnostics.error_at(
        Path::attribute("handle"),
        format!("Registry \"{handle}\" cannot be replaced"),
        format!(
            "Replacing deletes the registry first, and the deletion spends its handle: \"{handle}\" could not \
             be created again. If new credentials are wanted, change them and they become a new version. If \
             a new registry is wanted, give it a new handle. Otherwise undo what asks for the replacement."
        ),
    );
}

pub fn create_needs_password(diagnostics: &mut Diagnostics) -> Reported {
    diagnostics.error_at(
        Path::attribute("password"),
        "Missing password",
        "A new registry needs credentials. Set password_wo together with password_wo_version, which keeps \
         the password out of the state, or set password. If the registry exists already, import it.",
    )
}

/// Says what a change of metadata does where the API only takes a registry as a whole.
pub fn written_as_a_whole(
    prior: &Model,
    config: &Model,
    memory: &Memory,
    rotates: bool,
    diagnostics: &mut Diagnostics,
) {
    let name = name_of(prior);
    if decide::configured_password(config).is_null() {
        diagnostics.error_at(
            Path::attribute("password"),
            format!("{name} cannot be changed without its password"),
            "This API changes a registry only as a whole, the credentials included, and none are configured. Set \
             password_wo or password to what it holds, or undo the change of name and maxversions.",
        );
    } else if !rotates {
        let drift = match (prior.current_version.known(), memory.configured) {
            (Some(current), Some(configured)) if *current != configured => format!(
                " They are those of version {configured}, so that version {current}, which became current outside \
                 Terraform, would be current no more."
            ),
            _ => String::new(),
        };
        diagnostics.warning_at(
            password_path(config),
            format!("{name} may get a new version"),
            format!(
                "This API changes a registry only as a whole, so that the configured credentials are sent along with \
                 the change.{drift}"
            ),
        );
    }
}

pub fn pin_before_create(pin: i64, diagnostics: &mut Diagnostics) {
    diagnostics.error_at(
        Path::attribute("active_version"),
        format!("Version {pin} does not exist yet"),
        "A new registry starts with version 1. Remove active_version.",
    );
}

/// Remarks on values that hardly can be meant: errors where new, warnings where they have been in use.
pub fn lints(prior: Option<&Model>, config: &Model, diagnostics: &mut Diagnostics) {
    let new = |field| match (prior, field) {
        (None, _) => true,
        (Some(prior), Field::Server) => prior.server != config.server,
        (Some(prior), Field::Username) => prior.username != config.username,
        (Some(prior), Field::Password) => {
            prior.password != config.password
                || prior.password_wo_version != config.password_wo_version
        }
    };
    for finding in findings(config) {
        let path = field_path(finding.field, config);
        let summary = format!("Suspicious {path}");
        let error = match finding.severity {
            Severity::Error => true,
            Severity::ErrorIfNew => new(finding.field),
            Severity::Warning => continue,
        };
        if error {
            diagnostics.error_at(path, summary, finding.message);
        } else {
            diagnostics.warning_at(path, summary, finding.message);
        }
    }
}

/// Remarks that are worth making once, when credentials are about to be stored.
pub fn about_new_credentials(config: &Model, diagnostics: &mut Diagnostics) {
    for finding in findings(config) {
        if finding.severity == Severity::Warning {
            let path = field_path(finding.field, config);
            let summary = format!("Check {path}");
            diagnostics.warning_at(path, summary, finding.message);
        }
    }
}

fn findings(config: &Model) -> Vec<credential_lint::Finding> {
    credential_lint::lint(credential_lint::Credentials {
        server: config.server.known().map(String::as_str),
        username: config.username.known().map(String::as_str),
        password: decide::configured_password(config).known(),
    })
}

fn field_path(field: Field, config: &Model) -> Path {
    Path::attribute(match field {
        Field::Server => "server",
        Field::Username => "username",
        Field::Password if config.password.is_null() => "password_wo",
        Field::Password => "password",
    })
}

/// What it means that a write is known by its result alone; `write` names it.
pub fn unproved(write: &str) -> String {
    format!(
        "The API's answer to the {write} was lost. What was found fits and was not there before, but another client \
         may have made it, so it is not certain that it holds the configured password. The next rotation settles it."
    )
}

/// Warns while a version is only taken for ours.
pub fn unproved_version(diagnostics: &mut Diagnostics) {
    diagnostics.warning_at(
        Path::attribute("current_version"),
        "It is not certain whose version this is",
        unproved("last change of the credentials"),
    );
}

/// Warns of credentials that were sent and of which nobody knows whether they arrived. `again` if this plan sends some.
pub fn sent_before(again: bool, diagnostics: &mut Diagnostics) {
    diagnostics.warning_at(
        Path::attribute("current_version"),
        "The credentials were sent once without an answer",
        if again {
            "This apply sends them once more. If the first arrived, there are two equal versions, and the oldest retained \
             one may be gone: look at the console first."
        } else {
            "They may have become current in place of those configured here: look at the console. A new \
             password_wo_version, or another password, stores the configured ones."
        },
    );
}

pub fn rotation_after_import(config: &Model, diagnostics: &mut Diagnostics) {
    let path = password_path(config);
    diagnostics.warning_at(
        path.clone(),
        "The imported registry will get a new version",
        format!(
            "Nobody can tell whether the stored credentials are the configured ones, so {path} makes the next \
             apply store them as a new version. To adopt the registry without a write, leave both password and \
             password_wo_version out for now: password_wo alone changes nothing."
        ),
    );
}

/// Warns while there is room for no further version beside a pinned one.
pub fn eviction_ahead(
    prior: &Model,
    config: &Model,
    rotates: bool,
    memory: &Memory,
    diagnostics: &mut Diagnostics,
) {
    let pin = if rotates {
        &prior.active_version
    } else {
        &config.active_version
    };
    let (Some(pin), Some(retained)) = (pin.known(), &memory.retained) else {
        return;
    };
    let limit = config
        .maxversions
        .known()
        .or(prior.maxversions.known())
        .copied()
        .unwrap_or(DEFAULT_MAXVERSIONS);
    // A list holds far fewer versions than any integer type can count.
    if retained.first() != Some(pin) || (retained.len() as i64) < limit {
        return;
    }
    let when = if rotates {
        "This rotation"
    } else {
        "The next rotation"
    };
    diagnostics.warning_at(
        Path::attribute("active_version"),
        format!("Version {pin} is about to be evicted"),
        format!(
            "{when} makes one version more than the {limit} that are retained, and version {pin} is the oldest. \
             It cannot be activated afterwards. Raise maxversions to keep it."
        ),
    );
}

/// Names the versions that a lower `maxversions` evicts: the oldest ones, and never the current one.
pub fn fewer_versions(
    prior: &Model,
    planned: &Model,
    rotates: bool,
    memory: &Memory,
    diagnostics: &mut Diagnostics,
) {
    let (Some(limit), Some(retained)) = (planned.maxversions.known(), &memory.retained) else {
        return;
    };
    if prior.maxversions == planned.maxversions {
        return;
    }
    let current = prior.current_version.known().filter(|_| !rotates);
    let others: Vec<_> = retained
        .iter()
        .filter(|one| Some(*one) != current)
        .collect();
    let evicted = others
        .len()
        .saturating_sub(usize::try_from(*limit - 1).unwrap_or_default());
    let names: Vec<_> = others
        .iter()
        .take(evicted)
        .map(ToString::to_string)
        .collect();
    if names.is_empty() {
        return;
    }
    diagnostics.warning_at(
        Path::attribute("maxversions"),
        format!("maxversions = {limit} evicts versions"),
        format!(
            "{} retained now. Evicted, and beyond every rollback, will be: {}. Raise maxversions to keep them.",
            match retained.len() {
                1 => "1 version is".to_owned(),
                many => format!("{many} versions are"),
            },
            names.join(", ")
        ),
    );
}

/// The message for what a comparison found.
pub fn finding(finding: &Finding, diagnostics: &mut Diagnostics) {
    let (argument, summary, detail) = match finding {
        Finding::PasswordMissing => (
            "password",
            "Missing password".to_owned(),
            "A change of server, username or password_wo_version makes a new version of the credentials, which \
             needs the password too, and none reached the provider. Set password_wo together with a new \
             password_wo_version, or set password. A variable may be empty, or ignore_changes may hide the password \
             from the plan."
                .to_owned(),
        ),
        Finding::PinnedAgainstChange { pin } => (
            "active_version",
            "Credentials changed while a version is pinned".to_owned(),
            format!(
                "active_version = {pin} says that version {pin} stays current, and the changed credentials would \
                 have to become another version. Remove active_version to rotate, or undo the change of the \
                 credentials to stay at version {pin}."
            ),
        ),
        Finding::PinWithoutNumbers => (
            "active_version",
            "Versions cannot be pinned here".to_owned(),
            "The API shows no version numbers for this registry, so none can be activated. Remove \
             active_version, and set the credentials that shall be current instead."
                .to_owned(),
        ),
        Finding::Evicted { version, retained } => (
            "active_version",
            format!("Version {version} is not retained"),
            format!(
                "It cannot be activated. {} Choose one of these, or remove active_version and set the \
                 credentials again, which makes a new version.",
                remaining(retained)
            ),
        ),
        Finding::NoActivation { version } => (
            "active_version",
            format!("Version {version} cannot be activated"),
            "This API changes a registry only as a whole and has no way to activate an earlier version. Remove \
             active_version and set the earlier credentials again, which makes a new version."
                .to_owned(),
        ),
        Finding::RestoreNeedsPassword { version } => (
            "on_drift",
            format!("Version {version} cannot be restored"),
            "It is no longer retained, and no password is configured from which to make it anew. Set \
             password_wo or password, or set on_drift to \"warn\"."
                .to_owned(),
        ),
        Finding::SamePassword => {
            return diagnostics.warning_at(
                Path::attribute("password_wo_version"),
                "The password is the same as before",
                "password_wo_version changed and the credentials did not, so that nothing is rotated. To rotate, \
                 change the password together with it.",
            );
        }
        Finding::Drift {
            current,
            expected,
            restored,
        } => {
            let next = if *restored {
                "This plan puts it back."
            } else {
                "It stays as it is, since a credential is usually replaced for a reason. To keep it, \
                 pin it with active_version, or set its credentials here (with a new password_wo_version if they are \
                 write-only), which stores them once more. To go back, set on_drift to \"restore\" or pin the earlier \
                 version."
            };
            return diagnostics.warning_at(
                Path::attribute("current_version"),
                format!("Version {current} became current outside Terraform"),
                format!(
                    "Version {expected} is the one that this configuration made current. {next}"
                ),
            );
        }
    };
    diagnostics.error_at(Path::attribute(argument), summary, detail);
}

fn remaining(retained: &[i64]) -> String {
    let numbers: Vec<_> = retained.iter().map(i64::to_string).collect();
    match numbers.as_slice() {
        [] => "No version is retained.".to_owned(),
        [one] => format!("Only version {one} is retained."),
        many => format!("Retained are the versions {}.", many.join(", ")),
    }
}

fn quoted(handle: &Attr<String>) -> String {
    handle.known().map_or_else(
        || "of this registry".to_owned(),
        |handle| format!("\"{handle}\""),
    )
}
