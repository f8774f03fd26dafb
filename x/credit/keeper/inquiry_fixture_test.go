package keeper_test

import (
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/types/query"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func (f *fixture) institutionTrail(institution sdk.AccAddress) []types.TrailEntry {
	f.t.Helper()
	res, err := f.query.InstitutionTrail(f.ctx, &types.QueryInstitutionTrailRequest{Institution: institution.String()})
	require.NoError(f.t, err)
	return res.Entries
}

// requireTrails wants the line of this block in the subject's trail and in that of the institution.
func (f *fixture) requireTrails(institution sdk.AccAddress, want types.TrailEntry) {
	f.t.Helper()
	f.requireTrail(want)
	want.Height, want.Time, want.Actor = f.ctx.BlockHeight(), f.ctx.BlockTime(), institution.String()
	require.Contains(f.t, f.institutionTrail(institution), want)
}

func (f *fixture) daysOf(institution sdk.AccAddress, from uint32, page *query.PageRequest) ([]types.InstitutionDay, []byte) {
	f.t.Helper()
	res, err := f.query.InstitutionDays(f.ctx, &types.QueryInstitutionDaysRequest{
		Institution: institution.String(), FromDay: from, Pagination: page,
	})
	require.NoError(f.t, err)
	return res.Days, res.Pagination.NextKey
}

// silences counts the silences of the institutions, those that have any.
func (f *fixture) silences() map[string]uint32 {
	f.t.Helper()
	counts := map[string]uint32{}
	for _, name := range []string{"bank", "utility", "bureau", "lender", "rival", "fund"} {
		days, _ := f.daysOf(testutil.Address(name), 0, nil)
		for _, each := range days {
			if each.Silences > 0 {
				counts[name] += each.Silences
			}
		}
	}
	return counts
}

func (f *fixture) putSubject(subject types.Subject) {
	f.t.Helper()
	require.NoError(f.t, f.k.PutSubject(f.ctx, subject))
}

func (f *fixture) fileOf(pseudonym []byte) types.Subject {
	f.t.Helper()
	got, err := f.k.GetSubject(f.ctx, types.ID(pseudonym))
	require.NoError(f.t, err)
	return got
}

// aliasOf leaves one pseudonym merged into another, enrolling it when it was not.
func (f *fixture) aliasOf(alias, into []byte) {
	f.t.Helper()
	merged, err := f.k.GetSubject(f.ctx, types.ID(alias))
	if err != nil {
		merged = types.Subject{
			Pseudonym: alias, Kind: types.SUBJECT_KIND_NATURAL_PERSON, EnrolledBy: bank.String(), EnrolledAt: f.ctx.BlockTime(),
		}
	}
	merged.MergedInto = into
	f.putSubject(merged)
	stays := f.fileOf(into)
	stays.Aliases = append(stays.Aliases, alias)
	f.putSubject(stays)
}

// giveControl gives an enrolled subject to an account.
func (f *fixture) giveControl(pseudonym []byte, account sdk.AccAddress) {
	f.t.Helper()
	enroller := f.fileOf(pseudonym).EnrolledBy
	must(f, f.msg.OfferControl, &types.MsgOfferControl{Institution: enroller, Subject: pseudonym, Controller: account.String()})
	must(f, f.msg.ClaimControl, &types.MsgClaimControl{Controller: account.String(), Subject: pseudonym})
}

// furnishOf reports an account of the furnisher about the subject.
func (f *fixture) furnishOf(furnisher sdk.AccAddress, pseudonym []byte) {
	f.t.Helper()
	msg := f.furnishMsg()
	msg.Furnisher, msg.Report.Subject = furnisher.String(), pseudonym
	must(f, f.msg.Furnish, msg)
}

// relocate takes an institution into another jurisdiction.
func (f *fixture) relocate(institution sdk.AccAddress, jurisdiction string) {
	f.institutions.Amend(institution, func(i *institutiontypes.Institution) { i.Jurisdiction = jurisdiction })
}

func (f *fixture) amendProfile(change func(*types.Profile)) {
	f.t.Helper()
	profile := types.AmericaProfile()
	change(&profile)
	must(f, f.msg.SetProfile, &types.MsgSetProfile{Authority: authority.String(), Profile: profile})
}

func lookFor(by sdk.AccAddress, purpose types.Purpose, nonce string) *types.MsgOpenInquiry {
	msg := inquiry(nil, nonce)
	msg.DataUser, msg.Purpose = by.String(), purpose
	return msg
}
