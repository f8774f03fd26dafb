package proof

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	cryptoencoding "github.com/cometbft/cometbft/crypto/encoding"
	"github.com/cometbft/cometbft/light"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"
)

// lightBlock is a Block as CometBFT's light client knows it.
type lightBlock struct {
	*cmttypes.SignedHeader
	validators *cmttypes.ValidatorSet // nil of a header alone
}

// encode leaves out all that no hash covers: addresses, priorities and the proposer follow from the rest or do not
// matter.
func (b lightBlock) encode() (Block, error) {
	header, err := b.Header.ToProto().Marshal()
	if err != nil {
		return Block{}, err
	}
	block := Block{Header: header}
	if b.validators == nil {
		return block, nil
	}
	if block.Commit, err = b.Commit.ToProto().Marshal(); err != nil {
		return Block{}, err
	}
	for _, validator := range b.validators.Validators {
		block.Validators = append(block.Validators, validator.Bytes())
	}
	return block, nil
}

// light reads a block; nothing in it is verified yet.
func (b Block) light() (lightBlock, error) {
	var pb cmtproto.Header
	if err := Decode("header", b.Header, &pb); err != nil {
		return lightBlock{}, err
	}
	header, err := cmttypes.HeaderFromProto(&pb)
	if err != nil {
		return lightBlock{}, fmt.Errorf("header: %w", err)
	}
	block := lightBlock{SignedHeader: &cmttypes.SignedHeader{Header: &header}}
	switch {
	case len(b.Commit) == 0 && len(b.Validators) == 0:
		return block, nil
	case len(b.Commit) == 0 || len(b.Validators) == 0:
		return lightBlock{}, errors.New("a commit and validators go together")
	}
	var commit cmtproto.Commit
	if err := Decode("commit", b.Commit, &commit); err != nil {
		return lightBlock{}, err
	}
	if block.Commit, err = cmttypes.CommitFromProto(&commit); err != nil {
		return lightBlock{}, fmt.Errorf("commit: %w", err)
	}
	block.validators, err = validatorSet(b.Validators)
	return block, err
}

// validatorSet rebuilds the set from what its hash is over, in the same order.
func validatorSet(encoded [][]byte) (*cmttypes.ValidatorSet, error) {
	if len(encoded) > cmttypes.MaxVotesCount {
		return nil, fmt.Errorf("%d validators, and a chain has at most %d", len(encoded), cmttypes.MaxVotesCount)
	}
	list := make([]*cmttypes.Validator, len(encoded))
	seen := make(map[string]bool, len(encoded))
	for i, each := range encoded {
		var pb cmtproto.SimpleValidator
		if err := Decode("validator", each, &pb); err != nil {
			return nil, err
		}
		if pb.PubKey == nil {
			return nil, fmt.Errorf("validator %d has no key", i)
		}
		key, err := cryptoencoding.PubKeyFromProto(*pb.PubKey)
		if err != nil {
			return nil, fmt.Errorf("validator %d: %w", i, err)
		}
		list[i] = cmttypes.NewValidator(key, pb.VotingPower)
		if seen[string(list[i].Address)] { // CometBFT panics
			return nil, fmt.Errorf("validator %d is there twice", i)
		}
		seen[string(list[i].Address)] = true
	}
	set, err := cmttypes.ValidatorSetFromExistingValidators(list)
	if err != nil {
		return nil, err
	}
	for i, validator := range set.Validators { // sorted by now
		if !bytes.Equal(validator.Bytes(), encoded[i]) {
			return nil, errors.New("validators are not in the order of the set")
		}
	}
	return set, nil
}

// follow leads from the trusted header to the last one. Each header is on the same chain as the one before, by its
// validators' signatures or, backwards, by its hash.
func follow(blocks []Block, trusted Trusted, o Options) (chain []lightBlock, err error) {
	if len(blocks) == 0 || len(blocks) > MaxBlocks {
		return nil, fmt.Errorf("%d blocks: a bundle has 1 to %d", len(blocks), MaxBlocks)
	}
	chain = make([]lightBlock, len(blocks))
	for i, block := range blocks {
		if chain[i], err = block.light(); err != nil {
			return nil, fmt.Errorf("block %d: %w", i, err)
		}
	}
	first := chain[0]
	if first.Height != trusted.Height {
		return nil, fmt.Errorf("its first header has the height %d, and the trusted one %d: ask for a bundle with --trusted-height %d",
			first.Height, trusted.Height, trusted.Height)
	}
	if !bytes.Equal(first.Hash(), trusted.Hash[:]) {
		return nil, fmt.Errorf("the header at height %d has the hash %x, and the trusted one %x", first.Height, []byte(first.Hash()), trusted.Hash)
	}
	if err := checkDrift(chain[len(chain)-1], o); err != nil {
		return nil, err
	}
	if len(chain) > 1 && chain[1].Height < first.Height {
		return chain, backwards(chain)
	}
	return chain, forwards(chain, o)
}

func checkDrift(last lightBlock, o Options) error {
	if last.Time.After(o.Now.Add(o.MaxClockDrift)) {
		return fmt.Errorf("the header at height %d is of %s, which is after %s by more than the clocks may differ",
			last.Height, stamp(last.Time), stamp(o.Now))
	}
	return nil
}

// forwards is the light client's verification, adjacent or skipping; beyond what it asks, every signature counts.
func forwards(chain []lightBlock, o Options) error {
	for i, block := range chain {
		if block.validators == nil {
			return fmt.Errorf("block %d: the commit is missing", i)
		}
		if i > 0 {
			if err := step(chain[i-1], block, o.TrustingPeriod, o.Now, o.MaxClockDrift); err != nil {
				return fmt.Errorf("block %d: from height %d to %d: %w", i, chain[i-1].Height, block.Height, err)
			}
		}
		if err := block.verifyCommit(); err != nil {
			return fmt.Errorf("block %d: height %d: %w", i, block.Height, err)
		}
	}
	return nil
}

// step is one of the light client's. The older block was verified.
func step(from, to lightBlock, trustingPeriod time.Duration, now time.Time, drift time.Duration) error {
	if to.Height == from.Height+1 {
		return light.VerifyAdjacent(from.SignedHeader, to.SignedHeader, to.validators, trustingPeriod, now, drift)
	}
	return light.VerifyNonAdjacent(from.SignedHeader, from.validators, to.SignedHeader, to.validators,
		trustingPeriod, now, drift, light.DefaultTrustLevel)
}

// verifyCommit checks every signature. The light client stops at two thirds, and would not see a change in the rest.
func (b lightBlock) verifyCommit() error {
	if err := b.ValidateBasic(b.ChainID); err != nil {
		return err
	}
	if hash := b.validators.Hash(); !bytes.Equal(hash, b.ValidatorsHash) {
		return fmt.Errorf("the validators have the hash %x, and the header says %x", hash, []byte(b.ValidatorsHash))
	}
	return cmttypes.VerifyCommit(b.ChainID, b.validators, b.Commit.BlockID, b.Height, b.Commit)
}

// backwards follows the hashes that each header has of the one before it. No signature and no trusting period is
// needed: who trusts a header trusts all before it.
func backwards(chain []lightBlock) error {
	for i, block := range chain {
		if block.validators != nil {
			return fmt.Errorf("block %d: towards an older block there are headers only", i)
		}
		if i == 0 {
			continue
		}
		// The first header of a chain names no block before it, and one without validators has no hash: to CometBFT these
		// are equal.
		if block.Height != chain[i-1].Height-1 || len(chain[i-1].LastBlockID.Hash) == 0 {
			return fmt.Errorf("block %d: the header at height %d does not name it as the one before", i, chain[i-1].Height)
		}
		if err := light.VerifyBackwards(block.Header, chain[i-1].Header); err != nil {
			return fmt.Errorf("block %d: %w", i, err)
		}
	}
	return nil
}

// Path is what verified blocks lead to.
type Path struct {
	ChainID string
	// Height of the last header; the state that its app hash is of is that of the height before.
	Height  int64
	Time    time.Time
	AppHash []byte
	// Trusted is the height that they lead from, Headers is how many they are and How says by what they are believed.
	Trusted int64
	Headers int
	How     string
}

// Follow verifies that blocks lead from the trusted header to their last.
func Follow(blocks []Block, trusted Trusted, o Options) (Path, error) {
	chain, err := follow(blocks, trusted, o.complete(time.Now))
	if err != nil {
		return Path{}, err
	}
	last := chain[len(chain)-1]
	return Path{last.ChainID, last.Height, last.Time, last.AppHash, chain[0].Height, len(chain), how(chain)}, nil
}

// Tip is the header that the bundle's state is proven by, as the bundle has it, not verified.
func (b *Bundle) Tip() (Trusted, error) { return b.header(len(b.Blocks) - 1) }

// Start is the header that the bundle leads from: the one that its reader has to trust. It is not verified.
func (b *Bundle) Start() (Trusted, error) { return b.header(0) }

func (b *Bundle) header(i int) (Trusted, error) {
	if i < 0 || i >= len(b.Blocks) {
		return Trusted{}, fmt.Errorf("%w: no blocks", ErrInvalid)
	}
	return b.Blocks[i].Trusted()
}

// Trusted names the header of the block, for who trusts it. It is not verified.
func (b Block) Trusted() (Trusted, error) {
	block, err := b.light()
	if err != nil {
		return Trusted{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	hash := block.Hash()
	if len(hash) != 32 { // a header without validators has none
		return Trusted{}, fmt.Errorf("%w: the header at height %d has no hash", ErrInvalid, block.Height)
	}
	return Trusted{block.Height, [32]byte(hash)}, nil
}
