package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// lookersPage is who looked, from one part of a trail.
type lookersPage struct {
	institutions []sdk.AccAddress
	lines        int    // read
	next         []byte // cursor to go on from; nil at the end
}

// lookers reads up to limit lines of the trail of the subject in dispute, and then of the pseudonym that it was merged into,
// where institutions looked at the record since. A cursor's next is the pseudonym and, unless at the beginning, the last key read.
func (k *Keeper) lookers(ctx context.Context, disputed types.ID, until time.Time, cursor types.OutcomeCursor, limit int) (lookersPage, error) {
	subject, within, err := openTrail(disputed, cursor.Next)
	if err != nil {
		return lookersPage{}, err
	}
	var page lookersPage
	var last types.TrailKey
	over := false
	err = k.trail.Walk(ctx, within, func(key collections.Pair[types.ID, types.TrailKey], entry types.TrailEntry) (bool, error) {
		page.lines++
		last = key.K2()
		// In the other trail, what is before the merge is no look at the record.
		merged := subject != disputed && last.Kind == types.TRAIL_KIND_MERGED && last.Ref == disputed
		if entry.Time.Before(cursor.Since) || merged {
			over = true
			return true, nil
		}
		// A subject's own look is none of an institution.
		if last.Kind == types.TRAIL_KIND_INQUIRY_OPENED && entry.Purpose != types.PURPOSE_OWN_REQUEST && !entry.Time.After(until) {
			page.institutions = append(page.institutions, last.Actor)
		}
		return page.lines >= limit, nil
	})
	if err != nil {
		return page, err
	}
	if page.lines >= limit && !over {
		page.next, err = closeTrail(subject, last)
		return page, err
	}
	page.next, err = k.mergedInto(ctx, subject)
	return page, err
}

// mergedInto returns the pseudonym that stands for the subject now; nil when it stands for itself.
func (k *Keeper) mergedInto(ctx context.Context, id types.ID) ([]byte, error) {
	subject, err := k.GetSubject(ctx, id)
	if err != nil || len(subject.MergedInto) == 0 {
		return nil, err
	}
	return subject.MergedInto, nil
}

// openTrail reads a cursor's next: which trail, and the part of it that is not read yet.
func openTrail(disputed types.ID, next []byte) (types.ID, *collections.PairRange[types.ID, types.TrailKey], error) {
	if len(next) == 0 {
		next = disputed.Bytes()
	}
	if len(next) < attestationtypes.IDSize {
		return types.ID{}, nil, types.ErrInvariant.Wrapf("cursor of %d bytes", len(next))
	}
	subject := types.ID(next[:attestationtypes.IDSize])
	within := collections.NewPrefixedPairRange[types.ID, types.TrailKey](subject).Descending()
	if len(next) == attestationtypes.IDSize {
		return subject, within, nil
	}
	_, before, err := types.TrailKeyCodec.Decode(next[attestationtypes.IDSize:])
	return subject, within.EndExclusive(before), err
}

// closeTrail writes a cursor's next.
func closeTrail(subject types.ID, last types.TrailKey) ([]byte, error) {
	key := make([]byte, types.TrailKeyCodec.Size(last))
	if _, err := types.TrailKeyCodec.Encode(key, last); err != nil {
		return nil, err
	}
	return append(subject.Bytes(), key...), nil
}

func daysBefore(t time.Time, days uint32) time.Time {
	return t.Add(-time.Duration(days) * 24 * time.Hour)
}
