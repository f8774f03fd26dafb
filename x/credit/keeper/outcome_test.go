package keeper_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// look puts a line into a trail as an inquiry of the present block does.
func (f *fixture) look(pseudonym []byte, by sdk.AccAddress, purpose types.Purpose, kind types.TrailKind, ref []byte) {
	f.t.Helper()
	height := binary.BigEndian.AppendUint64(nil, uint64(f.ctx.BlockHeight()))
	f.requireStored(join([]byte{10}, pseudonym, height, ref, []byte{byte(kind)}, by), &types.TrailEntry{Time: f.ctx.BlockTime(), Purpose: purpose})
}

func (f *fixture) legalOrder(by sdk.AccAddress, nonce string) {
	f.t.Helper()
	must(f, f.msg.OpenInquiry, &types.MsgOpenInquiry{
		DataUser: by.String(), Subject: subject, Purpose: types.PURPOSE_LEGAL_ORDER, Nonce: testutil.Bytes("%s", nonce)[:types.NonceSize],
	})
}

func (f *fixture) outcomesOf(institution sdk.AccAddress) []types.OutcomeNote {
	f.t.Helper()
	res, err := f.query.Outcomes(f.ctx, &types.QueryOutcomesRequest{Institution: institution.String()})
	require.NoError(f.t, err)
	return res.Outcomes
}

// Whoever looked within the time before the outcome is told, once, in the block of the outcome.
func TestOutcomeTold(t *testing.T) {
	f := disputable(t, "US")
	early := testutil.Address("early")
	f.institutions.License(early, institutiontypes.ROLE_DATA_USER)
	f.legalOrder(early, "too long ago")
	f.next(1)
	f.legalOrder(lender, "first") // 183 days before the outcome to the nanosecond
	f.next(170 * day)
	f.legalOrder(lender, "second")
	f.legalOrder(rival, "third")
	f.look(subject, alice, types.PURPOSE_OWN_REQUEST, types.TRAIL_KIND_INQUIRY_OPENED, testutil.Bytes("own"))
	f.look(subject, utility, types.PURPOSE_UNSPECIFIED, types.TRAIL_KIND_DATA_GIVEN, testutil.Bytes("receipt"))
	f.next(time.Second)
	id := must(f, f.msg.OpenDispute, openingOf("first", nil)).Id
	f.next(13*day - time.Second)
	must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_VERIFIED))
	require.Empty(t, f.outcomesOf(lender))
	require.NoError(t, f.k.EndBlock(f.ctx))
	for _, institution := range []sdk.AccAddress{lender, rival} {
		require.Equal(t, []types.OutcomeNote{{
			Institution: institution.String(), Time: f.ctx.BlockTime(), DisputeId: id, Subject: subject, TradelineId: accountID(),
			Outcome: types.DISPUTE_OUTCOME_VERIFIED,
		}}, f.outcomesOf(institution))
		f.requireEvent(&types.EventOutcomeTold{
			Institution: institution.String(), DisputeId: types.ID(id).String(), Outcome: types.DISPUTE_OUTCOME_VERIFIED,
		})
	}
	for _, institution := range []sdk.AccAddress{early, alice, utility, bank} {
		require.Empty(t, f.outcomesOf(institution), institution.String())
	}
	f.next(0)
	f.store.Writes = 0
	f.next(0)
	require.Zero(t, f.store.Writes, "nothing is left to tell")

	// Each outcome is told: of a dispute that is escalated, the decision too.
	must(f, f.msg.EscalateDispute, escalating(id, bureau))
	f.next(time.Second)
	must(f, f.msg.DecideDispute, deciding(id, bureau, types.DISPUTE_OUTCOME_MODIFIED))
	f.next(time.Second)
	must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_DELETED))
	f.next(time.Second)
	f.giveReinsertionNotice()
	f.next(5 * day)
	must(f, f.msg.Reinsert, reinsertion())
	f.next(time.Second)
	var told []types.DisputeOutcome
	for _, note := range f.outcomesOf(rival) {
		told = append(told, note.Outcome)
	}
	require.Equal(t, []types.DisputeOutcome{
		types.DISPUTE_OUTCOME_VERIFIED, types.DISPUTE_OUTCOME_MODIFIED, types.DISPUTE_OUTCOME_DELETED, types.DISPUTE_OUTCOME_REINSERTED,
	}, told)
	page, err := f.query.Outcomes(f.ctx, &types.QueryOutcomesRequest{Institution: rival.String(), Pagination: &query.PageRequest{Limit: 3}})
	require.NoError(t, err)
	require.Len(t, page.Outcomes, 3)
	page, err = f.query.Outcomes(f.ctx, &types.QueryOutcomesRequest{
		Institution: rival.String(), Pagination: &query.PageRequest{Key: page.Pagination.NextKey},
	})
	require.NoError(t, err)
	require.Len(t, page.Outcomes, 1)
	_, err = f.query.Outcomes(f.ctx, &types.QueryOutcomesRequest{Institution: "x"})
	require.ErrorIs(t, err, types.ErrInvalidAddress)
}

// A long trail is read over blocks, so many lines in each, of however many outcomes.
func TestOutcomeTellingIsBounded(t *testing.T) {
	f := disputable(t, "US")
	params := types.DefaultParams()
	params.QueueCap = 10
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	id := must(f, f.msg.OpenDispute, openingOf("first", nil)).Id
	var users []sdk.AccAddress
	for n := range 37 {
		users = append(users, sdk.AccAddress(testutil.Bytes("user %d", n)[:20]))
		f.look(subject, users[n], types.PURPOSE_LEGAL_ORDER, types.TRAIL_KIND_INQUIRY_OPENED, testutil.Bytes("look %d", n))
	}
	f.later(time.Second)
	must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_VERIFIED))
	lines := len(f.trail(subject)) // the looks, and what was done to the file
	told, blocks := 0, 0
	for ; f.has(join([]byte{17}, at(f.disputeNow(id).StatusSince), id)); blocks++ {
		f.store.Writes = 0
		f.next(time.Second)
		f.look(subject, rival, types.PURPOSE_LEGAL_ORDER, types.TRAIL_KIND_INQUIRY_OPENED, testutil.Bytes("after %d", blocks))
		before := told
		told = 0
		for _, user := range users {
			told += len(f.outcomesOf(user))
		}
		require.LessOrEqual(t, told-before, 10)
		require.LessOrEqual(t, f.store.Writes, 10+1+1)
		require.Less(t, blocks, 10)
	}
	require.Equal(t, 37, told)
	require.Equal(t, (lines+9)/10, blocks)
	require.Empty(t, f.outcomesOf(rival), "who looked after the outcome saw it")
}

// Of a record of a merged pseudonym, whoever looked at the one that stays, since the merge, is told too.
func TestOutcomeAfterMerge(t *testing.T) {
	f := disputable(t, "US")
	stays, early := testutil.Bytes("stays"), testutil.Address("early")
	f.legalOrder(lender, "first")
	f.next(time.Second)
	f.mergeDisputed(subject, stays, mallory)
	f.look(stays, early, types.PURPOSE_LEGAL_ORDER, types.TRAIL_KIND_INQUIRY_OPENED, testutil.Bytes("before the merge"))
	f.next(time.Second)
	f.look(stays, bank, types.PURPOSE_UNSPECIFIED, types.TRAIL_KIND_MERGED, subject)
	f.next(time.Second)
	f.look(stays, rival, types.PURPOSE_LEGAL_ORDER, types.TRAIL_KIND_INQUIRY_OPENED, testutil.Bytes("after the merge"))
	msg := openingOf("first", nil)
	msg.Controller = mallory.String()
	id := must(f, f.msg.OpenDispute, msg).Id
	must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_VERIFIED))
	f.next(time.Second)
	require.Len(t, f.outcomesOf(lender), 1)
	require.Len(t, f.outcomesOf(rival), 1)
	require.Empty(t, f.outcomesOf(early))
}

// An outcome whose dispute is missing leaves the queue with an event, and the next one is told.
func TestOutcomeFails(t *testing.T) {
	f := disputable(t, "US")
	f.legalOrder(lender, "first")
	lost := testutil.Bytes("lost")
	f.requireStored(join([]byte{17}, at(f.ctx.BlockTime().Add(-time.Hour)), lost), &types.OutcomeCursor{})
	id := must(f, f.msg.OpenDispute, openingOf("first", nil)).Id
	must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_VERIFIED))
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Len(t, f.outcomesOf(lender), 1)
	require.False(t, f.has(join([]byte{17}, at(f.ctx.BlockTime().Add(-time.Hour)), lost)))
	failed := 0
	for _, event := range f.ctx.EventManager().Events() {
		if event.Type == "creditd.credit.v1.EventQueueEntryFailed" {
			failed++
		}
	}
	require.Equal(t, 1, failed)
}
