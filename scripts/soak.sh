#!/usr/bin/env bash
# What takes too long for `make test`: the full fault matrix, kill rounds, random stories, the sandbox
# against its OpenAPI document, fuzzing, and the release built twice.
set -euo pipefail
cd "$(dirname "$0")/.."

export SOAK=1 SOAK_ROUNDS=200 MODEL_SEQUENCES=1000
cargo build --locked --bins --examples
cargo test --locked --test acceptance version_table
cargo test --locked --test reliability --test model --test sandbox -- --nocapture
scripts/sandbox-conformance.sh
scripts/fuzz.sh 15
scripts/test-release.sh
