package indexer

import (
	"net/http"

	"github.com/creditd/creditd/api"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

const (
	hashSize = 32
	blockRow = `json_build_object('height', height::text, 'hash', upper(encode(hash, 'hex')), 'time', to_char(time, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
		'proposer', upper(encode(proposer, 'hex')), 'app_hash', upper(encode(app_hash, 'hex')), 'transactions', transactions)`
	txRow = `json_build_object('height', t.height::text, 'position', t.position, 'hash', upper(encode(t.hash, 'hex')), 'code', t.code, 'codespace', t.codespace,
		'gas_wanted', t.gas_wanted::text, 'gas_used', t.gas_used::text, 'fee', t.fee, 'messages', t.messages,
		'time', (SELECT to_char(b.time, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM blocks b WHERE b.height = t.height))`
)

// listed answers one page under a name.
func (s *Server) listed(r *http.Request, name string, l list) (any, error) {
	found, page, err := s.page(r, l)
	return map[string]any{name: found, "pagination": page}, err
}

func (s *Server) blocks(r *http.Request) (any, error) {
	return s.listed(r, "blocks", list{columns: blockRow, from: "blocks", order: []string{"height"}, types: []string{"bigint"}})
}

// transactions, the latest first; of one account if it is named.
func (s *Server) transactions(r *http.Request) (any, error) {
	address, err := accountOf(r, "address")
	if err != nil {
		return nil, err
	}
	l := list{columns: txRow, from: "transactions t", order: []string{"t.height", "t.position"}, types: []string{"bigint", "integer"}}
	if address != "" {
		l.from = "transaction_addresses a JOIN transactions t ON t.height = a.height AND t.position = a.position"
		l.order = []string{"a.height", "a.position"}
		l.condition("a.address = ?", address)
		if r.URL.Query().Get("signer") == "true" {
			l.where = append(l.where, "a.signer")
		}
	}
	return s.listed(r, "transactions", l)
}

func (s *Server) transaction(r *http.Request) (any, error) {
	hash, err := parseID(r.PathValue("hash"), "hash", hashSize)
	if err != nil {
		return nil, err
	}
	l := list{columns: txRow, from: "transactions t", order: []string{"t.height", "t.position"}, types: []string{"bigint", "integer"}}
	l.condition("t.hash = ?", hash)
	found, _, err := s.page(r, l)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, api.ErrNotFound.Wrap("no such transaction in the tables")
	}
	return map[string]any{"transactions": found}, nil // the same bytes may stand in two blocks
}

func (s *Server) schemas(r *http.Request) (any, error) {
	return s.listed(r, "schemas", list{columns: "content", from: "schemas", order: []string{"id"}, types: []string{"bytea"}, least: true})
}

func (s *Server) institutions(r *http.Request) (any, error) {
	l := list{
		columns: "json_build_object('institution', content, 'vault', vault)", from: "institutions", order: []string{"operator"}, types: []string{"text"}, least: true,
	}
	for _, column := range []string{"status", "jurisdiction"} {
		value, err := code(r, column)
		if err != nil {
			return nil, err
		}
		if value != "" {
			l.condition(column+" = ?", value)
		}
	}
	role, err := code(r, "role")
	if err != nil {
		return nil, err
	}
	if role != "" {
		l.condition("? = ANY (roles)", role)
	}
	return s.listed(r, "institutions", l)
}

// attestations of a schema or an issuer, the latest first. There is no search by subject: the chain has none either, but for
// schemas that ask for it.
func (s *Server) attestations(r *http.Request) (any, error) {
	schema, err := id(r, "schema", attestationtypes.IDSize)
	if err != nil {
		return nil, err
	}
	issuer, err := accountOf(r, "issuer")
	if err != nil {
		return nil, err
	}
	if schema == nil && issuer == "" {
		return nil, api.ErrMalformed.Wrap("name a schema or an issuer")
	}
	l := list{columns: "content", from: "attestations", order: []string{"issued_at", "id"}, types: []string{"timestamptz", "bytea"}}
	if schema != nil {
		l.condition("schema_id = ?", schema)
	}
	if issuer != "" {
		l.condition("issuer = ?", issuer)
	}
	return s.listed(r, "attestations", l)
}

func (s *Server) inquiries(r *http.Request) (any, error) {
	l := list{
		columns: `json_build_object('inquiry', content, 'receipts', (SELECT coalesce(json_agg(r.content ORDER BY r.institution), '[]') FROM receipts r WHERE r.inquiry_id = i.id))`,
		from:    "inquiries i", order: []string{"opened_at", "id"}, types: []string{"timestamptz", "bytea"},
	}
	return s.rights(r, "inquiries", "data_user", l)
}

func (s *Server) disputes(r *http.Request) (any, error) {
	l := list{columns: "content", from: "disputes", order: []string{"opened_at", "id"}, types: []string{"timestamptz", "bytea"}}
	return s.rights(r, "disputes", "furnisher", l)
}

// rights lists what subjects and institutions do with one another, of all institutions or of one, in all states or in one.
func (s *Server) rights(r *http.Request, name, institution string, l list) (any, error) {
	address, err := accountOf(r, institution)
	if err != nil {
		return nil, err
	}
	if address != "" {
		l.condition(institution+" = ?", address)
	}
	status, err := code(r, "status")
	if err != nil {
		return nil, err
	}
	if status != "" {
		l.condition("status = ?", status)
	}
	return s.listed(r, name, l)
}
