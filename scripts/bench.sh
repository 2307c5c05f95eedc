#!/usr/bin/env bash
# Builds the provider as it is shipped, its peers and the bench, and measures them in one run. Writes the
# figures of docs/performance.md and its picture. About 40 minutes, after the builds, most of them
# Terraform's with a thousand registries.
#
#   scripts/bench.sh                  everything
#   scripts/bench.sh --quick          a little of everything, printed only
#   scripts/bench.sh --instructions   what valgrind counts, printed only: the figures that a busy machine leaves alone
#   scripts/bench.sh --largest 100    fewer registries, for a short run
#   scripts/bench.sh --previous PATH  beside an earlier build of this provider, which is started and applied with, too
#   scripts/bench.sh --other PATH     beside any other provider's executable as well
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
. scripts/terraform.sh
choose_terraform

# protoc and its files are for the peer alone, whose crate needs them to build; the counts come from valgrind.
missing=()
command -v protoc >/dev/null || missing+=(protobuf-compiler)
[ -e /usr/include/google/protobuf/empty.proto ] || missing+=(libprotobuf-dev)
command -v valgrind >/dev/null || missing+=(valgrind)
if [ ${#missing[@]} -gt 0 ]; then
    [ "$(id -u)" = 0 ] || {
        echo "Missing packages. Run: sudo apt-get install ${missing[*]}" >&2
        exit 1
    }
    echo "Installing ${missing[*]} …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null </dev/null
fi

echo "Building …"
scripts/executable.sh
for peer in floor peer-tf-provider; do
    (cd "bench/$peer" && cargo build --locked --quiet --release)
done
cargo build --locked --quiet --profile bench-harness --bench performance --example sandbox
# The name of the bench's executable carries a hash, and the newest is the one just built.
target=${CARGO_TARGET_DIR:-target}
harness=$(find "$target/bench-harness/deps" -name 'performance-*' -type f -perm -u+x -printf '%T@ %p\n' |
    sort -rn | head -n 1 | cut -d' ' -f2)
exec "$harness" --ours "$target/release/terraform-provider-bahriya" --peer bench/peer-tf-provider/target/release/peer-tf-provider \
    --floor bench/floor/target/release/floor "$@"
