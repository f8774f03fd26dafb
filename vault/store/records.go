package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const recordColumns = `attestation, tradeline, version, schema, subject, digest, state, import, wrapped_key, nonce, ciphertext`

// Stage implements Store.
func (s *Embedded) Stage(ctx context.Context, records []Record) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx, `INSERT INTO records (`+recordColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
		if err != nil {
			return err
		}
		defer func() { _ = insert.Close() }()
		for i := range records {
			r := &records[i]
			if _, err := insert.ExecContext(ctx, r.Attestation[:], r.Tradeline[:], r.Version, r.Schema[:], r.Subject[:],
				r.Digest[:], r.State, r.Import, r.WrappedKey, r.Nonce, r.Ciphertext); err != nil {
				return err
			}
		}
		return nil
	})
}

// Commit implements Store.
func (s *Embedded) Commit(ctx context.Context, attestations [][32]byte) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		update, err := tx.PrepareContext(ctx, `UPDATE records SET state = 1 WHERE attestation = ?`)
		if err != nil {
			return err
		}
		defer func() { _ = update.Close() }()
		for i := range attestations {
			result, err := update.ExecContext(ctx, attestations[i][:])
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			if n != 1 {
				return fmt.Errorf("%w: it has no record of attestation %x", ErrBroken, attestations[i])
			}
		}
		return nil
	})
}

// Latest implements Store.
func (s *Embedded) Latest(ctx context.Context, tradelines [][32]byte) (map[[32]byte]Record, error) {
	latest := make(map[[32]byte]Record, len(tradelines))
	for i := range tradelines {
		found, err := s.records(ctx, `WHERE tradeline = ? ORDER BY version DESC LIMIT 1`, tradelines[i][:])
		if err != nil {
			return nil, err
		}
		if len(found) == 1 {
			latest[tradelines[i]] = found[0]
		}
	}
	return latest, nil
}

// Staged implements Store.
func (s *Embedded) Staged(ctx context.Context, after *[32]byte, limit int) ([]Record, error) {
	return s.page(ctx, "state = 0 AND", after, limit)
}

// Records implements Store.
func (s *Embedded) Records(ctx context.Context, after *[32]byte, limit int) ([]Record, error) {
	return s.page(ctx, "", after, limit)
}

func (s *Embedded) page(ctx context.Context, filter string, after *[32]byte, limit int) ([]Record, error) {
	if after == nil {
		return s.records(ctx, `WHERE `+filter+` id > 0 ORDER BY id LIMIT ?`, limit)
	}
	return s.records(ctx, `WHERE `+filter+` id > (SELECT id FROM records WHERE attestation = ?) ORDER BY id LIMIT ?`, after[:], limit)
}

// OfSubject implements Store.
func (s *Embedded) OfSubject(ctx context.Context, subject [32]byte, limit int) ([]Record, error) {
	records, err := s.records(ctx, `WHERE subject = ? ORDER BY id LIMIT ?`, subject[:], limit+1)
	if err == nil && len(records) > limit {
		return nil, fmt.Errorf("a subject has more than %d records in this vault", limit)
	}
	return records, err
}

func (s *Embedded) records(ctx context.Context, where string, args ...any) (_ []Record, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT `+recordColumns+` FROM records `+where, args...) //nolint:gosec // where is one of this file's
	if err != nil {
		return nil, s.explain(err)
	}
	defer func() { err = errors.Join(err, s.explain(rows.Close())) }()
	var records []Record
	for rows.Next() {
		var r Record
		var attestation, tradeline, schema, subject, digest []byte
		if err := rows.Scan(&attestation, &tradeline, &r.Version, &schema, &subject, &digest, &r.State, &r.Import,
			&r.WrappedKey, &r.Nonce, &r.Ciphertext); err != nil {
			return nil, s.explain(err)
		}
		for _, field := range []struct {
			from []byte
			to   *[32]byte
		}{{attestation, &r.Attestation}, {tradeline, &r.Tradeline}, {schema, &r.Schema}, {subject, &r.Subject}, {digest, &r.Digest}} {
			if *field.to, err = bytes32(field.from); err != nil {
				return nil, err
			}
		}
		records = append(records, r)
	}
	return records, s.explain(rows.Err())
}

// Count implements Store.
func (s *Embedded) Count(ctx context.Context) (Counts, error) {
	var c Counts
	err := s.db.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM records WHERE state = 0), (SELECT count(*) FROM records WHERE state = 1),
		(SELECT count(DISTINCT tradeline) FROM records), (SELECT count(DISTINCT subject) FROM records),
		(SELECT count(*) FROM accesses), (SELECT count(*) FROM receipts)`).
		Scan(&c.Staged, &c.Committed, &c.Tradelines, &c.Subjects, &c.Accesses, &c.ReceiptsOwed)
	return c, s.explain(err)
}

// SaveImport implements Store.
func (s *Embedded) SaveImport(ctx context.Context, run Import) (int64, error) {
	var id any
	if run.ID != 0 {
		id = run.ID
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT OR REPLACE INTO imports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
			id, run.Book[:], run.Format, nanos(run.Started), nanos(run.Finished), run.Position,
			run.Counts.Rows, run.Counts.Furnished, run.Counts.Corrected, run.Counts.Unchanged, run.Counts.Rejected).Scan(&run.ID)
	})
	return run.ID, err
}

// Imports implements Store.
func (s *Embedded) Imports(ctx context.Context, limit int) (_ []Import, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, book, format, started, finished, position, rows, furnished, corrected, unchanged, rejected
		FROM imports ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, s.explain(err)
	}
	defer func() { err = errors.Join(err, s.explain(rows.Close())) }()
	var runs []Import
	for rows.Next() {
		var run Import
		var book []byte
		var started, finished int64
		c := &run.Counts
		if err := rows.Scan(&run.ID, &book, &run.Format, &started, &finished, &run.Position,
			&c.Rows, &c.Furnished, &c.Corrected, &c.Unchanged, &c.Rejected); err != nil {
			return nil, s.explain(err)
		}
		if run.Book, err = bytes32(book); err != nil {
			return nil, err
		}
		run.Started, run.Finished = fromNanos(started), fromNanos(finished)
		runs = append(runs, run)
	}
	return runs, s.explain(rows.Err())
}

// nanos keeps times as integers; the zero time is 0.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func fromNanos(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
