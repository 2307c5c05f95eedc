#!/usr/bin/env bash
# Builds the provider as it is shipped: on Linux one static file that runs on every distribution, with hashing compiled
# for speed.
#
#   scripts/executable.sh            for this machine, at target/release/terraform-provider-bahriya
#   scripts/executable.sh TARGET     for a Rust target, at target/TARGET/release/terraform-provider-bahriya
set -euo pipefail
cd "$(dirname "$0")/.."

program=terraform-provider-bahriya
host=$(rustc -vV | sed -n 's/^host: //p')
target=${1:-$host}
folder=${CARGO_TARGET_DIR:-target}

case $target in
*-linux-gnu)
    # With `--target` the flag reaches what is compiled for the target, and neither build scripts nor macros.
    flags=${CARGO_ENCODED_RUSTFLAGS-$(tr ' ' '\037' <<<"${RUSTFLAGS:-}" | tr -d '\n')}
    export CARGO_ENCODED_RUSTFLAGS="$flags${flags:+$'\x1f'}-Ctarget-feature=+crt-static"
    ;;
esac
# The program is linked at 2 and its parts are compiled as Cargo.toml says, small but for the hash: linked at `s` nothing is
# vectorised, and a hash takes more than twice as long.
"${CARGO:-cargo}" rustc --locked --release --bin "$program" --target "$target" -- -C opt-level=2


if [ $# = 0 ]; then
    mkdir -p "$folder/release"
    install -m 0755 "$folder/$target/release/$program" "$folder/release/$program"
fi
