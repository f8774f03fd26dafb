package indexer

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/creditd/creditd/proof"
)

// ingest fetches blocks, verifies them and writes them, all in one transaction with the new position.
func (x *Indexer) ingest(ctx context.Context, first, last int64) error {
	next, err := x.lead(ctx, last+1, x.at.trusted)
	if err != nil {
		return err
	}
	blocks, err := fetch(ctx, x.config.Node, first, last)
	if err != nil {
		return err
	}
	if err := x.verify(blocks, x.at.trusted, next); err != nil {
		return err
	}
	var r rows
	for i, block := range blocks {
		appHash := next.AppHash
		if i+1 < len(blocks) {
			appHash = blocks[i+1].Block.AppHash
		}
		if err := r.add(x, block, appHash); err != nil {
			return fmt.Errorf("block %d: %w", block.Block.Height, err)
		}
	}
	err = x.config.DB.in(ctx, func(tx *sql.Tx) error {
		if err := x.at.lock(ctx, tx); err != nil {
			return err
		}
		w := &writer{tx, x}
		if err := r.write(ctx, w); err != nil {
			return err
		}
		return w.exec(ctx, `UPDATE progress SET height = $1, next_hash = $2, app_hash = $3`, last, []byte(next.Hash()), []byte(next.AppHash))
	})
	if err != nil {
		return err
	}
	x.config.Metrics.ingested(ctx, len(blocks), len(r.tx.hash))
	x.moved(last, next)
	return x.reread(ctx)
}

// moved is what the line of progress says now.
func (x *Indexer) moved(height int64, next *cmttypes.Header) {
	x.at.height, x.at.appHash = height, next.AppHash
	x.at.trusted = proof.Trusted{Height: next.Height, Hash: [32]byte(next.Hash())}
}

// rows of some blocks, by columns, as the database takes them at once.
type rows struct {
	block struct {
		height   []int64
		hash     [][]byte
		time     []time.Time
		proposer [][]byte
		appHash  [][]byte
		txs      []int32
	}
	tx struct {
		height    []int64
		position  []int32
		hash      [][]byte
		code      []int64
		codespace []string
		wanted    []int64
		used      []int64
		fee       []*string
		messages  []*string
	}
	address struct {
		address  []string
		height   []int64
		position []int32
		signer   []bool
	}
	activity struct {
		kind  []string
		hour  []time.Time
		count []int64
	}
	touched map[string]entry
	time    time.Time // of the last block
}

func (r *rows) add(x *Indexer, block fetched, appHash []byte) error {
	header := block.Block.Header
	b := &r.block
	b.height, b.hash, b.time = append(b.height, header.Height), append(b.hash, header.Hash()), append(b.time, header.Time)
	b.proposer, b.appHash, b.txs = append(b.proposer, header.ProposerAddress), append(b.appHash, appHash), append(b.txs, int32(len(block.Block.Txs)))
	r.time = header.Time
	n := noted{touched: map[string]entry{}, counts: map[string]int64{}}
	if len(block.Block.Txs) > 0 {
		n.counts[Transactions] = int64(len(block.Block.Txs))
	}
	for i, bz := range block.Block.Txs {
		result := block.results.TxsResults[i]
		r.addTx(header.Height, int32(i), x.decodeTx(bz, result))
		for _, event := range result.Events {
			if err := n.note(event); err != nil {
				return err
			}
		}
	}
	for _, event := range block.results.FinalizeBlockEvents {
		if err := n.note(event); err != nil {
			return err
		}
	}
	if r.touched == nil {
		r.touched = map[string]entry{}
	}
	maps.Copy(r.touched, n.touched)
	hour := header.Time.UTC().Truncate(time.Hour)
	for _, kind := range slices.Sorted(maps.Keys(n.counts)) {
		r.count(kind, hour, n.counts[kind])
	}
	return nil
}

// count adds to an hour; a row of the table is named once in a statement.
func (r *rows) count(kind string, hour time.Time, count int64) {
	a := &r.activity
	for i := range a.kind {
		if a.kind[i] == kind && a.hour[i].Equal(hour) {
			a.count[i] += count
			return
		}
	}
	a.kind, a.hour, a.count = append(a.kind, kind), append(a.hour, hour), append(a.count, count)
}

func (r *rows) addTx(height int64, position int32, t transaction) {
	c := &r.tx
	c.height, c.position, c.hash = append(c.height, height), append(c.position, position), append(c.hash, t.hash)
	c.code, c.codespace = append(c.code, int64(t.result.Code)), append(c.codespace, clean(t.result.Codespace))
	c.wanted, c.used = append(c.wanted, t.result.GasWanted), append(c.used, t.result.GasUsed)
	c.fee, c.messages = append(c.fee, t.fee), append(c.messages, t.messages)
	a := &r.address
	for _, address := range slices.Sorted(maps.Keys(t.signers)) {
		a.address, a.height = append(a.address, address), append(a.height, height)
		a.position, a.signer = append(a.position, position), append(a.signer, t.signers[address])
	}
}

// write all of it, and what has to be read again because of it.
func (r *rows) write(ctx context.Context, w *writer) error {
	b, t, a := &r.block, &r.tx, &r.address
	if err := w.exec(ctx, `INSERT INTO blocks (height, hash, time, proposer, app_hash, transactions)
		SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::timestamptz[], $4::bytea[], $5::bytea[], $6::integer[])`,
		b.height, b.hash, b.time, b.proposer, b.appHash, b.txs); err != nil {
		return err
	}
	if err := w.exec(ctx, `INSERT INTO transactions (height, position, hash, code, codespace, gas_wanted, gas_used, fee, messages)
		SELECT height, position, hash, code, codespace, wanted, used, fee::json, messages::json
		FROM unnest($1::bigint[], $2::integer[], $3::bytea[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::text[], $9::text[])
			AS t (height, position, hash, code, codespace, wanted, used, fee, messages)`,
		t.height, t.position, t.hash, t.code, t.codespace, t.wanted, t.used, t.fee, t.messages); err != nil {
		return err
	}
	if err := w.exec(ctx, `INSERT INTO transaction_addresses (address, height, position, signer)
		SELECT * FROM unnest($1::text[], $2::bigint[], $3::integer[], $4::boolean[])`, a.address, a.height, a.position, a.signer); err != nil {
		return err
	}
	if err := w.exec(ctx, `INSERT INTO activity AS a (kind, hour, count) SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::bigint[])
		ON CONFLICT (kind, hour) DO UPDATE SET count = a.count + excluded.count`, r.activity.kind, r.activity.hour, r.activity.count); err != nil {
		return err
	}
	// An inquiry whose time is over is settled by the clock, and where everybody answered no event says so.
	if err := w.exec(ctx, `INSERT INTO pending (kind, id) SELECT $1, id FROM inquiries WHERE NOT settled AND expires_at <= $2 ON CONFLICT DO NOTHING`,
		kindInquiry, r.time); err != nil {
		return err
	}
	entries := make([]entry, 0, len(r.touched))
	for _, e := range r.touched {
		entries = append(entries, e)
	}
	return w.again(ctx, entries...)
}
