package indexer

import (
	"context"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/creditd/creditd/api"
)

const (
	// Least and most characters that are searched for. Fewer than four hexadecimal digits or letters find nothing in particular.
	minSearch, maxSearch = 4, 128
	// maxHits of one kind.
	maxHits = 10
)

// Hit is what a search found.
type Hit struct {
	Kind string `json:"kind"` // block, transaction, account, institution, schema, attestation, anchor, inquiry or dispute
	ID   string `json:"id"`   // as in the paths of the API: a height, hexadecimal digits, or an address
	Name string `json:"name"` // for people; may be empty
}

// search by the beginning of a height, a hash, an id, an address, a licence number, or the name of an institution or schema.
func (s *Server) search(r *http.Request) (any, error) {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	height, notHeight := strconv.ParseInt(q, 10, 64)
	if n := utf8.RuneCountInString(q); !utf8.ValidString(q) || strings.ContainsRune(q, 0) || n > maxSearch || (n < minSearch && notHeight != nil) {
		return nil, api.ErrMalformed.Wrapf("q: %d to %d characters, or a height", minSearch, maxSearch)
	}
	hits := []Hit{}
	var err error
	find := func(kind, query string, args ...any) {
		if err == nil {
			var found []Hit
			found, err = s.hits(r.Context(), kind, query, args...)
			hits = append(hits, found...)
		}
	}
	if notHeight == nil {
		find("block", `SELECT height::text, upper(encode(hash, 'hex')) FROM blocks WHERE height = $1`, height)
	}
	if from, to, isHex := hexRange(q); isHex {
		for _, each := range byID {
			find(each.kind, each.query, from, to)
		}
	}
	if len(q) >= minSearch {
		text := pattern(q)
		find("account", `SELECT DISTINCT address, '' FROM transaction_addresses WHERE address LIKE $1 ORDER BY 1 LIMIT 10`, text)
		find("institution", `SELECT operator, name FROM institutions WHERE operator LIKE $1 OR licence_number LIKE $1 OR lower(name) LIKE lower($1) ORDER BY 1 LIMIT 10`, text)
		find("schema", `SELECT encode(id, 'hex'), name || ' ' || version FROM schemas WHERE name LIKE $1 ORDER BY name, version LIMIT 10`, text)
	}
	return map[string]any{"hits": hits}, err
}

// byID are the searches for an id between two bounds.
var byID = []struct{ kind, query string }{
	{"block", `SELECT height::text, upper(encode(hash, 'hex')) FROM blocks WHERE hash >= $1 AND hash <= $2 ORDER BY hash LIMIT 10`},
	{"transaction", `SELECT DISTINCT upper(encode(hash, 'hex')), '' FROM transactions WHERE hash >= $1 AND hash <= $2 ORDER BY 1 LIMIT 10`},
	{"schema", `SELECT encode(id, 'hex'), name || ' ' || version FROM schemas WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT 10`},
	{"attestation", `SELECT encode(id, 'hex'), '' FROM attestations WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT 10`},
	{"anchor", `SELECT encode(id, 'hex'), '' FROM anchors WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT 10`},
	{"inquiry", `SELECT encode(id, 'hex'), purpose FROM inquiries WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT 10`},
	{"dispute", `SELECT encode(id, 'hex'), status FROM disputes WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT 10`},
}

func (s *Server) hits(ctx context.Context, kind, query string, args ...any) ([]Hit, error) {
	rows, err := s.db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []Hit
	for rows.Next() && len(found) < maxHits {
		hit := Hit{Kind: kind}
		if err := rows.Scan(&hit.ID, &hit.Name); err != nil {
			return nil, err
		}
		found = append(found, hit)
	}
	return found, rows.Err()
}

// hexRange is the least and the greatest id that begins with some hexadecimal digits, which need not be even in number.
func hexRange(digits string) (from, to []byte, ok bool) {
	if len(digits) < minSearch || len(digits) > 2*hashSize {
		return nil, nil, false
	}
	from, err := hex.DecodeString(digits + strings.Repeat("0", 2*hashSize-len(digits)))
	if err != nil {
		return nil, nil, false
	}
	to, err = hex.DecodeString(digits + strings.Repeat("f", 2*hashSize-len(digits)))
	// An id of 28 bytes is less than the same with zeros behind it.
	for len(from) > 0 && len(from) > (len(digits)+1)/2 {
		from = from[:len(from)-1]
	}
	return from, to, err == nil
}

// pattern of LIKE for what begins with a text.
func pattern(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}
