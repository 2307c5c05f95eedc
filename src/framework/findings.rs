//! What any provider may have to say: of a call, a schema, a stored object. The catalogue goes on in `crate::findings`.

super::diagnostics::findings! {
    missing(argument)
        "Missing argument {argument}"
        "The argument is required where its object is set."
        "Set it, or leave the object out.";
    not_configurable(argument)
        "{argument} cannot be set"
        "The provider gives it its value."
        "Remove it from the configuration.";
    client_too_old(argument)
        "{argument} needs a newer Terraform or OpenTofu"
        "This version of Terraform or OpenTofu does not know write-only arguments, so it would store the value."
        "Use version 1.11 or later of either, or an argument that is stored.";
    not_allowed(argument, allowed)
        "Invalid {argument}: not one of its values"
        "It must be one of {allowed}."
        "Check the spelling.";
    not_known_yet()
        "Configuration not known yet"
        "A look-up needs arguments that are known, and Terraform asked before they were."
        "Please report this: it is a mistake of Terraform or OpenTofu.";
    not_configured()
        "Provider not configured"
        "A call that needs the API arrived before the provider was configured."
        "Please report this: it is a mistake of Terraform, OpenTofu or this provider.";
    unreadable(what, error)
        "Unreadable {what}"
        "The {what} that Terraform sent does not fit the provider's schema: {error}."
        "If the state was edited by hand, undo that; otherwise please report this message.";
    nothing_stored()
        "Unreadable stored object"
        "The stored object is empty or in the form of Terraform 0.11 and earlier."
        "Upgrade it with Terraform 0.12 first, or remove it from the state and import it again.";
    move_not_supported(source, provider, target)
        "Cannot move {source} to {target}"
        "An object of type {source} from the provider {provider} cannot become a {target}."
        "Remove the \"moved\" block, and import the object under its new address instead.";
    unknown_type(kind, name)
        "Unknown {kind} {name}"
        "This version of the provider has no {kind} of that name."
        "Check the spelling, and the version of the provider.";
    no_such_kind(kind)
        "This provider has no {kind}"
        "No version so far has {kind}, and Terraform asks for them anyway."
        "Check the documentation of the version in use.";
    no_thread(error)
        "No thread can be started"
        "The system gives this process no further thread: {error}. Nothing was changed."
        "Raise the limit of processes (ulimit -u, or that of the container), or run fewer at once, and apply again.";
    crashed(call, subject, report)
        "The provider crashed"
        "{call} on {subject} ended in a panic: {report}. Nothing else is affected."
        "Please report this message, then run the same command again.";
}
