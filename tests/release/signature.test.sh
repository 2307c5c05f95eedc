# The signature of the sums, made with a throw-away key and verified by a program that only verifies.
. "$(dirname "$0")/lib.sh"

# A socket's path has a limit, and gpg-agent puts one into its home.
GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
make_key() {
    gpg --batch --quiet --pinentry-mode loopback --passphrase "$3" --quick-generate-key "$1" "$2" sign never
}
make_key rsa@example.test rsa3072 ''
make_key locked@example.test rsa2048 'open sesame'
make_key curve@example.test ed25519 ''
gpg --quiet --export rsa@example.test >"$WORK/rsa.gpg"
gpg --quiet --export locked@example.test >"$WORK/locked.gpg"

cp "$DIST"/* "$WORK"
sums="$WORK/${release}_SHA256SUMS"
sign() { scripts/release.sh --no-build --dist "$WORK" "$@"; }
absent() { [ ! -e "$1" ]; }

RELEASE_GPG_KEY=rsa@example.test holds "a release is signed with the key given" sign --require-signature
holds "the sums are those of the unsigned release" cmp "$sums" "$DIST/${release}_SHA256SUMS"
holds "gpgv verifies the signature" gpgv --keyring "$WORK/rsa.gpg" "$sums.sig" "$sums"
refused "another key does not verify it" 'No public key' gpgv --keyring "$WORK/locked.gpg" "$sums.sig" "$sums"
refused "the signature is binary" '^$' grep -qaF 'BEGIN PGP' "$sums.sig"
sed 's/^./x/' "$sums" >"$WORK/changed"
refused "changed sums do not verify" 'BAD signature' gpgv --keyring "$WORK/rsa.gpg" "$sums.sig" "$WORK/changed"

RELEASE_GPG_KEY=locked@example.test RELEASE_GPG_PASSPHRASE='open sesame' \
    holds "a passphrase opens a locked key" sign
holds "gpgv verifies that signature" gpgv --keyring "$WORK/locked.gpg" "$sums.sig" "$sums"

RELEASE_GPG_KEY=curve@example.test \
    refused "a kind of key that the Registry refuses is refused here" 'RSA and DSA only' sign
holds "its signature is not left behind" absent "$sums.sig"

RELEASE_GPG_KEY=rsa@example.test holds "the release is signed again" sign
output=$(sign 2>&1)
holds "without a key it is said that nothing is signed" grep -q 'NOT SIGNED' <<<"$output"
holds "and no old signature stays" absent "$sums.sig"
refused "a required signature without a key is a failure" 'RELEASE_GPG_KEY names no key' sign --require-signature
