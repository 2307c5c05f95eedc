#!/usr/bin/env bash
# Checks the GitHub workflows, and the pipelines among the examples: their form against the schemas of the
# services, and the habits of our own with zizmor. Nothing in our own may come
# from a third party.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/release/lib.sh

install_tools "$lint_tools" scripts/release/lint-requirements.txt
"$lint_tools/bin/check-jsonschema" --builtin-schema vendor.github-workflows .github/workflows/*.yml
pipelines=examples/worked/gitops
"$lint_tools/bin/check-jsonschema" --builtin-schema vendor.github-workflows "$pipelines"/.github/workflows/*.yml
"$lint_tools/bin/check-jsonschema" --builtin-schema vendor.gitlab-ci "$pipelines/.gitlab-ci.yml"
"$lint_tools/bin/zizmor" --offline --quiet --persona auditor --no-progress .github/workflows
if grep -nE '^[^#]*\buses:' .github/workflows/*.yml; then
    fail "a workflow uses an action: use git, cargo and gh from the shell instead"
fi
