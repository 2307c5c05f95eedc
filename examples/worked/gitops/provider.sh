#!/bin/sh
# Puts the provider where Terraform and OpenTofu look for it. It is for as long as no registry has it:
# afterwards `init` downloads it, and this file can go.
#
# PROVIDER_URL is a folder with the release archives, PROVIDER_SHA256 the sum of this one from SHA256SUMS.
set -eu
archive=terraform-provider-bahriya_0.4.0_linux_amd64.zip
file=$(mktemp)
wget -q -O "$file" "$PROVIDER_URL/$archive"
echo "$PROVIDER_SHA256  $file" | sha256sum -c >/dev/null
for registry in registry.terraform.io registry.opentofu.org; do
    folder=$HOME/.terraform.d/plugins/$registry/bahriya-rs/bahriya
    mkdir -p "$folder"
    cp "$file" "$folder/$archive"
done
rm "$file"
