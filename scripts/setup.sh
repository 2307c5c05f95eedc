#!/usr/bin/env bash
# Installs what the tests need beyond Rust: Debian packages for a real image registry and a headless
# browser, and Terraform if there is none; with the word `soak` also what fuzzing and the tests of a release
# need. It does nothing where they are there already.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/terraform.sh

command -v cargo >/dev/null || {
    echo "Rust is missing. Install it: https://rustup.rs" >&2
    exit 1
}

missing=()
need() {
    command -v "$1" >/dev/null || missing+=("$2")
}
need cc gcc
need curl curl
need unzip unzip
need zip zip
need wget wget
need docker-registry docker-registry
need htpasswd apache2-utils
need chromium chromium
need readelf binutils
[ "$(uname -s)" != Linux ] || need ip iproute2
[ "$(uname -s)" != Linux ] || [ -e "/lib/ld-musl-$(uname -m).so.1" ] || missing+=(musl)
if [ "${1:-}" = soak ]; then
    need g++ g++
    need gpg gnupg
    need gpgv gpgv
    need python3 python3
    need openssl openssl
    python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
fi
if [ ${#missing[@]} -gt 0 ]; then
    [ "$(id -u)" = 0 ] || {
        echo "Missing packages. Run: sudo apt-get install ${missing[*]}" >&2
        exit 1
    }
    echo "Installing ${missing[*]} …"
    apt-get update -qq
    # RUNLEVEL=1: the packages bring services, and none of them shall be started.
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null </dev/null
fi

choose_terraform
