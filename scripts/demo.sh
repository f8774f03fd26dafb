#!/usr/bin/env bash
# The main job on four real validators: loan books in, consent, verified report, audit trail; then answers without records.
#
#   make demo                        the books of ../shared/data where they are, else made-up ones
#   make demo DATA=loans.csv         your own book, in the format sba
#   make demo LOANS=5000             import more
#   make demo KEEP=1                 leave the network running, in $DEMO_HOME or a new folder
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
creditd=${CREDITD:-$root/build/creditd}
if [[ ! -x $creditd ]]; then
	echo "demo: $creditd is not there: run 'make build' first" >&2
	exit 1
fi

arguments=()
data=${DATA:-}
if [[ -z $data && -f $root/../shared/data/sba_loans.csv ]]; then
	data=$root/../shared/data/sba_loans.csv
fi
if [[ -n $data ]]; then
	arguments+=(--data "$data")
fi
if [[ -n ${LOANS:-} ]]; then
	arguments+=(--loans "$LOANS")
fi
if [[ -n ${BASE_PORT:-} ]]; then
	arguments+=(--base-port "$BASE_PORT")
fi
if [[ -n ${DEMO_HOME:-} ]]; then
	arguments+=(--home "$DEMO_HOME")
fi
case ${KEEP:-} in
'' | 0 | no) ;;
*) arguments+=(--keep) ;;
esac
exec "$creditd" devnet demo "${arguments[@]}"
