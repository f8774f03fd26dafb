package keeper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/x/committee/types"
)

// Invariants checks, between two blocks, that what is stored twice agrees and that shares fit their keys. It walks
// everything and writes nothing: for tests and simulations.
func (k *Keeper) Invariants(ctx context.Context) error {
	state, err := k.ExportGenesis(ctx)
	if err != nil {
		return err
	}
	if err := state.Validate(k.addresses); err != nil {
		return fmt.Errorf("invariant genesis: %w", err)
	}
	for i := range state.Committees {
		if err := k.checkCommittee(ctx, &state.Committees[i]); err != nil {
			return fmt.Errorf("invariant committee %d: %w", state.Committees[i].Id, err)
		}
	}
	if err := k.checkQueues(ctx, state); err != nil {
		return fmt.Errorf("invariant queues: %w", err)
	}
	if err := k.checkDuties(ctx, state); err != nil {
		return fmt.Errorf("invariant duties: %w", err)
	}
	return nil
}

// checkCommittee: any threshold of public shares gives the public key.
func (k *Keeper) checkCommittee(ctx context.Context, c *types.Committee) error {
	if len(c.PublicKey) == 0 {
		return nil
	}
	var points []threshold.PublicShare
	for _, m := range c.Members {
		if len(m.PublicShare) == 0 {
			continue
		}
		point, err := threshold.ParsePoint(m.PublicShare)
		if err != nil {
			return err
		}
		points = append(points, threshold.PublicShare{Index: m.Index, Point: point})
	}
	t := int(c.Threshold)
	if len(points) < t {
		return fmt.Errorf("%d shares for a threshold of %d", len(points), t)
	}
	for _, some := range [][]threshold.PublicShare{points[:t], points[len(points)-t:]} {
		key, err := threshold.Combine(some)
		if err != nil {
			return err
		}
		if !bytes.Equal(key.Bytes(), c.PublicKey) {
			return errors.New("the shares are of another key")
		}
	}
	if c.Status == types.STATUS_ACTIVE && len(c.Holders()) < t {
		return errors.New("it is active with too few holders")
	}
	if c.Predecessor == 0 {
		return nil
	}
	before, err := k.Get(ctx, c.Predecessor)
	if err == nil && !bytes.Equal(before.PublicKey, c.PublicKey) {
		err = errors.New("it does not keep its key")
	}
	return err
}

// checkQueues: one deadline for each committee that is not over, one review for each purpose, and no other.
func (k *Keeper) checkQueues(ctx context.Context, state *types.GenesisState) error {
	want := 0
	for i := range state.Committees {
		c := &state.Committees[i]
		queued, err := k.Deadlines.Has(ctx, collections.Join(c.Deadline, c.Id))
		if err != nil {
			return err
		}
		if queued == c.Over() {
			return fmt.Errorf("committee %d is %s and its deadline in the queue: %t", c.Id, c.Status, queued)
		}
		if queued {
			want++
		}
	}
	err := k.Deadlines.Walk(ctx, nil, func(collections.Pair[time.Time, uint64]) (bool, error) {
		want--
		return false, nil
	})
	if err != nil || want != 0 {
		return errors.Join(err, fmt.Errorf("%d deadlines too few", want))
	}
	for _, p := range state.Purposes {
		queued, err := k.Reviews.Has(ctx, collections.Join(p.ReviewAt, uint32(p.Purpose)))
		if err != nil || !queued {
			return errors.Join(err, fmt.Errorf("%s is not reviewed", p.Purpose))
		}
		want++
	}
	err = k.Reviews.Walk(ctx, nil, func(collections.Pair[time.Time, uint32]) (bool, error) {
		want--
		return false, nil
	})
	if err != nil || want != 0 {
		return errors.Join(err, fmt.Errorf("%d reviews too few", want))
	}
	return nil
}

// checkDuties: the index is what the committees say.
func (k *Keeper) checkDuties(ctx context.Context, state *types.GenesisState) error {
	want := map[string]bool{}
	for i := range state.Committees {
		c := &state.Committees[i]
		for _, operator := range c.Operators() {
			if c.Owes(operator) {
				want[fmt.Sprint(operator, " ", c.Id)] = true
			}
		}
	}
	err := k.Duties.Walk(ctx, nil, func(key collections.Pair[sdk.AccAddress, uint64]) (bool, error) {
		name := fmt.Sprint(k.addressText(key.K1()), " ", key.K2())
		if !want[name] {
			return true, fmt.Errorf("%s is not owed", name)
		}
		delete(want, name)
		return false, nil
	})
	if err == nil && len(want) > 0 {
		err = fmt.Errorf("%d duties are missing", len(want))
	}
	return err
}
