# Sourced by scripts/release.sh: the sums of a release and their signature.
# shellcheck shell=bash

# Sums up everything that is released, the manifest included: the Registry refuses a release without it.
write_sums() {
    local dist=$1 release=$2
    (
        cd "$dist" || fail "there is no folder $dist"
        ls "${release}_"*.zip >/dev/null 2>&1 || fail "no archive of this version is in $dist"
        rm -f "${release}_SHA256SUMS" "${release}_SHA256SUMS.sig"
        # The order of names must not depend on the user's language.
        LC_ALL=C
        sha256_lines "${release}_"* >SHA256SUMS.partial
        mv SHA256SUMS.partial "${release}_SHA256SUMS"
    )
}

# Signs the sums with the key that RELEASE_GPG_KEY names, detached and binary, as the Registry wants it.
sign_sums() {
    local sums="$1/$2_SHA256SUMS" required=$3 algorithm
    if [ -z "${RELEASE_GPG_KEY:-}" ]; then
        [ "$required" = no ] || fail "a signature is required, and RELEASE_GPG_KEY names no key"
        say "NOT SIGNED: RELEASE_GPG_KEY names no key. The Terraform Registry takes only signed releases."
        return
    fi
    say "Sign with $RELEASE_GPG_KEY"
    local options=(--batch --yes --no-armor --local-user "$RELEASE_GPG_KEY" --output "$sums.sig" --detach-sign "$sums")
    if [ -n "${RELEASE_GPG_PASSPHRASE:-}" ]; then
        # By a descriptor: an argument would show in the list of processes.
        gpg --pinentry-mode loopback --passphrase-fd 3 "${options[@]}" 3<<<"$RELEASE_GPG_PASSPHRASE"
    else
        gpg "${options[@]}"
    fi
    algorithm=$(gpg --batch --list-packets "$sums.sig" | sed -n 's/^:signature packet: algo \([0-9]*\),.*/\1/p')
    case $algorithm in
    1 | 17) ;;
    *)
        rm -f "$sums.sig"
        fail "the key $RELEASE_GPG_KEY is of a kind that the Terraform Registry refuses: it takes RSA and DSA only"
        ;;
    esac
}
