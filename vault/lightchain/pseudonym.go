package lightchain

import (
	"context"
	"errors"
	"fmt"

	"github.com/creditd/creditd/client"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// Evaluation is a request for evaluations, by id, that the chain has not forgotten.
func (c *Chain) Evaluation(ctx context.Context, id [32]byte) (pseudonymtypes.Evaluation, error) {
	var found pseudonymtypes.Evaluation
	err := c.readNew(ctx, pseudonymtypes.StoreKey, fmt.Sprintf("request %x", id), pseudonymtypes.EvaluationStateKey(id), &found)
	found.Id = id[:]
	return found, err
}

// Match by id.
func (c *Chain) Match(ctx context.Context, id [32]byte) (pseudonymtypes.Match, error) {
	var found pseudonymtypes.Match
	err := c.readNew(ctx, pseudonymtypes.StoreKey, fmt.Sprintf("match %x", id), pseudonymtypes.MatchStateKey(id), &found)
	found.Id = id[:]
	return found, err
}

// KeyEpoch of pseudonyms, by its number.
func (c *Chain) KeyEpoch(ctx context.Context, epoch uint64) (pseudonymtypes.KeyEpoch, error) {
	var found pseudonymtypes.KeyEpoch
	err := c.readNew(ctx, pseudonymtypes.StoreKey, fmt.Sprintf("key epoch %d", epoch), pseudonymtypes.EpochStateKey(epoch), &found)
	found.Epoch = epoch
	return found, err
}

// readNew reads the value under a key. One that is not there yet, or was there before it changed, may have come in the newest block:
// if there is none, this waits for the header that proves it.
func (c *Chain) readNew(ctx context.Context, store, what string, key []byte, into message) error {
	v, err := c.view(ctx)
	if err != nil {
		return err
	}
	read := func(v *view) error {
		value, err := c.get(ctx, v, store, key)
		switch {
		case err != nil:
			return err
		case value == nil:
			return absent(what, v)
		}
		return decode(what, value, into)
	}
	if err = read(v); !errors.Is(err, client.ErrNotFound) {
		return err
	}
	status, failed := c.config.Node.Status(ctx)
	if failed != nil {
		return fmt.Errorf("%w: %w", ErrAway, failed)
	}
	// The node's word decides only how long to wait.
	if v, err = c.waitFor(ctx, min(status.SyncInfo.LatestBlockHeight, v.height+2)); err != nil {
		return err
	}
	return read(v)
}
