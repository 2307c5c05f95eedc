#!/bin/sh
# Fuzzes each target for some seconds: scripts/fuzz.sh [SECONDS [TARGET…]]
#
# Works on stable Rust, without a sanitizer. SANITIZER=address adds AddressSanitizer, which the stable
# compiler has behind RUSTC_BOOTSTRAP. New inputs stay in fuzz/target; a finding is left in fuzz/artifacts.
set -eu
cd "$(dirname "$0")/.."

version=0.13.2
seconds=${1:-60}
[ $# -eq 0 ] || shift
sanitizer=${SANITIZER:-none}

if [ "$(cargo fuzz --version 2>/dev/null)" != "cargo-fuzz $version" ]; then
    cargo install --locked cargo-fuzz --version "$version"
fi
[ "$sanitizer" = none ] || export RUSTC_BOOTSTRAP=1

# All of them, so that each still compiles, whichever are run.
cargo fuzz build --sanitizer "$sanitizer"
[ $# -gt 0 ] || set -- $(cargo fuzz list)
for target; do
    found=fuzz/target/corpus/$target
    mkdir -p "$found"
    echo "== $target, $seconds s, sanitizer $sanitizer"
    cargo fuzz run --sanitizer "$sanitizer" "$target" "$found" "fuzz/corpus/$target" -- \
        -max_total_time="$seconds" -rss_limit_mb=512 -timeout=5 -print_final_stats=1 -verbosity=0
done
