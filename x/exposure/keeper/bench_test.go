package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/exposure/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// BenchmarkEndBlock is the end of a block that is due for as many rounds as one ends, max_per_block, each of a committee of 64: all
// members were silent and are put on record.
func BenchmarkEndBlock(b *testing.B) {
	const largest = 64
	f := setup(b)
	banks := f.banks
	for i := len(banks); i < largest; i++ {
		bank := testutil.Address(fmt.Sprint("bank", i))
		f.institutions.License(bank, institutiontypes.ROLE_FURNISHER)
		banks = append(banks, bank)
	}
	f.form(2, banks...)
	f.credit.tradelines = nil
	f.openings = make([]exposure.Opening, largest)
	rounds := int(types.DefaultParams().MaxPerBlock)
	for i := range rounds {
		f.look(inquiry, testutil.Bytes("subject %d", i))
		f.newKey()
		f.open(types.KIND_COUNT)
	}
	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(types.DefaultParams().SubmitDuration + time.Second))
	b.Run(fmt.Sprintf("%d rounds of %d members", rounds, largest), func(b *testing.B) {
		for b.Loop() {
			cached, _ := f.ctx.CacheContext()
			require.NoError(b, f.k.EndBlock(cached))
		}
	})
}
