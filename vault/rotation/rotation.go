// Package rotation brings a vault from one wrapping key to another while it is in use. Records are not encrypted again, only the
// data key of each is wrapped again.
//
//  1. The bag gets a second epoch, beside the first: every process that has one of the two wrapping keys gets the other.
//  2. The root secret and the HPKE keys are wrapped again.
//  3. All records of the first epoch are re-wrapped, page by page, by compare-and-set.
//  4. The store refuses new records of the first epoch, and what slipped in since is re-wrapped.
//  5. Once every running process has had time to look at the bag, the first epoch is taken out of it, and the old bag destroyed.
//
// Killed between any two of these, it goes on where it was: what is done shows in the bag and in each wrapped key.
package rotation

import (
	"context"
	"fmt"
	"time"

	"github.com/creditd/creditd/vault/internal/crash"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
)

// DefaultOverlap is how long the first epoch is kept at least. A vault that runs looks at its bag every 2 seconds.
const DefaultOverlap = 10 * time.Second

// page of records that are re-wrapped in one transaction.
const page = 500

// Config of a rotation.
type Config struct {
	Store store.KeyStore
	Ring  *keys.Ring
	// New makes the custodian of the new wrapping key and must not use the ring; it is not called when a rotation goes on that was begun before.
	New func() (keys.Custodian, error)
	// Opener opens that custodian again.
	Opener keys.Opener
	// Overlap is how long the old key is kept at least.
	Overlap time.Duration
	// Progress is told after every page; it must not block. It may be nil.
	Progress func(rewrapped int)
}

// Result of a rotation.
type Result struct {
	Resumed   bool   `json:"resumed"`   // an earlier run had begun it
	Epoch     uint32 `json:"epoch"`     // of the wrapping key now
	Rewrapped int    `json:"rewrapped"` // data keys, by this run
	Destroyed uint32 `json:"destroyed"` // epoch whose wrapping key is gone
}

// Run rotates. When it returns an error the vault works as before, with either key, and running it again goes on.
func Run(ctx context.Context, config Config) (Result, error) {
	var result Result
	begun := time.Now()
	resumed, err := config.Ring.BeginRotation(ctx, config.New, config.Opener)
	if err != nil {
		return result, err
	}
	crash.Point("rotation begun")
	current, _ := config.Ring.Epochs()
	result.Resumed, result.Epoch, result.Destroyed = resumed, current, current-1
	if err := config.Ring.RewrapSettings(ctx); err != nil {
		return result, err
	}
	crash.Point("settings rewrapped")
	before := keys.Header(current)
	if err := rewrap(ctx, config, before, &result); err != nil {
		return result, err
	}
	if err := config.Store.RetireKeys(ctx, before); err != nil {
		return result, err
	}
	crash.Point("keys retired")
	if err := rewrap(ctx, config, before, &result); err != nil {
		return result, err
	}
	if err := wait(ctx, config.Overlap-time.Since(begun)); err != nil {
		return result, err
	}
	crash.Point("overlap over")
	return result, config.Ring.FinishRotation(ctx)
}

// rewrap goes through all records whose wrapped key sorts before the present epoch's.
func rewrap(ctx context.Context, config Config, before []byte, result *Result) error {
	var after *[32]byte
	for {
		stale, err := config.Store.WrappedBefore(ctx, before, after, page)
		if err != nil || len(stale) == 0 {
			return err
		}
		var changes []store.KeyChange
		for i := range stale {
			change, needed, err := records.Rewrap(config.Ring, &stale[i])
			if err != nil {
				return fmt.Errorf("%w: the old key is kept; when the record is restored, run the same command again", err)
			}
			if needed {
				changes = append(changes, change)
			}
		}
		replaced, err := config.Store.ReplaceWrappedKeys(ctx, changes)
		if err != nil {
			return err
		}
		crash.Point("page rewrapped")
		result.Rewrapped += replaced
		if config.Progress != nil {
			config.Progress(result.Rewrapped)
		}
		after = &stale[len(stale)-1].Attestation
	}
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("interrupted: both keys still open the vault; run the same command again to go on: %w", ctx.Err())
	}
}
