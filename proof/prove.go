package proof

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/libs/bytes"
	"github.com/cometbft/cometbft/light"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/types"
)

// Node is what is asked of CometBFT's RPC. Nothing that it answers is believed: Prove verifies what it has made.
type Node interface {
	Status(context.Context) (*ctypes.ResultStatus, error)
	ABCIQueryWithOptions(ctx context.Context, path string, data bytes.HexBytes, o rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error)
	Commit(ctx context.Context, height *int64) (*ctypes.ResultCommit, error)
	Validators(ctx context.Context, height *int64, page, perPage *int) (*ctypes.ResultValidators, error)
}

// Request says what is to be proven, and to whom.
type Request struct {
	ID types.ID
	// Height of the state; 0 for the latest that a header already commits to.
	Height int64
	// TrustedHeight that the verifier has a header of; 0 for the header that commits to the state.
	TrustedHeight int64
	// Sequential: every header between, for verifiers that skip none.
	Sequential bool
	// Disclosure of fields to show; nil for none.
	Disclosure *commitment.Disclosure
	// Item is the attestation and its path, when it is under an anchor.
	Item *Item
}

const (
	// pollInterval between questions whether a block is there.
	pollInterval = 100 * time.Millisecond
	// validatorsPage is the most that a node answers.
	validatorsPage = 100
	// forever is a trusting period that ends with nobody's patience: whether a header is too old is the verifier's to say.
	forever = 100 * 365 * 24 * time.Hour
)

// Prove asks a node for all that a bundle has, all of it at one height.
func Prove(ctx context.Context, node Node, r Request) (*Bundle, error) {
	height, err := StateHeight(ctx, node, r.Height)
	if err != nil {
		return nil, err
	}
	b := &Bundle{Format: Format, ID: commitment.Hash(r.ID), Disclosure: r.Disclosure, Item: r.Item}
	target, err := b.lead(ctx, node, height+1, r)
	if err != nil {
		return nil, err
	}
	source := &nodeState{ctx: ctx, node: node, height: height, bundle: b, proven: &provenState{
		appHash: target.AppHash, roots: map[string][]byte{},
	}}
	if _, err := collect(source, r.ID, r.Item); err != nil {
		return nil, fmt.Errorf("state at height %d: %w", height, err)
	}
	return b, b.check(target.Time)
}

// Rebase returns the same evidence with other headers: those from another trusted height to the proven one. The node
// need not have the state of that height any more.
func Rebase(ctx context.Context, node Node, b *Bundle, trustedHeight int64, sequential bool) (*Bundle, error) {
	tip, err := b.Tip()
	if err != nil {
		return nil, err
	}
	rebased := *b
	target, err := rebased.lead(ctx, node, tip.Height, Request{TrustedHeight: trustedHeight, Sequential: sequential})
	if err != nil {
		return nil, err
	}
	return &rebased, rebased.check(target.Time)
}

// Absent says whether the bundle is of what is not there. Only a bundle that Prove has made may be asked.
func (b *Bundle) Absent() (bool, error) {
	start, err := b.Start()
	if err != nil {
		return false, err
	}
	verdict, err := b.verify(start, Options{TrustingPeriod: forever})
	return err == nil && verdict.Status.State == "absent", err
}

// check verifies what was made, so that a node that answers falsely is noticed by who asks it.
func (b *Bundle) check(now time.Time) error {
	encoded, err := b.Encode()
	if err != nil {
		return err
	}
	first, err := b.Start()
	if err != nil {
		return err
	}
	if _, err = Verify(encoded, first, Options{Now: now, TrustingPeriod: forever}); err != nil {
		return fmt.Errorf("what the node answered does not hold: %w", err)
	}
	return nil
}

// StateHeight is the height whose state can be proven: the header of the block after it has its app hash.
func StateHeight(ctx context.Context, node Node, wanted int64) (int64, error) {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		status, err := node.Status(ctx)
		if err != nil {
			return 0, fmt.Errorf("node: %w", err)
		}
		latest := status.SyncInfo.LatestBlockHeight - 1
		switch {
		case wanted < 0:
			return 0, fmt.Errorf("height %d: heights begin at 1", wanted)
		case wanted == 0 && latest < 1:
			return 0, errors.New("the chain has no state to prove yet: wait for its second block")
		case wanted == 0:
			return latest, nil
		case wanted <= latest:
			return wanted, nil
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("height %d: the node has the state of %d only: %w", wanted, latest, ctx.Err())
		case <-ticker.C:
		}
	}
}

// nodeState reads a node's state, and puts every entry that it reads into the bundle.
type nodeState struct {
	ctx    context.Context
	node   Node
	height int64
	bundle *Bundle
	proven *provenState
}

func (s *nodeState) read(store string, key []byte) ([]byte, error) {
	proven, root, err := Ask(s.ctx, s.node, s.height, store, key)
	if err != nil {
		return nil, err
	}
	// What is read here decides what is asked next, so it is verified at once.
	if _, known := s.proven.roots[store]; !known {
		root := Store{store, root}
		s.bundle.Stores = append(s.bundle.Stores, root)
		s.proven.stores = append(s.proven.stores, root)
	}
	entry := Entry{store, proven}
	s.bundle.Entries = append(s.bundle.Entries, entry)
	s.proven.entries = append(s.proven.entries, entry)
	return s.proven.read(store, key)
}

// Ask a node what its state at a height has under a key, or that it has nothing there: the proof of the entry, and that of
// the root of its store under the app hash. Neither is verified yet.
func Ask(ctx context.Context, node Node, height int64, store string, key []byte) (entry, root []byte, err error) {
	answer, err := node.ABCIQueryWithOptions(ctx, "/store/"+store+"/key", key, rpcclient.ABCIQueryOptions{Height: height, Prove: true})
	if err != nil {
		return nil, nil, fmt.Errorf("node: %w", err)
	}
	response := answer.Response
	switch {
	case response.Code != 0:
		return nil, nil, fmt.Errorf("node: %.300s: ask for a later height, or a node that keeps older states", response.Log)
	case response.Height != height:
		return nil, nil, fmt.Errorf("node: it answered for height %d instead of %d", response.Height, height)
	case response.ProofOps == nil || len(response.ProofOps.Ops) != 2:
		return nil, nil, errors.New("node: an answer without proofs of the entry and of its store")
	}
	return response.ProofOps.Ops[0].Data, response.ProofOps.Ops[1].Data, nil
}

// Lead asks for the blocks that lead from a trusted height (0 for the target itself) to the target, which is the height
// after that of the state.
func Lead(ctx context.Context, node Node, target, trusted int64, sequential bool) ([]Block, Path, error) {
	var b Bundle
	last, err := b.lead(ctx, node, target, Request{TrustedHeight: trusted, Sequential: sequential})
	if err != nil {
		return nil, Path{}, err
	}
	return b.Blocks, Path{ChainID: last.ChainID, Height: last.Height, Time: last.Time, AppHash: last.AppHash}, nil
}

// lead puts the blocks from the trusted height to the target into the bundle.
func (b *Bundle) lead(ctx context.Context, node Node, target int64, r Request) (lightBlock, error) {
	trusted := r.TrustedHeight
	if trusted == 0 {
		trusted = target
	}
	var chain []lightBlock
	var err error
	switch {
	case trusted < 0:
		err = fmt.Errorf("trusted height %d: heights begin at 1", trusted)
	case trusted > target:
		chain, err = leadBack(ctx, node, trusted, target)
	case r.Sequential:
		chain, err = leadAll(ctx, node, trusted, target)
	default:
		chain, err = leadSkipping(ctx, node, trusted, target)
	}
	if err != nil {
		return lightBlock{}, err
	}
	b.Blocks = make([]Block, len(chain))
	for i, block := range chain {
		if b.Blocks[i], err = block.encode(); err != nil {
			return lightBlock{}, err
		}
	}
	return chain[len(chain)-1], nil
}

func leadBack(ctx context.Context, node Node, from, to int64) (chain []lightBlock, err error) {
	if err := checkCount(from - to + 1); err != nil {
		return nil, err
	}
	for height := from; height >= to; height-- {
		header, err := fetchHeader(ctx, node, height)
		if err != nil {
			return nil, err
		}
		chain = append(chain, lightBlock{SignedHeader: &cmttypes.SignedHeader{Header: header.Header}})
	}
	return chain, nil
}

func leadAll(ctx context.Context, node Node, from, to int64) (chain []lightBlock, err error) {
	if err := checkCount(to - from + 1); err != nil {
		return nil, err
	}
	for height := from; height <= to; height++ {
		block, err := fetch(ctx, node, height)
		if err != nil {
			return nil, err
		}
		chain = append(chain, block)
	}
	return chain, nil
}

func checkCount(blocks int64) error {
	if blocks > MaxBlocks {
		return fmt.Errorf("%d headers lie between the trusted height and the state's, and a bundle has at most %d: trust a nearer one", blocks, MaxBlocks)
	}
	return nil
}

// leadSkipping goes as far in a step as a third of the validators that are trusted reach, and halves the way where
// they do not.
func leadSkipping(ctx context.Context, node Node, from, to int64) ([]lightBlock, error) {
	first, err := fetch(ctx, node, from)
	if err != nil || from == to {
		return []lightBlock{first}, err
	}
	target, err := fetch(ctx, node, to)
	if err != nil {
		return nil, err
	}
	chain, ahead := []lightBlock{first}, []lightBlock{target} // the nearest block ahead is the last
	for len(ahead) > 0 {
		last, next := chain[len(chain)-1], ahead[len(ahead)-1]
		err := step(last, next, forever, target.Time, DefaultMaxClockDrift)
		var tooFar light.ErrNewValSetCantBeTrusted
		switch {
		case err == nil:
			chain, ahead = append(chain, next), ahead[:len(ahead)-1]
		case errors.As(err, &tooFar):
			middle, err := fetch(ctx, node, last.Height+(next.Height-last.Height)/2)
			if err != nil {
				return nil, err
			}
			ahead = append(ahead, middle)
		default:
			return nil, fmt.Errorf("what the node answered does not hold: from height %d to %d: %w", last.Height, next.Height, err)
		}
	}
	return chain, nil
}

// fetch asks for a header, its commit and its validators.
func fetch(ctx context.Context, node Node, height int64) (lightBlock, error) {
	header, err := fetchHeader(ctx, node, height)
	if err != nil {
		return lightBlock{}, err
	}
	var validators []*cmttypes.Validator
	for page := 1; ; page++ {
		answer, err := node.Validators(ctx, &height, &page, ptr(validatorsPage))
		if err != nil {
			return lightBlock{}, fmt.Errorf("node: validators at height %d: %w", height, err)
		}
		validators = append(validators, answer.Validators...)
		if len(validators) >= answer.Total || len(answer.Validators) == 0 {
			break
		}
	}
	encoded := make([][]byte, len(validators))
	for i, validator := range validators {
		if err := validator.ValidateBasic(); err != nil {
			return lightBlock{}, fmt.Errorf("node: validators at height %d: %w", height, err)
		}
		encoded[i] = validator.Bytes()
	}
	set, err := validatorSet(encoded)
	if err != nil {
		return lightBlock{}, fmt.Errorf("node: validators at height %d: %w", height, err)
	}
	return lightBlock{header, set}, nil
}

func fetchHeader(ctx context.Context, node Node, height int64) (*cmttypes.SignedHeader, error) {
	answer, err := node.Commit(ctx, &height)
	switch {
	case err != nil:
		return nil, fmt.Errorf("node: header at height %d: %w", height, err)
	case answer.Header == nil || answer.SignedHeader.Commit == nil || answer.Height != height:
		return nil, fmt.Errorf("node: it has no header and commit at height %d", height)
	}
	return &answer.SignedHeader, nil
}

func ptr[T any](value T) *T { return &value }
