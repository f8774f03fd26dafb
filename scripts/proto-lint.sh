#!/usr/bin/env bash
# Checks proto/ with buf's rules (proto/buf.yaml): style, and that nothing breaks those who already use it.
# Imports come from the Go module cache through protoc, so it works without any schema registry.
#
# What "breaks" is measured against, the first of these that exists and holds .proto files:
#   PROTO_BASE=<commit>, the last release tag v* before this commit, the merge base with origin/main, the last commit.
# A break is accepted when this change says so: a new fragment in .changelog/unreleased/api-breaking/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly TOOLS=$PWD/build/tools

fail() { echo "proto-lint: $*" >&2; exit 1; }

command -v protoc >/dev/null || fail "protoc is not installed: run scripts/install-tools.sh"
mkdir -p "$TOOLS"
go build -C tools/buf -o "$TOOLS/" tool

list=$(scripts/proto-includes.sh)
mapfile -t includes <<<"$list"
mapfile -t files < <(find proto -name '*.proto' | sort)
[ ${#files[@]} -gt 0 ] || fail "no .proto file under proto/"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

protoc --plugin="protoc-gen-buf-lint=$TOOLS/protoc-gen-buf-lint" "${includes[@]/#/-I}" \
  --buf-lint_out="$tmp" --buf-lint_opt='{"input_config":"proto/buf.yaml"}' "${files[@]}" 2>"$tmp/lint" ||
  { sed 's/^--buf-lint_out: //' "$tmp/lint" >&2; fail "style: see above"; }
# protoc's own warnings (an import that nothing uses) are findings too.
[ ! -s "$tmp/lint" ] || { cat "$tmp/lint" >&2; fail "protoc warns: see above"; }
# What the state machine must not hold (make lint says the same of its code): a map has no order on the wire, a float
# has no one value.
if found=$(grep -nE '^[[:space:]]*(repeated[[:space:]]+|optional[[:space:]]+)?(map[[:space:]]*<|float[[:space:]]|double[[:space:]])' "${files[@]}"); then
  fail "maps and floating point are not for a state machine:"$'\n'"$found"
fi
echo "proto-lint: style of ${#files[@]} files is fine"

has_proto() { [ -n "$(git ls-tree -r --name-only "$1" -- proto 2>/dev/null | grep '\.proto$' | head -1)" ]; }

base() {
  local candidate
  for candidate in \
    "${PROTO_BASE:-}" \
    "$(git describe --tags --abbrev=0 --match 'v*' 'HEAD^' 2>/dev/null)" \
    "$(git merge-base HEAD origin/main 2>/dev/null)" \
    HEAD 'HEAD^'; do
    [ -n "$candidate" ] && has_proto "$candidate" || continue
    # HEAD is its own past only while proto/ has changes that are not committed.
    if [ "$(git rev-parse "$candidate^{commit}")" = "$(git rev-parse HEAD)" ] &&
      [ -z "$(git status --porcelain -- proto)" ]; then continue; fi
    echo "$candidate"
    return
  done
}

base=$(base || true)
if [ -z "$base" ]; then
  echo "proto-lint: nothing to compare with for breaking changes (no release tag, no earlier commit with .proto files here)"
  exit 0
fi
echo "proto-lint: breaking changes since $(git describe --tags --always "$base")"

mkdir "$tmp/base" && git archive "$base" proto | tar -x -C "$tmp/base"
mapfile -t old < <(cd "$tmp/base" && find proto -name '*.proto' | sort)
(cd "$tmp/base" && protoc "${includes[@]/#/-I}" --include_imports --include_source_info -o "$tmp/base.binpb" "${old[@]}") 2>"$tmp/old" ||
  { cat "$tmp/old" >&2; fail "the proto files of $base do not compile against the modules of go.mod"; }

if protoc --plugin="protoc-gen-buf-breaking=$TOOLS/protoc-gen-buf-breaking" "${includes[@]/#/-I}" \
  --buf-breaking_out="$tmp" \
  --buf-breaking_opt='{"input_config":"proto/buf.yaml","exclude_imports":true,"against_input":"'"$tmp/base.binpb"'"}' \
  "${files[@]}" 2>"$tmp/breaking"; then
  echo "proto-lint: nothing breaks"
  exit 0
fi
sed 's/^--buf-breaking_out: //' "$tmp/breaking" >&2
announced=$(
  comm -13 \
    <(git ls-tree -r --name-only "$base" -- .changelog/unreleased/api-breaking | sort) \
    <(find .changelog/unreleased/api-breaking -name '*.md' 2>/dev/null | sort)
)
[ -n "$announced" ] || fail "these changes break clients. If that is meant, say it in a new file in .changelog/unreleased/api-breaking/"
echo "proto-lint: accepted, announced in:" $announced
