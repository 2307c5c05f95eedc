#!/bin/sh
# Checks licences, duplicates and sources of all dependencies, and known vulnerabilities where the
# database of advisories can be fetched. Rules: deny.toml.
set -eu
cd "$(dirname "$0")/.."

version=0.20.2
database=https://github.com/RustSec/advisory-db

# What is on the machine will do. The version counts where there is none.
if ! cargo deny --version 2>/dev/null; then
    echo "Compiling cargo-deny $version, once …"
    cargo install --quiet --locked cargo-deny --version "$version"
fi

cargo deny --locked check --allow license-exception-not-encountered bans licenses sources
# The fuzz targets are part of no release and have their own lock file.
cargo deny --manifest-path fuzz/Cargo.toml --config deny.toml --locked check \
    --allow license-not-encountered licenses sources

if GIT_TERMINAL_PROMPT=0 timeout 60 git ls-remote --quiet "$database" HEAD >/dev/null 2>&1; then
    cargo deny --locked check advisories
else
    echo "Advisories were NOT checked: $database cannot be reached from here."
fi
