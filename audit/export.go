package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	ics23 "github.com/cosmos/ics23/go"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/credit/types"
)

// Request says what is to be proven, and to whom.
type Request struct {
	// Subject whose trail it is, or nil.
	Subject *types.ID
	// Institution whose trail it is, or empty.
	Institution string
	// From and To are the first and the last height of the range; 0 for the first and for that of the state.
	From, To int64
	// Limit is the most lines of this bundle, at most MaxLines; 0 for that.
	Limit int
	// Height of the state; 0 for the latest that a header already commits to.
	Height int64
	// TrustedHeight that the verifier has a header of; 0 for the header that commits to the state.
	TrustedHeight int64
	// Sequential: every header between, for verifiers that skip none.
	Sequential bool
}

// forever is a trusting period that ends with nobody's patience: whether a header is too old is the verifier's to say.
const forever = 100 * 365 * 24 * time.Hour

// ErrTooManyLines is wrapped by the error of Export that says up to which height a bundle can go.
var ErrTooManyLines = errors.New("too many lines for one bundle")

// Export asks a node for all that a bundle has, all of it at one height, and verifies what it has made.
func Export(ctx context.Context, node proof.Node, r Request) (*Bundle, error) {
	if r.Limit == 0 {
		r.Limit = MaxLines
	}
	if r.Limit < 1 || r.Limit > MaxLines {
		return nil, fmt.Errorf("limit of %d lines: choose 1 to %d", r.Limit, MaxLines)
	}
	height, err := proof.StateHeight(ctx, node, r.Height)
	if err != nil {
		return nil, err
	}
	b := &Bundle{Format: Format, Institution: r.Institution, From: r.From, To: r.To, Lines: [][]byte{}}
	if r.Subject != nil {
		b.Subject = (*commitment.Hash)(r.Subject)
	}
	if b.From == 0 {
		b.From = 1
	}
	if b.To == 0 {
		b.To = height
	}
	in, err := b.bounds()
	switch {
	case err != nil:
		return nil, err
	case b.To > height:
		return nil, fmt.Errorf("the range ends at height %d, and the state that can be proven is that of height %d: wait, or end the range there", b.To, height)
	}
	blocks, path, err := proof.Lead(ctx, node, height+1, r.TrustedHeight, r.Sequential)
	if err != nil {
		return nil, err
	}
	b.Blocks = blocks
	w := &walk{ctx: ctx, node: node, height: height, limit: r.Limit, bundle: b}
	if err := w.lines(in); err != nil {
		return nil, fmt.Errorf("state at height %d: %w", height, err)
	}
	return b, b.check(path.Time)
}

// check verifies what was made, so that a node that answers falsely is noticed by who asks it.
func (b *Bundle) check(now time.Time) error {
	encoded, err := b.Encode()
	if err != nil {
		return err
	}
	first, err := b.Blocks[0].Trusted()
	if err != nil {
		return err
	}
	if _, err := Verify(encoded, first, proof.Options{Now: now, TrustingPeriod: forever}); err != nil {
		return fmt.Errorf("what the node answered does not hold: %w", err)
	}
	return nil
}

// walk goes along a trail by proofs alone: the proof that there is nothing right behind a line names the next one.
type walk struct {
	ctx    context.Context
	node   proof.Node
	height int64
	limit  int
	bundle *Bundle
}

func (w *walk) lines(in bounds) error {
	b := w.bundle
	var last int64 // height of the last line
	for key, begun := in.first, false; ; begun = true {
		left, next, err := w.behind(key)
		if err != nil {
			return err
		}
		if !begun && left != nil {
			if b.Before, err = left.Marshal(); err != nil {
				return err
			}
		}
		if next == nil {
			return nil
		}
		encoded, err := next.Marshal()
		switch {
		case err != nil:
			return err
		case bytes.Compare(next.Key, key) < 0:
			return errors.New("node: it answered with what was before")
		case bytes.Compare(next.Key, in.end) >= 0:
			b.After = encoded
			return nil
		}
		_, at, err := types.TrailKeyCodec.Decode(next.Key[len(in.trail):])
		switch {
		case err != nil:
			return err
		case len(b.Lines) == w.limit:
			return w.tooMany(last, at.Height)
		}
		b.Lines, last = append(b.Lines, encoded), at.Height
		key = append(slices.Clone(next.Key), 0) // the least key behind it
	}
}

// behind returns the neighbours of a key; if it is there, it is the next one itself.
func (w *walk) behind(key []byte) (left, next *ics23.ExistenceProof, err error) {
	entry, root, err := proof.Ask(w.ctx, w.node, w.height, types.StoreKey, key)
	if err != nil {
		return nil, nil, err
	}
	if w.bundle.Store == nil {
		w.bundle.Store = root
	}
	found, err := proof.DecodeProof(entry)
	if err != nil {
		return nil, nil, fmt.Errorf("node: %w", err)
	}
	if exist := found.GetExist(); exist != nil {
		return nil, exist, nil
	}
	absent := found.GetNonexist()
	return absent.Left, absent.Right, nil
}

// tooMany says how to go on in pages.
func (w *walk) tooMany(last, next int64) error {
	end := last
	if next == last { // the page ends before the block that does not fit
		end = last - 1
	}
	if end < w.bundle.From {
		return fmt.Errorf("%w: block %d alone has more than %d", ErrTooManyLines, last, w.limit)
	}
	return fmt.Errorf("%w: it may have %d: end this one with --to-height %d, and begin the next with --from-height %d",
		ErrTooManyLines, w.limit, end, end+1)
}
