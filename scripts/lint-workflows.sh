#!/usr/bin/env bash
# Checks the GitHub workflows: their form against GitHub's schema, and their habits with zizmor. Nothing in
# them may come from a third party.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/release/lib.sh

install_tools "$lint_tools" scripts/release/lint-requirements.txt
"$lint_tools/bin/check-jsonschema" --builtin-schema vendor.github-workflows .github/workflows/*.yml
"$lint_tools/bin/zizmor" --offline --quiet --persona auditor --no-progress .github/workflows
if grep -nE '^[^#]*\buses:' .github/workflows/*.yml; then
    fail "a workflow uses an action: use git, cargo and gh from the shell instead"
fi
