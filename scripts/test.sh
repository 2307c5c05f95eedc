#!/usr/bin/env bash
# Runs every test. The acceptance tests keep the processors busy, those of a hostile server mostly wait for time limits, and
# the others take turns in two rows, so that all run side by side, with more threads than processors.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/terraform.sh
choose_terraform
# Pages, demo and faults are about write-only arguments throughout. An older client has the acceptance tests, which hold it to
# its documented refusals.
client=$TERRAFORM
if ! new_enough "$client"; then
    TERRAFORM=
    choose_terraform
    echo "The acceptance tests run with $client, all others with $TERRAFORM."
fi

export RUST_TEST_THREADS=${RUST_TEST_THREADS:-4}
cargo test --locked --no-run

others=()
for main in tests/*/main.rs; do
    name=$(basename "$(dirname "$main")")
    case $name in
    acceptance | hostile | docs | simulation) ;;
    # It makes root directories of its own, which takes root, or a namespace in which one is.
    executable) [ "$(id -u)" != 0 ] || others+=(--test "$name") ;;
    *) others+=(--test "$name") ;;
    esac
done

output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
# What is shipped is what is tested.
shipped=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)/release/terraform-provider-bahriya
# Half of their time they wait, for a Terraform or for a time limit.
RUST_TEST_THREADS=6 TERRAFORM=$client PROVIDER_EXECUTABLE=$shipped cargo test --locked --test acceptance >"$output/acceptance" 2>&1 &
acceptance=$!
# Those of a hostile server wait up to a minute each: all at once they take little more than one.
(
    RUST_TEST_THREADS=16 cargo test --locked --test hostile || waiting=1
    cargo test --locked --no-fail-fast --test docs --test simulation || waiting=1
    exit "${waiting:-0}"
) >"$output/waiting" 2>&1 &
waiting=$!

failed=0
cargo test --locked --no-fail-fast --lib --bins "${others[@]}" || failed=1
[ "$(id -u)" = 0 ] || [ "$(uname -s)" != Linux ] ||
    unshare --map-root-user --net sh -c 'ip link set lo up && exec cargo test --locked --test executable' || failed=1
cargo test --locked --doc || failed=1
wait "$waiting" || failed=1
wait "$acceptance" || failed=1
cat "$output"/*
exit "$failed"
