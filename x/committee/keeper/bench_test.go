package keeper_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/committee/types"
)

// BenchmarkEndBlock is the end of the block in which a phase of the largest committee ends: of 64 members, whose threshold is 33. A
// block ends the phases of four committees at most.
func BenchmarkEndBlock(b *testing.B) {
	for _, n := range []int{8, types.MaxMembers} {
		f := newFixture(b)
		params := types.DefaultParams()
		params.MaxMembers = types.MaxMembers
		_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority, Params: params})
		require.NoError(b, err)
		id := f.form(types.PURPOSE_EXPOSURE, operators(n), false)
		end := func(phase string) {
			b.Run(fmt.Sprintf("%d members/%s", n, phase), func(b *testing.B) {
				for b.Loop() {
					cached, _ := f.ctx.CacheContext()
					require.NoError(b, f.k.EndBlock(cached))
				}
			})
			f.block()
		}
		f.block()
		f.join(id, operators(n)...)
		end("joined")
		f.deal(id, operators(n)...)
		end("dealt")
		for _, operator := range operators(n) { // without opening the dealings, which is the members' work
			_, err := f.msg.Confirm(f.ctx, &types.MsgConfirm{Operator: operator, Id: id})
			require.NoError(b, err)
		}
		end("confirmed")
		require.Equal(b, types.STATUS_ACTIVE, f.get(id).Status)
	}
}
