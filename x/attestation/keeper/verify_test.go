package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func (f *fixture) verify(id []byte) *types.QueryVerifyResponse {
	f.t.Helper()
	res, err := f.query.Verify(f.ctx, &types.QueryVerifyRequest{Id: types.ID(id).String()})
	require.NoError(f.t, err)
	require.Equal(f.t, f.attestation(id), res.Attestation)
	require.Equal(f.t, f.ctx.BlockHeight(), res.Height)
	require.Equal(f.t, f.ctx.BlockTime(), res.Time)
	return res
}

// What became of the issuer since, and since when. The attestation stays what it was.
func TestVerifyStanding(t *testing.T) {
	until := testutil.Now.Add(30 * day)
	since := testutil.Now.Add(time.Hour)
	tests := map[string]struct {
		amend    func(*institutiontypes.Institution)
		standing types.Standing
		since    *time.Time
	}{
		"good": {func(*institutiontypes.Institution) {}, types.STANDING_GOOD, nil},
		"suspended": {func(i *institutiontypes.Institution) {
			i.Status, i.StatusSince = institutiontypes.LICENCE_STATUS_SUSPENDED, since
		}, types.STANDING_LICENCE, &since},
		"revoked": {func(i *institutiontypes.Institution) {
			i.Status, i.StatusSince = institutiontypes.LICENCE_STATUS_REVOKED, since
		}, types.STANDING_LICENCE, &since},
		"expired, and the queue is behind": {func(i *institutiontypes.Institution) { i.ValidUntil = until }, types.STANDING_LICENCE, &until},
		"expired": {func(i *institutiontypes.Institution) {
			i.ValidUntil, i.Status, i.StatusSince = until, institutiontypes.LICENCE_STATUS_EXPIRED, until.Add(time.Hour)
		}, types.STANDING_LICENCE, &until},
		"role lost": {func(i *institutiontypes.Institution) {
			i.Roles = []institutiontypes.Role{institutiontypes.ROLE_VALIDATOR}
		}, types.STANDING_ROLE, nil},
		"role lost and suspended": {func(i *institutiontypes.Institution) {
			i.Roles, i.Status, i.StatusSince = nil, institutiontypes.LICENCE_STATUS_SUSPENDED, since
		}, types.STANDING_LICENCE, &since},
		"other roles too": {func(i *institutiontypes.Institution) {
			i.Roles = append(i.Roles, institutiontypes.ROLE_VALIDATOR)
		}, types.STANDING_GOOD, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := setup(t)
			id := f.attest(bank, "alice", "c1")
			f.institutions.Amend(bank, test.amend)
			f.next(60 * day)
			res := f.verify(id)
			require.Equal(t, test.standing, res.Standing)
			require.Equal(t, test.since, res.StandingSince)
			require.Equal(t, types.VALIDITY_CURRENT, res.Validity)
			require.Equal(t, types.STATUS_ACTIVE, res.Attestation.Status)
		})
	}
}

// A schema that names its issuers asks for no role.
func TestVerifyStandingOfListedIssuer(t *testing.T) {
	f := setup(t)
	id := f.attestUnder(f.issuedBy(lender.String()), lender, statement("alice", "c1"))
	require.Equal(t, types.STANDING_GOOD, f.verify(id).Standing)
	f.institutions.Suspend(lender)
	require.Equal(t, types.STANDING_LICENCE, f.verify(id).Standing)
}

func TestVerifyStatus(t *testing.T) {
	f := setup(t)
	id, by := f.attest(bank, "alice", "c1"), f.attest(bank, "alice", "c2")
	f.next(time.Hour)
	require.NoError(t, change["suspend"](f, bank, id, nil))
	require.Equal(t, types.STATUS_SUSPENDED, f.verify(id).Attestation.Status)
	require.Equal(t, f.ctx.BlockTime(), *f.verify(id).Attestation.StatusSince)
	f.next(time.Hour)
	require.NoError(t, change["supersede"](f, bank, id, by))
	res := f.verify(id)
	require.Equal(t, types.STATUS_SUPERSEDED, res.Attestation.Status)
	require.Equal(t, by, res.Attestation.SupersededBy)
	require.Equal(t, types.STANDING_GOOD, res.Standing)
}

func TestVerifyRefuses(t *testing.T) {
	f := setup(t)
	id := f.attest(bank, "alice", "c1")
	for text, want := range map[string]codes.Code{
		"":                                     codes.InvalidArgument,
		"zz":                                   codes.InvalidArgument,
		types.ContainerID(id[:28]).String():    codes.InvalidArgument,
		types.ID(testutil.Bytes("x")).String(): codes.NotFound,
		types.ContainerID(id[:28]).Item(1).String(): codes.NotFound,
	} {
		_, err := f.query.Verify(f.ctx, &types.QueryVerifyRequest{Id: text})
		require.Equal(t, want, status.Code(err), text)
	}
	delete(f.institutions.Licences, bank.String())
	_, err := f.query.Verify(f.ctx, &types.QueryVerifyRequest{Id: types.ID(id).String()})
	require.ErrorIs(t, err, institutiontypes.ErrUnknownInstitution, "an error is no standing")
}
