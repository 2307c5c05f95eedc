#!/usr/bin/env bash
# What takes too long for `make test`: the full fault matrix, kill rounds, random and simulated stories, planted bugs, the
# sandbox against its OpenAPI document, fuzzing, and the release built twice. The figures stay in target/soak until
# `make docs` shows them. With the word `sample` a part of everything, which SEED chooses.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
'')
    export SOAK=1 SOAK_ROUNDS=200 MODEL_SEQUENCES=1000
    fuzz=(15)
    release=()
    ;;
sample)
    export SOAK=sample SOAK_ROUNDS=20 MODEL_SEQUENCES=240
    targets=(fuzz/fuzz_targets/*.rs)
    fuzz=(20 "$(basename "${targets[SEED % ${#targets[@]}]}" .rs)")
    release=(--once)
    ;;
*)
    echo "soak: unknown argument $1" >&2
    exit 1
    ;;
esac
step() {
    printf '\n=== [%s s] %s\n' "$SECONDS" "$*"
    "$@"
}
step cargo build --locked --bins --examples
[ "$SOAK" = sample ] || step cargo test --locked --test acceptance -- version_table rivals
step cargo test --locked --test reliability --test model -- --nocapture
step cargo test --locked --test sandbox kill_9 -- --nocapture
# A hundred thousand stories are told in minutes, but only by optimised code.
if [ "$SOAK" = sample ]; then faster=(); else faster=(--profile bench-harness); fi
step cargo test --locked "${faster[@]}" --test simulation every -- --nocapture
[ "$SOAK" = sample ] || step scripts/planted.sh
step scripts/sandbox-conformance.sh
step scripts/fuzz.sh "${fuzz[@]}"
step scripts/test-release.sh "${release[@]}"
