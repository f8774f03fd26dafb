package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
)

// A dispute in any status, its record, the notes and the outcome that is still being told leave a chain and come back as they
// were; so do its places in indexes and queues.
func TestDisputeGenesis(t *testing.T) {
	ordered := func(t testing.TB) (*fixture, []byte) {
		f, id := escalated(t)
		must(f, f.msg.DecideDispute, deciding(id, bureau, types.DISPUTE_OUTCOME_MODIFIED))
		return f, id
	}
	closed := func(t testing.TB) (*fixture, []byte) {
		f, id := answered(t, types.DISPUTE_OUTCOME_VERIFIED)
		must(f, f.msg.AddStatement, &types.MsgAddStatement{Controller: alice.String(), Id: id, Statement: testutil.Bytes("words")})
		f.next(60 * day)
		f.next(time.Second)
		return f, id
	}
	for name, begin := range map[string]func(testing.TB) (*fixture, []byte){
		"open":      func(t testing.TB) (*fixture, []byte) { return disputed(t, "DE") },
		"silent":    silent,
		"answered":  func(t testing.TB) (*fixture, []byte) { return answered(t, types.DISPUTE_OUTCOME_FRIVOLOUS) },
		"escalated": escalated,
		"ordered":   ordered,
		"deleted":   func(t testing.TB) (*fixture, []byte) { return answered(t, types.DISPUTE_OUTCOME_DELETED) },
		"closed":    closed,
	} {
		t.Run(name, func(t *testing.T) {
			f, id := begin(t)
			f.legalOrder(lender, "looked")
			fresh := f.reborn()
			require.Equal(t, f.disputeNow(id), fresh.disputeNow(id))
			require.Equal(t, f.accountNow(), fresh.accountNow())
			require.Equal(t, f.pairs(), fresh.pairs())
			f.next(90 * day)
			fresh.ctx = fresh.ctx.WithBlockHeight(f.ctx.BlockHeight() - 1).WithBlockTime(f.ctx.BlockTime().Add(-90 * day))
			fresh.next(90 * day)
			f.next(time.Second)
			fresh.next(time.Second)
			require.Equal(t, f.disputeNow(id), fresh.disputeNow(id), "and its clock goes on")
		})
	}
}

// reborn is a chain that begins with what the other one exported.
func (f *fixture) reborn() *fixture {
	f.t.Helper()
	attested, err := f.attestations.ExportGenesis(f.ctx)
	require.NoError(f.t, err)
	fresh := blank(f.t)
	require.NoError(f.t, fresh.attestations.InitGenesis(fresh.ctx, attested))
	require.NoError(f.t, fresh.k.InitGenesis(fresh.ctx, f.export()))
	return fresh
}

// pairs of keys and values under the prefixes of disputes: records, index, queue, outcomes to tell and told.
func (f *fixture) pairs() map[string]string {
	f.t.Helper()
	found := make(map[string]string)
	iterator, err := f.store.OpenKVStore(f.ctx).Iterator([]byte{14}, []byte{19})
	require.NoError(f.t, err)
	for ; iterator.Valid(); iterator.Next() {
		found[string(iterator.Key())] = string(iterator.Value())
	}
	require.NoError(f.t, iterator.Close())
	return found
}
