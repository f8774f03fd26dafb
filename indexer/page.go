package indexer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/creditd/creditd/api"
)

const (
	defaultLimit = 100
	maxLimit     = 1000
	maxKey       = 512 // characters
)

// Page is how a list goes on, as in the node's API.
type Page struct {
	NextKey *string `json:"next_key"` // null at the end
}

// list is one query by key: the rows behind the key of the last page, in the order of columns that are unique together.
type list struct {
	columns string   // of the answer; json is the first
	from    string   // tables
	where   []string // conditions, with $n for args
	args    []any
	order   []string // columns, as text in keys
	types   []string // of these
	least   bool     // the least first; otherwise the latest
}

// condition adds one that has one argument, written as ?.
func (l *list) condition(text string, arg any) {
	l.args = append(l.args, arg)
	l.where = append(l.where, strings.ReplaceAll(text, "?", fmt.Sprintf("$%d", len(l.args))))
}

// page asks for one page: contents as JSON, and where the next begins.
func (s *Server) page(r *http.Request, l list) ([]raw, Page, error) {
	limit, err := number(r, "pagination.limit", defaultLimit, 1, maxLimit)
	if err != nil {
		return nil, Page{}, err
	}
	if err := l.after(r.URL.Query().Get("pagination.key")); err != nil {
		return nil, Page{}, err
	}
	keys := make([]string, len(l.order))
	for i, column := range l.order {
		keys[i] = column + "::text"
	}
	direction := " DESC"
	if l.least {
		direction = ""
	}
	query := `SELECT (` + l.columns + `)::text, json_build_array(` + strings.Join(keys, ", ") + `)::text FROM ` + l.from
	if len(l.where) > 0 {
		query += ` WHERE ` + strings.Join(l.where, ` AND `)
	}
	query += ` ORDER BY ` + strings.Join(l.order, direction+", ") + direction + fmt.Sprintf(` LIMIT %d`, limit+1)
	return s.rows(r.Context(), query, l.args, int(limit))
}

func (s *Server) rows(ctx context.Context, query string, args []any, limit int) ([]raw, Page, error) {
	rows, err := s.db.read.QueryContext(ctx, query, args...) //nolint:gosec // of our own text; what a client gives is in args
	if err != nil {
		return nil, Page{}, err
	}
	defer rows.Close()
	found, page, last := []raw{}, Page{}, ""
	for rows.Next() {
		var content, key string
		if err := rows.Scan(&content, &key); err != nil {
			return nil, Page{}, err
		}
		if len(found) == limit {
			next := base64.RawURLEncoding.EncodeToString([]byte(last))
			page.NextKey = &next
			break
		}
		found, last = append(found, raw(content)), key
	}
	return found, page, rows.Err()
}

// after goes on behind a key of an earlier page.
func (l *list) after(key string) error {
	if key == "" {
		return nil
	}
	malformed := api.ErrInvalidPage.Wrap("pagination.key: pass the next_key of an earlier page of the same list")
	if len(key) > maxKey {
		return malformed
	}
	text, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		return malformed
	}
	var values []string
	if err := json.Unmarshal(text, &values); err != nil || len(values) != len(l.order) {
		return malformed
	}
	places := make([]string, len(values))
	for i, value := range values {
		if !valid(l.types[i], value) {
			return malformed
		}
		l.args = append(l.args, value)
		places[i] = fmt.Sprintf("$%d::text::%s", len(l.args), l.types[i])
	}
	than := " < "
	if l.least {
		than = " > "
	}
	l.where = append(l.where, "("+strings.Join(l.order, ", ")+")"+than+"("+strings.Join(places, ", ")+")")
	return nil
}
