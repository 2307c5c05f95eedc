#!/bin/sh
# Plans, and ends with 2 if something is not as configured: by Terraform's own exit code, or where the
# provider only warns, because by default it leaves a version alone that somebody else made current.
set -eu
code=0
$TF plan -lock=false -no-color -detailed-exitcode >drift.txt || code=$?
cat drift.txt
if [ "$code" = 0 ] && grep -q 'became current outside Terraform' drift.txt; then code=2; fi
exit "$code"
