package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/pseudonym/types"
)

func (f *fixture) link(by sdk.AccAddress, old, to string) (uint32, error) {
	res, err := f.msg.Migrate(f.ctx, &types.MsgMigrate{
		Institution: by.String(), Epoch: 1, Links: []types.Link{{Old: testutil.Bytes("%s", old), New: testutil.Bytes("%s", to)}},
	})
	if err != nil {
		return 0, err
	}
	return res.Ready, nil
}

func (f *fixture) stop(by sdk.AccAddress, old string) error {
	_, err := f.msg.StopMigration(f.ctx, &types.MsgStopMigration{Signer: by.String(), Old: testutil.Bytes("%s", old)})
	return err
}

// known to bank and utility, controlled by alice.
func withSubject(t *testing.T) *fixture {
	f := setup(t)
	f.credit.known[id("old")] = []sdk.AccAddress{bank, utility}
	f.credit.controller[id("old")] = alice.String()
	f.credit.known[id("single")] = []sdk.AccAddress{bank}
	return f
}

func TestTwoWhoKnowTheSubjectMigrateIt(t *testing.T) {
	f := withSubject(t)
	ready, err := f.link(bank, "old", "new")
	require.NoError(t, err)
	require.Zero(t, ready)
	f.next(types.DefaultParams().MigrationTimelock)
	require.Empty(t, f.credit.migrated)
	ready, err = f.link(utility, "old", "new")
	require.NoError(t, err)
	require.EqualValues(t, 1, ready)
	f.next(0)
	require.Empty(t, f.credit.migrated) // the timelock
	f.next(types.DefaultParams().MigrationTimelock)
	require.Equal(t, id("new"), f.credit.migrated[id("old")])
	_, err = f.query.Migration(f.ctx, &types.QueryMigrationRequest{Old: id("old").String()})
	require.ErrorIs(t, err, types.ErrUnknownMigration)
}

func TestWhoAloneKnowsTheSubjectMigratesIt(t *testing.T) {
	f := withSubject(t)
	ready, err := f.link(bank, "single", "new")
	require.NoError(t, err)
	require.EqualValues(t, 1, ready)
	f.next(types.DefaultParams().MigrationTimelock)
	require.Equal(t, id("new"), f.credit.migrated[id("single")])
}

func TestLinksAreRefused(t *testing.T) {
	f := withSubject(t)
	refused := func(by sdk.AccAddress, old, to string, why error) {
		t.Helper()
		_, err := f.link(by, old, to)
		require.ErrorIs(t, err, why)
	}
	refused(outsider, "old", "new", institutiontypes.ErrNotLicensed)
	refused(lender, "old", "new", institutiontypes.ErrWrongRole)
	refused(utility, "single", "new", types.ErrUnknownToApprover)
	refused(bank, "nobody", "new", credittypes.ErrUnknownSubject)
	refused(bank, "old", "old", types.ErrInvalidLink)
	f.credit.refuse = credittypes.ErrMerged
	refused(bank, "old", "new", credittypes.ErrMerged)
	f.credit.refuse = nil
	_, err := f.link(bank, "old", "new")
	require.NoError(t, err)
	refused(bank, "old", "new", types.ErrAlreadyApproved)
	refused(utility, "old", "another", types.ErrMigrationDiffers)
	send := func(msg types.MsgMigrate) error {
		msg.Institution = bank.String()
		_, err := f.msg.Migrate(f.ctx, &msg)
		return err
	}
	link := types.Link{Old: testutil.Bytes("single"), New: testutil.Bytes("n")}
	require.ErrorIs(t, send(types.MsgMigrate{Epoch: 1}), types.ErrCount)
	require.ErrorIs(t, send(types.MsgMigrate{Epoch: 1, Links: make([]types.Link, types.DefaultParams().MaxLinks+1)}), types.ErrCount)
	require.ErrorIs(t, send(types.MsgMigrate{Epoch: 7, Links: []types.Link{link}}), types.ErrWrongEpoch)
	require.ErrorIs(t, send(types.MsgMigrate{Epoch: 1, Links: []types.Link{{Old: link.Old}}}), types.ErrInvalidID)
	require.ErrorIs(t, send(types.MsgMigrate{Epoch: 1, Links: []types.Link{{New: link.New}}}), types.ErrInvalidID)
}

func TestTheSubjectAndWhoApprovedStopAMigration(t *testing.T) {
	for _, by := range []sdk.AccAddress{alice, bank} {
		f := withSubject(t)
		_, err := f.link(bank, "old", "new")
		require.NoError(t, err)
		_, err = f.link(utility, "old", "new")
		require.NoError(t, err)
		require.ErrorIs(t, f.stop(lender, "old"), types.ErrNotParty)
		require.ErrorIs(t, f.stop(alice, "another"), types.ErrUnknownMigration)
		require.NoError(t, f.stop(by, "old"))
		require.ErrorIs(t, f.stop(by, "old"), types.ErrUnknownMigration)
		f.next(types.DefaultParams().MigrationTimelock)
		require.Empty(t, f.credit.migrated)
	}
}

func TestAMigrationWithoutEnoughApprovalsLapses(t *testing.T) {
	f := withSubject(t)
	_, err := f.link(bank, "old", "new")
	require.NoError(t, err)
	f.next(types.DefaultParams().MigrationLifetime)
	_, err = f.query.Migration(f.ctx, &types.QueryMigrationRequest{Old: id("old").String()})
	require.ErrorIs(t, err, types.ErrUnknownMigration)
	_, err = f.link(utility, "old", "another") // nothing stands in its way any more
	require.NoError(t, err)
}

// What happened during the timelock may make it impossible: then nothing changes, and it can be proposed again.
func TestAMigrationThatBecameImpossibleIsDropped(t *testing.T) {
	f := withSubject(t)
	_, err := f.link(bank, "single", "new")
	require.NoError(t, err)
	f.credit.refuse = credittypes.ErrChangePending
	f.next(types.DefaultParams().MigrationTimelock)
	require.Empty(t, f.credit.migrated)
	f.credit.refuse = nil
	_, err = f.link(bank, "single", "new")
	require.NoError(t, err)
}

func TestAMigrationToAnEpochBeforeGivesWay(t *testing.T) {
	f := withSubject(t)
	_, err := f.link(bank, "old", "new")
	require.NoError(t, err)
	f.committees.form(2, 2)
	_, err = f.msg.AdoptKey(f.ctx, &types.MsgAdoptKey{Authority: authority.String(), CommitteeId: 2})
	require.NoError(t, err)
	_, err = f.msg.Migrate(f.ctx, &types.MsgMigrate{
		Institution: utility.String(), Epoch: 2, Links: []types.Link{{Old: testutil.Bytes("old"), New: testutil.Bytes("newer")}},
	})
	require.NoError(t, err)
	found, err := f.query.Migration(f.ctx, &types.QueryMigrationRequest{Old: id("old").String()})
	require.NoError(t, err)
	require.Equal(t, []string{utility.String()}, found.Migration.Approvals)
}
