#!/usr/bin/env bash
# Downloads a published client for this platform and prints its path. Its sums have to bear the publisher's signature, and the
# archive its sum, before anything of it is unpacked.
#
#   fetch-client.sh terraform|tofu VERSION DIR
set -euo pipefail

fail() {
    echo "fetch-client.sh: $*" >&2
    exit 1
}

[ $# = 3 ] || fail "usage: fetch-client.sh terraform|tofu VERSION DIR"
client=$1 version=$2 directory=$3
case $client in
terraform)
    key=https://www.hashicorp.com/.well-known/pgp-key.txt
    fingerprint=C874011F0AB405110D02105534365D9472D7468F
    address=https://releases.hashicorp.com/terraform/$version
    signature=sig
    ;;
tofu)
    key=https://get.opentofu.org/opentofu.asc
    fingerprint=E3E6E43D84CB852EADB0051D0C0AF313E5FD9F80
    address=https://github.com/opentofu/opentofu/releases/download/v$version
    signature=gpgsig
    ;;
*) fail "unknown client $client" ;;
esac
suffix=
case $(uname -s) in
Linux) system=linux ;;
Darwin) system=darwin ;;
MINGW* | MSYS*) system=windows suffix=.exe ;;
*) fail "no client is published for $(uname -s)" ;;
esac
machine=$(uname -m | sed -e s/x86_64/amd64/ -e s/aarch64/arm64/)
archive=${client}_${version}_${system}_$machine.zip
sums=${client}_${version}_SHA256SUMS

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fetch() { curl -fsSL --retry 3 -o "$work/$2" "$1" || fail "$1 could not be downloaded"; }
fetch "$key" key.asc
fetch "$address/$sums" "$sums"
fetch "$address/$sums.$signature" signature
fetch "$address/$archive" "$archive"

mkdir -m 0700 "$work/keys"
gpg="gpg --homedir $work/keys --batch --quiet"
$gpg --import "$work/key.asc"
# The key that signed is compared, since the file may hold several.
$gpg --status-fd 1 --verify "$work/signature" "$work/$sums" 2>/dev/null | grep -q "^\[GNUPG:\] VALIDSIG .*$fingerprint" ||
    fail "$sums is not signed by $fingerprint"
line=$(grep -E " [*]?$archive\$" "$work/$sums") || fail "$sums does not name $archive"
(cd "$work" && if command -v sha256sum >/dev/null; then sha256sum -c; else shasum -a 256 -c; fi) <<<"$line" >/dev/null ||
    fail "$archive is not the file that was published"

mkdir -p "$directory"
unzip -q -o "$work/$archive" "$client$suffix" -d "$directory"
echo "$directory/$client$suffix"
