#!/usr/bin/env bash
# Generates Go code and REST gateways from proto/creditd/**.
#
#   scripts/proto-gen.sh           write what changed into the tree (make proto)
#   scripts/proto-gen.sh --check   write nothing; fail when the tree is not what the proto gives (make proto-check)
#
# Every import comes from the Go module cache, at the versions of go.mod: no schema registry, no copy in this repo.
# Needs protoc (scripts/install-tools.sh); the generators are built from tools/protogen.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly MODULE=github.com/creditd/creditd
readonly TOOLS=$PWD/build/tools

fail() { echo "proto-gen: $*" >&2; exit 1; }

check=false
case "${1:-}" in
  "") ;;
  --check) check=true ;;
  *) fail "unknown argument '$1' (only --check)" ;;
esac

command -v protoc >/dev/null || fail "protoc is not installed: run scripts/install-tools.sh"

# The generated code links against these modules, so the generators must be of the same version.
for mod in github.com/cosmos/gogoproto github.com/grpc-ecosystem/grpc-gateway; do
  linked=$(go list -m -f '{{.Version}}' "$mod")
  generator=$(cd tools/protogen && go list -m -f '{{.Version}}' "$mod")
  [ "$linked" = "$generator" ] || fail "$mod is $linked in go.mod and $generator in tools/protogen/go.mod: make them equal"
done

mkdir -p "$TOOLS"
go build -C tools/protogen -o "$TOOLS/" tool
# Only our generators may answer for these names, whatever else is on the PATH.
plugins=()
for p in gocosmos grpc-gateway; do plugins+=("--plugin=protoc-gen-$p=$TOOLS/protoc-gen-$p"); done

list=$(scripts/proto-includes.sh)
mapfile -t includes <<<"$list"
args=("${includes[@]/#/-I}")

mapfile -t files < <(find proto -name '*.proto' | sort)
[ ${#files[@]} -gt 0 ] || fail "no .proto file under proto/"

out=$(mktemp -d "$PWD/build/proto-out.XXXXXX")
trap 'rm -rf "$out"' EXIT
mkdir -p "$out/go"

# Where the well-known types live in Go. Timestamp and Duration are fields with stdtime and stdduration, so that their
# package is imported for its descriptor only, as in the SDK's own code.
wkt=google.golang.org/protobuf/types/known
known="Mgoogle/protobuf/any.proto=github.com/cosmos/gogoproto/types/any"
known+=",Mgoogle/protobuf/timestamp.proto=$wkt/timestamppb,Mgoogle/protobuf/duration.proto=$wkt/durationpb"
known+=",Mgoogle/protobuf/empty.proto=$wkt/emptypb,Mgoogle/protobuf/wrappers.proto=$wkt/wrapperspb"
known+=",Mgoogle/protobuf/struct.proto=$wkt/structpb,Mgoogle/protobuf/field_mask.proto=$wkt/fieldmaskpb"
known+=",Mgoogle/protobuf/descriptor.proto=google.golang.org/protobuf/types/descriptorpb"

# The gogo generator takes one Go package at a time.
while read -r dir; do
  mapfile -t package < <(find "$dir" -maxdepth 1 -name '*.proto' | sort)
  protoc "${plugins[@]}" "${args[@]}" \
    --gocosmos_out="plugins=grpc,$known:$out/go" \
    --grpc-gateway_out="logtostderr=true,allow_colon_final_segments=true,$known:$out/go" \
    "${package[@]}"
done < <(printf '%s\n' "${files[@]}" | xargs -n1 dirname | sort -u)

# The whole of what the proto gives, by its place in the repo.
[ ! -d "$out/go/$MODULE" ] || cp -r "$out/go/$MODULE" "$out/tree"
strays=$(find "$out/go" -type f -not -path "$out/go/$MODULE/*")
[ -z "$strays" ] || fail "go_package outside $MODULE:"$'\n'"$strays"

mapfile -t want < <(cd "$out/tree" && find . -type f | sed 's|^\./||' | sort)
mapfile -t have < <(find x vault \( -name '*.pb.go' -o -name '*.pb.gw.go' \) 2>/dev/null | sort)
mapfile -t stale < <(comm -13 <(printf '%s\n' "${want[@]}") <(printf '%s\n' ${have[@]+"${have[@]}"} | sed '/^$/d'))

changed=()
for f in "${want[@]}"; do cmp -s "$out/tree/$f" "$f" || changed+=("$f"); done

if $check; then
  for f in ${changed[@]+"${changed[@]}"}; do
    echo "differs from what the proto gives: $f" >&2
    diff -u "$f" "$out/tree/$f" 2>&1 | head -20 >&2 || true
  done
  for f in ${stale[@]+"${stale[@]}"}; do echo "no proto gives this file: $f" >&2; done
  [ ${#changed[@]} -eq 0 ] && [ ${#stale[@]} -eq 0 ] || fail "generated code is out of date: run 'make proto' and commit the result"
  echo "proto-check: ${#want[@]} generated files are what the proto gives"
  exit 0
fi

for f in ${changed[@]+"${changed[@]}"}; do
  mkdir -p "$(dirname "$f")"
  cp "$out/tree/$f" "$f.tmp" && mv "$f.tmp" "$f" # never half a file for a compiler that runs meanwhile
  echo "wrote $f"
done
for f in ${stale[@]+"${stale[@]}"}; do rm "$f" && echo "removed $f"; done
echo "proto: ${#files[@]} proto files, ${#want[@]} generated, ${#changed[@]} changed, ${#stale[@]} removed"
