package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/creditd/creditd/x/attestation/commitment"
)

const accessDomain = "creditd/vault/access/v1"

// accessHash chains an entry to the one before, so that none can be changed or left out unseen by whoever
// knows a later hash.
func accessHash(a Access) [32]byte {
	return commitment.ID(accessDomain,
		a.Previous[:], binary.BigEndian.AppendUint64(nil, uint64(a.Seq)),
		binary.BigEndian.AppendUint64(nil, uint64(nanos(a.Time))), []byte(a.Requester), a.Inquiry[:],
		[]byte(a.Outcome), binary.BigEndian.AppendUint32(nil, a.Records), a.Digest[:])
}

// Follows tells whether an entry is the one after another, whose hash is right; the zero entry is before the first.
func (a Access) Follows(before Access) bool {
	return a.Seq == before.Seq+1 && a.Previous == before.Hash && a.Hash == accessHash(a)
}

// VerifyAccessLog checks the whole chain of the access log and returns its last hash.
func VerifyAccessLog(ctx context.Context, s Store) ([32]byte, error) {
	const page = 1000
	var last Access
	for {
		entries, err := s.AccessLog(ctx, last.Seq, page)
		if err != nil {
			return [32]byte{}, err
		}
		for _, entry := range entries {
			if !entry.Follows(last) {
				return [32]byte{}, fmt.Errorf("%w: entry %d of the access log was changed or left out", ErrBroken, last.Seq+1)
			}
			last = entry
		}
		if len(entries) < page {
			return last.Hash, nil
		}
	}
}

// LogAccess implements Store.
func (s *SQL) LogAccess(ctx context.Context, entry Access, owed *Receipt) error {
	return s.together(ctx, func(ctx context.Context, tx *tx) error { return logAccess(ctx, tx, entry, owed) })
}

// LogOrder implements Store.
func (s *SQL) LogOrder(ctx context.Context, entry Access, nonce Nonce, owed *Receipt) error {
	return s.together(ctx, func(ctx context.Context, tx *tx) error {
		if err := useNonce(ctx, tx, entry, nonce); err != nil {
			return err
		}
		return logAccess(ctx, tx, entry, owed)
	})
}

func useNonce(ctx context.Context, tx *tx, entry Access, nonce Nonce) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM nonces WHERE until < ?`, nanos(entry.Time)); err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO nonces VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, entry.Requester, nonce.Value, nanos(nonce.Until))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrNonceUsed, err)
	}
	return nil
}

func logAccess(ctx context.Context, tx *tx, entry Access, owed *Receipt) error {
	var hash []byte
	err := tx.QueryRowContext(ctx, `SELECT seq, hash FROM accesses ORDER BY seq DESC LIMIT 1`).Scan(&entry.Seq, &hash)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		entry.Seq, entry.Previous = 0, [32]byte{}
	case err != nil:
		return err
	default:
		if entry.Previous, err = bytes32(hash); err != nil {
			return err
		}
	}
	entry.Seq++
	entry.Hash = accessHash(entry)
	if _, err := tx.ExecContext(ctx, `INSERT INTO accesses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, entry.Seq, nanos(entry.Time),
		entry.Requester, entry.Inquiry[:], entry.Outcome, entry.Records, entry.Digest[:], entry.Previous[:], entry.Hash[:]); err != nil {
		return err
	}
	if owed == nil {
		return nil
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO receipts (id, inquiry, digest, records)
		VALUES ((SELECT coalesce(max(id), 0) + 1 FROM receipts), ?, ?, ?)`, owed.Inquiry[:], owed.Digest[:], owed.Records)
	return err
}

// AccessLog implements Store.
func (s *SQL) AccessLog(ctx context.Context, after int64, limit int) (_ []Access, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT seq, time, requester, inquiry, outcome, records, digest, previous, hash
		FROM accesses WHERE seq > ? ORDER BY seq LIMIT ?`, after, limit)
	if err != nil {
		return nil, s.explain(err)
	}
	defer func() { err = errors.Join(err, s.explain(rows.Close())) }()
	var entries []Access
	for rows.Next() {
		var a Access
		var at int64
		var inquiry, digest, previous, hash []byte
		if err := rows.Scan(&a.Seq, &at, &a.Requester, &inquiry, &a.Outcome, &a.Records, &digest, &previous, &hash); err != nil {
			return nil, s.explain(err)
		}
		a.Time = fromNanos(at)
		for _, field := range []struct {
			from []byte
			to   *[32]byte
		}{{inquiry, &a.Inquiry}, {digest, &a.Digest}, {previous, &a.Previous}, {hash, &a.Hash}} {
			if *field.to, err = bytes32(field.from); err != nil {
				return nil, err
			}
		}
		entries = append(entries, a)
	}
	return entries, s.explain(rows.Err())
}

// ReceiptsOwed implements Store.
func (s *SQL) ReceiptsOwed(ctx context.Context, limit int) (_ []Receipt, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT inquiry, digest, records FROM receipts ORDER BY id LIMIT ?`, limit)
	if err != nil {
		return nil, s.explain(err)
	}
	defer func() { err = errors.Join(err, s.explain(rows.Close())) }()
	var owed []Receipt
	for rows.Next() {
		var r Receipt
		var inquiry, digest []byte
		if err := rows.Scan(&inquiry, &digest, &r.Records); err != nil {
			return nil, s.explain(err)
		}
		if r.Inquiry, err = bytes32(inquiry); err != nil {
			return nil, err
		}
		if r.Digest, err = bytes32(digest); err != nil {
			return nil, err
		}
		owed = append(owed, r)
	}
	return owed, s.explain(rows.Err())
}

// ReceiptLeft implements Store.
func (s *SQL) ReceiptLeft(ctx context.Context, receipts ...Receipt) error {
	return s.write(ctx, func(tx *tx) error {
		for _, r := range receipts {
			if _, err := tx.ExecContext(ctx, `DELETE FROM receipts WHERE inquiry = ? AND digest = ?`, r.Inquiry[:], r.Digest[:]); err != nil {
				return err
			}
		}
		return nil
	})
}
