#!/usr/bin/env bash
# The whole story, for real: Terraform, this provider, the sandbox, and an image registry that checks
# passwords. Everything runs on this machine in a temporary directory and is gone afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
scripts/setup.sh

say() { printf '\n\033[1m▸ %s\033[0m\n' "$*"; }
run() {
    printf '\033[2m$ %s\033[0m\n' "$*"
    "$@"
}
die() {
    echo "demo: $*" >&2
    exit 1
}

say "Build the provider and the sandbox (some minutes the first time)"
cargo build --locked --bin terraform-provider-bahriya --example sandbox

work=$(mktemp -d)
jobs=()
clean_up() {
    for job in "${jobs[@]}"; do kill "$job" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT

# Waits until a program has printed a line, and prints what follows the marker in it.
line_of() {
    local file=$1 marker=$2 tries=0
    until grep -q "^$marker" "$file" 2>/dev/null; do
        [ $((tries += 1)) -lt 300 ] || die "no line \"$marker\" in $(basename "$file")"
        sleep 0.1
    done
    sed -n "s|^$marker||p" "$file" | head -n 1
}

secret() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

say "Start a real image registry, which knows one user, and push an image to it"
first=$(secret)
second=$(secret)
printf '%s' "$first" | scripts/registry-server.sh set-user "$work/registry" deploy-bot
scripts/registry-server.sh serve "$work/registry" >"$work/registry.out" &
jobs+=($!)
server=$(line_of "$work/registry.out" "registry: ")
SANDBOX_PUSH_PASSWORD=$first target/debug/examples/sandbox push-image --image "$server/shop/web:1.0" \
    --username deploy-bot --plain-http-registry "$server"

say "Start the sandbox, a local stand-in of the Bahriya API"
target/debug/examples/sandbox --seed-data --plain-http-registry "$server" >"$work/sandbox.out" &
jobs+=($!)
page=$(line_of "$work/sandbox.out" "# page: ")
eval "$(grep '^export' "$work/sandbox.out")"
echo "The API is at $BAHRIYA_API_URL, a page to watch at $page"

# Asks the sandbox the way any other client would.
api() {
    local method=$1 path=$2
    curl -sS -X "$method" "$BAHRIYA_API_URL/organisations/$BAHRIYA_ORGANISATION_ID/$path" \
        -H "Authorization: Bearer $BAHRIYA_TOKEN" -H 'Content-Type: application/json' "${@:3}"
}
# Prints the last value of a key in a JSON text of one line.
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
platform="$(uname -s | tr '[:upper:]' '[:lower:]')_$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')"
package="$work/plugins/registry.terraform.io/bahriya-rs/bahriya/$version/$platform"
mkdir -p "$package"
cp target/debug/terraform-provider-bahriya "$package/terraform-provider-bahriya_v$version"
cp -r examples/quickstart "$work/config"
cd "$work/config"
export TF_VAR_server=$server TF_VAR_password=$first TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
export TF_CLI_CONFIG_FILE=$work/terraform.rc
: >"$TF_CLI_CONFIG_FILE"
run terraform init -input=false -plugin-dir="$work/plugins"

settled() {
    run terraform plan -input=false -detailed-exitcode "$@" || die "the second plan is not empty"
}
# Deploys the container, prints what the one region says of the pull, and insists on the outcome.
deploy() {
    local answer
    answer=$(api POST "containers/$container/$1")
    printf 'deployment with version %s: %s\n' "$(printf '%s' "$answer" | field version)" \
        "$(printf '%s' "$answer" | field message)"
    case $answer in
    *'"status":"succeeded"'*) [ "$2" = works ] || die "the pull should have failed" ;;
    *) [ "$2" = fails ] || die "the pull should have worked" ;;
    esac
}

say "Create the registry and attach it to the project"
run terraform apply -input=false -auto-approve
say "Plan again: nothing is left to do"
settled

say "Deploy a container: the image is pulled with the stored credentials"
container=$(api POST containers -d "{\"handle\":\"web\",\"image\":\"$server/shop/web:1.0\",\"project\":\"shop\",\"registry\":\"deploy\",\"regions\":[\"falkenstein-1\"]}" | field data)
deploy deploy works

say "Rename it: no credentials are touched"
export TF_VAR_name="Deploy token of the shop"
run terraform apply -input=false -auto-approve
settled

say "The image registry has a new password. Rotate: version 2, and version 1 is kept"
printf '%s' "$second" | "$root/scripts/registry-server.sh" set-user "$work/registry" deploy-bot
export TF_VAR_password=$second TF_VAR_password_version=2
run terraform apply -input=false -auto-approve
settled
deploy redeploy works

say "The new password is withdrawn, and the next pull fails"
printf '%s' "$first" | "$root/scripts/registry-server.sh" set-user "$work/registry" deploy-bot
deploy redeploy fails

say "Roll back with one line: active_version = 1. Nobody needs the old password for that"
export TF_VAR_active_version=1
run terraform apply -input=false -auto-approve
settled
deploy redeploy works

say "Roll forward again by removing the line"
unset TF_VAR_active_version
run terraform apply -input=false -auto-approve
settled

say "Or roll back by reverting the secret and its trigger, as git revert would"
export TF_VAR_password=$first TF_VAR_password_version=1
run terraform apply -input=false -auto-approve
settled

say "Forget the registry and import it again by its handle: nothing is written"
run terraform state rm bahriya_registry.deploy
run terraform import -input=false -var-file=adopt.tfvars bahriya_registry.deploy deploy
settled -var-file=adopt.tfvars

say "Destroy everything. The container goes first: it still references the registry"
api POST "containers/$container/terminate" >/dev/null
run terraform destroy -input=false -auto-approve

say "Neither password is in anything that Terraform wrote"
if grep -rqF -e "$first" -e "$second" .; then die "a password was found"; fi
echo "searched: $(find . -type f -not -path './.terraform/*' | sort | tr '\n' ' ')"
say "Done"
