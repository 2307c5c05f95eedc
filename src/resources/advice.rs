//! The next step after each kind of failure, in the words of someone who uses Terraform.

use crate::api::{Error, Kind, Outcome};

/// Where `make sandbox` listens.
const SANDBOX: &str = "127.0.0.1:7357";

/// What to do next, in whole sentences.
pub fn advice(error: &Error) -> String {
    let mut advice = for_kind(error);
    if error.outcome() == Outcome::Unknown {
        advice.push_str(" The change may have been made all the same: run the plan again, it shows what is there now.");
    }
    advice
}

fn for_kind(error: &Error) -> String {
    let text = match error.kind() {
        Kind::Unauthorised => {
            "Check `token` (or BAHRIYA_TOKEN): it may be mistyped, expired or deleted. A new personal access \
             token can be created in the console."
        }
        Kind::Forbidden => {
            "A token has the permissions of its owner. Check that `organisation_id` names the organisation you mean, \
             then ask an administrator there for the role that this needs, or use the token of someone who has it."
        }
        Kind::NotFound => {
            "Check the identifier, and that `organisation_id` and `base_url` belong together. Nothing was removed \
             from the state, since it is not proved that the object is gone."
        }
        Kind::WrongAddress => {
            "Check `base_url` (or BAHRIYA_API_URL), usually https://api.bahriya.cloud/console/v1, and whether a \
             proxy or a sign-in page answers in its place."
        }
        Kind::OrganisationNotVisible => {
            "Check `organisation_id` (or BAHRIYA_ORGANISATION_ID), and whether the owner of the token is still a \
             member of that organisation. Nothing was removed from the state."
        }
        Kind::Conflict => "Read what the API says, change the configuration, and apply again.",
        Kind::HandleTaken {
            alive: Some(id), ..
        } => {
            return format!(
                "If it is the registry you mean, {}. Otherwise choose another handle.",
                super::report::import(id)
            );
        }
        Kind::HandleTaken { .. } => {
            "The handle of a deleted registry cannot be used again. Choose another handle."
        }
        Kind::StillAttached { .. } => {
            "Detach the registry from these projects first, in Terraform by removing the attachments, then destroy \
             it. An attachment made outside Terraform is removed in the console."
        }
        Kind::StillReferenced { container } => {
            return format!(
                "Remove the registry from {} or terminate the container, then apply again.",
                container
                    .as_ref()
                    .map_or("the container".to_owned(), |name| format!(
                        "the container {name:?}"
                    ))
            );
        }
        Kind::NoSuchVersion { remaining, .. } if !remaining.is_empty() => {
            let list: Vec<_> = remaining.iter().map(i64::to_string).collect();
            return format!(
                "Retained are: {}. Choose one of them, or give the credentials again to make a new version.",
                list.join(", ")
            );
        }
        Kind::NoSuchVersion { .. } => "Give the credentials again to make a new version.",
        Kind::ActivationUnsupported => {
            "Remove `active_version`, and go back by giving the earlier credentials again."
        }
        Kind::CredentialsNeeded => {
            "Configure `password` or `password_wo` for this change; the API may make a version of it."
        }
        Kind::RateLimited => {
            "Apply again later, with fewer operations at once (terraform apply -parallelism=2), or allow more time \
             in `timeouts`."
        }
        Kind::Timeout => "Apply again, or allow more time in `timeouts`.",
        Kind::Cancelled => "Apply again to continue.",
        Kind::Unreachable if error.message().contains(SANDBOX) => {
            "That is where the sandbox listens: start it with make sandbox, in another terminal."
        }
        Kind::Unreachable => {
            "Check the network, the host in `base_url` (or BAHRIYA_API_URL), HTTPS_PROXY and NO_PROXY."
        }
        Kind::NotTrusted => {
            "Check the host in `base_url` (or BAHRIYA_API_URL) and the clock of this machine. Behind a proxy that inspects TLS, set \
             `ca_certificate_file` to a PEM file with the certificate of its authority."
        }
        Kind::Refused => "Read what the API says, change the configuration, and apply again.",
        Kind::Server => {
            "Apply again later. If it stays, report it to Bahriya with the request named above."
        }
        Kind::UnexpectedAnswer => {
            "The API may have changed: look for a newer version of this provider, and report the request named above."
        }
    };
    text.to_owned()
}
