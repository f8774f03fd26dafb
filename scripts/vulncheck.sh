#!/usr/bin/env bash
# govulncheck, with a plain word when its database is out of reach: that is not a finding, and not a clean result either.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

out=$(mktemp)
trap 'rm -f "$out"' EXIT
rc=0
"$@" >"$out" 2>&1 || rc=$?
cat "$out"
if [ $rc -ne 0 ] && grep -qE 'fetching vulnerabilities|no such host|connection refused|i/o timeout' "$out"; then
  echo "vulncheck: NOT CHECKED: the vulnerability database is out of reach from here. Run 'make vulncheck' on a machine"
  echo "vulncheck: that reaches it, or give a copy of it: GOVULNDB=file:///path make vulncheck"
  exit 0
fi
exit $rc
