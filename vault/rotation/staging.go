package rotation

import (
	"context"
	"errors"

	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
)

// Staging makes a store take records that were sealed just before their wrapping key was rotated out: their data keys are
// wrapped again and they are staged, so that an import does not notice a rotation.
func Staging(s store.Store, rewrapper records.Rewrapper) store.Store { return staging{s, rewrapper} }

type staging struct {
	store.Store
	rewrapper records.Rewrapper
}

// Stage implements store.Store.
func (s staging) Stage(ctx context.Context, sealed []store.Record) error {
	err := s.Store.Stage(ctx, sealed)
	if !errors.Is(err, store.ErrStaleKey) {
		return err
	}
	for i := range sealed { // in place: whoever staged them goes on with what the store has
		change, needed, err := records.Rewrap(s.rewrapper, &sealed[i])
		if err != nil {
			return err
		}
		if needed {
			sealed[i].WrappedKey = change.New
		}
	}
	return s.Store.Stage(ctx, sealed)
}
