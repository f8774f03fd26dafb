package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/exposure/types"
)

// TestRandomHistories: whatever members do and leave undone, the invariants hold after each step, a result is there only when
// enough shares are, and it is the number of those who submitted.
func TestRandomHistories(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := setup(t)
		f.credit.tradelines = nil
		var rounds []types.ID
		subjects := 0
		for range rapid.IntRange(5, 25).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0:
				subjects++
				f.look(inquiry, testutil.Bytes("subject %d", subjects))
				rounds = append(rounds, f.open(types.KIND_COUNT))
			case 1:
				f.next(time.Duration(rapid.IntRange(1, 700).Draw(rt, "seconds")) * time.Second)
			default:
				if len(rounds) == 0 {
					continue
				}
				id := rapid.SampledFrom(rounds).Draw(rt, "round")
				bank := rapid.IntRange(0, members-1).Draw(rt, "bank")
				if round := first(f.round(id)); round.Status == types.STATUS_SUBMITTING {
					_ = f.submitBytes(id, bank, f.submission(id, bank))
				} else {
					whose := rapid.IntRange(0, members-1).Draw(rt, "whose share")
					_, _ = f.giveBytes(id, bank, f.share(id, whose)) // of another bank: a lie
				}
			}
			require.NoError(t, f.k.Invariants(f.ctx))
		}
		for _, id := range rounds {
			round := first(f.round(id))
			require.Equal(t, round.Status == types.STATUS_OPENED, len(round.Result) > 0)
			if round.Status == types.STATUS_OPENED {
				require.GreaterOrEqual(t, round.SubmittedOthers, uint32(types.MinOthersLimit))
				require.EqualValues(t, round.Submitted, f.read(id))
			}
		}
	})
}
