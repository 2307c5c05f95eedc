#!/usr/bin/env bash
# The whole story, for real: Terraform, this provider, the sandbox, and an image registry that checks
# passwords. Everything runs on this machine. The configuration stays in the target directory, everything
# else is gone afterwards. With DEMO_STEP=1 it waits for Enter before each step.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
scripts/setup.sh
. scripts/terraform.sh
choose_terraform

# A file, or what reads from a pipe, gets no escape codes, from Terraform neither.
bold='' dim='' removed='' added='' plain=''
if [ -t 1 ]; then
    bold=$'\033[1m' dim=$'\033[2m' removed=$'\033[31m' added=$'\033[32m' plain=$'\033[0m'
else
    export TF_CLI_ARGS=-no-color
fi

steps=0
# Tells the next step, and waits for the reader if asked to.
step() {
    if [ -n "${DEMO_STEP:-}" ] && [ "$steps" -gt 0 ]; then
        printf '\n%sEnter goes on. The page: %s%s ' "$dim" "${page:-not there yet}" "$plain"
        read -r || true
    fi
    steps=$((steps + 1))
    printf '\n%s▸ %s%s\n' "$bold" "$*" "$plain"
}
die() {
    echo "demo: $*" >&2
    exit 1
}

step "Build the provider and the sandbox (some minutes the first time)"
cargo build --locked --bin terraform-provider-bahriya --example sandbox
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)

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

step "Start a real image registry, which knows one user, and push an image to it"
first=$(secret)
second=$(secret)
# Gives the user of the image registry a password.
let_in() { printf '%s' "$1" | "$root/scripts/registry-server.sh" set-user "$work/registry" deploy-bot; }
let_in "$first"
scripts/registry-server.sh serve "$work/registry" >"$work/registry.out" &
jobs+=($!)
server=$(line_of "$work/registry.out" "registry: ")
SANDBOX_PUSH_PASSWORD=$first "$target/debug/examples/sandbox" push-image --image "$server/shop/web:1.0" \
    --username deploy-bot --plain-http-registry "$server"

step "Start the sandbox, a local stand-in of the Bahriya API"
"$target/debug/examples/sandbox" --listen 127.0.0.1:0 --seed-data --plain-http-registry "$server" >"$work/sandbox.out" &
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
config=$target/demo
rm -rf "$config"
cp -r examples/quickstart "$config"
# Terraform takes the provider from here, and OpenTofu from the same place under its own name.
for host in registry.terraform.io registry.opentofu.org; do
    package="$work/plugins/$host/bahriya-rs/bahriya/$version/$(platform)"
    mkdir -p "$package"
    cp "$target/debug/terraform-provider-bahriya" "$package/terraform-provider-bahriya_v$version"
done
cd "$config"
export TF_VAR_server=$server TF_VAR_password=$first TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
export TF_CLI_CONFIG_FILE=$work/terraform.rc
: >"$TF_CLI_CONFIG_FILE"

# Runs Terraform, after the command that a reader would type.
run() {
    local typed=$1
    shift
    echo "$dim\$ terraform $typed$plain"
    "$TERRAFORM" "$@"
}
apply() { run apply apply -input=false -auto-approve; }
# Insists that nothing is left to do, and says so in one line.
settled() {
    run plan plan -input=false -detailed-exitcode >"$work/plan" || {
        cat "$work/plan"
        die "the second plan is not empty"
    }
    head -n 1 "$work/plan"
    grep 'No changes' "$work/plan" | sed 's/ Your infra.*//'
}
# Edits the configuration with sed, and shows the lines that change and their file.
edit() {
    cp main.tf "$work/before.tf"
    sed -i "$1" main.tf
    echo "${dim}main.tf$plain"
    # Two files that differ are what diff calls 1.
    ! diff "$work/before.tf" main.tf >"$work/diff" || die "nothing changed in main.tf: $1"
    sed -n -e "s/^< \(.*\)/$removed- \1$plain/p" -e "s/^> \(.*\)/$added+ \1$plain/p" "$work/diff"
}
# Deploys the container, prints what the one region says of the pull, and insists on the outcome.
deploy() {
    local answer version message
    answer=$(api POST "containers/$container/$1")
    version=$(printf '%s' "$answer" | field version)
    message=$(printf '%s' "$answer" | field message)
    case $answer in
    *'"status":"succeeded"'*)
        [ "$2" = works ] || die "the pull should have failed"
        # Of a digest the beginning will do.
        echo "deployed with version $version: pulled ${message:0:19}…"
        ;;
    *)
        [ "$2" = fails ] || die "the pull should have worked"
        echo "not deployed with version $version: $message"
        ;;
    esac
}

step "A registry, and its attachment to the project"
echo "${dim}main.tf$plain"
sed -n '/^resource/,/^}/p' main.tf
run init init -input=false -plugin-dir="$work/plugins" >"$work/init" || {
    cat "$work/init"
    die "terraform init failed"
}
# The rest warns that the lock file knows this platform only.
head -n 1 "$work/init"
apply
settled

step "Deploy a container: the image is pulled with the stored credentials"
container=$(api POST containers -d "{\"handle\":\"web\",\"image\":\"$server/shop/web:1.0\",\"project\":\"shop\",\"registry\":\"deploy\",\"regions\":[\"falkenstein-1\"]}" | field data)
deploy deploy works

step "Rename it: no credentials are touched"
edit 's/"Deploy token"/"Deploy token of the shop"/'
apply
settled

step "The image registry has a new password. Rotate: version 2, and version 1 is kept"
let_in "$second"
edit 's/password_wo_version = "1"/password_wo_version = "2"/'
echo "${dim}the environment$plain"
echo "${added}+ TF_VAR_password=… (the new one)$plain"
export TF_VAR_password=$second
apply
settled
deploy redeploy works

step "The new password is withdrawn, and the next pull fails"
let_in "$first"
deploy redeploy fails

step "Roll back with one line. Nobody needs the old password for that"
edit '/password_wo_version/a\  active_version      = 1'
apply
settled
deploy redeploy works

step "Roll forward again by removing the line"
edit '/active_version/d'
apply
settled

step "Or roll back by reverting the secret and its trigger, as git revert would"
edit 's/password_wo_version = "2"/password_wo_version = "1"/'
echo "${dim}the environment$plain"
echo "${added}+ TF_VAR_password=… (the old one)$plain"
export TF_VAR_password=$first
apply
settled

step "Forget the registry and import it again by its handle: nothing is written"
run "state rm bahriya_registry.deploy" state rm bahriya_registry.deploy
edit '/password_wo_version/d'
run "import bahriya_registry.deploy deploy" import -input=false bahriya_registry.deploy deploy
settled

step "Terminate the container, which still references the registry"
api POST "containers/$container/terminate" >/dev/null
echo "terminated"

step "Destroy everything"
run destroy destroy -input=false -auto-approve

step "Neither password is in anything that Terraform wrote"
if grep -rqF -e "$first" -e "$second" .; then die "a password was found"; fi
echo "searched: $(find . -type f -not -path './.terraform/*' | sort | tr '\n' ' ')"
# Made for plugins that end with the demo.
rm -rf .terraform .terraform.lock.hcl

step "Done. The configuration is in $config"
client=$TERRAFORM
[ "$(command -v terraform)" != "$client" ] || client=terraform
cat <<TEXT
To try things yourself, in three commands:
  make sandbox    # the sandbox again: paste the lines it prints into a second shell
  make install    # the provider, where Terraform finds it
  cd $config && $client init && TF_VAR_password=any-text $client apply
TEXT
