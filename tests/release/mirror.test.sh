# Terraform installs the archive from a filesystem mirror, packed and unpacked, and locks its hash.
. "$(dirname "$0")/lib.sh"

# The hash that Terraform puts into the lock file, worked out from the archive alone.
unzip -q "$archive" -d "$WORK/contents"
h1=h1:$(cd "$WORK/contents" && find . -type f -printf '%P\n' | LC_ALL=C sort | xargs sha256sum |
    openssl dgst -sha256 -binary | base64)

packed=$WORK/packed/$address
unpacked=$WORK/unpacked/$address/$version/$platform
mkdir -p "$packed" "$unpacked"
cp "$archive" "$packed"
cp "$WORK/contents"/* "$unpacked"
write_requirement "$WORK/config"

use_mirror() {
    cat >"$TF_CLI_CONFIG_FILE" <<HCL
provider_installation {
  filesystem_mirror {
    path = "$1"
  }
}
HCL
}
init() { terraform -chdir="$WORK/config" init -input=false -no-color "$@"; }
locked() { sed -n 's/^ *"\(h1:.*\)",$/\1/p' "$WORK/config/.terraform.lock.hcl"; }
# The provider is started, shakes hands, and hands out a schema that has what the provider exists for.
serves() {
    terraform -chdir="$WORK/config" providers schema -json >"$WORK/schema.json" &&
        python3 - "$WORK/schema.json" "$address" <<'PYTHON'
import json, sys
schema = json.load(open(sys.argv[1]))["provider_schemas"][sys.argv[2]]
password = schema["resource_schemas"]["bahriya_registry"]["block"]["attributes"]["password_wo"]
assert password["write_only"], password
PYTHON
}

for layout in packed unpacked; do
    rm -rf "$WORK/config/.terraform" "$WORK/config/.terraform.lock.hcl"
    use_mirror "$WORK/$layout"
    holds "$layout: terraform init installs it" init
    holds "$layout: the lock file has the hash of the archive's contents" same "$h1" "$(locked)"
    holds "$layout: the installed provider serves its schema" serves
done

rm -rf "$WORK/config/.terraform"
use_mirror "$WORK/packed"
holds "what is locked from one layout is taken from the other" init -lockfile=readonly

rm -rf "$WORK/config/.terraform"
echo tampered >>"$WORK/contents/README.md"
(cd "$WORK/contents" && rm "$packed"/*.zip && python3 -m zipfile -c "$packed/$(basename "$archive")" ./*)
refused "a changed archive is not installed" 'checksums' init
