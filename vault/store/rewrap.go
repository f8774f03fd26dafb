package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// ErrStaleKey: a record's data key is wrapped under a wrapping key that is being taken out of use.
var ErrStaleKey = errors.New("the record's data key is wrapped under a key that is rotated out")

// KeyStore is what rotation and erasure need; it is a part of Store. An engine knows of wrapped keys only that they begin with
// bytes that sort by the epoch of their wrapping key.
type KeyStore interface {
	// WrappedBefore returns up to limit records after one, in the order in which they were staged (nil starts), whose wrapped key
	// sorts before these bytes. Nonce and ciphertext are left out.
	WrappedBefore(ctx context.Context, before []byte, after *[32]byte, limit int) ([]Record, error)
	// ReplaceWrappedKeys replaces the wrapped key of each record that still has the old one, and says how many that were.
	ReplaceWrappedKeys(ctx context.Context, changes []KeyChange) (int, error)
	// RetireKeys makes Stage refuse, with ErrStaleKey and for good, records whose wrapped key sorts before these bytes. When it
	// returns, no call of Stage that might have missed it is still under way.
	RetireKeys(ctx context.Context, before []byte) error

	// Shred deletes all versions of a tradeline and, in the same step, appends to the shred log. Seq, Versions, Previous and Hash
	// are filled in; the entry is returned. If there is nothing to delete and the log has the tradeline, its last entry is
	// returned as it is.
	Shred(ctx context.Context, entry Shredding) (Shredding, error)
	// ShredLog returns up to limit entries after a sequence number, in order.
	ShredLog(ctx context.Context, after int64, limit int) ([]Shredding, error)
	// Scrub takes what was deleted out of the engine's own logs, as far as the engine lets it.
	Scrub(ctx context.Context) error
}

// KeyChange puts one wrapped key in the place of another.
type KeyChange struct {
	Attestation [32]byte
	Old, New    []byte
}

// Shredding is one entry of the log of what was destroyed.
type Shredding struct {
	Seq       int64 // from 1
	Time      time.Time
	Tradeline [32]byte
	Subject   [32]byte // pseudonym, which the chain has beside the tradeline
	Versions  uint32   // deleted from the store
	Previous  [32]byte // Hash of the entry before; zero for the first
	Hash      [32]byte // over all of the above; the evidence that the chain is given
}

const shredDomain = "creditd/vault/shred/v1"

func shredHash(s Shredding) [32]byte {
	return commitment.ID(shredDomain,
		s.Previous[:], binary.BigEndian.AppendUint64(nil, uint64(s.Seq)), binary.BigEndian.AppendUint64(nil, uint64(nanos(s.Time))),
		s.Tradeline[:], s.Subject[:], binary.BigEndian.AppendUint32(nil, s.Versions))
}

// Chain fills in what follows from the entry before; the zero value stands before the first.
func (s Shredding) Chain(before Shredding) Shredding {
	s.Seq, s.Previous = before.Seq+1, before.Hash
	s.Hash = shredHash(s)
	return s
}

// VerifyShredLog checks the whole chain of the shred log, calls each for every entry and returns the last hash. each may be nil.
func VerifyShredLog(ctx context.Context, s KeyStore, each func(Shredding)) ([32]byte, error) {
	const page = 1000
	var last Shredding
	for {
		entries, err := s.ShredLog(ctx, last.Seq, page)
		if err != nil {
			return [32]byte{}, err
		}
		for _, entry := range entries {
			if entry != entry.Chain(last) {
				return [32]byte{}, fmt.Errorf("%w: entry %d of the shred log was changed or left out", ErrBroken, last.Seq+1)
			}
			if each != nil {
				each(entry)
			}
			last = entry
		}
		if len(entries) < page {
			return last.Hash, nil
		}
	}
}

// settingRetired holds the bytes of RetireKeys. Stage reads it in its own transaction, of which there is one at a time.
const settingRetired = "keys.retired"

// refuseRetired is Stage's part of RetireKeys.
func refuseRetired(ctx context.Context, tx *tx, records []Record) error {
	var retired []byte
	err := tx.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = ?`, settingRetired).Scan(&retired)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range records {
		if bytes.Compare(records[i].WrappedKey, retired) < 0 {
			return ErrStaleKey
		}
	}
	return nil
}

// WrappedBefore implements KeyStore.
func (s *SQL) WrappedBefore(ctx context.Context, before []byte, after *[32]byte, limit int) (_ []Record, err error) {
	query := `SELECT attestation, tradeline, schema, subject, version, wrapped_key FROM records WHERE wrapped_key < ?`
	args := []any{before}
	if after != nil {
		query += ` AND id > (SELECT id FROM records WHERE attestation = ?)`
		args = append(args, after[:])
	}
	rows, err := s.db.QueryContext(ctx, query+` ORDER BY id LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, s.explain(err)
	}
	defer func() { err = errors.Join(err, s.explain(rows.Close())) }()
	var records []Record
	for rows.Next() {
		var r Record
		var attestation, tradeline, schema, subject []byte
		if err := rows.Scan(&attestation, &tradeline, &schema, &subject, &r.Version, &r.WrappedKey); err != nil {
			return nil, s.explain(err)
		}
		if err := fill(field{attestation, &r.Attestation}, field{tradeline, &r.Tradeline}, field{schema, &r.Schema}, field{subject, &r.Subject}); err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, s.explain(rows.Err())
}

// field is a column of 32 bytes and where it belongs.
type field struct {
	from []byte
	to   *[32]byte
}

func fill(fields ...field) (err error) {
	for _, f := range fields {
		if *f.to, err = bytes32(f.from); err != nil {
			return err
		}
	}
	return nil
}

// ReplaceWrappedKeys implements KeyStore.
func (s *SQL) ReplaceWrappedKeys(ctx context.Context, changes []KeyChange) (replaced int, err error) {
	err = s.write(ctx, func(tx *tx) error {
		replaced = 0
		for i := range changes {
			c := &changes[i]
			result, err := tx.ExecContext(ctx, `UPDATE records SET wrapped_key = ? WHERE attestation = ? AND wrapped_key = ?`, c.New, c.Attestation[:], c.Old)
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			replaced += int(n)
		}
		return nil
	})
	return replaced, err
}

// RetireKeys implements KeyStore.
func (s *SQL) RetireKeys(ctx context.Context, before []byte) error {
	return s.SetSettings(ctx, map[string][]byte{settingRetired: before})
}

// Shred implements KeyStore. secure_delete overwrites the rows.
func (s *SQL) Shred(ctx context.Context, entry Shredding) (Shredding, error) {
	entry.Time = fromNanos(nanos(entry.Time))
	err := s.write(ctx, func(tx *tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM staged WHERE id IN (SELECT id FROM records WHERE tradeline = ?)`, entry.Tradeline[:]); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `DELETE FROM records WHERE tradeline = ?`, entry.Tradeline[:])
		if err != nil {
			return err
		}
		deleted, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if deleted == 0 {
			known, err := shreddings(tx.QueryContext(ctx, selectShreds+` WHERE tradeline = ? ORDER BY seq DESC LIMIT 1`, entry.Tradeline[:]))
			if err != nil {
				return err
			}
			if len(known) == 1 {
				entry = known[0]
				return nil
			}
		}
		last, err := shreddings(tx.QueryContext(ctx, selectShreds+` ORDER BY seq DESC LIMIT 1`))
		if err != nil {
			return err
		}
		entry.Versions = uint32(deleted)
		entry = entry.Chain(append(last, Shredding{})[0])
		_, err = tx.ExecContext(ctx, `INSERT INTO shreds VALUES (?, ?, ?, ?, ?, ?, ?)`, entry.Seq, nanos(entry.Time),
			entry.Tradeline[:], entry.Subject[:], entry.Versions, entry.Previous[:], entry.Hash[:])
		return err
	})
	return entry, err
}

// ShredLog implements KeyStore.
func (s *SQL) ShredLog(ctx context.Context, after int64, limit int) ([]Shredding, error) {
	entries, err := shreddings(s.db.QueryContext(ctx, selectShreds+` WHERE seq > ? ORDER BY seq LIMIT ?`, after, limit))
	return entries, s.explain(err)
}

const selectShreds = `SELECT seq, time, tradeline, subject, versions, previous, hash FROM shreds`

// shreddings reads the rows of a query and closes them.
func shreddings(rows *sql.Rows, err error) (_ []Shredding, _ error) {
	if err != nil {
		return nil, err
	}
	var entries []Shredding
	for rows.Next() {
		var e Shredding
		var at int64
		var tradeline, subject, previous, hash []byte
		err := rows.Scan(&e.Seq, &at, &tradeline, &subject, &e.Versions, &previous, &hash)
		if err == nil {
			err = fill(field{tradeline, &e.Tradeline}, field{subject, &e.Subject}, field{previous, &e.Previous}, field{hash, &e.Hash})
		}
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		e.Time = fromNanos(at)
		entries = append(entries, e)
	}
	return entries, errors.Join(rows.Err(), rows.Close())
}

// Scrub implements KeyStore. In SQLite, what secure_delete overwrote is brought from the write-ahead log into the file, and the
// log is emptied. PostgreSQL only makes the room free: the bytes stay in its pages until they are used again, in its log and in
// its replicas, which is why the key is destroyed and not only the row.
func (s *SQL) Scrub(ctx context.Context) error { return s.explain(s.engine.scrub(ctx, s)) }

func scrubPostgres(ctx context.Context, s *SQL) error {
	_, err := s.db.ExecContext(ctx, `VACUUM records`)
	return err
}

func scrubSQLite(ctx context.Context, s *SQL) error {
	var busy, logged, moved int
	if err := s.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &logged, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return fmt.Errorf("the write-ahead log could not be emptied, since another process has been reading for longer than %d s: "+
			"run the same command again, it goes on where it stopped", busyTimeoutMillis/1000)
	}
	return nil
}
