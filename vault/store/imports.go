package store

import (
	"context"
	"errors"
	"time"
)

const importColumns = `id, book, format, started, finished, position, rows, furnished, corrected, unchanged, rejected`

// SaveImport implements Store.
func (s *SQL) SaveImport(ctx context.Context, run Import) (int64, error) {
	err := s.write(ctx, func(tx *tx) error {
		if run.ID == 0 {
			if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) + 1 FROM imports`).Scan(&run.ID); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO imports (`+importColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET book = excluded.book, format = excluded.format, started = excluded.started,
				finished = excluded.finished, position = excluded.position, rows = excluded.rows, furnished = excluded.furnished,
				corrected = excluded.corrected, unchanged = excluded.unchanged, rejected = excluded.rejected`,
			run.ID, run.Book[:], run.Format, nanos(run.Started), nanos(run.Finished), run.Position,
			run.Counts.Rows, run.Counts.Furnished, run.Counts.Corrected, run.Counts.Unchanged, run.Counts.Rejected)
		return err
	})
	return run.ID, err
}

// Imports implements Store.
func (s *SQL) Imports(ctx context.Context, limit int) (_ []Import, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT `+importColumns+` FROM imports ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, s.explain(err)
	}
	defer func() { err = errors.Join(err, s.closeRows(rows)) }()
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
