#!/usr/bin/env bash
# Compares what is in DIR with the sums that the building jobs noted, given on standard input. There must be
# an archive and a bill of materials for each platform, and nothing besides.
#
#   check-built.sh DIR <SUMS
set -euo pipefail
cd "$1"

sums=$(grep . | LC_ALL=C sort -k 2)
expected=$(for platform in darwin_amd64 darwin_arm64 linux_amd64 linux_arm64 windows_amd64 windows_arm64; do
    printf '%s.cdx.json\n%s.zip\n' "$platform" "$platform"
done)
names=$(sed 's/^.*  //' <<<"$sums")
diff <(echo "$expected") <(sed -E 's/^.*_([a-z]+_[a-z0-9]+\.)/\1/' <<<"$names")
diff <(echo "$names") <(LC_ALL=C ls)
sha256sum --strict -c <<<"$sums"
