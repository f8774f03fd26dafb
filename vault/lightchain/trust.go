package lightchain

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/creditd/creditd/proof"
)

// Store keeps what is trusted; a vault's store does.
type Store interface {
	Setting(ctx context.Context, name string) ([]byte, error)
	SetSettings(ctx context.Context, values map[string][]byte) error
}

// settingTrust is what it is kept under.
const settingTrust = "lightchain.trust"

// maxTrustBytes is more than a block of the largest validator set.
const maxTrustBytes = 4 << 20

// trust as it is kept. None of it is secret; who can change it decides which chain the vault believes.
type trust struct {
	ChainID  string       `json:"chain_id,omitempty"`
	Height   int64        `json:"height"`
	Hash     string       `json:"hash"`
	FirstUse bool         `json:"first_use,omitempty"` // the root was what a node said, and nobody's word else
	Root     string       `json:"root,omitempty"`      // that it follows from, so that a new root is not written over
	Block    *proof.Block `json:"block,omitempty"`     // of that height; absent until a node was asked
}

// trustedBlock is a header that is trusted, with its block where it is known.
type trustedBlock struct {
	proof.Trusted
	block    *proof.Block
	firstUse bool
	root     string
}

// named is how a root of trust is written.
func named(root proof.Trusted) string { return fmt.Sprintf("%d/%x", root.Height, root.Hash) }

// SetTrust makes a header the root of trust, in place of what was trusted before: of 'vault init --trust-height'.
func SetTrust(ctx context.Context, s Store, chainID string, root proof.Trusted) error {
	return save(ctx, s, chainID, trustedBlock{Trusted: root, root: named(root)})
}

// GetTrust says which header a store trusts, and whether that was a node's word alone. found is false if there is none.
func GetTrust(ctx context.Context, s Store) (root proof.Trusted, firstUse, found bool, err error) {
	_, kept, err := load(ctx, s)
	if err != nil || kept == nil {
		return proof.Trusted{}, false, false, err
	}
	return kept.Trusted, kept.firstUse, true, nil
}

func load(ctx context.Context, s Store) (chainID string, kept *trustedBlock, err error) {
	encoded, err := s.Setting(ctx, settingTrust)
	if err != nil || encoded == nil {
		return "", nil, err
	}
	if len(encoded) > maxTrustBytes {
		return "", nil, fmt.Errorf("the trusted header in the store has %d bytes: set it again with 'creditd vault init --trust-height H --trust-hash X'", len(encoded))
	}
	var t trust
	if err = json.Unmarshal(encoded, &t); err == nil {
		kept = &trustedBlock{block: t.Block, firstUse: t.FirstUse, root: t.Root}
		kept.Trusted, err = proof.ParseTrusted(t.Height, t.Hash)
	}
	if err != nil {
		return "", nil, fmt.Errorf("the trusted header in the store cannot be read: set it again with 'creditd vault init --trust-height H --trust-hash X': %w", err)
	}
	return t.ChainID, kept, nil
}

func save(ctx context.Context, s Store, chainID string, t trustedBlock) error {
	encoded, err := json.Marshal(trust{ChainID: chainID, Height: t.Height, Hash: hex.EncodeToString(t.Hash[:]), FirstUse: t.firstUse, Root: t.root, Block: t.block})
	if err != nil {
		return err
	}
	return s.SetSettings(ctx, map[string][]byte{settingTrust: encoded})
}

// loadTrust begins with what is kept, or with the node's newest header.
func (c *Chain) loadTrust(ctx context.Context) error {
	chainID, kept, err := load(ctx, c.config.Store)
	switch {
	case err != nil:
		return err
	case kept != nil && chainID != "" && chainID != c.config.ChainID:
		return fmt.Errorf("%w: the trusted header is one of chain %q, and this is to be %q: set it with 'creditd vault init --trust-height H --trust-hash X'",
			ErrUntrusted, chainID, c.config.ChainID)
	case kept != nil:
		c.last = *kept
		return nil
	}
	status, err := c.config.Node.Status(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	block, err := c.fetch(ctx, status.SyncInfo.LatestBlockHeight)
	if err != nil {
		return err
	}
	c.last = block
	c.last.firstUse, c.last.root = true, named(block.Trusted)
	c.config.Log.Warn("the node's newest header is trusted because there is none to compare it with: compare it with another source, or set one with 'creditd vault init --trust-height H --trust-hash X'",
		"height", block.Height, "hash", hex.EncodeToString(block.Hash[:]))
	return c.saveTrust(ctx)
}

// saveTrust keeps the last trusted header. The caller holds mu, or is alone.
func (c *Chain) saveTrust(ctx context.Context) error {
	if c.last.Height == 0 {
		return nil
	}
	c.saved = c.config.Now()
	if _, kept, err := load(ctx, c.config.Store); err != nil || (kept != nil && kept.root != c.last.root) {
		return err // the operator has named another header meanwhile: the next run begins there
	}
	if err := save(ctx, c.config.Store, c.config.ChainID, c.last); err != nil {
		return fmt.Errorf("keeping the trusted header: %w", err)
	}
	return nil
}

// fetch asks for one block; nothing in it is verified.
func (c *Chain) fetch(ctx context.Context, height int64) (trustedBlock, error) {
	blocks, _, err := proof.Lead(ctx, c.config.Node, height, height, false)
	if err != nil {
		return trustedBlock{}, fmt.Errorf("%w: %w", ErrAway, err)
	}
	header, err := blocks[0].Trusted()
	if err != nil {
		return trustedBlock{}, fmt.Errorf("%w: %w", ErrUntrusted, err)
	}
	return trustedBlock{Trusted: header, block: &blocks[0]}, nil
}

// follow verifies that the header of a height follows from the trusted one. Mostly one step is enough, with what is known
// already; otherwise the node is asked for the way between.
func (c *Chain) follow(ctx context.Context, from trustedBlock, target int64, earlier *view) (trustedBlock, *view, error) {
	if target < from.Height {
		return from, nil, fmt.Errorf("%w: its newest header has the height %d, and this vault has seen height %d", ErrStale, target, from.Height)
	}
	options := proof.Options{Now: c.config.Now(), TrustingPeriod: c.config.TrustingPeriod}
	to, err := c.fetch(ctx, target)
	if err != nil {
		return from, nil, err
	}
	blocks := []proof.Block{*to.block}
	if from.block != nil && target > from.Height {
		blocks = []proof.Block{*from.block, *to.block}
	}
	path, err := proof.Follow(blocks, from.Trusted, options)
	if err != nil && target > from.Height {
		if blocks, _, err = proof.Lead(ctx, c.config.Node, target, from.Height, false); err != nil {
			return from, nil, fmt.Errorf("%w: %w", ErrAway, err)
		}
		path, err = proof.Follow(blocks, from.Trusted, options)
	}
	if err != nil {
		return from, nil, fmt.Errorf("%w: trusted is height %d with hash %x: use another node, or set the trust anew with 'creditd vault init --trust-height H --trust-hash X': %w",
			ErrUntrusted, from.Height, from.Hash, err)
	}
	if path.ChainID != c.config.ChainID {
		return from, nil, fmt.Errorf("%w: they are of chain %q, and this vault is on %q", ErrUntrusted, path.ChainID, c.config.ChainID)
	}
	last := blocks[len(blocks)-1]
	header, err := last.Trusted()
	if err != nil {
		return from, nil, fmt.Errorf("%w: %w", ErrUntrusted, err)
	}
	return trustedBlock{Trusted: header, block: &last, firstUse: from.firstUse, root: from.root}, newView(path, earlier), nil
}

// NewMemory is a Store that keeps trust for the life of a process.
func NewMemory() Store { return new(memory) }

// memory keeps trust for the life of a process.
type memory struct {
	mu     sync.Mutex
	values map[string][]byte
}

func (m *memory) Setting(_ context.Context, name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[name], nil
}

func (m *memory) SetSettings(_ context.Context, values map[string][]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values = values
	return nil
}
