#!/usr/bin/env bash
# Installs what the Go toolchain cannot bring along: protoc (for `make proto`, `proto-check`, `proto-lint`) and a C
# compiler (for libsecp256k1). Does nothing where they are there. Debian and Ubuntu, as root or with sudo.
set -euo pipefail

missing=()
command -v protoc >/dev/null || missing+=(protobuf-compiler)
command -v gcc >/dev/null || missing+=(gcc libc6-dev)
command -v make >/dev/null || missing+=(make)
command -v git >/dev/null || missing+=(git)
[ ${#missing[@]} -gt 0 ] || exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
    echo "install-tools: missing ${missing[*]}: install these packages as root" >&2
    exit 1
  fi
  root=(sudo -n)
fi
command -v apt-get >/dev/null || { echo "install-tools: missing ${missing[*]}, and no apt-get here to install them with" >&2; exit 1; }

echo "install-tools: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"${root[@]}" apt-get -qq update >"$log" 2>&1 || true # an old list may do; the next line tells
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 ||
  { cat "$log" >&2; exit 1; }
