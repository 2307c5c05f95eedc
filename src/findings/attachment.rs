//! What there is to say of attachments, and of objects that are looked up or imported.

crate::framework::diagnostics::findings! {
    attachment_adopted(attachment)
        "The {attachment} existed already"
        "Nothing was changed: Terraform manages the existing link from now on, and removes it on destroy."
        "If something else manages it, remove it here with terraform state rm.";
    attachment_is_gone(attachment)
        "The {attachment} is no longer attached"
        "It was detached outside Terraform, or its project was deleted."
        "The plan attaches it again while it is configured.";
    attachment_stays(attachment)
        "The {attachment} stays"
        "Another object has the same link, or has just taken it over, as a replacement that is created before the old one \
         is destroyed. To detach it would leave that one attached to nothing."
        "Nothing is left to do.";
    attachment_incomplete(attachment)
        "The {attachment} is incomplete"
        "The state lacks its project_id or its handle."
        "Remove it with terraform state rm, then import it by {{project_id}}:{{handle}}.";
    attachment_not_found(attachment, organisation)
        "No {attachment} to import"
        "Organisation {organisation} has no such project, or the registry is not attached to it."
        "Check both (the data source bahriya_project_attachments lists what a project has), or create the attachment \
         instead of importing it.";
    attachment_id_malformed(id)
        "\"{id}\" names no attachment"
        "An attachment is known by its project and the handle of its registry."
        "Import it by {{project_id}}:{{handle}} or {{project_handle}}:{{handle}}, for example shop:ghcr-deploy.";
    object_not_found(object, organisation)
        "No {object}"
        "Organisation {organisation} has none with this id or handle, or has it no longer."
        "Name it by its UUID or by its handle, check the spelling, and check organisation_id.";
    registry_was_deleted(registry)
        "The {registry} was deleted"
        "A registry had this handle and was deleted, and a handle can never be used again. Nothing is left to import or \
         to look up."
        "Name the registry that took its place.";
    no_randomness(attachment)
        "Random numbers are missing for {attachment}"
        "The system gives this process no random numbers. Nothing was changed."
        "Apply again; if it happens again, look at what the machine or the container is denied.";
    organisation_not_found(organisation)
        "No organisation {organisation}"
        "The token does not see it."
        "Check organisation_id (or BAHRIYA_ORGANISATION_ID), and whether the owner of the token is a member.";
    region_not_found(region)
        "No region \"{region}\""
        "Bahriya has no such region."
        "Choose one that the data source bahriya_regions lists.";
    no_key(id, handle)
        "Neither {id} nor {handle}"
        "Nothing says what to look up."
        "Set one of the two, {id} or {handle}.";
    two_keys(id, handle)
        "Both {id} and {handle}"
        "They could name two different things."
        "Remove {id} or {handle}.";
}
