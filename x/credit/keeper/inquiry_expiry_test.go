package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func silence(institution string, ref []byte) *types.EventSilence {
	return &types.EventSilence{Institution: institution, Subject: types.ID(subject).String(), Ref: types.ID(ref).String()}
}

// Who furnished before an inquiry and left no receipt until its end is silent, whatever the data user did; nobody else is.
func TestSilence(t *testing.T) {
	for name, each := range map[string]struct {
		during func(*fixture, []byte)
		want   map[string]uint32
		status types.InquiryStatus
	}{
		"nobody answers": {func(*fixture, []byte) {}, map[string]uint32{"bank": 1}, types.INQUIRY_STATUS_EXPIRED},
		"furnisher answers": {
			func(f *fixture, id []byte) { must(f, f.msg.LeaveReceipt, receipt(bank, id)) },
			map[string]uint32{},
			types.INQUIRY_STATUS_EXPIRED,
		},
		"data user alone": {
			func(f *fixture, id []byte) { must(f, f.msg.LeaveReceipt, receipt(lender, id)) },
			map[string]uint32{"bank": 1},
			types.INQUIRY_STATUS_FULFILLED,
		},
		"both answer": {
			func(f *fixture, id []byte) {
				must(f, f.msg.LeaveReceipt, receipt(lender, id))
				must(f, f.msg.LeaveReceipt, receipt(bank, id))
			},
			map[string]uint32{},
			types.INQUIRY_STATUS_FULFILLED,
		},
		"furnished in the same block": {
			func(f *fixture, _ []byte) { f.furnishOf(utility, subject) },
			map[string]uint32{"bank": 1},
			types.INQUIRY_STATUS_EXPIRED,
		},
		"suspended furnisher": {
			func(f *fixture, _ []byte) { f.institutions.Suspend(bank) },
			map[string]uint32{"bank": 1},
			types.INQUIRY_STATUS_EXPIRED,
		},
		"waited to the end": {
			func(f *fixture, id []byte) { require.NoError(f.t, f.k.AskApproval(f.ctx, types.ID(id), contractID)) },
			map[string]uint32{},
			types.INQUIRY_STATUS_EXPIRED,
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, id := inquired(t)
			each.during(f, id)
			f.next(day - 1)
			require.NoError(t, f.k.EndBlock(f.ctx))
			require.Empty(t, f.silences(), "not before its time")
			f.next(1)
			require.NoError(t, f.k.EndBlock(f.ctx))
			require.Equal(t, each.want, f.silences())
			require.Equal(t, each.status, f.inquiry(id).Status)
			require.True(t, f.inquiry(id).Settled)
			if each.want["bank"] > 0 {
				f.requireEvent(silence(bank.String(), id))
				f.requireTrails(bank, types.TrailEntry{
					Subject: subject, Kind: types.TRAIL_KIND_SILENCE, Actor: bank.String(), Ref: id, Purpose: types.PURPOSE_CREDIT_APPLICATION,
				})
			}
			f.next(day)
			f.next(day)
			require.Equal(t, each.want, f.silences(), "once")
		})
	}
}

// A data user does not ask itself, and who furnishes under two pseudonyms of one person answers once.
func TestSilenceOfWhom(t *testing.T) {
	f := controlled(t)
	fund, alias := testutil.Address("fund"), testutil.Bytes("alias")
	f.institutions.License(fund, institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_DATA_USER)
	f.putSubject(types.Subject{Pseudonym: alias, Kind: types.SUBJECT_KIND_NATURAL_PERSON, EnrolledBy: bank.String(), EnrolledAt: testutil.Now})
	f.furnishOf(fund, subject)
	f.furnishOf(bank, alias)
	f.furnishOf(utility, alias)
	f.aliasOf(alias, subject)
	f.next(time.Second)
	must(f, f.msg.OpenInquiry, lookFor(fund, types.PURPOSE_LEGAL_ORDER, "1"))
	own := must(f, f.msg.OpenOwnInquiry, ownInquiry("1")).Id
	must(f, f.msg.LeaveReceipt, receipt(utility, own))
	f.next(day)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Equal(t, map[string]uint32{"bank": 2, "utility": 1, "fund": 1}, f.silences())
	require.Empty(t, f.institutionTrail(alice), "a subject has no trail as an institution")
	f.requireTrail(types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_INQUIRY_EXPIRED, Actor: alice.String(), Ref: own, Purpose: types.PURPOSE_OWN_REQUEST,
	})
}

// Inquiries that ask many furnishers count as many units, so that a block does no more than its cap or one of them.
func TestSilenceUnits(t *testing.T) {
	f := controlled(t)
	params := types.DefaultParams()
	params.QueueCap = 10
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	const furnishers = 14 // and bank
	for i := range furnishers {
		by := testutil.Address(fmt.Sprintf("furnisher %d", i))
		f.institutions.License(by, institutiontypes.ROLE_FURNISHER)
		f.furnishOf(by, subject)
	}
	firm := testutil.Bytes("firm") // nobody furnishes it
	must(f, f.msg.EnrolSubjects, &types.MsgEnrolSubjects{
		Institution: bank.String(), Subjects: []types.Enrolment{{Pseudonym: firm, Kind: types.SUBJECT_KIND_LEGAL_ENTITY}},
	})
	f.next(time.Second)
	for i := range 9 {
		msg := lookFor(lender, types.PURPOSE_LEGAL_ORDER, fmt.Sprint(i))
		msg.Subject = firm
		must(f, f.msg.OpenInquiry, msg)
	}
	f.next(time.Second)
	for i := range 2 {
		must(f, f.msg.OpenInquiry, lookFor(lender, types.PURPOSE_LEGAL_ORDER, fmt.Sprintf("dear %d", i)))
	}
	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(day))
	for _, want := range []int{9, 10, 11, 11} {
		f.store.Writes = 0
		f.next(0)
		expired := 0
		for _, each := range f.export().Inquiries {
			if each.Status == types.INQUIRY_STATUS_EXPIRED {
				expired++
			}
		}
		require.Equal(t, want, expired)
		require.LessOrEqual(t, f.store.Writes, max(10*4, 4+3*(furnishers+1)))
	}
}
