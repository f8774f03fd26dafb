package keeper_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// rich has records in every status.
func rich(t testing.TB) *fixture {
	f, id := inquired(t)
	must(f, f.msg.LeaveReceipt, receipt(bank, id))
	must(f, f.msg.LeaveReceipt, receipt(lender, id))
	exempt := inquiry(nil, "order")
	exempt.Purpose = types.PURPOSE_LEGAL_ORDER
	must(f, f.msg.OpenInquiry, exempt)
	short := f.grant()
	short.Nonce[0], short.ValidUntil = 1, f.ctx.BlockTime().Add(time.Hour)
	must(f, f.msg.GrantConsent, short)
	for i := range 2 {
		grant := f.grant()
		grant.Nonce[0] = byte(2 + i)
		grant.Uses = 1
		consent := must(f, f.msg.GrantConsent, grant).Id
		if i == 0 {
			must(f, f.msg.WithdrawConsent, withdrawal(consent))
		} else {
			must(f, f.msg.OpenInquiry, inquiry(consent, "used up"))
		}
	}
	f.next(2 * day)
	f.next(time.Second)
	must(f, f.msg.Correct, f.correction())
	must(f, f.msg.FurnishBatch, f.batch(0, 5))
	again := inquiry(nil, "open")
	again.Purpose = types.PURPOSE_LEGAL_ORDER
	must(f, f.msg.OpenInquiry, again)
	two := types.MsgEnrolSubjects{Institution: bureau.String(), Subjects: []types.Enrolment{
		{Pseudonym: testutil.Bytes("firm"), Kind: types.SUBJECT_KIND_LEGAL_ENTITY},
		{Pseudonym: testutil.Bytes("person"), Kind: types.SUBJECT_KIND_NATURAL_PERSON},
	}}
	must(f, f.msg.EnrolSubjects, &two)
	must(f, f.msg.OfferControl, &types.MsgOfferControl{Institution: bureau.String(), Subject: testutil.Bytes("firm"), Controller: mallory.String()})
	return f
}

func TestGenesisRoundTrip(t *testing.T) {
	f := rich(t)
	exported := f.export()
	require.Len(t, exported.Subjects, 3)
	require.Len(t, exported.Inquiries, 4)
	require.Len(t, exported.Consents, 4)
	attested, err := f.attestations.ExportGenesis(f.ctx)
	require.NoError(t, err)

	shuffled := *exported // a file need not be in the order of the keys
	shuffled.Trail = slices.Clone(exported.Trail)
	slices.Reverse(shuffled.Trail)
	shuffled.Subjects = slices.Clone(exported.Subjects)
	slices.Reverse(shuffled.Subjects)

	fresh := blank(t)
	require.NoError(t, fresh.attestations.InitGenesis(fresh.ctx, attested))
	require.NoError(t, fresh.k.InitGenesis(fresh.ctx, &shuffled))
	cdc := testutil.Codec(types.RegisterInterfaces)
	require.Equal(t, string(cdc.MustMarshalJSON(exported)), string(cdc.MustMarshalJSON(fresh.export())))
	fresh.requireInvariants()

	// Not only the records: the indexes and queues are the same, byte for byte.
	want, err := f.store.OpenKVStore(f.ctx).Iterator(nil, []byte{types.InstitutionTrailPrefix.Bytes()[0]})
	require.NoError(t, err)
	defer want.Close()
	have, err := fresh.store.OpenKVStore(fresh.ctx).Iterator(nil, []byte{types.InstitutionTrailPrefix.Bytes()[0]})
	require.NoError(t, err)
	defer have.Close()
	for ; want.Valid() && have.Valid(); want.Next() {
		require.Equal(t, want.Key(), have.Key())
		require.Equal(t, want.Value(), have.Value())
		have.Next()
	}
	require.Equal(t, want.Valid(), have.Valid())
}

func TestGenesisRefuses(t *testing.T) {
	f := rich(t)
	valid := f.export()
	cdc := testutil.Codec(types.RegisterInterfaces)
	type gs = types.GenesisState
	inquiryIn := func(g *gs, status types.InquiryStatus) *types.Inquiry {
		return &g.Inquiries[slices.IndexFunc(g.Inquiries, func(i types.Inquiry) bool { return i.Status == status })]
	}
	consentIn := func(g *gs, status types.ConsentStatus) *types.Consent {
		return &g.Consents[slices.IndexFunc(g.Consents, func(c types.Consent) bool { return c.Status == status })]
	}
	corrected := func(g *gs) *types.Tradeline {
		return &g.Tradelines[slices.IndexFunc(g.Tradelines, func(t types.Tradeline) bool { return t.Version == 2 })]
	}
	first := func(g *gs) *types.Tradeline {
		return &g.Tradelines[slices.IndexFunc(g.Tradelines, func(t types.Tradeline) bool { return t.Version == 1 })]
	}
	far := time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)
	unknown := testutil.Bytes("unknown")
	upper := strings.ToUpper(bank.String())
	tests := map[string]func(*gs){
		"subject without pseudonym": func(g *gs) { g.Subjects[0].Pseudonym = nil },
		"subject twice":             func(g *gs) { g.Subjects = append(g.Subjects, g.Subjects[0]) },
		"subject kind":              func(g *gs) { g.Subjects[0].Kind = 0 },
		"subject time":              func(g *gs) { g.Subjects[0].EnrolledAt = time.Time{} },
		"subject enroller":          func(g *gs) { g.Subjects[0].EnrolledBy = upper },
		"subject controller":        func(g *gs) { g.Subjects[0].Controller, g.Subjects[0].OfferedTo = "nobody", "" },
		"offer to its controller": func(g *gs) {
			g.Subjects[0].Controller, g.Subjects[0].OfferedTo = alice.String(), alice.String()
		},
		"subject missing":         func(g *gs) { g.Subjects = nil },
		"tradeline id":            func(g *gs) { g.Tradelines[0].Id = nil },
		"tradeline subject":       func(g *gs) { g.Tradelines[0].Subject = unknown },
		"tradeline twice":         func(g *gs) { g.Tradelines = append(g.Tradelines, g.Tradelines[0]) },
		"tradeline attestation":   func(g *gs) { g.Tradelines[0].AttestationId = unknown },
		"another's attestation":   func(g *gs) { g.Tradelines[0].Furnisher = utility.String() },
		"about another":           func(g *gs) { g.Tradelines[0].Subject = testutil.Bytes("firm") },
		"tradeline furnisher":     func(g *gs) { g.Tradelines[0].Furnisher = upper },
		"tradeline version":       func(g *gs) { g.Tradelines[0].Version = 0 },
		"tradeline state":         func(g *gs) { g.Tradelines[0].State = 0 },
		"tradeline time":          func(g *gs) { g.Tradelines[0].FurnishedAt = time.Time{} },
		"first version corrected": func(g *gs) { first(g).Reason = types.CORRECTION_REASON_ERROR },
		"second without reason":   func(g *gs) { corrected(g).Reason = 0 },
		"second without time":     func(g *gs) { corrected(g).UpdatedAt = nil },
		"superseded attestation": func(g *gs) {
			corrected(g).AttestationId = attestationtypes.AttestationID(f.schema, bank, report("account", "v1").Statement()).Bytes()
		},
		"consent id":        func(g *gs) { g.Consents[0].Id = nil },
		"consent subject":   func(g *gs) { g.Consents[0].Subject = unknown },
		"consent twice":     func(g *gs) { g.Consents = append(g.Consents, g.Consents[0]) },
		"consent grantee":   func(g *gs) { g.Consents[0].Grantee = "" },
		"consent scope":     func(g *gs) { g.Consents[0].SchemaIds = nil },
		"consent purpose":   func(g *gs) { consentIn(g, types.CONSENT_STATUS_WITHDRAWN).Purpose = 0 },
		"consent mode":      func(g *gs) { g.Consents[0].Mode = 0 },
		"consent status":    func(g *gs) { g.Consents[0].Status = 0 },
		"consent span":      func(g *gs) { g.Consents[0].ValidUntil = g.Consents[0].ValidFrom },
		"consent far":       func(g *gs) { g.Consents[0].ValidUntil = far },
		"consent since":     func(g *gs) { g.Consents[0].StatusSince = time.Time{} },
		"live without uses": func(g *gs) { consentIn(g, types.CONSENT_STATUS_LIVE).UsesLeft = 0 },
		"used up with uses": func(g *gs) { consentIn(g, types.CONSENT_STATUS_USED_UP).UsesLeft = 1 },
		"too many uses":     func(g *gs) { consentIn(g, types.CONSENT_STATUS_LIVE).UsesLeft = types.MaxUses + 1 },
		"consent missing":   func(g *gs) { g.Consents = nil },
		"inquiry id":        func(g *gs) { g.Inquiries[0].Id = nil },
		"inquiry subject":   func(g *gs) { g.Inquiries[0].Subject = unknown },
		"inquiry twice":     func(g *gs) { g.Inquiries = append(g.Inquiries, g.Inquiries[0]) },
		"inquiry data user": func(g *gs) { inquiryIn(g, types.INQUIRY_STATUS_OPEN).DataUser = upper },
		"inquiry consent":   func(g *gs) { g.Inquiries[0].ConsentId = unknown },
		"inquiry purpose":   func(g *gs) { g.Inquiries[0].Purpose = types.PURPOSE_OWN_REQUEST },
		"inquiry span":      func(g *gs) { g.Inquiries[0].ExpiresAt = g.Inquiries[0].OpenedAt },
		"inquiry far":       func(g *gs) { g.Inquiries[0].ExpiresAt = far },
		"inquiry status":    func(g *gs) { g.Inquiries[0].Status = 0 },
		"open and closed": func(g *gs) {
			inquiryIn(g, types.INQUIRY_STATUS_OPEN).ClosedAt = &g.Subjects[0].EnrolledAt
		},
		"fulfilled late": func(g *gs) {
			late := inquiryIn(g, types.INQUIRY_STATUS_FULFILLED)
			late.ClosedAt = &late.ExpiresAt
		},
		"expired early": func(g *gs) {
			early := inquiryIn(g, types.INQUIRY_STATUS_EXPIRED)
			early.ClosedAt = &early.OpenedAt
		},
		"inquiry missing":     func(g *gs) { g.Inquiries = nil },
		"receipts missing":    func(g *gs) { g.Receipts = nil },
		"receipt inquiry":     func(g *gs) { g.Receipts[0].InquiryId = unknown },
		"receipt digest":      func(g *gs) { g.Receipts[0].Digest = nil },
		"receipt time":        func(g *gs) { g.Receipts[0].Time = time.Time{} },
		"receipt late":        func(g *gs) { g.Receipts[0].Time = far },
		"receipt institution": func(g *gs) { g.Receipts = append(g.Receipts, g.Receipts[0]); g.Receipts[2].Institution = upper },
		"receipt twice":       func(g *gs) { g.Receipts = append(g.Receipts, g.Receipts[0]) },
		"receipt of data user": func(g *gs) {
			open := inquiryIn(g, types.INQUIRY_STATUS_OPEN)
			late := g.Receipts[0]
			late.InquiryId, late.Institution, late.Time = open.Id, open.DataUser, open.OpenedAt
			g.Receipts = append(g.Receipts, late)
		},
		"trail subject": func(g *gs) { g.Trail[0].Subject = unknown },
		"trail ref":     func(g *gs) { g.Trail[0].Ref = nil },
		"trail actor":   func(g *gs) { g.Trail[0].Actor = "" },
		"trail kind":    func(g *gs) { g.Trail[0].Kind = 99 },
		"trail purpose": func(g *gs) { g.Trail[0].Purpose = 99 },
		"trail height":  func(g *gs) { g.Trail[0].Height = -1 },
		"trail time":    func(g *gs) { g.Trail[0].Time = time.Time{} },
		"trail twice":   func(g *gs) { g.Trail = append(g.Trail, g.Trail[0]) },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			var g gs
			cdc.MustUnmarshalJSON(cdc.MustMarshalJSON(valid), &g)
			spoil(&g)
			ctx, _ := f.ctx.CacheContext()
			require.ErrorIs(t, f.k.InitGenesis(ctx, &g), types.ErrInvalidGenesis)
		})
	}
	bad := *valid
	bad.Params.QueueCap = 0
	require.ErrorIs(t, f.k.InitGenesis(f.ctx, &bad), types.ErrInvalidParams)
}
