package indexer

import (
	"bytes"
	"context"
	"fmt"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/creditd/creditd/proof"
)

// lead verifies the header of a height by validators' signatures from the trusted one on.
//
// It is judged at its own time: history is older than any trusting period. What that leaves open, validators of long ago who sign
// another history, is closed by a header that the operator has from elsewhere (Config.Trust), which every path has to pass.
func (x *Indexer) lead(ctx context.Context, height int64, trusted proof.Trusted) (*cmttypes.Header, error) {
	blocks, path, err := proof.Lead(ctx, x.config.Node, height, trusted.Height, false)
	if err != nil {
		return nil, fmt.Errorf("%w: headers from %d to %d: %w", ErrNode, trusted.Height, height, err)
	}
	if drift := path.Time.Sub(x.config.Now()); drift > proof.DefaultMaxClockDrift {
		return nil, fmt.Errorf("%w: the header at height %d is of %s in the future: check this machine's clock", ErrUntrusted, height, drift.Round(time.Second))
	}
	path, err = proof.Follow(blocks, trusted, proof.Options{Now: path.Time, TrustingPeriod: x.config.TrustingPeriod})
	if err != nil {
		return nil, fmt.Errorf("%w: trusted is height %d with hash %x: use another node: %w", ErrUntrusted, trusted.Height, trusted.Hash, err)
	}
	if path.ChainID != x.at.chainID {
		return nil, fmt.Errorf("%w: they are of chain %q, and the tables of %q", ErrUntrusted, path.ChainID, x.at.chainID)
	}
	return decodeHeader(blocks[len(blocks)-1])
}

func decodeHeader(block proof.Block) (*cmttypes.Header, error) {
	var pb cmtproto.Header
	if err := pb.Unmarshal(block.Header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrUntrusted, err)
	}
	header, err := cmttypes.HeaderFromProto(&pb)
	if err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrUntrusted, err)
	}
	return &header, nil
}

// verify that blocks follow one another from the trusted header, which is that of the first of them, to the verified header after
// the last; and that all in them is what the headers commit to.
func (x *Indexer) verify(blocks []fetched, trusted proof.Trusted, next *cmttypes.Header) error {
	after := next
	for i := len(blocks) - 1; i >= 0; i-- {
		block, results := blocks[i].Block, blocks[i].results
		at := func(format string, args ...any) error {
			return fmt.Errorf("%w: block %d: %s: use another node", ErrUntrusted, block.Height, fmt.Sprintf(format, args...))
		}
		if err := block.ValidateBasic(); err != nil { // data, evidence and last commit against the header
			return at("%v", err)
		}
		hash := block.Hash()
		switch {
		case !bytes.Equal(hash, after.LastBlockID.Hash):
			return at("its hash is %X, and the next header names %X", []byte(hash), []byte(after.LastBlockID.Hash))
		case !bytes.Equal(results.AppHash, after.AppHash):
			return at("its results have the app hash %X, and the next header %X", results.AppHash, []byte(after.AppHash))
		case len(results.TxsResults) != len(block.Txs):
			return at("it has %d transactions and %d results", len(block.Txs), len(results.TxsResults))
		}
		if got := cmttypes.NewResults(results.TxsResults).Hash(); !bytes.Equal(got, after.LastResultsHash) {
			return at("its results have the hash %X, and the next header %X", got, []byte(after.LastResultsHash))
		}
		if err := x.at.checkPin(block.Height, hash); err != nil {
			return err
		}
		after = &block.Header
	}
	if hash := after.Hash(); !bytes.Equal(hash, trusted.Hash[:]) {
		return fmt.Errorf("%w: the header at height %d has the hash %X, and the trusted one %X: use another node", ErrUntrusted, after.Height, []byte(hash), trusted.Hash)
	}
	return x.at.checkPin(next.Height, next.Hash())
}

// checkPin refuses another header at the height that the operator named.
func (p position) checkPin(height int64, hash []byte) error {
	if p.pin.Height == height && !bytes.Equal(p.pin.Hash[:], hash) {
		return fmt.Errorf("%w: the header at height %d has the hash %X, and you trust %X: use another node; what was indexed before from the present one is not "+
			"to be relied on either: drop the schema and begin anew", ErrUntrusted, height, hash, p.pin.Hash)
	}
	return nil
}

// begin trusts the header of the first block. If the operator named one that the node has already, it must be what the node has.
func (x *Indexer) begin(ctx context.Context, first int64) (proof.Trusted, error) {
	if pin := x.config.Trust; pin != nil {
		if answer, err := x.config.Node.Commit(ctx, &pin.Height); err == nil && answer.Header != nil {
			if err := (position{pin: *pin}).checkPin(pin.Height, answer.Header.Hash()); err != nil {
				return proof.Trusted{}, err
			}
		}
	}
	blocks, _, err := proof.Lead(ctx, x.config.Node, first, first, false)
	if err != nil {
		return proof.Trusted{}, fmt.Errorf("%w: header of block %d: %w", ErrNode, first, err)
	}
	trusted, err := blocks[0].Trusted()
	if err != nil {
		return proof.Trusted{}, fmt.Errorf("%w: %w", ErrUntrusted, err)
	}
	return trusted, nil
}
