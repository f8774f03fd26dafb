#!/usr/bin/env bash
# Installs what the Go toolchain cannot bring along: protoc (for `make proto`, `proto-check`, `proto-lint`), a C
# compiler (for libsecp256k1), Node with npm (for the web explorer and `make test-interop`), Chromium (for `make
# test-explorer`), PostgreSQL 15 (the vault's tests start a server of
# their own from it), and SoftHSM (for the tests of vault/keys). Does nothing where they are there. Debian and Ubuntu, as root
# or with sudo.
set -euo pipefail

# Debian 12 has an older Node than the packages of clients/interop and explorer/web want.
check_node() {
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    { echo "install-tools: Node $(node --version) is too old for clients/interop and explorer/web: install 20.19 or later" >&2; exit 1; }
}

missing=()
command -v protoc >/dev/null || missing+=(protobuf-compiler)
command -v gcc >/dev/null || missing+=(gcc libc6-dev)
command -v make >/dev/null || missing+=(make)
command -v git >/dev/null || missing+=(git)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
[ -x /usr/lib/postgresql/15/bin/initdb ] || command -v initdb >/dev/null || missing+=(postgresql-15)
command -v chromium >/dev/null || missing+=(chromium)
command -v softhsm2-util >/dev/null || missing+=(softhsm2) # a token of software, for the tests of PKCS#11
[ ${#missing[@]} -gt 0 ] || { check_node; exit 0; }

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
check_node
