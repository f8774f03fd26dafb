#!/usr/bin/env bash
# Prints the unreleased changes (.changelog/README.md), or moves them into CHANGELOG.md:
#
#   scripts/changelog.sh
#   scripts/changelog.sh release v0.1.0
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly UNRELEASED=.changelog/unreleased
sections=(security state-machine-breaking api-breaking features improvements bug-fixes dependencies)

unknown=$(find "$UNRELEASED" -mindepth 1 -maxdepth 1 ! -name '.*' -printf '%f\n' 2>/dev/null | grep -vxF -f <(printf '%s\n' "${sections[@]}") || true)
[ -z "$unknown" ] || { echo "changelog: no such section: $unknown (see .changelog/README.md)" >&2; exit 1; }

unreleased() {
  local s files
  for s in "${sections[@]}"; do
    mapfile -t files < <(find "$UNRELEASED/$s" -name '*.md' 2>/dev/null | sort -V)
    [ ${#files[@]} -gt 0 ] || continue
    printf '\n### %s\n\n' "${s//-/ }"
    cat "${files[@]}"
  done
}

case "${1:-}" in
  "") echo "## Unreleased"; unreleased ;;
  release)
    version=${2:?usage: scripts/changelog.sh release v0.1.0}
    [[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || { echo "changelog: $version is not like v0.1.0" >&2; exit 1; }
    entry=$(printf '## %s, %s\n' "$version" "$(date -u +%F)"; unreleased)
    tmp=$(mktemp)
    trap 'rm -f "$tmp"' EXIT
    entry=$entry awk '{ print } /^<!-- releases -->$/ { print "\n" ENVIRON["entry"] }' CHANGELOG.md >"$tmp"
    cat "$tmp" >CHANGELOG.md
    find "$UNRELEASED" -name '*.md' -delete
    ;;
  *) echo "usage: scripts/changelog.sh [release VERSION]" >&2; exit 2 ;;
esac
