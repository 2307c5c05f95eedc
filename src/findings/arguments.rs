//! What is wrong with the value of an argument, or with a setting of the provider.

crate::framework::diagnostics::findings! {
    setting_missing(argument, what, variable)
        "Missing {argument}"
        "The provider needs {what}."
        "Set {argument} in the provider block, or the environment variable {variable}.";
    settings_not_known_yet(arguments)
        "Provider configuration not known yet"
        "The API cannot be asked, because {arguments} of the provider block depends on something that is only known \
         after apply."
        "Apply that first (terraform apply -target=…), or set the value directly, or remove it from the block and set \
         its environment variable.";
    not_refreshed(arguments)
        "Not refreshed"
        "The state is shown as stored, because {arguments} of the provider block is only known after apply."
        "The next plan refreshes it.";
    token_unusable(problem, source)
        "Invalid token"
        "The provider cannot be configured: {problem}.{source}"
        "Give the token alone, from `pat_` on, in token or BAHRIYA_TOKEN. If it comes from a file, remove the line \
         break at its end with trimspace(). A new one can be created in the console.";
    organisation_id_unusable(problem, source)
        "Invalid organisation_id"
        "The provider cannot be configured: {problem}.{source}"
        "Copy the organisation's id from the console; its handle or its name will not do. If it comes from a file, \
         wrap the expression in trimspace().";
    base_url_unusable(problem, source)
        "Invalid base_url"
        "The provider cannot be configured: {problem}.{source}"
        "Give the whole address of the API, such as https://api.bahriya.cloud/console/v1. Use https: plain http is \
         allowed to this machine only (localhost, 127.0.0.1, ::1).";
    ca_certificate_file_unusable(problem, source)
        "Invalid ca_certificate_file"
        "The provider cannot be configured: {problem}.{source}"
        "Name a readable PEM file that holds the certificate (BEGIN CERTIFICATE) of the authority to trust.";
    proxy_unusable(problem)
        "Invalid address of a proxy"
        "The provider cannot be configured: {problem}."
        "Set the environment variable to an address such as http://proxy.example.com:3128, or unset it.";
    trust_anchors_unusable(problem)
        "No certificates to trust"
        "The provider cannot be configured: {problem}."
        "Install the system's certificates (the package ca-certificates), or set ca_certificate_file.";
    handle_malformed(argument, handle)
        "Invalid {argument}: not the form of a handle"
        "\"{handle}\" is not a handle: it consists of lower-case letters, digits and hyphens, and neither starts nor \
         ends with a hyphen."
        "Choose one of that form.";
    handle_too_long(argument, length, most)
        "Invalid {argument}: too long for a handle"
        "It has {length} characters. A handle has {most} at most."
        "Choose a shorter one.";
    empty(argument)
        "Invalid {argument}: empty"
        "It is empty, and the API takes no empty text."
        "Set a text, or look where its expression gets the empty one.";
    blank(argument)
        "Invalid {argument}: blank"
        "It consists of blanks alone."
        "Set a text that can be read.";
    not_a_uuid(argument, text)
        "Invalid {argument}: not a UUID"
        "\"{text}\" is not a UUID."
        "Use the id, not the handle or the name; where there is an argument for handles, a handle goes there.";
    not_positive(argument)
        "Invalid {argument}: not a positive number"
        "It must be a whole number, 1 or more."
        "Set one.";
    not_a_duration(argument)
        "Invalid {argument}: not a duration"
        "It must be a duration between one second and a day."
        "Write it with units, such as \"90s\", \"5m\" or \"1h30m\".";
    password_is_the_mask(argument)
        "Invalid {argument}: the placeholder of the API"
        "This is the text that the API shows in place of a stored secret, not a password."
        "Set the real one, or leave the password out to leave the stored credentials alone.";
    two_passwords()
        "Two passwords"
        "Both password and password_wo are set."
        "Set one of them. password_wo is not stored in the state.";
    server_spelling(argument, problem, advice)
        "Suspicious {argument}: not how a registry is named"
        "{problem}."
        "Write {advice}.";
    colon_in_username(argument)
        "Suspicious {argument}: it contains a colon"
        "Registries are asked with HTTP Basic authentication, where the first colon ends the username, so that this one \
         can never log in."
        "If this is `username:password`, split it.";
    blank_around(argument, what)
        "Suspicious {argument}: blanks or a byte order mark around it"
        "The {argument} {what}, which makes it another one."
        "Wrap the expression in `trimspace(...)`; a file with a byte order mark is to be saved without it.";
    hidden_characters(argument)
        "Suspicious {argument}: it holds characters that do not show"
        "A control or invisible character is in the {argument}, so that it is not what it seems. HTTP Basic authentication, \
         with which registries are asked, allows no control characters."
        "Type it again: text that was copied from a page or a terminal may hold some.";
    key_file_is_not_json(argument)
        "Suspicious {argument}: not a key file"
        "With the username `_json_key` the password has to be the whole JSON key file of a service account, and it is \
         not a JSON object."
        "Use `file(\"key.json\")`; for a key file in base64 the username is `_json_key_base64`.";
    foreign_token(argument, issuer, home, service)
        "Check {argument}: a token of another registry"
        "The password begins like a token of {issuer}, whose registry is `{home}`, but the server belongs to {service}."
        "Set the server, or the password, that belongs to the other.";
    ecr_username_elsewhere(argument)
        "Check {argument}: AWS is the username of Amazon ECR only"
        "The username `AWS` is the one that Amazon ECR uses, but the server is not an ECR registry \
         (`<account>.dkr.ecr.<region>.amazonaws.com` or `public.ecr.aws`)."
        "Change username, or set server to `<account>.dkr.ecr.<region>.amazonaws.com`.";
    short_lived_token(argument)
        "Check {argument}: this token expires after 12 hours"
        "Amazon ECR tokens live for 12 hours. Images cannot be pulled with this one after that."
        "Run terraform apply with a new token and a new password_wo_version every six hours, say.";
}
