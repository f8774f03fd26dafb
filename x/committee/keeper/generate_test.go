package keeper_test

import (
	"testing"
	"time"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/x/committee/types"
)

// Eight institutions make a key in three blocks after the one that calls them, and any five of their shares give it.
func TestKeyGeneration(t *testing.T) {
	f := newFixture(t)
	c := f.active(types.PURPOSE_EXPOSURE, 8)
	require.Equal(t, uint32(5), c.Threshold)
	require.Equal(t, int64(3), c.ActiveHeight-c.FormedHeight)
	require.Len(t, c.Holders(), 8)
	require.Equal(t, uint64(1), c.Epoch)
	var shares []threshold.Share
	for _, m := range c.Members {
		share := f.share(c, m.Operator)
		require.Equal(t, m.PublicShare, share.Public().Bytes())
		shares = append(shares, share)
	}
	for _, some := range [][]threshold.Share{shares[:5], shares[3:], shares} {
		key, err := threshold.CombineShares(some)
		require.NoError(t, err)
		require.Equal(t, c.PublicKey, ristretto255.NewIdentityElement().ScalarBaseMult(key).Bytes())
	}
	short, err := threshold.CombineShares(shares[:4])
	require.NoError(t, err)
	require.NotEqual(t, c.PublicKey, ristretto255.NewIdentityElement().ScalarBaseMult(short).Bytes())

	active, err := f.k.Active(f.ctx, types.PURPOSE_EXPOSURE)
	require.NoError(t, err)
	require.Equal(t, c.Id, active.Id)
	_, err = f.k.Active(f.ctx, types.PURPOSE_PSEUDONYM)
	require.ErrorIs(t, err, types.ErrNoCommittee)
	_, err = f.k.Active(f.ctx, 9)
	require.ErrorIs(t, err, types.ErrInvalidField)
	_, err = f.k.Get(f.ctx, 99)
	require.ErrorIs(t, err, types.ErrUnknownCommittee)
}

// Who does not do its part in a phase is named, and the others go on without it as long as they are enough.
func TestDropouts(t *testing.T) {
	for _, tc := range []struct {
		name                string
		join, deal, confirm int // of five, whose threshold is three
		failure             types.Failure
		holders             int
		memberState         types.MemberState // of the last member
		dealerState         types.DealerState // of the last dealer
	}{
		{"two do not join", 3, 3, 3, types.FAILURE_UNSPECIFIED, 3, types.MEMBER_STATE_ABSENT, types.DEALER_STATE_DEALT},
		{"three do not join", 2, 0, 0, types.FAILURE_TOO_FEW_JOINED, 0, types.MEMBER_STATE_ABSENT, 0},
		{"two do not deal", 5, 3, 5, types.FAILURE_UNSPECIFIED, 5, types.MEMBER_STATE_HOLDER, types.DEALER_STATE_ABSENT},
		{"three do not deal", 5, 2, 0, types.FAILURE_TOO_FEW_DEALERS, 0, types.MEMBER_STATE_JOINED, types.DEALER_STATE_ABSENT},
		{"two do not confirm", 5, 5, 3, types.FAILURE_UNSPECIFIED, 3, types.MEMBER_STATE_ABSENT, types.DEALER_STATE_DEALT},
		{"three do not confirm", 5, 5, 2, types.FAILURE_TOO_FEW_CONFIRMED, 0, types.MEMBER_STATE_ABSENT, types.DEALER_STATE_DEALT},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newFixture(t)
			id := f.form(types.PURPOSE_EXPOSURE, operators(5), false)
			f.block()
			f.join(id, operators(tc.join)...)
			f.endPhase(id)
			if tc.deal > 0 {
				f.deal(id, operators(tc.deal)...)
				f.endPhase(id)
			}
			if tc.confirm > 0 {
				f.confirm(id, operators(tc.confirm)...)
				f.endPhase(id)
			}
			c := f.get(id)
			require.Equal(t, tc.failure, c.Failure)
			require.Len(t, c.Holders(), tc.holders)
			require.Equal(t, tc.memberState, c.Members[4].State)
			if tc.dealerState != 0 {
				require.Equal(t, tc.dealerState, c.Dealers[len(c.Dealers)-1].State)
			}
			if tc.failure == types.FAILURE_UNSPECIFIED {
				require.Equal(t, types.STATUS_ACTIVE, c.Status)
				return
			}
			again := f.get(id + 1)
			require.Equal(t, types.STATUS_JOINING, again.Status, "it is tried again")
			require.Equal(t, uint32(2), again.Attempt)
			require.Equal(t, c.Threshold, again.Threshold)
			require.Len(t, again.Members, 5)
		})
	}
}

// A dealer that encrypts a wrong share is found by the one that gets it, proven wrong on the chain, and its dealing does
// not count. The others make the key without it.
func TestLyingDealer(t *testing.T) {
	f := newFixture(t)
	id := f.form(types.PURPOSE_EXPOSURE, operators(5), false)
	f.block()
	f.join(id, operators(5)...)
	f.block()
	c := f.get(id)
	f.deal(id, operators(4)...)
	lie := f.lie(c, operator(4), 2)
	_, err := f.msg.Deal(f.ctx, lie)
	require.NoError(t, err, "nobody can see it but the member that got it")
	f.block()

	c = f.get(id)
	victim := f.confirming(c, operator(1))
	require.Len(t, victim.Complaints, 1)
	require.Equal(t, uint32(5), victim.Complaints[0].Dealer)
	f.confirm(id, operator(4)) // before it is found out
	_, err = f.msg.Confirm(f.ctx, victim)
	require.NoError(t, err)
	f.confirm(id, operator(0), operator(2), operator(3))
	f.block()

	c = f.get(id)
	require.Equal(t, types.STATUS_ACTIVE, c.Status)
	require.Equal(t, types.DEALER_STATE_DISQUALIFIED, c.Dealers[4].State)
	require.Equal(t, uint32(2), c.Dealers[4].Accuser)
	require.Equal(t, types.MEMBER_STATE_FAULTY, c.Members[4].State)
	require.Equal(t, types.FAULT_WRONG_SHARE, c.Members[4].Fault)
	require.Equal(t, []uint32{1, 2, 3, 4}, c.Qualified())
	require.Len(t, c.Holders(), 4)
	require.Equal(t, c.Members[1].PublicShare, f.share(c, operator(1)).Public().Bytes())
}

// lie is a dealing whose share for a member is wrong, with a proof that holds.
func (f *fixture) lie(c *types.Committee, operator string, victim uint32) *types.MsgDeal {
	f.t.Helper()
	honest := f.dealing(c, operator)
	dealer, _ := c.Dealer(operator)
	content, err := threshold.Misdeal(f.sharing(c), dealer.Index, [32]byte(secret(c, operator, "seed").Bytes()), victim)
	require.NoError(f.t, err)
	return &types.MsgDeal{Operator: operator, Id: honest.Id, Dealing: content}
}

// A complaint about a right share is decided against its maker.
func TestFalseComplaint(t *testing.T) {
	f := newFixture(t)
	id := f.form(types.PURPOSE_EXPOSURE, operators(5), false)
	f.block()
	f.join(id, operators(5)...)
	f.block()
	f.deal(id, operators(5)...)
	f.block()
	c := f.get(id)
	_, err := f.msg.Confirm(f.ctx, &types.MsgConfirm{Operator: operator(2), Id: id, Complaints: []types.Complaint{f.complaint(c, operator(2), 1)}})
	require.NoError(t, err)
	f.confirm(id, operator(0), operator(1), operator(3), operator(4))
	f.block()
	c = f.get(id)
	require.Equal(t, types.STATUS_ACTIVE, c.Status)
	require.Equal(t, types.DEALER_STATE_DEALT, c.Dealers[0].State)
	require.Equal(t, types.FAULT_FALSE_COMPLAINT, c.Members[2].Fault)
	require.Len(t, c.Holders(), 4)
}

// Proven liars are not called again, and when too few others are left nothing is tried any more.
func TestRestartWithoutLiars(t *testing.T) {
	f := newFixture(t)
	id := f.form(types.PURPOSE_EXPOSURE, operators(4), false) // threshold 3
	f.block()
	f.join(id, operators(4)...)
	f.block()
	c := f.get(id)
	f.deal(id, operator(0), operator(1))
	for _, liar := range []int{2, 3} {
		_, err := f.msg.Deal(f.ctx, f.lie(c, operator(liar), 1))
		require.NoError(t, err)
	}
	f.block()
	f.confirm(id, operator(0), operator(1))
	f.block()
	c = f.get(id)
	require.Equal(t, types.FAILURE_TOO_FEW_DEALERS, c.Failure)
	_, err := f.k.Get(f.ctx, id+1)
	require.ErrorIs(t, err, types.ErrUnknownCommittee, "two cannot hold a key of threshold three")
	f.pass(24 * time.Hour)
	f.block()
}
