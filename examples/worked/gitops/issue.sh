#!/bin/sh
# Opens an issue in the GitLab project whose pipeline this is.
set -eu
wget -q -O /dev/null --header "PRIVATE-TOKEN: $ISSUE_TOKEN" \
    --post-data "title=Registries are not as configured&description=The nightly plan found a difference, or failed: $CI_JOB_URL" \
    "$CI_API_V4_URL/projects/$CI_PROJECT_ID/issues"
