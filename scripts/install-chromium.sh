#!/usr/bin/env bash
# Installs the browser that the test of the sandbox's page uses: Debian's Chromium.
set -euo pipefail

command -v chromium >/dev/null && exit 0
if [ "$(id -u)" != 0 ]; then
    echo "install-chromium.sh: chromium is missing: run \`sudo apt-get install chromium\`" >&2
    exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium </dev/null
