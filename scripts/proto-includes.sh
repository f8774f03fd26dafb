#!/usr/bin/env bash
# Prints the folders that the imports of our .proto files come from, one a line: ours, then the Go module cache at
# the versions of go.mod (downloaded first where it is not there yet).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

dir() {
  local d
  d=$(go list -m -f '{{.Dir}}' "$1")
  if [ -z "$d" ]; then
    go mod download "$1" >&2
    d=$(go list -m -f '{{.Dir}}' "$1")
  fi
  [ -n "$d" ] || { echo "proto-includes: module $1 is not in the module cache and could not be downloaded" >&2; exit 1; }
  echo "$d$2"
}

echo proto
dir github.com/cosmos/cosmos-sdk /proto                               # cosmos/, amino/, tendermint/
dir github.com/cosmos/cosmos-proto /proto                             # cosmos_proto/
dir github.com/grpc-ecosystem/grpc-gateway /third_party/googleapis    # google/api/
dir github.com/cosmos/gogoproto ""                                    # gogoproto/
dir github.com/cosmos/gogoproto /protobuf                             # google/protobuf/
