package keeper_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/x/committee/types"
)

// automatic has both policies form committees by themselves.
func (f *fixture) automatic() types.Params {
	f.t.Helper()
	params := types.DefaultParams()
	for i := range params.Policies {
		params.Policies[i].MinMembers = 4
	}
	require.NoError(f.t, f.k.Params.Set(f.ctx, params))
	return params
}

func (f *fixture) enlist(purpose types.Purpose, operators ...string) {
	f.t.Helper()
	for _, o := range operators {
		_, err := f.msg.Enlist(f.ctx, &types.MsgEnlist{Operator: o, Purpose: purpose})
		require.NoError(f.t, err)
	}
}

func (f *fixture) activeID(purpose types.Purpose) uint64 {
	f.t.Helper()
	c, err := f.k.Active(f.ctx, purpose)
	require.NoError(f.t, err)
	return c.Id
}

// An epoch key comes by itself when enough are ready, is followed by another before its time is over, and ends; who has
// destroyed its shares is on the chain.
func TestEpochsOfExposure(t *testing.T) {
	f := newFixture(t)
	params := f.automatic()
	f.enlist(types.PURPOSE_EXPOSURE, operators(3)...)
	f.pass(params.ReviewInterval)
	f.block()
	_, err := f.k.Get(f.ctx, 1)
	require.ErrorIs(t, err, types.ErrUnknownCommittee, "three are too few")
	f.enlist(types.PURPOSE_EXPOSURE, operator(3))
	f.pass(params.ReviewInterval)
	f.generate(1)
	first := f.get(1)

	policy, err := params.Policy(types.PURPOSE_EXPOSURE)
	require.NoError(t, err)
	f.enlist(types.PURPOSE_EXPOSURE, operator(4))
	f.pass(params.ReviewInterval)
	f.block()
	_, err = f.k.Get(f.ctx, 2)
	require.ErrorIs(t, err, types.ErrUnknownCommittee, "a cohort stays what it is for its epoch")
	f.pass(policy.EpochDuration - policy.Lead)
	f.block()
	second := f.get(2)
	require.Equal(t, uint64(2), second.Epoch)
	require.Len(t, second.Members, 5)
	require.Zero(t, second.Predecessor)
	f.generate(2)
	require.Equal(t, uint64(2), f.activeID(types.PURPOSE_EXPOSURE))
	require.NotEqual(t, first.PublicKey, f.get(2).PublicKey)
	old := f.get(1)
	require.Equal(t, types.STATUS_RETIRING, old.Status)
	require.True(t, old.Serves())
	require.Equal(t, uint64(2), old.Successor)
	f.pass(policy.Overlap)
	f.block()
	require.Equal(t, types.STATUS_ENDED, f.get(1).Status)
	dealings, err := f.query.Dealings(f.ctx, &types.QueryDealingsRequest{Id: 1})
	require.NoError(t, err)
	require.Empty(t, dealings.Dealings)

	attest := func(operator string) error {
		_, err := f.msg.AttestDestruction(f.ctx, &types.MsgAttestDestruction{Operator: operator, Id: 1})
		return err
	}
	f.barred[operator(0)] = true // it destroys all the same
	require.NoError(t, attest(operator(0)))
	require.ErrorIs(t, attest(operator(0)), types.ErrDoneBefore)
	require.ErrorIs(t, attest(operator(4)), types.ErrNotMember)
	_, err = f.msg.AttestDestruction(f.ctx, &types.MsgAttestDestruction{Operator: operator(0), Id: 2})
	require.ErrorIs(t, err, types.ErrWrongPhase)
	require.NotNil(t, f.get(1).Members[0].DestroyedAt)
	require.Nil(t, f.get(1).Members[1].DestroyedAt)
	duties, err := f.query.Duties(f.ctx, &types.QueryDutiesRequest{Operator: operator(1)})
	require.NoError(t, err)
	require.Len(t, duties.Committees, 2, "one to destroy, one in use")
	duties, err = f.query.Duties(f.ctx, &types.QueryDutiesRequest{Operator: operator(0)})
	require.NoError(t, err)
	require.Len(t, duties.Committees, 1)
	f.block()
}

// Without a successor an epoch key ends on its day all the same.
func TestEpochEndsWithoutSuccessor(t *testing.T) {
	f := newFixture(t)
	c := f.active(types.PURPOSE_EXPOSURE, 4)
	f.pass(c.Deadline.Sub(f.ctx.BlockTime()))
	f.block()
	require.Equal(t, types.STATUS_ENDED, f.get(c.Id).Status)
	_, err := f.k.Active(f.ctx, types.PURPOSE_EXPOSURE)
	require.ErrorIs(t, err, types.ErrNoCommittee)
}

// The pseudonym key stays the same when members change: the old holders share it out to the new cohort.
func TestPseudonymKeyIsKept(t *testing.T) {
	f := newFixture(t)
	params := f.automatic()
	f.enlist(types.PURPOSE_PSEUDONYM, operators(5)...)
	f.pass(params.ReviewInterval)
	f.generate(1)
	first := f.get(1)

	f.barred[operator(4)] = true
	f.enlist(types.PURPOSE_PSEUDONYM, operator(5), operator(6))
	f.pass(params.ReviewInterval)
	f.block()
	require.Equal(t, types.MEMBER_STATE_LEFT, f.get(1).Members[4].State)
	second := f.get(2)
	require.Equal(t, uint64(1), second.Predecessor)
	require.Equal(t, first.Epoch, second.Epoch)
	require.Len(t, second.Members, 6)
	require.Len(t, second.Dealers, 4, "who left deals nothing")

	f.join(2, operator(0), operator(1), operator(2), operator(3), operator(5), operator(6))
	f.block()
	second = f.get(2)
	content, err := threshold.Deal(rand.Reader, f.sharing(second), 1, [32]byte{1}, nil)
	require.NoError(t, err)
	_, err = f.msg.Deal(f.ctx, &types.MsgDeal{Operator: operator(0), Id: 2, Dealing: content})
	require.ErrorIs(t, err, types.ErrInvalidDealing, "it must be the dealer's own share")
	f.deal(2, operator(0), operator(1), operator(2)) // three are enough
	f.endPhase(2)
	f.confirm(2, operator(0), operator(1), operator(2), operator(3), operator(5), operator(6))
	f.block()
	second = f.get(2)
	require.Equal(t, types.STATUS_ACTIVE, second.Status)
	require.Equal(t, first.PublicKey, second.PublicKey)
	require.Equal(t, second.Members[5].PublicShare, f.share(second, operator(6)).Public().Bytes())
	require.Equal(t, types.STATUS_RETIRING, f.get(1).Status)
	f.pass(params.PhaseDuration)
	f.block()
	require.Equal(t, types.STATUS_ENDED, f.get(1).Status, "old shares are as good as new ones: they go soon")

	f.pass(second.Deadline.Sub(f.ctx.BlockTime()))
	f.block()
	require.Equal(t, uint64(2), f.activeID(types.PURPOSE_PSEUDONYM), "a key that is kept outlives its epoch")
	require.Equal(t, types.STATUS_JOINING, f.get(3).Status, "until it is shared out anew")
}

// A vote can give pseudonyms a new key; both serve until the overlap is over.
func TestNewPseudonymKeyByVote(t *testing.T) {
	f := newFixture(t)
	first := f.active(types.PURPOSE_PSEUDONYM, 4)
	f.generate(f.form(types.PURPOSE_PSEUDONYM, operators(5), false))
	second := f.get(first.Id + 1)
	require.Equal(t, first.Epoch+1, second.Epoch)
	require.NotEqual(t, first.PublicKey, second.PublicKey)
	policy, err := types.DefaultParams().Policy(types.PURPOSE_PSEUDONYM)
	require.NoError(t, err)
	require.Equal(t, policy.Overlap, f.get(first.Id).Deadline.Sub(f.ctx.BlockTime().Add(-time.Second)))
}

// Members whose licence ends leave. Below the threshold nobody can use the key any more, and the committee says so.
func TestDeadCommittee(t *testing.T) {
	f := newFixture(t)
	c := f.active(types.PURPOSE_PSEUDONYM, 5) // threshold 3
	interval := types.DefaultParams().ReviewInterval
	f.barred[operator(0)], f.barred[operator(1)] = true, true
	f.pass(interval)
	f.block()
	require.Equal(t, types.STATUS_ACTIVE, f.get(c.Id).Status)
	_, holds := f.get(c.Id).Holder(operator(0))
	require.False(t, holds)
	awaited := func(id uint64) bool {
		may, err := f.k.MayAttestDestruction(f.ctx, operator(0), id)
		require.NoError(t, err)
		return may
	}
	require.False(t, awaited(c.Id), "the others may need it")
	f.barred[operator(2)] = true
	f.pass(interval)
	f.block()
	require.Equal(t, types.STATUS_DEAD, f.get(c.Id).Status)
	require.True(t, awaited(c.Id), "though its licence ended")
	require.False(t, awaited(c.Id+1))
	_, err := f.msg.AttestDestruction(f.ctx, &types.MsgAttestDestruction{Operator: operator(0), Id: c.Id})
	require.NoError(t, err)
	require.False(t, awaited(c.Id), "once")
	_, err = f.k.Active(f.ctx, types.PURPOSE_PSEUDONYM)
	require.ErrorIs(t, err, types.ErrNoCommittee)

	clear(f.barred)
	f.automatic()
	f.enlist(types.PURPOSE_PSEUDONYM, operators(5)...)
	f.pass(interval)
	f.block()
	_, err = f.k.Get(f.ctx, c.Id+1)
	require.ErrorIs(t, err, types.ErrUnknownCommittee, "another key means other pseudonyms: that is the members' to decide")
}

// An export in any phase starts a chain that exports the same.
func TestGenesisRoundTrip(t *testing.T) {
	f := newFixture(t)
	f.enlist(types.PURPOSE_EXPOSURE, operators(4)...)
	check := func() {
		state, err := f.k.ExportGenesis(f.ctx)
		require.NoError(t, err)
		ctx, k := newKeeper(t, f.register)
		require.NoError(t, k.InitGenesis(ctx, state))
		again, err := k.ExportGenesis(ctx)
		require.NoError(t, err)
		require.Equal(t, state, again)
		require.NoError(t, k.Invariants(ctx))
	}
	check()
	id := f.form(types.PURPOSE_PSEUDONYM, operators(5), false)
	f.block()
	check()
	f.join(id, operators(5)...)
	f.block()
	check()
	f.deal(id, operators(5)...)
	f.block()
	check()
	f.confirm(id, operators(5)...)
	f.block()
	check()
	f.form(types.PURPOSE_PSEUDONYM, operators(6), true)
	f.block()
	check()
	_, err := f.msg.EndCommittee(f.ctx, &types.MsgEndCommittee{Authority: authority, Id: id})
	require.NoError(t, err)
	f.block()
	check()
}
