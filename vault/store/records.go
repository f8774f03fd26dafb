package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

const (
	insertColumns = `id, attestation, tradeline, version, schema, subject, digest, import, wrapped_key, nonce, ciphertext`
	// recordColumns ends with the state: 0 for what is in the table of staged records. It is no EXISTS, which PostgreSQL may
	// answer by reading that whole table.
	recordColumns = `attestation, tradeline, version, schema, subject, digest, import, wrapped_key, nonce, ciphertext,
		coalesce((SELECT 0 FROM staged WHERE staged.id = records.id), 1)`
	// insertRows is how many rows one statement inserts: parsing it costs as much as inserting a row.
	insertRows = 64
	// lookupIDs is how many ids one statement looks up.
	lookupIDs = 256
)

// Stage implements Store.
func (s *SQL) Stage(ctx context.Context, records []Record) error {
	return s.write(ctx, func(tx *tx) error {
		if err := refuseRetired(ctx, tx, records); err != nil {
			return err
		}
		var last int64
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM records`).Scan(&last); err != nil {
			return err
		}
		all := newInserter(tx, "records", insertColumns)
		staged := newInserter(tx, "staged", "id")
		for i := range records {
			r := &records[i]
			last++
			if err := all.add(ctx, last, r.Attestation[:], r.Tradeline[:], int64(r.Version), r.Schema[:], r.Subject[:],
				r.Digest[:], r.Import, r.WrappedKey, r.Nonce, r.Ciphertext); err != nil {
				return err
			}
			if r.State == Staged {
				if err := staged.add(ctx, last); err != nil {
					return err
				}
			}
		}
		if err := all.flush(ctx); err != nil {
			return err
		}
		return staged.flush(ctx)
	})
}

// inserter gathers rows for one statement.
type inserter struct {
	tx    *tx
	text  string // INSERT INTO ... VALUES
	row   string // (?, ?, ...)
	width int
	args  []any
}

func newInserter(tx *tx, table, columns string) *inserter {
	width := strings.Count(columns, ",") + 1
	return &inserter{
		tx: tx, width: width, args: make([]any, 0, width*insertRows),
		text: tx.insert + " " + table + " (" + columns + ") VALUES ", row: "(?" + strings.Repeat(", ?", width-1) + ")",
	}
}

func (i *inserter) add(ctx context.Context, values ...any) error {
	i.args = append(i.args, values...)
	if len(i.args) < i.width*insertRows {
		return nil
	}
	return i.flush(ctx)
}

func (i *inserter) flush(ctx context.Context) error {
	rows := len(i.args) / i.width
	if rows == 0 {
		return nil
	}
	_, err := i.tx.ExecContext(ctx, i.text+i.row+strings.Repeat(", "+i.row, rows-1), i.args...)
	i.args = i.args[:0]
	return err
}

// Commit implements Store.
func (s *SQL) Commit(ctx context.Context, attestations [][32]byte) error {
	return s.write(ctx, func(tx *tx) error {
		for part := range slices.Chunk(attestations, lookupIDs) {
			in, args := inList(part)
			result, err := tx.ExecContext(ctx, `DELETE FROM staged WHERE id IN (SELECT id FROM records WHERE attestation `+in+`)`, args...)
			if err != nil {
				return err
			}
			marked, err := result.RowsAffected()
			if err != nil {
				return err
			}
			if int(marked) == distinct(part) {
				continue
			}
			there := 0 // some were marked before, or are not here
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM records WHERE attestation `+in, args...).Scan(&there); err != nil {
				return err
			}
			if there != distinct(part) {
				return fmt.Errorf("%w: it does not have all records that are on the chain", ErrBroken)
			}
		}
		return nil
	})
}

func distinct(ids [][32]byte) int {
	seen := make(map[[32]byte]struct{}, len(ids))
	for _, id := range ids {
		seen[id] = struct{}{}
	}
	return len(seen)
}

// Latest implements Store.
func (s *SQL) Latest(ctx context.Context, tradelines [][32]byte) (map[[32]byte]Record, error) {
	latest := make(map[[32]byte]Record, len(tradelines))
	for part := range slices.Chunk(tradelines, lookupIDs) {
		in, args := inList(part)
		found, err := s.records(ctx, `WHERE tradeline `+in+`
			AND version = (SELECT max(version) FROM records later WHERE later.tradeline = records.tradeline)`, args...)
		if err != nil {
			return nil, err
		}
		for i := range found {
			latest[found[i].Tradeline] = found[i]
		}
	}
	return latest, nil
}

// Staged implements Store.
func (s *SQL) Staged(ctx context.Context, after *[32]byte, limit int) ([]Record, error) {
	return s.page(ctx, "id IN (SELECT id FROM staged) AND", after, limit)
}

// Records implements Store.
func (s *SQL) Records(ctx context.Context, after *[32]byte, limit int) ([]Record, error) {
	return s.page(ctx, "", after, limit)
}

func (s *SQL) page(ctx context.Context, filter string, after *[32]byte, limit int) ([]Record, error) {
	if after == nil {
		return s.records(ctx, `WHERE `+filter+` id > 0 ORDER BY id LIMIT ?`, limit)
	}
	return s.records(ctx, `WHERE `+filter+` id > (SELECT id FROM records WHERE attestation = ?) ORDER BY id LIMIT ?`, after[:], limit)
}

// Subjects implements Store.
func (s *SQL) Subjects(ctx context.Context, after *[32]byte, limit int) (_ [][32]byte, err error) {
	first := []byte{} // sorts before every subject
	if after != nil {
		first = after[:]
	}
	rows, err := s.db.QueryContext(ctx, `SELECT DISTINCT subject FROM records WHERE subject > ? ORDER BY subject LIMIT ?`, first, limit)
	if err != nil {
		return nil, s.explain(err)
	}
	defer func() { err = errors.Join(err, s.closeRows(rows)) }()
	var subjects [][32]byte
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return nil, s.explain(err)
		}
		subject, err := bytes32(raw)
		if err != nil {
			return nil, err
		}
		subjects = append(subjects, subject)
	}
	return subjects, s.explain(rows.Err())
}

// OfSubject implements Store.
func (s *SQL) OfSubject(ctx context.Context, subject [32]byte, limit int) ([]Record, error) {
	records, err := s.records(ctx, `WHERE subject = ? ORDER BY id LIMIT ?`, subject[:], limit+1)
	if err == nil && len(records) > limit {
		return nil, fmt.Errorf("a subject has more than %d records in this vault", limit)
	}
	return records, err
}

func (s *SQL) records(ctx context.Context, where string, args ...any) (_ []Record, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT `+recordColumns+` FROM records `+where, args...)
	if err != nil {
		return nil, s.explain(err)
	}
	defer func() { err = errors.Join(err, s.closeRows(rows)) }()
	var records []Record
	for rows.Next() {
		r, err := s.scanRecord(rows)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, s.explain(rows.Err())
}

func (s *SQL) scanRecord(rows *sql.Rows) (r Record, err error) {
	var attestation, tradeline, schema, subject, digest []byte
	if err := rows.Scan(&attestation, &tradeline, &r.Version, &schema, &subject, &digest, &r.Import,
		&r.WrappedKey, &r.Nonce, &r.Ciphertext, &r.State); err != nil {
		return r, s.explain(err)
	}
	for _, field := range []struct {
		from []byte
		to   *[32]byte
	}{{attestation, &r.Attestation}, {tradeline, &r.Tradeline}, {schema, &r.Schema}, {subject, &r.Subject}, {digest, &r.Digest}} {
		if *field.to, err = bytes32(field.from); err != nil {
			return r, err
		}
	}
	return r, nil
}

// closeRows is rows.Close with its error explained.
func (s *SQL) closeRows(rows *sql.Rows) error { return s.explain(rows.Close()) }

// Count implements Store.
func (s *SQL) Count(ctx context.Context) (Counts, error) {
	var c Counts
	err := s.db.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM staged), (SELECT count(*) FROM records) - (SELECT count(*) FROM staged),
		(SELECT count(DISTINCT tradeline) FROM records), (SELECT count(DISTINCT subject) FROM records),
		(SELECT count(*) FROM accesses), (SELECT count(*) FROM receipts)`).
		Scan(&c.Staged, &c.Committed, &c.Tradelines, &c.Subjects, &c.Accesses, &c.ReceiptsOwed)
	return c, s.explain(err)
}
