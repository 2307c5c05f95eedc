//! The credential check before credentials are stored (`verify`).

use crate::api::Credentials;
use crate::findings;
use crate::framework::diagnostics::{Diagnostic, Reported};
use crate::framework::model::Attr;
use crate::oci::verify::{self, DEFAULT_TIMEOUT, Outcome};
use crate::resources::context::Context;

/// Tries the configured credentials at their registry server, if the configuration asks for it. The server is
/// trusted as the API is: with the system's certificates and those of `ca_certificate_file`.
///
/// Answers what speaks against credentials and does not keep them from being stored, to be told once they are. Only
/// a refusal does, and only if that is asked for: a runner behind a firewall cannot reach every registry and still has to apply.
pub async fn verify(
    cx: &mut Context<'_>,
    verify: &Attr<String>,
    credentials: Credentials<'_>,
) -> Result<Option<Diagnostic>, Reported> {
    let strict = match verify.known().map(String::as_str) {
        Some("error") => true,
        Some("warn") => false,
        _ => return Ok(None),
    };
    let (server, username) = (credentials.server, credentials.username);
    // What comes after it needs most of the time.
    let timeout = DEFAULT_TIMEOUT.min(cx.operation.left() / 4);
    let anchors = cx.client.trust_anchors();
    let check = verify::verify(server, username, credentials.password, anchors, timeout);
    let outcome = tokio::select! {
        () = cx.operation.cancel.cancelled() => return Ok(None),
        outcome = check => outcome,
    };
    let found = match outcome {
        Outcome::Accepted => return Ok(None),
        Outcome::Refused(reason) if strict => {
            return Err(cx.error(findings::verify_refused(server, reason).at("password")));
        }
        Outcome::Refused(reason) => findings::verify_refused_and_stored(server, reason),
        Outcome::Unreachable(reason) => findings::verify_unreachable(server, reason),
        Outcome::NotARegistry(reason) => findings::verify_not_a_registry(server, reason),
        Outcome::RealmRefused(refused) => {
            findings::verify_realm_refused(server, refused.host, refused.reason)
        }
        Outcome::NotChecked(reason) => findings::verify_not_done(server, reason),
    };
    Ok(Some(found.at("verify")))
}
