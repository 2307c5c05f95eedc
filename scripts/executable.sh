#!/usr/bin/env bash
# Builds the provider as it is shipped: with nothing of this machine in it, with hashing compiled for speed, and on Linux
# as one static file that runs on every distribution.
#
#   scripts/executable.sh            for this machine, at target/release/terraform-provider-bahriya
#   scripts/executable.sh TARGET     for a Rust target, at target/TARGET/release/terraform-provider-bahriya
set -euo pipefail
cd "$(dirname "$0")/.."

program=terraform-provider-bahriya
host=$(rustc -vV | sed -n 's/^host: //p')
target=${1:-$host}
folder=${CARGO_TARGET_DIR:-target}

# Prints a path as the compiler sees it; Git for Windows has its own spelling.
native_path() {
    if command -v cygpath >/dev/null; then cygpath -w "$1"; else echo "$1"; fi
}

# The folders whose names would get into the executable, each with what to write instead. Of two that match, the compilers
# take the later. With `--target` the flags reach what is compiled for the target, and neither build scripts nor macros.
flags=${CARGO_ENCODED_RUSTFLAGS-$(tr ' ' '\037' <<<"${RUSTFLAGS:-}" | tr -d '\n')}
commit=$(rustc -vV | sed -n 's/^commit-hash: //p')
for map in "$(native_path "$PWD")=/build" "$(native_path "${CARGO_HOME:-$HOME/.cargo}")=/cargo" \
    "$(native_path "$(rustc --print sysroot)/lib/rustlib/src/rust")=/rustc/$commit"; do
    flags+=${flags:+$'\x1f'}--remap-path-prefix=$map
    # C flags are split at spaces.
    case $target$map in
    *-windows-* | *' '*) ;;
    *) export CFLAGS="${CFLAGS:-}${CFLAGS:+ }-ffile-prefix-map=$map" ;;
    esac
done
case $target in
*-linux-gnu) flags+=$'\x1f-Ctarget-feature=+crt-static' ;;
# Git for Windows would take the ends of the map for its own paths, and translate them.
*-windows-msvc) export MSYS2_ENV_CONV_EXCL=CARGO_ENCODED_RUSTFLAGS ;;
esac
export CARGO_ENCODED_RUSTFLAGS=$flags
# The program is linked at 2 and its parts are compiled as Cargo.toml says, small but for the hash: linked at `s` nothing is
# vectorised, and a hash takes more than twice as long.
"${CARGO:-cargo}" rustc --locked --release --bin "$program" --target "$target" -- -C opt-level=2

if [ $# = 0 ]; then
    mkdir -p "$folder/release"
    install -m 0755 "$folder/$target/release/$program" "$folder/release/$program"
fi
