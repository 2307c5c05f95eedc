#!/usr/bin/env bash
# What takes too long for `make test`: the full fault matrix, kill rounds, random stories, the sandbox
# against its OpenAPI document, fuzzing, and the release built twice.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/terraform.sh
choose_terraform

export SOAK=1 SOAK_ROUNDS=200 MODEL_SEQUENCES=1000
step() {
    printf '\n=== [%s s] %s\n' "$SECONDS" "$*"
    "$@"
}
step cargo build --locked --bins --examples
step cargo test --locked --test acceptance version_table
step cargo test --locked --test reliability --test model --test sandbox -- --nocapture
step scripts/sandbox-conformance.sh
step scripts/fuzz.sh 15
step scripts/test-release.sh
