package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// firstReports is the index of furnishers: each with the time of its first tradeline about a subject.
type firstReports struct {
	index collections.Map[collections.Pair[types.ID, sdk.AccAddress], time.Time]
	pairs []collections.Pair[types.ID, sdk.AccAddress] // in the order of the tradelines, each once
	since map[string]time.Time                         // by subject and furnisher; asked, never walked
}

func (k *Keeper) firstReports(gs *types.GenesisState) (*firstReports, error) {
	f := &firstReports{index: k.furnishers, since: make(map[string]time.Time)}
	for _, t := range gs.Tradelines {
		furnisher, err := k.canonical("furnisher", t.Furnisher)
		if err != nil {
			return nil, err
		}
		pair := furnisherKey(types.ID(t.Subject), furnisher)
		since, known := f.since[pairText(pair)]
		if !known {
			f.pairs = append(f.pairs, pair)
		}
		if !known || t.FurnishedAt.Before(since) {
			f.since[pairText(pair)] = t.FurnishedAt
		}
	}
	return f, nil
}

func pairText(pair collections.Pair[types.ID, sdk.AccAddress]) string {
	return string(pair.K1().Bytes()) + string(pair.K2())
}

func (f *firstReports) write(ctx context.Context) error {
	for _, pair := range f.pairs {
		if err := f.index.Set(ctx, pair, f.since[pairText(pair)]); err != nil {
			return err
		}
	}
	return nil
}

func (f *firstReports) check(ctx context.Context) error {
	have := 0
	err := f.index.Walk(ctx, nil, func(pair collections.Pair[types.ID, sdk.AccAddress], since time.Time) (bool, error) {
		have++
		if first, known := f.since[pairText(pair)]; !known || !first.Equal(since) {
			return true, types.ErrInvariant.Wrapf("%s is a furnisher of %s since %s, and its first tradeline is not", pair.K2(), pair.K1(), rfc3339(since))
		}
		return false, nil
	})
	switch {
	case err != nil:
		return types.ErrInvariant.Wrapf("furnishers: %s", err)
	case have != len(f.pairs):
		return types.ErrInvariant.Wrapf("%d furnishers of subjects where %d should be", have, len(f.pairs))
	}
	return nil
}
