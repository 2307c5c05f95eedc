#!/bin/sh
# Plans, and ends with 2 if something is not as configured: by Terraform's own exit code, or where the provider only warns:
# that somebody else made a version current, or that bahriya_registry_login finds credentials refused.
set -eu
code=0
$TF plan -lock=false -no-color -detailed-exitcode >drift.txt || code=$?
cat drift.txt
if [ "$code" = 0 ] && grep -Eq 'became current outside Terraform|refuses the credentials' drift.txt; then code=2; fi
exit "$code"
