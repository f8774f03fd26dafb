package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

var (
	inspector = testutil.Address("inspector") // supervisor, in the tests of changes
	timelock  = types.DefaultParams().ChangeTimelock
)

func recoveryMsg() *types.MsgProposeRecovery {
	return &types.MsgProposeRecovery{Institution: bank.String(), Subject: subject, Controller: alicesPhone.String()}
}

func approvalMsg(by sdk.AccAddress) *types.MsgApproveChange {
	return &types.MsgApproveChange{Institution: by.String(), Subject: subject, Kind: types.CHANGE_KIND_RECOVERY, Target: alicesPhone}
}

func cancelMsg(by sdk.AccAddress) *types.MsgCancelChange {
	return &types.MsgCancelChange{Signer: by.String(), Subject: subject}
}

// recovering has a recovery of alice's subject that bank proposed.
func recovering(t testing.TB) *fixture {
	f := inControl(t)
	f.institutions.License(inspector, institutiontypes.ROLE_SUPERVISOR)
	must(f, f.msg.ProposeRecovery, recoveryMsg())
	return f
}

// approvedRecovery has it with as many approvals as it needs.
func approvedRecovery(t testing.TB) *fixture {
	f := recovering(t)
	must(f, f.msg.ApproveChange, approvalMsg(bureau))
	must(f, f.msg.ApproveChange, approvalMsg(inspector))
	return f
}

func (f *fixture) change(pseudonym []byte) (types.SubjectChange, error) {
	res, err := f.query.SubjectChange(f.ctx, &types.QuerySubjectChangeRequest{Subject: types.ID(pseudonym).String()})
	if err != nil {
		return types.SubjectChange{}, err
	}
	return res.Change, nil
}

func (f *fixture) requireKey(key []byte) {
	f.t.Helper()
	has, err := f.store.OpenKVStore(f.ctx).Has(key)
	require.NoError(f.t, err)
	require.True(f.t, has, "%x", key)
}

// requireDropped says that a change ended without effect, and that everybody can see it.
func (f *fixture) requireDropped(kind types.ChangeKind, by, proposer sdk.AccAddress, ref []byte) {
	f.t.Helper()
	_, err := f.change(subject)
	require.ErrorIs(f.t, err, types.ErrNoChange)
	f.requireEvent(&types.EventChangeCancelled{Subject: types.ID(subject).String(), Kind: kind})
	line := types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_CHANGE_CANCELLED, Actor: by.String(), Ref: ref}
	f.requireTrail(line)
	f.requireInstitutionTrail(proposer, types.TrailEntry{Kind: types.TRAIL_KIND_CHANGE_CANCELLED, Ref: ref})
}

func TestRecovery(t *testing.T) {
	f := recovering(t)
	id, now := types.ID(subject).String(), f.ctx.BlockTime()
	got, err := f.change(subject)
	require.NoError(t, err)
	require.Equal(t, types.SubjectChange{
		Subject: subject, Kind: types.CHANGE_KIND_RECOVERY, Controller: alicesPhone.String(), ProposedBy: bank.String(),
		ProposedAt: now, Approvals: []string{bank.String()},
	}, got)
	f.requireEvent(&types.EventChangeProposed{Subject: id, Kind: types.CHANGE_KIND_RECOVERY, Institution: bank.String()})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_CHANGE_PROPOSED, Actor: bank.String(), Ref: subject})
	f.requireInstitutionTrail(bank, types.TrailEntry{Kind: types.TRAIL_KIND_CHANGE_PROPOSED, Ref: subject})

	f.requireKey(join([]byte{19}, subject))
	f.requireKey(join([]byte{20}, at(now.Add(types.ChangeLapse)), subject))

	f.store.Writes = 0
	require.Nil(t, must(f, f.msg.ApproveChange, approvalMsg(bureau)).ReadyAt)
	require.Equal(t, 3, f.store.Writes, "the change and both trails")
	f.requireEvent(&types.EventChangeApproved{Subject: id, Kind: types.CHANGE_KIND_RECOVERY, Institution: bureau.String()})
	f.next(time.Hour)
	ready := f.ctx.BlockTime().Add(timelock)
	f.store.Writes = 0
	require.Equal(t, ready, *must(f, f.msg.ApproveChange, approvalMsg(inspector)).ReadyAt)
	require.Equal(t, 5, f.store.Writes, "and its place in the queue")
	f.requireKey(join([]byte{20}, at(ready), subject))
	f.requireEvent(&types.EventChangeApproved{
		Subject: id, Kind: types.CHANGE_KIND_RECOVERY, Institution: inspector.String(), ReadyAt: ready.Format(time.RFC3339),
	})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_CHANGE_APPROVED, Actor: inspector.String(), Ref: subject})
	f.requireInstitutionTrail(inspector, types.TrailEntry{Kind: types.TRAIL_KIND_CHANGE_APPROVED, Ref: subject})
	f.requireInvariants()

	f.next(timelock - 1)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Empty(t, f.subject(subject).OfferedTo, "not a nanosecond early")
	f.next(1)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Equal(t, alicesPhone.String(), f.subject(subject).OfferedTo)
	require.Empty(t, f.subject(subject).Controller)
	_, err = send(f, f.msg.RotateControl, &types.MsgRotateControl{Controller: alice.String(), Subject: subject, NewController: mallory.String()})
	require.ErrorIs(t, err, types.ErrNotController, "who holds a stolen key cannot replace the offer")
	require.False(t, f.mayPay(alice))
	require.True(t, f.mayPay(alicesPhone))
	require.NotNil(t, f.accounts.GetAccount(f.ctx, alicesPhone))
	f.requireEvent(&types.EventControlRecovered{Subject: id})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_RECOVERED, Actor: bank.String(), Ref: subject})
	for _, institution := range []sdk.AccAddress{bank, bureau, inspector} {
		f.requireInstitutionTrail(institution, types.TrailEntry{Kind: types.TRAIL_KIND_RECOVERED, Ref: subject})
	}
	_, err = f.change(subject)
	require.ErrorIs(t, err, types.ErrNoChange)
	f.requireInvariants()

	must(f, f.msg.ClaimControl, claimBy(alicesPhone))
	require.False(t, f.mayPay(alice))
	_, err = send(f, f.msg.GrantConsent, f.grant())
	require.ErrorIs(t, err, types.ErrNotController)
}

// A subject whose enroller is gone has no other way to get a controller.
func TestRecoveryWithoutController(t *testing.T) {
	f := enrolled(t)
	f.institutions.License(inspector, institutiontypes.ROLE_SUPERVISOR)
	f.institutions.Suspend(bank)
	msg := recoveryMsg()
	msg.Institution = utility.String()
	must(f, f.msg.ProposeRecovery, msg)
	must(f, f.msg.ApproveChange, approvalMsg(bureau))
	must(f, f.msg.ApproveChange, approvalMsg(inspector))
	f.next(timelock)
	f.next(0)
	must(f, f.msg.ClaimControl, claimBy(alicesPhone))
	require.Equal(t, alicesPhone.String(), f.subject(subject).Controller)
}

func TestProposeRecoveryRefuses(t *testing.T) {
	f := inControl(t)
	type msg = types.MsgProposeRecovery
	refuse(f, f.msg.ProposeRecovery, recoveryMsg, []refusal[*msg]{
		{"bad institution", func(m *msg) { m.Institution = "" }, types.ErrInvalidAddress},
		{"bad controller", func(m *msg) { m.Controller = "" }, types.ErrInvalidAddress},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *msg) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"no institution", func(m *msg) { m.Institution = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"a data user", func(m *msg) { m.Institution = lender.String() }, institutiontypes.ErrWrongRole},
		{"the controller itself", func(m *msg) { m.Controller = alice.String() }, types.ErrInvalidController},
		{"the enroller", func(m *msg) { m.Controller, m.Institution = bank.String(), utility.String() }, types.ErrInvalidController},
		{"the proposer", func(m *msg) { m.Controller, m.Institution = utility.String(), utility.String() }, types.ErrInvalidController},
	})
	must(f, f.msg.ProposeRecovery, recoveryMsg())
	_, err := send(f, f.msg.ProposeRecovery, recoveryMsg())
	require.ErrorIs(t, err, types.ErrChangePending)
	_, err = send(f, f.msg.ProposeMerge, &types.MsgProposeMerge{Institution: bank.String(), Subject: subject, Into: testutil.Bytes("x")})
	require.ErrorIs(t, err, types.ErrUnknownSubject)
}

func TestApproveChangeRefuses(t *testing.T) {
	f := recovering(t)
	type msg = types.MsgApproveChange
	self := approvalMsg(bureau)
	refuse(f, f.msg.ApproveChange, func() *msg { return approvalMsg(bureau) }, []refusal[*msg]{
		{"bad institution", func(m *msg) { m.Institution = "" }, types.ErrInvalidAddress},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"no change", func(m *msg) { m.Subject = testutil.Bytes("x") }, types.ErrNoChange},
		{"no institution", func(m *msg) { m.Institution = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"a data user", func(m *msg) { m.Institution = rival.String() }, institutiontypes.ErrWrongRole},
		{"the subject", func(m *msg) { m.Institution = alice.String() }, institutiontypes.ErrNotLicensed},
		{"the proposer again", func(m *msg) { m.Institution = bank.String() }, types.ErrAlreadyApproved},
		{"another kind", func(m *msg) { m.Kind = types.CHANGE_KIND_MERGE }, types.ErrChangeMismatch},
		{"no kind", func(m *msg) { m.Kind = 0 }, types.ErrChangeMismatch},
		{"another target", func(m *msg) { m.Target = mallory }, types.ErrChangeMismatch},
		{"no target", func(m *msg) { m.Target = nil }, types.ErrChangeMismatch},
	})
	f.institutions.License(alicesPhone, institutiontypes.ROLE_BUREAU)
	self.Institution = alicesPhone.String()
	_, err := send(f, f.msg.ApproveChange, self)
	require.ErrorIs(t, err, types.ErrInvalidController, "no institution helps to give itself control")
	must(f, f.msg.ApproveChange, approvalMsg(bureau))
	_, err = send(f, f.msg.ApproveChange, approvalMsg(bureau))
	require.ErrorIs(t, err, types.ErrAlreadyApproved)
}

func TestApprovalsAreBounded(t *testing.T) {
	f := recovering(t)
	for n := 1; n < types.MaxApprovals; n++ {
		institution := testutil.Address("bureau " + string(rune('A'+n)))
		f.institutions.License(institution, institutiontypes.ROLE_BUREAU)
		must(f, f.msg.ApproveChange, approvalMsg(institution))
	}
	_, err := send(f, f.msg.ApproveChange, approvalMsg(bureau))
	require.ErrorIs(t, err, types.ErrInvalidChange)
	f.next(timelock)
	f.next(0)
	require.Equal(t, alicesPhone.String(), f.subject(subject).OfferedTo)
}

// Only approvals of institutions that are active count: when the timelock starts, and when it ends.
func TestApprovalsOfWhoIsActive(t *testing.T) {
	f := recovering(t)
	f.institutions.Suspend(bank)
	must(f, f.msg.ApproveChange, approvalMsg(bureau))
	require.Nil(t, must(f, f.msg.ApproveChange, approvalMsg(inspector)).ReadyAt, "the proposer counts no more")
	require.NotNil(t, must(f, f.msg.ApproveChange, approvalMsg(utility)).ReadyAt)

	t.Run("fewer at the end", func(t *testing.T) {
		f := approvedRecovery(t)
		f.next(timelock)
		f.institutions.Amend(bureau, func(i *institutiontypes.Institution) {
			i.Roles = []institutiontypes.Role{institutiontypes.ROLE_DATA_USER}
		})
		require.NoError(t, f.k.EndBlock(f.ctx))
		require.Empty(t, f.subject(subject).OfferedTo)
		f.requireDropped(types.CHANGE_KIND_RECOVERY, bank, bank, subject)
	})
	t.Run("one more than needed", func(t *testing.T) {
		f := approvedRecovery(t)
		change, err := f.change(subject)
		require.NoError(t, err)
		f.next(time.Hour)
		require.Equal(t, *change.ReadyAt, *must(f, f.msg.ApproveChange, approvalMsg(utility)).ReadyAt, "the time does not start again")
		f.institutions.Suspend(bureau)
		f.next(timelock)
		f.next(0)
		require.Equal(t, alicesPhone.String(), f.subject(subject).OfferedTo)
	})
	t.Run("more needed since", func(t *testing.T) {
		f := approvedRecovery(t)
		params := types.DefaultParams()
		params.ChangeApprovals = 4
		must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
		f.next(timelock)
		require.NoError(t, f.k.EndBlock(f.ctx))
		f.requireDropped(types.CHANGE_KIND_RECOVERY, bank, bank, subject)
	})
}

func TestCancelChange(t *testing.T) {
	for name, by := range map[string]sdk.AccAddress{"the controller": alice, "the proposer": bank} {
		t.Run(name, func(t *testing.T) {
			f := approvedRecovery(t)
			f.institutions.Suspend(bank) // its own proposal it may stop all the same
			f.next(timelock - 1)
			must(f, f.msg.CancelChange, cancelMsg(by))
			f.requireDropped(types.CHANGE_KIND_RECOVERY, by, bank, subject)
			f.requireInvariants()
			f.next(1)
			f.next(0)
			require.Empty(t, f.subject(subject).OfferedTo)
			f.institutions.License(bank, institutiontypes.ROLE_FURNISHER)
			must(f, f.msg.ProposeRecovery, recoveryMsg())
		})
	}
}

func TestCancelChangeRefuses(t *testing.T) {
	f := approvedRecovery(t)
	type msg = types.MsgCancelChange
	refuse(f, f.msg.CancelChange, func() *msg { return cancelMsg(alice) }, []refusal[*msg]{
		{"bad signer", func(m *msg) { m.Signer = "" }, types.ErrInvalidAddress},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"no change", func(m *msg) { m.Subject = testutil.Bytes("x") }, types.ErrNoChange},
		{"who approved", func(m *msg) { m.Signer = bureau.String() }, types.ErrNotParticipant},
		{"the new account", func(m *msg) { m.Signer = alicesPhone.String() }, types.ErrNotParticipant},
		{"a stranger", func(m *msg) { m.Signer = mallory.String() }, types.ErrNotParticipant},
	})
	f.next(timelock)
	f.next(0)
	_, err := send(f, f.msg.CancelChange, cancelMsg(alice))
	require.ErrorIs(t, err, types.ErrNoChange, "it took effect")
}

// What nobody approves ends by itself, so that it does not stand in the way of the next change for ever.
func TestChangeLapses(t *testing.T) {
	f := recovering(t)
	must(f, f.msg.ApproveChange, approvalMsg(bureau))
	f.next(types.ChangeLapse - 1)
	require.NoError(t, f.k.EndBlock(f.ctx))
	_, err := f.change(subject)
	require.NoError(t, err, "not a nanosecond early")
	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(1))
	_, err = send(f, f.msg.ApproveChange, approvalMsg(inspector))
	require.ErrorIs(t, err, types.ErrNoChange, "also while the queue is behind")
	require.NoError(t, f.k.EndBlock(f.ctx))
	f.requireDropped(types.CHANGE_KIND_RECOVERY, bank, bank, subject)
	must(f, f.msg.ProposeRecovery, recoveryMsg())
}

// The last moment for an approval is before the lapse; the timelock may end after it.
func TestApprovedJustBeforeLapse(t *testing.T) {
	f := recovering(t)
	must(f, f.msg.ApproveChange, approvalMsg(bureau))
	f.next(types.ChangeLapse - 1)
	must(f, f.msg.ApproveChange, approvalMsg(inspector))
	f.next(timelock - 1)
	_, err := f.change(subject)
	require.NoError(t, err)
	f.next(1)
	f.next(0)
	require.Equal(t, alicesPhone.String(), f.subject(subject).OfferedTo)
}

// A recovery to an account that has control by now is over.
func TestRecoveryOvertaken(t *testing.T) {
	f := approvedRecovery(t)
	must(f, f.msg.RotateControl, rotation())
	must(f, f.msg.ClaimControl, claimBy(alicesPhone))
	f.next(timelock)
	require.NoError(t, f.k.EndBlock(f.ctx))
	f.requireDropped(types.CHANGE_KIND_RECOVERY, bank, bank, subject)
	require.Equal(t, alicesPhone.String(), f.subject(subject).Controller)
	require.Empty(t, f.subject(subject).OfferedTo)
}

func TestSubjectChangeRefuses(t *testing.T) {
	f := inControl(t)
	_, err := f.query.SubjectChange(f.ctx, &types.QuerySubjectChangeRequest{Subject: "x"})
	require.ErrorIs(t, err, types.ErrInvalidID)
	_, err = f.query.SubjectChange(f.ctx, nil)
	require.ErrorIs(t, err, types.ErrInvalidID)
	_, err = f.change(subject)
	require.ErrorIs(t, err, types.ErrNoChange)
}
