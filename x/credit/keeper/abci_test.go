package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
)

func TestExpiry(t *testing.T) {
	f, id := inquired(t)
	consent := f.inquiry(id).ConsentId
	f.next(day - 1)
	f.next(1)
	require.Equal(t, types.INQUIRY_STATUS_OPEN, f.inquiry(id).Status, "not before its time")
	require.NoError(t, f.k.EndBlock(f.ctx))
	got := f.inquiry(id)
	require.Equal(t, types.INQUIRY_STATUS_EXPIRED, got.Status, "in the first block at its time")
	require.Equal(t, f.ctx.BlockTime(), *got.ClosedAt)
	f.requireEvent(types.NewEventInquiryExpired(types.ID(id)))
	f.requireTrails(lender, types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_INQUIRY_EXPIRED, Actor: lender.String(), Ref: id, Purpose: types.PURPOSE_CREDIT_APPLICATION,
	})
	require.Equal(t, types.CONSENT_STATUS_LIVE, f.consent(consent).Status)

	f.next(9 * day)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Equal(t, types.CONSENT_STATUS_EXPIRED, f.consent(consent).Status)
	require.Equal(t, f.ctx.BlockTime(), f.consent(consent).StatusSince)
	f.requireEvent(types.NewEventConsentExpired(types.ID(consent), types.ID(subject)))
	f.requireTrails(lender, types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_CONSENT_EXPIRED, Actor: lender.String(), Ref: consent, Purpose: types.PURPOSE_CREDIT_APPLICATION,
	})
}

// The work of a block is bounded however much is due at one time, and the oldest comes first. An inquiry of one furnisher is two
// units: its own end and the furnisher's silence.
func TestQueueCap(t *testing.T) {
	f := controlled(t)
	params := types.DefaultParams()
	params.QueueCap = 10
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	exempt := func(n int) *types.MsgOpenInquiry {
		msg := inquiry(nil, "")
		msg.Purpose, msg.Nonce = types.PURPOSE_LEGAL_ORDER, testutil.Bytes("%d", n)[:types.NonceSize]
		return msg
	}
	first := must(f, f.msg.OpenInquiry, exempt(0)).Id
	f.next(time.Second)
	for n := range 24 {
		must(f, f.msg.OpenInquiry, exempt(1+n))
		grant := f.grant()
		grant.Nonce, grant.ValidUntil = testutil.Bytes("%d", n)[:types.NonceSize], f.ctx.BlockTime().Add(day)
		must(f, f.msg.GrantConsent, grant)
	}
	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(2 * day))
	counts := func() (expired, ended int) {
		gs := f.export()
		for _, each := range gs.Inquiries {
			if each.Status == types.INQUIRY_STATUS_EXPIRED {
				expired++
			}
		}
		for _, each := range gs.Consents {
			if each.Status == types.CONSENT_STATUS_EXPIRED {
				ended++
			}
		}
		return expired, ended
	}
	for block, want := range [][2]int{{5, 10}, {10, 20}, {15, 24}, {20, 24}, {25, 24}, {25, 24}} {
		f.store.Writes = 0
		f.next(0)
		expired, ended := counts()
		require.Equal(t, want, [2]int{expired, ended}, "block %d", block)
		require.LessOrEqual(t, f.store.Writes, 5*(4+3)+10*5)
		require.Equal(t, types.INQUIRY_STATUS_EXPIRED, f.inquiry(first).Status)
		f.requireInvariants()
	}
	require.Zero(t, f.store.Writes, "an empty queue writes nothing")
}
