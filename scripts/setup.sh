#!/usr/bin/env bash
# Installs what the tests need beyond Rust: Debian packages for a real image registry and a headless
# browser; with the word `soak` also what fuzzing and the tests of a release need. It does nothing where
# they are there already.
set -euo pipefail

command -v terraform >/dev/null || {
    echo "Terraform is missing. Install version 1.11 or later:" >&2
    echo "https://developer.hashicorp.com/terraform/install" >&2
    exit 1
}
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
need docker-registry docker-registry
need htpasswd apache2-utils
need chromium chromium
if [ "${1:-}" = soak ]; then
    need g++ g++
    need gpg gnupg
    need gpgv gpgv
    need unzip unzip
    need python3 python3
    need openssl openssl
    need readelf binutils
    python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

[ "$(id -u)" = 0 ] || {
    echo "Missing packages. Run: sudo apt-get install ${missing[*]}" >&2
    exit 1
}
echo "Installing ${missing[*]} …"
apt-get update -qq
# RUNLEVEL=1: the packages bring services, and none of them shall be started.
RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null </dev/null
