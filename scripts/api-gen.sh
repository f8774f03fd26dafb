#!/usr/bin/env bash
# Generates what is said about the API and the commands: api/spec/openapi.json, api/spec/errors.json, docs/api/errors.md and
# docs/reference/*.md. One program makes all of them: compiling it is what takes the time.
#
#   scripts/api-gen.sh           write what changed into the tree (make api, make docs)
#   scripts/api-gen.sh --check   write nothing; fail when the tree is not what the source gives (make api-check, make docs-check)
#
# Needs protoc and the Go module cache; no network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() { echo "api-gen: $*" >&2; exit 1; }

check=false
case "${1:-}" in
  "") ;;
  --check) check=true ;;
  *) fail "unknown argument '$1' (only --check)" ;;
esac
command -v protoc >/dev/null || fail "protoc is not installed: run scripts/install-tools.sh"

list=$(scripts/proto-includes.sh)
mapfile -t includes <<<"$list"
args=("${includes[@]/#/-I}")
sdk=${includes[1]}

mkdir -p build
out=$(mktemp -d "$PWD/build/api-out.XXXXXX")
trap 'rm -rf "$out"' EXIT
# All files of ours and of the SDK: the generator picks the services that the application has.
mapfile -t files < <({ (cd proto && find creditd -name '*.proto'); (cd "$sdk" && find cosmos -name '*.proto'); } | sort)
protoc "${args[@]}" --include_imports --include_source_info --descriptor_set_out="$out/set.binpb" "${files[@]}"
# The tables are compiled in: an empty one must not keep the generator from being compiled.
mkdir -p api/spec
for f in openapi.json errors.json; do [ -s "api/spec/$f" ] || case $f in openapi.json) echo '{}' ;; *) echo '[]' ;; esac >"api/spec/$f"; done
COSMOS_SDK_SUPPRESS_DUPLICATE_ERROR_CODE_LOG=true go run -tags "${TAGS:-libsecp256k1_sdk pebbledb}" ./tools/apigen -descriptors "$out/set.binpb" -out "$out"

changed=0
pairs=(openapi.json:api/spec/openapi.json errors.json:api/spec/errors.json errors.md:docs/api/errors.md)
for page in $({ (cd "$out/reference" && ls); (cd docs/reference 2>/dev/null && ls || true); } | sort -u); do
  pairs+=("reference/$page:docs/reference/$page")
done
mkdir -p docs/reference
for pair in "${pairs[@]}"; do
  made=$out/${pair%%:*} kept=${pair#*:}
  cmp -s "$made" "$kept" && continue
  changed=$((changed + 1))
  if ! $check && [ ! -e "$made" ]; then
    rm "$kept"
    echo "removed $kept"
  elif $check; then
    echo "differs from what the source gives: $kept" >&2
    diff -u "$kept" "$made" 2>&1 | head -20 >&2 || true
  else
    cp "$made" "$kept.tmp" && mv "$kept.tmp" "$kept"
    echo "wrote $kept"
  fi
done
if $check; then
  [ $changed -eq 0 ] || fail "the description of the API is out of date: run 'make docs' and commit the result"
  echo "api-check: the description of the API and the reference are what the source gives"
fi
