# Sourced by the scripts that run Terraform: chooses the client, and downloads one where none will do.
# shellcheck shell=bash

# Older clients do not know the write-only arguments that demo and tests use.
terraform_least=1.11

# What is downloaded, with the SHA-256 of the archive that HashiCorp publishes for a platform. There is no
# download for a platform without a sum here.
terraform_pinned=1.11.4
terraform_sum() {
    case $1 in
    linux_amd64) echo 1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc ;;
    esac
}

# Exports TERRAFORM, the absolute path of the client: what TERRAFORM names already, else `terraform` or
# `tofu` from the PATH if it is new enough, else the pinned one below the target directory.
choose_terraform() {
    local client path
    if [ -n "${TERRAFORM:-}" ]; then
        path=$(command -v "$TERRAFORM") || no_terraform "TERRAFORM names $TERRAFORM, which is not there."
        [ -n "$(terraform_version "$path")" ] || no_terraform "TERRAFORM names $path, which is not Terraform."
        case $path in /*) ;; *) path=$PWD/$path ;; esac
        export TERRAFORM=$path
        return
    fi
    for client in terraform tofu; do
        path=$(command -v "$client") || continue
        if new_enough "$path"; then
            export TERRAFORM=$path
            return
        fi
    done
    local tools=${CARGO_TARGET_DIR:-target}/tools
    mkdir -p "$tools"
    path=$(cd "$tools" && pwd)/terraform-$terraform_pinned
    [ -x "$path" ] || download_terraform "$terraform_pinned" "$(terraform_sum "$(platform)")" "$path"
    export TERRAFORM=$path
}

# Prints the version of a client, such as 1.11.4; nothing if it is none.
terraform_version() {
    CHECKPOINT_DISABLE=1 "$1" version 2>/dev/null |
        sed -n -e 's/^Terraform v\([0-9.]*\).*/\1/p' -e 's/^OpenTofu v\([0-9.]*\).*/\1/p' | head -n 1
}

new_enough() {
    local version
    version=$(terraform_version "$1")
    [ -n "$version" ] && [ "$(printf '%s\n' "$terraform_least" "$version" | sort -V | head -n 1)" = "$terraform_least" ]
}

# The platform in Terraform's words, such as linux_amd64.
platform() {
    local machine
    machine=$(uname -m | sed -e s/x86_64/amd64/ -e s/aarch64/arm64/)
    echo "$(uname -s | tr '[:upper:]' '[:lower:]')_$machine"
}

# Puts one version at a path. The archive is checked before anything of it is unpacked, and the program
# takes its place in one step, so that nobody finds half of it. TERRAFORM_MIRROR replaces the address.
download_terraform() (
    version=$1 sum=$2 path=$3
    [ -n "$sum" ] || no_terraform "Terraform $terraform_least or later is missing, and none is known for $(platform)."
    name=terraform_${version}_$(platform).zip
    address=${TERRAFORM_MIRROR:-https://releases.hashicorp.com/terraform}/$version/$name
    work=$(mktemp -d "$(dirname "$path")/download.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    echo "Downloading $address …" >&2
    curl -fsSL --retry 2 --connect-timeout 20 -o "$work/$name" "$address" ||
        no_terraform "Terraform $terraform_least or later is missing, and $address could not be downloaded."
    echo "$sum  $work/$name" | sha256sum --check --status ||
        no_terraform "$address is not the file that was published: its SHA-256 is not $sum. Nothing of it was used."
    unzip -q "$work/$name" terraform -d "$work"
    chmod 0755 "$work/terraform"
    mv "$work/terraform" "$path"
)

no_terraform() {
    echo "$1" >&2
    echo "Install Terraform $terraform_least or later (https://developer.hashicorp.com/terraform/install)," >&2
    echo "or name a client: TERRAFORM=/path/to/terraform" >&2
    exit 1
}
