package logbook

import (
	"context"
	"fmt"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Check says how a log compares with its anchors.
type Check struct {
	Entries  int64    `json:"entries"`  // in the log
	Anchored int64    `json:"anchored"` // of these, under an anchor that the log fits
	Volumes  []Volume `json:"volumes"`  // in order
	Findings []string `json:"findings"` // anchors that the log does not fit; none in a log that is whole
}

// Volume is a part of the log that is anchored.
type Volume struct {
	Anchor   string    `json:"anchor"` // hexadecimal
	First    int64     `json:"first"`  // entry of the log
	Entries  uint32    `json:"entries"`
	Anchored time.Time `json:"anchored_at"` // its first entries
	Extended time.Time `json:"extended_at"` // its last
}

// Verify compares the log with every anchor that its institution ever made of it. The hashes of the log are checked on the way.
func Verify(ctx context.Context, operator sdk.AccAddress, log Log, chain Chain) (Check, error) {
	return Open(operator, log, chain).verify(ctx)
}

func (b *Book) verify(ctx context.Context) (Check, error) {
	c := Check{Volumes: []Volume{}, Findings: []string{}}
	anchors, err := b.chain.Anchors(ctx, b.operator.String(), Schema(b.operator).DeriveID())
	if err != nil {
		return c, err
	}
	for more := true; more; {
		if more, err = b.read(ctx); err != nil {
			return c, err
		}
		var covered uint32
		fit, _ := b.sort(anchors)
		for i := range fit {
			a := &fit[i]
			covered = max(covered, a.Size_)
			c.Volumes = append(c.Volumes, Volume{
				Anchor: fmt.Sprintf("%x", a.Id), First: b.first, Entries: a.Size_, Anchored: a.AnchoredAt.UTC(), Extended: a.ExtendedAt.UTC(),
			})
		}
		c.Entries, c.Anchored = b.last.Seq, c.Anchored+int64(covered)
		b.turn(fit)
	}
	_, left := b.sort(anchors)
	for i := range left {
		c.Findings = append(c.Findings, fmt.Sprintf("anchor %x of %s has %d entries that this log does not begin with: entries were changed or cut off, or this is another vault's log, or it was restored from an older backup",
			left[i].Id, left[i].ExtendedAt.UTC().Format(time.RFC3339), left[i].Size_))
	}
	return c, nil
}
