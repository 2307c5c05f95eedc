//! What the API refused or could not do. What it says itself stands between the cause and the cure.

crate::framework::diagnostics::findings! {
    outcome_unknown(failed, error)
        "{failed}, and perhaps it was done"
        "Bahriya: {error}. The change may have been made anyway."
        "Run the plan again: it shows what is there now. Where answers are slow, allow more time in `timeouts`.";
    value_refused(failed, argument, problem, error)
        "{failed}: {argument} {problem}"
        "{argument} {problem}. Bahriya: {error}."
        "Change {argument}, and apply again.";
    unauthorised(failed, error)
        "{failed}: the API does not accept the token"
        "Bahriya: {error}."
        "Check `token` (or BAHRIYA_TOKEN): it may be mistyped, expired or deleted. A new personal access token can be \
         created in the console.";
    forbidden(failed, error)
        "{failed}: the token does not allow this"
        "Bahriya: {error}."
        "A token has the permissions of its owner. Check that `organisation_id` names the organisation you mean, then \
         ask an administrator there for the role that this needs, or use the token of someone who has it.";
    not_found(failed, error)
        "{failed}: the API found nothing there"
        "Bahriya: {error}. Nothing was removed from the state, since it is not proved that the object is gone."
        "Check the identifier, and that `organisation_id` and `base_url` belong together.";
    wrong_address(failed, error)
        "{failed}: what answered is not the Bahriya API"
        "Bahriya: {error}."
        "Check `base_url` (or BAHRIYA_API_URL), usually https://api.bahriya.cloud/console/v1, and whether a proxy or a \
         sign-in page answers in its place.";
    organisation_not_visible(failed, error)
        "{failed}: the organisation is not visible to this token"
        "Bahriya: {error}. Nothing was removed from the state."
        "Check `organisation_id` (or BAHRIYA_ORGANISATION_ID), and whether the owner of the token is still a member of \
         that organisation.";
    conflict(failed, error)
        "{failed}: the API reports a conflict"
        "Bahriya: {error}."
        "Read what the API says, change the configuration, and apply again.";
    still_attached(failed, error, obstacle)
        "{failed}: the registry is still attached"
        "Bahriya: {error}.{obstacle}"
        "Detach the registry from these projects first, in Terraform by removing the attachments, then destroy it. An \
         attachment made outside Terraform is removed in the console.";
    still_referenced(failed, error, container)
        "{failed}: a container still references the registry"
        "Bahriya: {error}."
        "Remove the registry from {container} or terminate the container, then apply again.";
    version_evicted(failed, error, retained)
        "{failed}: the version is not retained"
        "Bahriya: {error}. {retained}"
        "Choose one that is retained, or give the credentials again to make a new version.";
    no_activation(failed, error)
        "{failed}: this API activates no earlier version"
        "Bahriya: {error}."
        "Remove `active_version`, and go back by giving the earlier credentials again.";
    credentials_needed(failed, error)
        "{failed}: the password is needed for that"
        "Bahriya: {error}."
        "Configure `password` or `password_wo` for this change; the API may make a version of it.";
    rate_limited(failed, error)
        "{failed}: the API asks for fewer requests"
        "Bahriya: {error}."
        "Apply again later, with fewer operations at once (terraform apply -parallelism=2), or allow more time in \
         `timeouts`.";
    timed_out(failed, error)
        "{failed}: there was no answer in time"
        "Bahriya: {error}."
        "Apply again, or allow more time in `timeouts`.";
    cancelled(failed, error)
        "{failed}: the operation was cancelled"
        "Bahriya: {error}."
        "Apply again to continue.";
    unreachable(failed, error)
        "{failed}: the API cannot be reached"
        "Bahriya: {error}."
        "Check the network, the host in `base_url` (or BAHRIYA_API_URL), HTTPS_PROXY and NO_PROXY.";
    sandbox_not_running(failed, error)
        "{failed}: the sandbox does not answer"
        "Bahriya: {error}. That is where the sandbox listens."
        "Start it with make sandbox, in another terminal.";
    not_trusted(failed, error)
        "{failed}: the API's certificate is not trusted"
        "Bahriya: {error}."
        "Check the host in `base_url` (or BAHRIYA_API_URL) and the clock of this machine. Behind a proxy that inspects \
         TLS, set `ca_certificate_file` to a PEM file with the certificate of its authority.";
    refused(failed, error)
        "{failed}: the API refused the request"
        "Bahriya: {error}."
        "Read what the API says, change the configuration, and apply again.";
    api_failed(failed, error)
        "{failed}: the API failed"
        "Bahriya: {error}."
        "Apply again later. If it stays, report it to Bahriya with the request named above.";
    unexpected_answer(failed, error)
        "{failed}: the API answered something unexpected"
        "Bahriya: {error}."
        "The API may have changed: look for a newer version of this provider, and report the request named above.";
}
