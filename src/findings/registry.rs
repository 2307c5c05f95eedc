//! What there is to say of a registry, its handle and its versions.

crate::framework::diagnostics::findings! {
    handle_will_be_spent(handle)
        "The handle {handle} will be spent"
        "Deleting a registry spends its handle forever: nobody can create a registry named {handle} again, and \
         containers that name it fail at their next pull."
        "To give the registry up without deleting it, use a \"removed\" block or terraform state rm. If this stands \
         beside an inconsistent final plan, the new handle was not known when this was planned; nothing was changed, \
         plan again.";
    handle_is_spent(handle)
        "The handle \"{handle}\" is spent"
        "A registry had this handle and was deleted, and a handle can never be used again."
        "Choose another handle. If you wanted to destroy, run terraform destroy -refresh=false.";
    handle_is_taken(handle, import)
        "A registry \"{handle}\" exists already"
        "The organisation has a registry with this handle, and this address of the state does not hold it."
        "If this state has it at another address (-target looks at no other), add a \"moved\" block; if it is tainted, \
         run terraform untaint ADDRESS. Otherwise, to manage it here, {import}. To have another one, choose another handle. If you wanted to destroy, run terraform destroy -refresh=false.";
    handle_is_stored(handle)
        "Registry \"{handle}\" cannot be created again"
        "This state holds it already. An apply refuses to delete it, since that would spend its handle."
        "It is probably tainted: run terraform untaint ADDRESS to keep it as it is (terraform state list shows the \
         address). If it only has another address now, add a \"moved\" block.";
    handle_not_looked_up(handle)
        "The API does not accept the token"
        "The handle \"{handle}\" could not be checked: the API answered 401. The apply would fail."
        "Set token (or BAHRIYA_TOKEN) to a valid personal access token.";
    handle_moves_by_deletion(handle)
        "The handle \"{handle}\" cannot move by deletion"
        "This plan deletes the registry \"{handle}\" at one address and creates or keeps \"{handle}\" at another. The \
         deletion would spend the handle for both. Two registries cannot swap their handles."
        "If the resource only has another address now (another name, key or module, count in place of for_each), add \
         a \"moved\" block with a line from = OLD_ADDRESS and a line to = NEW_ADDRESS: then nothing is deleted. If \
         the state has the registry at both addresses, run terraform state rm OLD_ADDRESS. To keep a registry that the \
         plan shows as deposed, run terraform state rm ADDRESS, then terraform import ADDRESS \
         HANDLE. To delete all of it, run terraform destroy -refresh=false.";
    handle_is_wanted_twice(handle)
        "The handle \"{handle}\" is wanted twice"
        "This plan creates a registry \"{handle}\" at one address and keeps \"{handle}\" at another, and there can be only \
         one."
        "Give one of the two another handle, or remove it. If you wanted to destroy, run terraform destroy \
         -refresh=false.";
    handle_may_move_by_deletion()
        "A registry is deleted beside a new one whose handle is not known yet"
        "If the new handle turns out to be the deleted one, it is spent, and the creation fails."
        "If the resource only has another address now (another name, key or module, count in place of for_each), add \
         a \"moved\" block with a line from = OLD_ADDRESS and a line to = NEW_ADDRESS: then nothing is deleted.";
    replaced_by_itself(handle)
        "Registry \"{handle}\" cannot be replaced"
        "Replacing deletes the registry first, and the deletion spends its handle: \"{handle}\" could not be created \
         again."
        "If new credentials are wanted, change them and they become a new version. If a new registry is wanted, give \
         it a new handle. Otherwise undo what asks for the replacement.";
    not_deleted(registry)
        "The {registry} was not deleted"
        "It is to be replaced by a registry with the same handle, which is impossible: deleting it would spend the \
         handle. It is probably tainted."
        "Run terraform untaint ADDRESS to keep it as it is (terraform state list shows the address), or give the \
         resource a new handle.";
    password_missing_to_create()
        "Missing password for a new registry"
        "A new registry needs credentials."
        "Set password_wo together with password_wo_version, which keeps the password out of the state, or set \
         password. If the registry exists already, import it.";
    password_missing_to_rotate()
        "Missing password for a new version"
        "A change of server, username or password_wo_version makes a new version of the credentials, which needs the \
         password too, and none reached the provider. A variable may be empty, or ignore_changes may hide the password \
         from the plan."
        "Set password_wo together with a new password_wo_version, or set password.";
    password_missing_to_restore(version)
        "Version {version} cannot be restored"
        "It is no longer retained, and no password is configured from which to make it again."
        "Set password_wo or password, or set on_drift to \"warn\".";
    password_missing_to_change(registry)
        "The {registry} cannot be changed without its password"
        "This API changes a registry only as a whole, the credentials included, and none are configured."
        "Set password_wo or password to what it holds, or undo the change of name and maxversions.";
    password_other_than_held(registry)
        "The {registry} cannot be changed with another password"
        "This API changes a registry only as a whole, the credentials included, and the configured password is not the \
         one that it holds."
        "Set a new password_wo_version to store it together with the change, configure the password that it holds, or \
         undo the change of name and maxversions.";
    trigger_missing()
        "A new password_wo would not be sent"
        "Nothing tells when it changes, since it is not stored."
        "Set password_wo_version to any text, and change it together with password_wo.";
    same_password()
        "The password is the same as before"
        "password_wo_version changed and the credentials did not, so that nothing is rotated."
        "To rotate, change the password together with it.";
    other_password_than_planned()
        "The password is another one than when this was planned"
        "To store it, credentials would be written that the plan did not show. Nothing was changed."
        "Run terraform plan again.";
    may_get_a_version(registry, drift)
        "The {registry} may get a new version"
        "This API changes a registry only as a whole, so that the configured credentials are sent along with the \
         change.{drift}"
        "To leave them out of it, undo the change of name and maxversions.";
    may_have_a_version(registry)
        "The {registry} may have a new version"
        "This API changes a registry only as a whole, so the configured credentials were sent along with the change. It \
         may have stored them as a new version."
        "Nothing is left to do; the console shows its versions.";
    version_not_there_yet(version)
        "Version {version} does not exist yet"
        "A new registry starts with version 1."
        "Remove active_version.";
    version_not_retained(version, retained)
        "Version {version} is not retained"
        "It cannot be activated. {retained}"
        "Choose one that is retained, or remove active_version and set the credentials again, which makes a new version.";
    version_without_activation(version)
        "Version {version} cannot be activated"
        "This API changes a registry only as a whole and has no way to activate an earlier version."
        "Remove active_version and set the earlier credentials again, which makes a new version.";
    versions_without_numbers()
        "Versions cannot be pinned here"
        "The API shows no version numbers for this registry, so none can be activated."
        "Remove active_version, and set the credentials that should be current instead.";
    pinned_against_change(version)
        "Credentials changed while a version is pinned"
        "active_version = {version} says that version {version} stays current, and the changed credentials would have \
         to become another version."
        "Remove active_version to rotate, or undo the change of the credentials to stay at version {version}.";
    drifted(current, expected)
        "Version {current} became current outside Terraform"
        "Version {expected} is the one that this configuration made current. It stays as it is, since a credential is \
         usually replaced for a reason."
        "To keep it, pin it with active_version, or set its credentials here (with a new password_wo_version if they \
         are write-only), which stores them once more. To go back, set on_drift to \"restore\" or pin the earlier \
         version.";
    drift_is_undone(current, expected)
        "Version {current} became current outside Terraform and is put back"
        "Version {expected} is the one that this configuration made current. This plan puts it back."
        "To keep version {current}, pin it with active_version.";
    drift_is_undone_anew(current, expected)
        "Version {current} became current outside Terraform and is replaced"
        "Version {expected} is the one that this configuration made current, and it cannot be activated any more. This \
         plan stores the configured credentials once more, as a new version, for which the oldest retained one may be \
         evicted."
        "To keep version {current}, pin it with active_version, or set on_drift to \"warn\".";
    pinned_version_evicted(version, when, limit)
        "Version {version} is about to be evicted"
        "{when} makes one version more than the {limit} that are retained, and version {version} is the oldest. It \
         cannot be activated afterwards."
        "Raise maxversions to keep it.";
    fewer_versions(limit, retained, evicted)
        "A maxversions of {limit} evicts versions"
        "{retained} retained now. Evicted, and beyond every rollback, will be: {evicted}."
        "Raise maxversions to keep them.";
    rotates_after_import(argument)
        "The imported registry will get a new version"
        "Nobody can tell whether the stored credentials are the configured ones, so {argument} makes the next apply \
         store them as a new version."
        "To adopt the registry without a write, leave both password and password_wo_version out for now: password_wo \
         alone changes nothing.";
    unproved_version()
        "It is not certain whose version this is"
        "The API's answer to the last change of the credentials was lost, or no new version showed that is certainly its \
         own. The current one fits, but somebody else may have made it, or the API had these credentials already."
        "To be certain, set another password_wo with a new password_wo_version (or another password), and apply.";
    unproved_creation(registry)
        "The {registry} was taken for the one created"
        "The API's answer to the creation was lost. What was found fits and was not there before, but another client \
         may have made it, so it is not certain that it holds the configured password."
        "To be certain, set another password_wo with a new password_wo_version (or another password), and apply.";
    sent_without_answer()
        "The credentials were sent once without an answer"
        "They may have become current in place of those configured here."
        "To store those that are configured, set a new password_wo_version (or another password), and apply.";
    sent_again()
        "The credentials were sent once without an answer, and are sent again"
        "This apply sends them once more. If the first arrived, there are two equal versions, and the oldest retained \
         one may be gone."
        "Look at the console first. If it shows a version that is newer than your last apply, this apply only makes an \
         equal copy of it.";
    not_read_after_create(registry, error)
        "The {registry} was created but not read back"
        "It exists and is in the state. Bahriya: {error}."
        "The next plan fills in the rest.";
    not_read_after_update(registry, error)
        "The {registry} was updated but not read back"
        "What was changed is in the state. Bahriya: {error}."
        "The next plan fills in what is missing.";
    not_planned_wholly(registry)
        "The {registry} was not changed"
        "Something was not known yet when this was planned."
        "Run terraform plan again.";
    no_id_in_state(registry)
        "The {registry} has no id in the state"
        "It is looked for by its handle in a refresh."
        "Run terraform plan again, without -refresh=false.";
    registry_is_gone(registry)
        "The {registry} is gone"
        "It was deleted outside Terraform, and its handle is spent with it."
        "To have such a registry again, give the resource a new handle; otherwise remove it from the configuration.";
    version_in_between(registry, version)
        "The {registry} was not changed, since version {version} became current meanwhile"
        "It became current outside Terraform after this was planned. This API changes a registry only as a whole, so that \
         the configured credentials would take its place, which the plan did not show."
        "Run terraform plan again.";
    version_replaced(version)
        "Version {version} is not current any more"
        "It became current outside Terraform after this was planned. The new version took its place, as planned."
        "If it was made for a reason, pin it with active_version, or set its credentials here.";
    registry_deleted_meanwhile(registry)
        "The {registry} went away meanwhile"
        "It was deleted outside Terraform after this apply was planned."
        "Run terraform plan again.";
    registry_has_another_id(registry, id)
        "The {registry} has another id now"
        "The API does not know the id in the state, and shows {id} for its handle."
        "Run the command again. If it stays so, run terraform state rm ADDRESS, then terraform import ADDRESS {id}.";
    absence_not_proved(object, why)
        "The {object} was not found, which does not prove that it is gone"
        "{why} Nothing was removed from the state."
        "If it is gone, run terraform state rm ADDRESS (terraform state list shows the address). To go on without \
         looking, use -refresh=false.";
    other_organisation(object, recorded, configured)
        "The {object} belongs to another organisation"
        "The state says organisation {recorded}, and the provider is configured for {configured}."
        "Set organisation_id (or BAHRIYA_ORGANISATION_ID) back, or use a second provider block with an alias for the \
         other organisation. To give the object up, run terraform state rm.";
    memory_unreadable(object, lost)
        "What was remembered of {object} cannot be read"
        "Another provider, or a later version of this one, has written it.{lost}"
        "Nothing is left to do: it is written again from what the API shows.";
    verify_refused(server, reason)
        "{server} refuses the credentials, so they were not stored"
        "Nothing was stored. The registry server was asked, and {reason}."
        "Check username and password, or set verify to \"warn\" or \"off\" to store them unchecked.";
    verify_refused_and_stored(server, reason)
        "{server} refuses the credentials that were stored"
        "The credentials are stored anyway, but {reason}."
        "Correct username and password_wo, set a new password_wo_version, and apply.";
    verify_unreachable(server, reason)
        "{server} could not be asked"
        "The credentials are stored anyway, but {reason}."
        "Where this machine cannot reach the registry, set verify to \"off\".";
    verify_not_a_registry(server, reason)
        "{server} does not answer as a registry"
        "The credentials are stored anyway, but {reason}."
        "Set server to the host of the image's name, without https:// and without a path.";
    verify_realm_refused(server, host, reason)
        "{server} wants the credentials sent elsewhere"
        "The credentials are stored anyway, but they were not sent to \"{host}\": {reason}."
        "Check server. If it is right, set verify to \"off\".";
    verify_not_done(server, reason)
        "The credentials for {server} were not checked"
        "The credentials are stored anyway, but {reason}."
        "The next rotation checks them, or the ephemeral resource bahriya_registry_login does in every plan.";
    login_refused(server, message, effect)
        "{server} refuses the credentials"
        "{message} They may have expired or been withdrawn.{effect}"
        "Make new ones at the registry, and store them with bahriya_registry (a new password_wo_version with a new \
         password_wo), so that the next pull works.";
    login_incomplete()
        "Incomplete credentials to ask a registry with"
        "The registry can be asked only with server, username and password."
        "Set all three.";
}
