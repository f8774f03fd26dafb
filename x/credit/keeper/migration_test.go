package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
)

var newer = testutil.Bytes("the pseudonym of another key")

// A migration is a merge in which the subject loses nothing.
func TestMigrationTakesControlAlong(t *testing.T) {
	f := inControl(t)
	must(f, f.msg.Furnish, f.furnishMsg())
	must(f, f.msg.RotateControl, rotation())
	known, err := f.k.KnownBy(f.ctx, types.ID(subject), 10)
	require.NoError(t, err)
	require.Contains(t, known, bank)
	require.NoError(t, f.k.CheckMigration(f.ctx, types.ID(subject), types.ID(newer)))
	before := f.export()
	require.NoError(t, f.k.Migrate(f.ctx, types.ID(subject), types.ID(newer), []sdk.AccAddress{bank, utility}))

	from, into := f.subject(subject), f.subject(newer)
	require.Equal(t, newer, from.MergedInto)
	require.Equal(t, [][]byte{subject}, into.Aliases)
	require.Equal(t, alice.String(), into.Controller)
	require.Equal(t, alicesPhone.String(), into.OfferedTo)
	require.Equal(t, from.EnrolledBy, into.EnrolledBy)
	require.Empty(t, from.Controller+from.OfferedTo)
	require.True(t, f.mayPay(alice))
	require.True(t, f.mayPay(alicesPhone))
	require.Equal(t, before.Tradelines, f.export().Tradelines, "records stay where they are")
	f.requireTrail(types.TrailEntry{Subject: newer, Kind: types.TRAIL_KIND_MERGED, Actor: bank.String(), Ref: subject})
	f.requireInvariants()

	// And on to the next epoch: both aliases go along.
	newest := testutil.Bytes("of the key after that")
	require.NoError(t, f.k.Migrate(f.ctx, types.ID(newer), types.ID(newest), []sdk.AccAddress{bank}))
	require.Equal(t, newest, f.subject(subject).MergedInto)
	require.Equal(t, [][]byte{subject, newer}, f.subject(newest).Aliases)
	f.requireInvariants()
}

func TestMigrationIsRefused(t *testing.T) {
	f := twins(t)
	check := func(from, to []byte) error { return f.k.CheckMigration(f.ctx, types.ID(from), types.ID(to)) }
	require.ErrorIs(t, check(newer, subject), types.ErrUnknownSubject)
	require.ErrorIs(t, check(subject, twin), types.ErrInvalidChange, "two controllers")
	f.enrol(types.SUBJECT_KIND_LEGAL_ENTITY, "firm")
	require.ErrorIs(t, check(subject, testutil.Bytes("firm")), types.ErrInvalidChange, "another kind")
	require.ErrorIs(t, f.k.Migrate(f.ctx, types.ID(subject), types.ID(newer), nil), types.ErrInvalidChange, "nobody approved")
	must(f, f.msg.ProposeMerge, mergeMsg())
	require.ErrorIs(t, check(subject, newer), types.ErrChangePending)
	f.requireInvariants()
}
