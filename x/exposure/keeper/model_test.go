package keeper_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/exposure/types"
)

// TestRandomHistories: whatever members do and leave undone, the invariants hold after each step, a result is there only when
// enough numbers are in the sum, and it is the number of those who submitted.
func TestRandomHistories(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 0))
		f := setup(t)
		f.credit.tradelines = nil
		var rounds []types.ID
		keys := map[types.ID]exposure.Key{}
		for step := range 30 {
			switch action := r.IntN(12); {
			case action == 0 || len(rounds) == 0:
				f.look(inquiry, testutil.Bytes("subject %d", step))
				f.newKey()
				id := f.open(types.KIND_COUNT)
				rounds, keys[id] = append(rounds, id), f.key
			case action == 1:
				f.next(time.Duration(1+r.IntN(700)) * time.Second)
			default:
				id, bank := rounds[r.IntN(len(rounds))], r.IntN(members)
				if round := first(f.round(id)); round.Status == types.STATUS_SUBMITTING {
					_ = f.submitBytes(id, bank, f.submission(id, bank))
				} else {
					whose := bank
					if r.IntN(4) == 0 {
						whose = r.IntN(members) // of another bank: a lie
					}
					_, _ = f.giveBytes(id, bank, f.share(id, whose))
				}
			}
			require.NoError(t, f.k.Invariants(f.ctx))
		}
		for _, id := range rounds {
			round := first(f.round(id))
			require.Equal(t, round.Status == types.STATUS_OPENED, len(round.Result) > 0)
			if round.Status == types.STATUS_OPENED {
				require.GreaterOrEqual(t, round.SubmittedOthers, uint32(types.MinOthersLimit))
				f.key = keys[id]
				require.EqualValues(t, round.Submitted, f.read(id))
			}
		}
	}
}
