#!/usr/bin/env bash
# Plants each bug of tests/simulation/planted in a copy of the tree, and plays the cells of the simulated table that its
# patch names: they hold without the bug, and each has to fail with it. With names of patches it tries only those.
set -euo pipefail
cd "$(dirname "$0")/.."
# Cargo tells trees apart by the times of their files alone: what is built with a bug has to stay by itself.
export CARGO_TARGET_DIR=$PWD/target/planted

bugs=$PWD/tests/simulation/planted
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --create | tar --extract --directory="$copy"
cd "$copy"
# `git apply` leaves out what a surrounding repository does not hold.
export GIT_CEILING_DIRECTORIES=${copy%/*}

build() {
    cargo test --locked --quiet --test simulation --no-run
}
holds() { # cell
    CELL=$1 cargo test --locked --quiet --test simulation every_cell >output 2>&1
}
cells() { # patch
    sed -n 's/^cell: //p' "$1"
}

if [ $# = 0 ]; then patches=("$bugs"/*.patch); else patches=("${@/#/$bugs/}"); patches=("${patches[@]/%/.patch}"); fi
build
for patch in "${patches[@]}"; do
    for cell in $(cells "$patch"); do
        holds "$cell" || { cat output; echo "planted: $cell fails without any bug" >&2; exit 1; }
    done
done

green=0
for patch in "${patches[@]}"; do
    name=$(basename "$patch" .patch)
    git apply "$patch" || { echo "planted: $name does not apply any more: plant it anew" >&2; exit 1; }
    build
    for cell in $(cells "$patch"); do
        if holds "$cell"; then
            echo "planted: $name leaves $cell green" >&2
            green=$((green + 1))
        else
            echo "planted: $name turns $cell red: $(grep -m1 -A1 'panicked at' output | tail -1)"
        fi
    done
    git apply --reverse "$patch"
done
[ "$green" = 0 ]
