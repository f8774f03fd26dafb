package simulation

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

var changers = []institutiontypes.Role{institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_SUPERVISOR}

// newController is an account that a subject may be offered to.
func (e env) newController(s types.Subject, others ...string) simsx.SimAccount {
	to := e.other(s.Controller)
	if slices.Contains(append(others, s.EnrolledBy), to.AddressBech32) {
		e.skip("no account to offer control to")
	}
	return to
}

// unchanging is a subject that stays, and that no change is under way of.
func (e env) unchanging(s types.Subject) bool {
	_, err := e.k.GetChange(e.ctx, types.ID(s.Pseudonym))
	return len(s.MergedInto) == 0 && errors.Is(err, types.ErrNoChange)
}

// MsgRotateControlFactory offers a subject to another account.
func MsgRotateControlFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRotateControl] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgRotateControl) {
		subject := e.controlled()
		to := e.newController(subject)
		return e.account(subject.Controller), &types.MsgRotateControl{
			Controller: subject.Controller, Subject: subject.Pseudonym, NewController: to.AddressBech32,
		}
	})
}

// MsgProposeRecoveryFactory proposes to offer a subject to another account.
func MsgProposeRecoveryFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgProposeRecovery] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgProposeRecovery) {
		by := e.institution(changers...)
		subject := pick(e, "subject to recover", k.WalkSubjects, e.unchanging)
		to := e.newController(subject, by.AddressBech32)
		return by, &types.MsgProposeRecovery{Institution: by.AddressBech32, Subject: subject.Pseudonym, Controller: to.AddressBech32}
	})
}

// MsgProposeMergeFactory proposes to join two subjects of one kind.
func MsgProposeMergeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgProposeMerge] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgProposeMerge) {
		by := e.institution(changers...)
		subject := pick(e, "subject to merge", k.WalkSubjects, e.unchanging)
		into := pick(e, "subject that stays", k.WalkSubjects, func(s types.Subject) bool {
			return len(s.MergedInto) == 0 && s.Kind == subject.Kind && !bytes.Equal(s.Pseudonym, subject.Pseudonym) &&
				(subject.Controller == "" || s.Controller != "") && len(s.Aliases)+len(subject.Aliases) < types.MaxAliases
		})
		return by, &types.MsgProposeMerge{Institution: by.AddressBech32, Subject: subject.Pseudonym, Into: into.Pseudonym}
	})
}

// MsgApproveChangeFactory approves a change that is under way.
func MsgApproveChangeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgApproveChange] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgApproveChange) {
		by := e.institution(changers...)
		change := pick(e, "change to approve", k.WalkChanges, func(c types.SubjectChange) bool {
			return e.now().Before(c.DueAt()) && !slices.Contains(c.Approvals, by.AddressBech32) && c.Controller != by.AddressBech32 &&
				len(c.Approvals) < types.MaxChangeApprovals
		})
		target := change.Into
		if change.Kind == types.CHANGE_KIND_RECOVERY {
			target = e.account(change.Controller).Address
		}
		return by, &types.MsgApproveChange{Institution: by.AddressBech32, Subject: change.Subject, Kind: change.Kind, Target: target}
	})
}

// MsgCancelChangeFactory has the proposer stop a change.
func MsgCancelChangeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgCancelChange] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgCancelChange) {
		change := pick(e, "change to stop", k.WalkChanges, func(c types.SubjectChange) bool { return e.data.HasAccount(c.ProposedBy) })
		return e.account(change.ProposedBy), &types.MsgCancelChange{Signer: change.ProposedBy, Subject: change.Subject}
	})
}

// MsgSubmitSignedFactory submits the order of a subject to freeze its file, or to lift the freeze.
func MsgSubmitSignedFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgSubmitSigned] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgSubmitSigned) {
		subject := e.controlled()
		signer := e.account(subject.Controller)
		var order sdk.Msg = &types.MsgFreeze{Controller: subject.Controller, Subject: subject.Pseudonym}
		if subject.Freeze != nil {
			order = &types.MsgLiftFreeze{Controller: subject.Controller, Subject: subject.Pseudonym}
		}
		msg, err := types.NewOrder(sdk.UnwrapSDKContext(e.ctx).ChainID(), order, e.now().Add(time.Hour), e.nonce(), signer.PubKey.Bytes(), signer.PrivKey.Sign)
		if err != nil {
			e.skip("%s", err)
		}
		by := e.other("")
		msg.Submitter = by.AddressBech32
		return by, msg
	})
}

// MsgFreezeFactory freezes a file.
func MsgFreezeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgFreeze] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgFreeze) {
		subject := pick(e, "file to freeze", k.WalkSubjects, func(s types.Subject) bool { return e.ownsFile(s) && s.Freeze == nil })
		return e.account(subject.Controller), &types.MsgFreeze{Controller: subject.Controller, Subject: subject.Pseudonym}
	})
}

// MsgLiftFreezeFactory lifts a freeze, for a time or for good.
func MsgLiftFreezeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgLiftFreeze] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgLiftFreeze) {
		subject := pick(e, "frozen file", k.WalkSubjects, func(s types.Subject) bool { return e.ownsFile(s) && s.Freeze != nil })
		msg := &types.MsgLiftFreeze{Controller: subject.Controller, Subject: subject.Pseudonym}
		if e.r.Intn(3) == 0 {
			until := e.now().Add(time.Hour)
			msg.Until = &until
		}
		return e.account(subject.Controller), msg
	})
}

// MsgPlaceFraudAlertFactory puts an alert on a file.
func MsgPlaceFraudAlertFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgPlaceFraudAlert] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgPlaceFraudAlert) {
		subject := pick(e, "file of an institution's subject", k.WalkSubjects, func(s types.Subject) bool {
			return e.ownsFile(s) && e.can(s.EnrolledBy)
		})
		msg := &types.MsgPlaceFraudAlert{Controller: subject.Controller, Subject: subject.Pseudonym}
		if e.r.Bool() {
			msg.Evidence = e.randomID().Bytes()
		}
		return e.account(subject.Controller), msg
	})
}

// MsgLiftFraudAlertFactory takes an alert off.
func MsgLiftFraudAlertFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgLiftFraudAlert] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgLiftFraudAlert) {
		subject := pick(e, "file with an alert", k.WalkSubjects, func(s types.Subject) bool {
			return e.ownsFile(s) && s.FraudAlert != nil && e.now().Before(s.FraudAlert.Until)
		})
		return e.account(subject.Controller), &types.MsgLiftFraudAlert{Controller: subject.Controller, Subject: subject.Pseudonym}
	})
}
