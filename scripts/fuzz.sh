#!/usr/bin/env bash
# Runs every fuzz target of the module in turn (`go test -fuzz` takes one at a time).
#
#   scripts/fuzz.sh [--light] [--tags TAGS] TIME [PACKAGE...]
#
# --light leaves out the packages that import the Cosmos SDK or CometBFT: to fuzz a package, Go compiles all that it
# imports anew, with instrumentation. What is left out still runs on its seeds and its corpus in `make test-unit`.
# A failing input is written to the package's testdata/fuzz/: commit it with the fix, it is a test from then on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

light=false tags=
while [ $# -gt 0 ]; do
  case "$1" in
    --light) light=true; shift ;;
    --tags) tags=$2; shift 2 ;;
    *) break ;;
  esac
done
[ $# -ge 1 ] || { echo "usage: scripts/fuzz.sh [--light] [--tags TAGS] TIME [PACKAGE...]" >&2; exit 2; }
time=$1
shift
[ $# -gt 0 ] || set -- ./...

log=$(mktemp)
trap 'rm -f "$log"' EXIT
ran=0 left_out=0
dirs=$(go list -tags "$tags" -f '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}' "$@")
while read -r dir; do
  [ -n "$dir" ] || continue
  targets=$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\([a-z]+ \*testing\.F\).*/\1/p' "$dir"/*_test.go | sort -u)
  [ -n "$targets" ] || continue
  pkg=./${dir#"$PWD"/}
  # Not grep -q: it stops reading, go list dies of the broken pipe, and pipefail takes that for "no".
  if $light && go list -tags "$tags" -deps -test "$pkg" | grep -E '^github.com/(cosmos/cosmos-sdk|cometbft/cometbft)/' >/dev/null; then
    left_out=$((left_out + $(wc -l <<<"$targets")))
    continue
  fi
  for target in $targets; do
    echo "--- $pkg $target for $time"
    if ! go test -tags "$tags" -run='^$' -fuzz="^$target\$" -fuzztime="$time" "$pkg" 2>&1 | tee "$log"; then
      # go.dev/issue/75804 (until Go 1.27): a worker still busy when the time is up is reported as a failure.
      grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input written' "$log" || exit 1
      echo "fuzz: $target: the time was up, no failing input"
    fi
    ran=$((ran + 1))
  done
done <<<"$dirs"
echo "fuzz: $ran targets ran for $time each, $left_out left out"
