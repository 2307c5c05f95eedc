#!/usr/bin/env bash
# Builds what the Terraform Registry wants into dist/: an archive and a bill of materials for each
# target, the manifest, the sums of all of them, and the signature of the sums.
#
#   release.sh [--targets "TRIPLE ..."] [--dist DIR] [--no-build] [--require-signature]
#
#   --targets            Rust targets; also by TARGETS. Default: x86_64-unknown-linux-gnu.
#   --dist               where to write. Default: dist.
#   --no-build           take the archives that are in DIR already; only sum up and sign.
#   --require-signature  fail without a key instead of leaving the signature out.
#
# RELEASE_GPG_KEY names the key to sign with, RSA or DSA; RELEASE_GPG_PASSPHRASE opens it if it is locked.
# The same commit, Rust version and target give the same bytes, wherever the source lies.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/release/lib.sh
. scripts/release/build.sh
. scripts/release/sign.sh

targets=${TARGETS:-x86_64-unknown-linux-gnu}
dist=dist
build=yes
require_signature=no
while [ $# -gt 0 ]; do
    case $1 in
    --targets | --dist)
        [ $# -ge 2 ] || fail "$1 needs a value"
        if [ "$1" = --targets ]; then targets=$2; else dist=$2; fi
        shift
        ;;
    --no-build) build=no ;;
    --require-signature) require_signature=yes ;;
    *) fail "unknown argument $1: see the head of scripts/release.sh" ;;
    esac
    shift
done
# Known before the long build rather than after it.
[ "$require_signature" = no ] || [ -n "${RELEASE_GPG_KEY:-}" ] ||
    fail "a signature is required, and RELEASE_GPG_KEY names no key"

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
release="${program}_$version"
mkdir -p "$dist"

if [ "$build" = yes ]; then
    SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(commit_time)}
    export SOURCE_DATE_EPOCH
    install_tools "$release_tools" scripts/release/requirements.txt
    # What an earlier run left would be summed up and signed with the rest.
    rm -f "$dist/${program}"_*
    for target in $targets; do
        say "Build for $target"
        compile "$target"
        package "$target" "$version" "$dist"
    done
fi

cp terraform-registry-manifest.json "$dist/${release}_manifest.json"
say "Sum up"
write_sums "$dist" "$release"
sign_sums "$dist" "$release" "$require_signature"
say "In $dist:"
ls -l "$dist"
