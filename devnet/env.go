package devnet

import (
	"fmt"
	"strings"
)

// functions for a person's shell. at sends as an institution (or the made-up borrower) and returns when the transaction is in
// a block, with 0 only if it took effect there; what came of it is in $D/last-tx.json.
const functions = `at() {  # at NAME MODULE COMMAND...: send as NAME, wait for the block
  local who=$1 sent hash; shift
  sent=$(creditd tx "$@" --from "$who" --home "$D/$who" --gas ` + txGas + ` --yes --output json) || return
  printf '%s\n' "$sent" > "$D/last-tx.json"
  if [[ $sent == *'"code":0,'* ]]; then
    hash=${sent#*'"txhash":"'}; hash=${hash%%'"'*}
    creditd query wait-tx "$hash" --timeout 60s --home "$D/$who" --output json > "$D/last-tx.json" || return
    [[ $(< "$D/last-tx.json") == *'"code":0,'* ]] && return
  fi
  sed -n 's/.*"raw_log":"\(\([^"\\]\|\\.\)*\)".*/refused: \1/p' "$D/last-tx.json" >&2
  return 1
}
hex() { base64 -d | od -An -v -tx1 | tr -d ' \n'; }  # an id as queries print it, to one as commands take it
`

// Environment of a shell that works with the network: eval "$(creditd devnet env)". Names of variables are those of
// institutions and schemas, so they are safe; values are quoted.
func (m *Manifest) Environment() string {
	var b strings.Builder
	set := func(name, value string) {
		fmt.Fprintf(&b, "%s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
	}
	node := m.Institutions[0].Node
	set("D", m.Home)
	set("CHAIN_ID", m.ChainID)
	set("RPC", node.RPC)
	set("REST", node.REST)
	set("GRPC", node.GRPC)
	fmt.Fprintf(&b, "NODE=\"--node $RPC --grpc-addr $GRPC\"\n")
	for i := range m.Institutions {
		set(variable(m.Institutions[i].Name), m.Institutions[i].Operator)
	}
	for _, s := range m.Schemas {
		set(variable(strings.TrimPrefix(s.Name, "creditd.")), s.ID)
	}
	if len(m.Subjects) > 0 {
		set("SUBJECT", m.Subjects[0].Pseudonym)
	}
	b.WriteString(functions)
	return b.String()
}

// variable is a name as shells have them: bank-a is BANK_A, tradeline.firm is TRADELINE_FIRM.
func variable(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return '_'
	}, name)
}
