package indexer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/creditd/creditd/proof"
)

// position is the line of the table "progress".
type position struct {
	chainID string
	first   int64 // block
	height  int64 // of the last block that is wholly in the tables; its state is proven by trusted
	trusted proof.Trusted
	appHash []byte // of the state at height
	pin     proof.Trusted
	settled bool // every entry of the state that blocks named is in the tables as it is at height
	scan    scan
}

// scan is how far the first walk through the state has come.
type scan struct {
	done bool
	kind int16
	from []byte // within the kind; nil at its beginning
}

const selectPosition = `SELECT chain_id, first_height, height, next_hash, app_hash, coalesce(pin_height, 0), pin_hash, scan_done, scan_kind, scan_from,
	scan_done AND NOT EXISTS (SELECT FROM pending) FROM progress`

func readPosition(row interface{ Scan(...any) error }) (p position, err error) {
	var next, pin []byte
	err = row.Scan(&p.chainID, &p.first, &p.height, &next, &p.appHash, &p.pin.Height, &pin, &p.scan.done, &p.scan.kind, &p.scan.from, &p.settled)
	if err != nil {
		return p, err
	}
	if len(next) != 32 || (p.pin.Height != 0 && len(pin) != 32) {
		return p, errors.New("the table progress is damaged: drop the schema and begin anew")
	}
	p.trusted = proof.Trusted{Height: p.height + 1, Hash: [32]byte(next)}
	if p.pin.Height != 0 {
		p.pin.Hash = [32]byte(pin)
	}
	return p, nil
}

// start reads where it was, or begins: with no block, and trust in the header of the first.
func (x *Indexer) start(ctx context.Context) error {
	p, err := readPosition(x.config.DB.write.QueryRowContext(ctx, selectPosition))
	fresh := errors.Is(err, sql.ErrNoRows)
	switch {
	case fresh && x.config.Trust == nil && !x.config.TrustNode:
		return ErrNoTrust
	case !fresh && err != nil:
		return x.config.DB.explain(err)
	}
	status, err := x.config.Node.Status(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNode, err)
	}
	chainID := x.config.ChainID
	if chainID == "" {
		chainID = status.NodeInfo.Network
	}
	switch {
	case fresh:
		first := max(status.SyncInfo.EarliestBlockHeight, x.config.From, 1)
		if first >= status.SyncInfo.LatestBlockHeight {
			return fmt.Errorf("%w: it has no block %d yet, or none after it", ErrNode, first)
		}
		if p, err = x.first(ctx, chainID, first); err != nil {
			return err
		}
	case p.chainID != chainID:
		return fmt.Errorf("%w: they are of %q, and the node is on %q: use another --db, or a search_path of its own in it", ErrWrongChain, p.chainID, chainID)
	}
	if pin := x.config.Trust; pin != nil {
		if p, err = x.setPin(ctx, p, *pin); err != nil {
			return err
		}
	}
	if p.pin.Height == 0 {
		x.config.Log.Warn("the node's first header is trusted on its word: name a recent one from another source with --trust-height and --trust-hash")
	}
	x.at = p
	return nil
}

// first writes the first line of progress: the state before the first block, of which nothing is read.
func (x *Indexer) first(ctx context.Context, chainID string, first int64) (position, error) {
	trusted, err := x.begin(ctx, first)
	if err != nil {
		return position{}, err
	}
	err = x.config.DB.in(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO progress (chain_id, first_height, height, next_hash, app_hash) VALUES ($1, $2, $3, $4, '')
			ON CONFLICT DO NOTHING`, chainID, first, first-1, trusted.Hash[:])
		return err
	})
	if err != nil {
		return position{}, err
	}
	p, err := readPosition(x.config.DB.write.QueryRowContext(ctx, selectPosition))
	if err == nil && p.chainID != chainID {
		err = ErrOther
	}
	return p, x.config.DB.explain(err)
}

// setPin keeps the header that the operator names. One that was passed already must be the one that was passed.
func (x *Indexer) setPin(ctx context.Context, p position, pin proof.Trusted) (position, error) {
	known, err := x.config.DB.headerHash(ctx, p, pin.Height)
	if err != nil {
		return p, err
	}
	p.pin = pin
	if known != nil {
		if err := p.checkPin(pin.Height, known); err != nil {
			return p, err
		}
	}
	return p, x.config.DB.in(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE progress SET pin_height = $1, pin_hash = $2`, pin.Height, pin.Hash[:])
		return err
	})
}

// headerHash of a block in the tables, or of the trusted header; nil for others.
func (d *DB) headerHash(ctx context.Context, p position, height int64) (hash []byte, err error) {
	if height == p.trusted.Height {
		return p.trusted.Hash[:], nil
	}
	err = d.write.QueryRowContext(ctx, `SELECT hash FROM blocks WHERE height = $1`, height).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return hash, d.explain(err)
}

// lock takes the line of progress for this transaction, and refuses if another indexer has moved it.
func (p position) lock(ctx context.Context, tx *sql.Tx) error {
	var height int64
	if err := tx.QueryRowContext(ctx, `SELECT height FROM progress FOR UPDATE`).Scan(&height); err != nil {
		return err
	}
	if height != p.height {
		return fmt.Errorf("%w: it is at height %d, and this one at %d", ErrOther, height, p.height)
	}
	return nil
}
