#!/usr/bin/env bash
# Lets a client start the provider and ask for its schema: the least that has to work on a platform.
#
#   TERRAFORM=/path/to/client handshake.sh EXECUTABLE
set -euo pipefail

: "${TERRAFORM:?names the client}"
executable=${1:?names the provider\'s executable}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/plugins"
cp "$executable" "$work/plugins/"
plugins=$work/plugins
# Git for Windows has its own spelling of paths, which the client does not know.
! command -v cygpath >/dev/null || plugins=$(cygpath -m "$plugins")
cat >"$work/client.rc" <<RC
provider_installation {
  dev_overrides {
    "bahriya-rs/bahriya" = "$plugins"
  }
  direct {}
}
RC
cat >"$work/main.tf" <<'HCL'
terraform {
  required_providers {
    bahriya = { source = "bahriya-rs/bahriya" }
  }
}
HCL
cd "$work"
export TF_CLI_CONFIG_FILE=$work/client.rc CHECKPOINT_DISABLE=1
"$TERRAFORM" version
"$TERRAFORM" providers schema -json | grep -q '"bahriya_registry"'
echo "The provider was started, and told its schema."
