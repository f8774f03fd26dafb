#!/usr/bin/env bash
# Checks what goes into the binary: nothing under cosmos-sdk/enterprise (its licence forbids production use), nothing of the SDK or
# of CometBFT in privacy/, no module under a licence that forbids it or that would force ours to change, none without a licence.
#
#   scripts/deps-check.sh [comma,separated,build,tags]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly FORBIDDEN=github.com/cosmos/cosmos-sdk/enterprise
tags=${1:-}
bad=0

# Modules first: enterprise/* are modules of their own, and one in go.mod would be a step away from being imported.
if found=$(go list -m -f '{{.Path}}' all | grep -E "^$FORBIDDEN(/|$)"); then
  echo "deps-check: forbidden modules in the module graph:"$'\n'"$found" >&2
  bad=1
fi
packages=$(go list -tags "$tags" -deps -test -f '{{.ImportPath}}' ./...)
if found=$(grep -E "^$FORBIDDEN(/|$)" <<<"$packages"); then
  echo "deps-check: forbidden packages are imported:"$'\n'"$found" >&2
  bad=1
fi

# privacy/ stands alone: what checks proofs must not need a chain.
if found=$(go list -tags "$tags" -deps -test -f '{{.ImportPath}}' ./privacy/... | grep -E '^(github.com/cosmos/cosmos-sdk|github.com/cometbft|cosmossdk.io)(/|$)'); then
  echo "deps-check: privacy/ imports what it must not:"$'\n'"$found" >&2
  bad=1
fi

# Licences of the modules that are linked or compiled into tests.
modules=$(go list -tags "$tags" -deps -test \
  -f '{{with .Module}}{{if not .Main}}{{with .Replace}}{{.Path}}@{{.Version}} {{.Dir}}{{else}}{{.Path}}@{{.Version}} {{.Dir}}{{end}}{{end}}{{end}}' ./... | sort -u)
n=0
while read -r module dir; do
  [ -n "$module" ] || continue
  n=$((n + 1))
  # A module in a subfolder of a repository often has its licence at the top of it only.
  mapfile -t licences < <(find "$dir" -maxdepth 1 -type f \( -iname 'licen[sc]e*' -o -iname 'copying*' -o -iname 'unlicense*' \))
  if [ ${#licences[@]} -eq 0 ]; then
    if grep -qF "$(cut -d@ -f1 <<<"$module") " scripts/deps-licences.txt 2>/dev/null; then continue; fi
    echo "deps-check: $module has no licence file: look it up and add it to scripts/deps-licences.txt" >&2
    bad=1
    continue
  fi
  # By title: the MPL, for one, names the GPL in its text. A GPL beside an LGPL is that one's other half.
  titles=$(for f in "${licences[@]}"; do head -n 15 "$f"; done)
  if found=$(grep -Eiom1 'business source license|server side public license|evaluation (license|purposes)|GNU (AFFERO )?GENERAL PUBLIC LICENSE' <<<"$titles") &&
    ! grep -qi 'GNU LESSER GENERAL PUBLIC LICENSE' <<<"$titles"; then
    echo "deps-check: $module: not acceptable: $found" >&2
    bad=1
  fi
done <<<"$modules"

[ $bad -eq 0 ] || exit 1
echo "deps-check: $n modules; nothing under $FORBIDDEN; no licence that forbids use"
