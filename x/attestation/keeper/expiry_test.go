package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
)

// expired lists the batches and times that were announced in the present block, in order.
func (f *fixture) expired() (list []string) {
	f.t.Helper()
	for _, event := range f.events("EventExpired") {
		parsed, err := sdk.ParseTypedEvent(abci(event))
		require.NoError(f.t, err)
		got := parsed.(*types.EventExpired)
		list = append(list, got.BatchId+" "+got.ExpiresAt.UTC().Format(time.RFC3339Nano))
	}
	return list
}

func announced(batch types.ContainerID, at *time.Time) string {
	return batch.String() + " " + at.UTC().Format(time.RFC3339Nano)
}

// An expiry is announced once, in the block whose time is it or the first after it, earlier ones first.
func TestExpiryQueue(t *testing.T) {
	f := setup(t)
	hour, nano, two := in(f.ctx, time.Hour), in(f.ctx, time.Hour+1), in(f.ctx, 2*time.Hour)
	list := statements(5, "c")
	list[0].ExpiresAt, list[1].ExpiresAt, list[2].ExpiresAt, list[3].ExpiresAt = two, hour, nano, hour
	batch := f.attestBatch(bank, list...)
	end := func() []string {
		require.NoError(t, f.k.EndBlock(f.ctx))
		return f.expired()
	}
	require.Empty(t, end())
	f.next(time.Hour - 1)
	require.Empty(t, end())
	f.next(1)
	require.Equal(t, []string{announced(batch, hour)}, end(), "in its own block")
	f.next(1)
	require.Equal(t, []string{announced(batch, nano)}, end(), "nanoseconds count")
	f.next(day)
	require.Equal(t, []string{announced(batch, two)}, end())
	f.next(day)
	require.Empty(t, end(), "once")
	require.Equal(t, types.STATUS_ACTIVE, f.attestation(batch.Item(0).Bytes()).Status, "expiry is no status")
}

// However long the queue is, a block does so much and no more, and costs the same.
func TestExpiryBacklog(t *testing.T) {
	f := setup(t)
	params := types.DefaultParams()
	params.MaxExpiriesPerBlock = 7
	require.NoError(t, f.k.SetParams(f.ctx, params))
	const total = 40
	for i := range total {
		said := statement("alice", fmt.Sprint(i))
		said.ExpiresAt = in(f.ctx, time.Duration(1+i/2)*time.Second) // two of each
		f.attestUnder(f.schema, bank, said)
	}
	f.next(day)
	var all []string
	var last time.Time
	costs := map[string]bool{}
	for len(all) < total {
		before := f.ctx.GasMeter().GasConsumed()
		var writes int
		writes, _ = f.costs(func() { require.NoError(t, f.k.EndBlock(f.ctx)) })
		now := f.expired()
		if len(now) == 7 {
			costs[fmt.Sprint(writes, f.ctx.GasMeter().GasConsumed()-before)] = true
		}
		require.Len(t, now, min(7, total-len(all)))
		for _, event := range f.events("EventExpired") {
			parsed, err := sdk.ParseTypedEvent(abci(event))
			require.NoError(t, err)
			at := parsed.(*types.EventExpired).ExpiresAt
			require.False(t, at.Before(last), "earlier first")
			last = at
		}
		all = append(all, now...)
		f.ctx = f.ctx.WithEventManager(sdk.NewEventManager())
	}
	require.Len(t, costs, 1, "each full block costs the same: %v", costs)
	seen := map[string]bool{}
	for _, each := range all {
		require.False(t, seen[each], each)
		seen[each] = true
	}
}

// A queue that is behind changes nothing about what holds.
func TestExpiryIsReadFromTheClock(t *testing.T) {
	f := setup(t)
	said := statement("alice", "c1")
	said.ValidFrom, said.ExpiresAt = in(f.ctx, time.Hour), in(f.ctx, 2*time.Hour)
	id := types.ID(f.attestUnder(f.schema, bank, said)).String()
	for _, step := range []struct {
		later time.Duration
		want  types.Validity
	}{
		{0, types.VALIDITY_NOT_YET},
		{time.Hour - 1, types.VALIDITY_NOT_YET},
		{1, types.VALIDITY_CURRENT},
		{time.Hour - 1, types.VALIDITY_CURRENT},
		{1, types.VALIDITY_EXPIRED},
		{day, types.VALIDITY_EXPIRED},
	} {
		f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(step.later)) // and no EndBlock
		res, err := f.query.Verify(f.ctx, &types.QueryVerifyRequest{Id: id})
		require.NoError(t, err)
		require.Equal(t, step.want, res.Validity, f.ctx.BlockTime())
	}
	expired := statement("alice", "c2")
	expired.ExpiresAt = &testutil.Now
	_, err := send(f, f.msg.Attest, &types.MsgAttest{Issuer: bank.String(), SchemaId: f.schema, Statement: expired})
	require.ErrorIs(t, err, types.ErrInvalidStatement)
}
