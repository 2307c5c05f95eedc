# Sourced by the release tests. DIST holds a release with the archive for this machine; WORK is an empty
# folder. A test ends at the first thing that does not hold.
# shellcheck shell=bash disable=SC2034,SC2154 # names are used, and set, where this is sourced

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/release/lib.sh

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
release="${program}_$version"
platform="linux_$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')"
archive="$DIST/${release}_$platform.zip"
executable="${program}_v$version"
address=registry.terraform.io/bahriya-rs/bahriya

# Terraform must not see the user's own set-up, nor ask whether there is a newer one.
export TF_CLI_CONFIG_FILE=$WORK/terraform.rc CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1

# holds SENTENCE COMMAND...: the command succeeds.
holds() {
    local sentence=$1 output
    shift
    if output=$("$@" 2>&1); then
        echo "ok: $sentence"
    else
        printf 'NOT OK: %s\n%s\n' "$sentence" "$output" >&2
        exit 1
    fi
}

# refused SENTENCE PATTERN COMMAND...: the command fails, and says why.
refused() {
    local sentence=$1 pattern=$2 output
    shift 2
    if output=$("$@" 2>&1) || ! grep -qE "$pattern" <<<"$output"; then
        printf 'NOT OK: %s\n%s\n' "$sentence" "$output" >&2
        exit 1
    fi
    echo "ok: $sentence"
}

same() { diff <(printf '%s\n' "$1") <(printf '%s\n' "$2"); }

# A configuration that does nothing but require the provider in this version.
write_requirement() {
    mkdir -p "$1"
    cat >"$1/main.tf" <<HCL
terraform {
  required_providers {
    bahriya = {
      source  = "bahriya-rs/bahriya"
      version = "$version"
    }
  }
}
HCL
}
