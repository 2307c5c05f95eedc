#!/usr/bin/env bash
# Installs the provider as it is shipped where Terraform and OpenTofu look for plugins of this user, so that `init` finds it
# without any configuration.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/executable.sh
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
os=$(uname -s | tr '[:upper:]' '[:lower:]')
case $(uname -m) in
x86_64) arch=amd64 ;;
aarch64 | arm64) arch=arm64 ;;
*) arch=$(uname -m) ;;
esac
for host in registry.terraform.io registry.opentofu.org; do
    directory="${TERRAFORM_PLUGINS:-$HOME/.terraform.d/plugins}/$host/bahriya-rs/bahriya/$version/${os}_$arch"
    mkdir -p "$directory"
    install -m 0755 "${CARGO_TARGET_DIR:-target}/release/terraform-provider-bahriya" "$directory/terraform-provider-bahriya_v$version"
    echo "Installed in $directory"
done
echo 'Use it with: source = "bahriya-rs/bahriya"'
