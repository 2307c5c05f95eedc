#!/usr/bin/env bash
# Builds the release twice, in two folders with two cargo homes, and tests what came out.
# With --dist DIR it takes the archives in DIR for the first build; with --once it builds no second time.
set -euo pipefail
cd "$(dirname "$0")/.."

dist=
once=
case ${1:-} in
'') ;;
--once) once=1 ;;
--dist) dist=$(cd "${2:?--dist needs a folder}" && pwd) ;;
*)
    echo "test-release: unknown argument $1" >&2
    exit 1
    ;;
esac

missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need terraform terraform
need gpg gpg
need gpgv gpgv
need unzip unzip
need openssl openssl
need readelf binutils
need python3 python3-venv
[ ${#missing[@]} -eq 0 ] || {
    echo "test-release: missing: ${missing[*]}" >&2
    exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
unset RELEASE_GPG_KEY TARGETS

if [ -z "$dist" ]; then
    dist=$work/dist
    scripts/release.sh --dist "$dist"
fi
for test in tests/release/*.test.sh; do
    [ -z "$once" ] || [ "$(basename "$test")" != reproducible.test.sh ] || continue
    echo "=== $test"
    mkdir -p "$work/$(basename "$test")"
    DIST=$dist WORK=$work/$(basename "$test") bash "$test"
done
