package indexer

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// settle reads some entries of the state again and writes what they are at the present height. At the beginning it walks through
// all entries that there are, which is also what a chain began with and no block named; then it reads those that blocks named.
func (x *Indexer) settle(ctx context.Context) error {
	if !x.at.scan.done {
		return x.walk(ctx)
	}
	entries, err := x.config.DB.pending(ctx, settleChunk)
	if err != nil {
		return err
	}
	if err := x.state().read(ctx, entries); err != nil {
		return err
	}
	err = x.config.DB.in(ctx, func(tx *sql.Tx) error {
		if err := x.at.lock(ctx, tx); err != nil {
			return err
		}
		w := &writer{tx, x}
		if err := w.done(ctx, entries); err != nil { // before, since writing may put some back
			return err
		}
		return w.put(ctx, x.present(ctx, entries))
	})
	if err != nil {
		return err
	}
	return x.reread(ctx)
}

// present are the entries that the state has. An event is the node's word alone, and one that names what is not there is untrue;
// nothing comes of it but this question.
func (x *Indexer) present(ctx context.Context, entries []entry) []entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e entry) bool {
		if e.value != nil || kinds[e.kind].optional {
			return false
		}
		x.config.Metrics.failed(ctx, ErrUnproven)
		x.config.Log.Warn("a block's events name what the state does not have: use another node, and --rescan", "kind", kinds[e.kind].name, "height", x.at.height)
		return true
	})
}

// walk takes the first walk through the state some entries further.
func (x *Indexer) walk(ctx context.Context) error {
	at := x.at.scan
	entries, next, err := x.state().walk(ctx, at.kind, at.from, settleChunk)
	if err != nil {
		return err
	}
	if at.from = next; next == nil {
		at.kind++
	}
	at.done = int(at.kind) == len(kinds)
	err = x.config.DB.in(ctx, func(tx *sql.Tx) error {
		if err := x.at.lock(ctx, tx); err != nil {
			return err
		}
		w := &writer{tx, x}
		if err := w.put(ctx, entries); err != nil {
			return err
		}
		return w.exec(ctx, `UPDATE progress SET scan_kind = $1, scan_from = $2, scan_done = $3`, at.kind, at.from, at.done)
	})
	if err != nil {
		return err
	}
	if at.done {
		x.config.Log.Info("the whole state is in the tables", "height", x.at.height)
	}
	return x.reread(ctx)
}

// Rescan makes the next run walk through the whole state again. Before the first run there is nothing to do.
func (x *Indexer) Rescan(ctx context.Context) error {
	return x.config.DB.in(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE progress SET scan_done = false, scan_kind = 0, scan_from = NULL`)
		return err
	})
}

// reread the line of progress.
func (x *Indexer) reread(ctx context.Context) error {
	p, err := readPosition(x.config.DB.write.QueryRowContext(ctx, selectPosition))
	if err != nil {
		return x.config.DB.explain(err)
	}
	if p.height != x.at.height {
		return fmt.Errorf("%w: it is at height %d, and this one at %d", ErrOther, p.height, x.at.height)
	}
	x.at = p
	return nil
}

// pending are entries to read again, in the order of their kinds.
func (d *DB) pending(ctx context.Context, limit int) ([]entry, error) {
	rows, err := d.write.QueryContext(ctx, `SELECT kind, id FROM pending ORDER BY kind, id LIMIT $1`, limit)
	if err != nil {
		return nil, d.explain(err)
	}
	defer rows.Close()
	var entries []entry
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.kind, &e.id); err != nil {
			return nil, d.explain(err)
		}
		if int(e.kind) >= len(kinds) {
			return nil, fmt.Errorf("%w: the table pending names a kind %d that this program does not know: use a newer creditd", ErrDatabase, e.kind)
		}
		entries = append(entries, e)
	}
	return entries, d.explain(rows.Err())
}

// again puts entries among those to be read again.
func (w *writer) again(ctx context.Context, entries ...entry) error {
	kind, id := columns(entries)
	return w.exec(ctx, `INSERT INTO pending (kind, id) SELECT * FROM unnest($1::smallint[], $2::bytea[]) ON CONFLICT DO NOTHING`, kind, id)
}

// done takes entries off those to be read again.
func (w *writer) done(ctx context.Context, entries []entry) error {
	kind, id := columns(entries)
	return w.exec(ctx, `DELETE FROM pending USING unnest($1::smallint[], $2::bytea[]) AS e (kind, id) WHERE pending.kind = e.kind AND pending.id = e.id`, kind, id)
}

func columns(entries []entry) (kind []int16, id [][]byte) {
	kind, id = make([]int16, len(entries)), make([][]byte, len(entries))
	for i, e := range entries {
		kind[i], id[i] = e.kind, e.id
	}
	return kind, id
}
