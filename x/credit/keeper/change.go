package keeper

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// Recoveries and merges change what a subject is without its own signature. So several institutions have to agree, what they
// agreed on is visible for a time before it takes effect, and until then the subject itself can stop it.

// GetChange returns the change of a subject that is under way.
func (k *Keeper) GetChange(ctx context.Context, subject types.ID) (types.SubjectChange, error) {
	change, err := k.changes.Get(ctx, subject)
	if errors.Is(err, collections.ErrNotFound) {
		return change, types.ErrNoChange.Wrapf("%s: propose one with `creditd tx credit propose-recovery` or `propose-merge`", subject)
	}
	change.Subject = subject.Bytes()
	return change, err
}

func (k *Keeper) setChange(ctx context.Context, change types.SubjectChange) error {
	id := types.ID(change.Subject)
	change.Subject = nil
	return k.changes.Set(ctx, id, change)
}

func changeKey(change types.SubjectChange) deadline {
	return collections.Join(change.DueAt(), types.ID(change.Subject))
}

// proposeRecovery proposes to offer control of a subject to a new account. It needs no controller yet: when the institution
// that enrolled the subject is gone, this is how it gets one.
func (k *Keeper) proposeRecovery(ctx context.Context, by actor, pseudonym []byte, to actor) error {
	if err := k.requireChanger(ctx, by); err != nil {
		return err
	}
	subject, err := k.unmergedSubject(ctx, "subject", pseudonym)
	if err != nil {
		return err
	}
	if err := requireNewController(subject, to); err != nil {
		return err
	}
	change := types.SubjectChange{Subject: subject.Pseudonym, Kind: types.CHANGE_KIND_RECOVERY, Controller: to.text}
	if err := requireDisinterested(by, change); err != nil {
		return err
	}
	return k.propose(ctx, by, change)
}

// proposeMerge proposes that the pseudonym into stands for both.
func (k *Keeper) proposeMerge(ctx context.Context, by actor, pseudonym, into []byte) error {
	if err := k.requireChanger(ctx, by); err != nil {
		return err
	}
	subject, err := k.unmergedSubject(ctx, "subject", pseudonym)
	if err != nil {
		return err
	}
	stays, err := k.unmergedSubject(ctx, "into", into)
	if err != nil {
		return err
	}
	if err := requireMergeable(subject, stays); err != nil {
		return err
	}
	return k.propose(ctx, by, types.SubjectChange{Subject: subject.Pseudonym, Kind: types.CHANGE_KIND_MERGE, Into: stays.Pseudonym})
}

// propose starts a change; the proposer approves it by that.
func (k *Keeper) propose(ctx context.Context, by actor, change types.SubjectChange) error {
	id := types.ID(change.Subject)
	pending, err := k.changes.Has(ctx, id)
	if err != nil {
		return err
	}
	if pending {
		return types.ErrChangePending.Wrapf("%s: see `creditd query credit subject-change`; approve that one, or wait until it is over", id)
	}
	change.ProposedBy, change.Approvals = by.text, []string{by.text}
	change.ProposedAt = sdk.UnwrapSDKContext(ctx).BlockTime()
	if err := k.setChange(ctx, change); err != nil {
		return err
	}
	if err := k.changeQueue.Set(ctx, changeKey(change)); err != nil {
		return err
	}
	if err := k.recordChange(ctx, change, types.TRAIL_KIND_CHANGE_PROPOSED, by.addr, by.text); err != nil {
		return err
	}
	return emit(ctx, types.NewEventChangeProposed(id, change.Kind, by.text))
}

// approveChange adds an approval, and starts the timelock when there are enough of institutions that are active now. Further
// ones may follow: when it takes effect, another may have lost its licence.
func (k *Keeper) approveChange(ctx context.Context, by actor, msg *types.MsgApproveChange) (*time.Time, error) {
	id, err := types.IDFromBytes("subject", msg.Subject)
	if err != nil {
		return nil, err
	}
	if err := k.requireChanger(ctx, by); err != nil {
		return nil, err
	}
	change, err := k.GetChange(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := k.requireApprovable(ctx, by, change, msg); err != nil {
		return nil, err
	}
	change.Approvals = append(change.Approvals, by.text)
	if err := k.startTimelock(ctx, &change); err != nil {
		return nil, err
	}
	if err := k.setChange(ctx, change); err != nil {
		return nil, err
	}
	if err := k.recordChange(ctx, change, types.TRAIL_KIND_CHANGE_APPROVED, by.addr, by.text); err != nil {
		return nil, err
	}
	readyAt := ""
	if change.ReadyAt != nil {
		readyAt = rfc3339(*change.ReadyAt)
	}
	return change.ReadyAt, emit(ctx, types.NewEventChangeApproved(id, change.Kind, by.text, readyAt))
}

// requireApprovable says whether this institution may approve what it names. It names the target, since the change that it
// read about may be another by the time that its message runs.
func (k *Keeper) requireApprovable(ctx context.Context, by actor, change types.SubjectChange, msg *types.MsgApproveChange) error {
	target := change.Into
	if change.Kind == types.CHANGE_KIND_RECOVERY {
		controller, err := k.parseActor("controller", change.Controller)
		if err != nil {
			return err
		}
		target = controller.addr
	}
	switch {
	case msg.Kind != change.Kind || !bytes.Equal(msg.Target, target):
		return types.ErrChangeMismatch.Wrapf("under way is a %s with target %x: read it again, and approve it if you mean it", change.Kind, target)
	case change.ReadyAt == nil && !sdk.UnwrapSDKContext(ctx).BlockTime().Before(change.DueAt()):
		return types.ErrNoChange.Wrapf("%x: the change lapsed at %s, propose it again", change.Subject, rfc3339(change.DueAt()))
	case slices.Contains(change.Approvals, by.text):
		return types.ErrAlreadyApproved.Wrap("the others have to follow")
	case len(change.Approvals) >= types.MaxApprovals:
		return types.ErrInvalidChange.Wrapf("it has %d approvals: that is as many as are kept", len(change.Approvals))
	}
	return requireDisinterested(by, change)
}

// requireDisinterested keeps an institution from helping to offer control to itself.
func requireDisinterested(by actor, change types.SubjectChange) error {
	if change.Controller == by.text {
		return types.ErrInvalidController.Wrap("an institution cannot recover control for itself: name the subject's own account")
	}
	return nil
}

// startTimelock sets ready_at when there are enough approvals, and moves the change in the queue from its lapse to that time.
func (k *Keeper) startTimelock(ctx context.Context, change *types.SubjectChange) error {
	if change.ReadyAt != nil {
		return nil
	}
	enough, err := k.hasApprovals(ctx, *change)
	if err != nil || !enough {
		return err
	}
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	if err := k.changeQueue.Remove(ctx, changeKey(*change)); err != nil {
		return err
	}
	readyAt := sdk.UnwrapSDKContext(ctx).BlockTime().Add(params.ChangeTimelock)
	change.ReadyAt = &readyAt
	return k.changeQueue.Set(ctx, changeKey(*change))
}

// hasApprovals counts the approvals of institutions that could approve now.
func (k *Keeper) hasApprovals(ctx context.Context, change types.SubjectChange) (bool, error) {
	params, err := k.GetParams(ctx)
	if err != nil {
		return false, err
	}
	active := uint32(0)
	for _, text := range change.Approvals {
		institution, err := k.parseActor("approvals", text)
		if err != nil {
			return false, err
		}
		counts, err := k.isChanger(ctx, institution)
		if err != nil {
			return false, err
		}
		if counts {
			active++
		}
	}
	return active >= params.ChangeApprovals, nil
}

// cancelChange stops a change.
func (k *Keeper) cancelChange(ctx context.Context, by actor, pseudonym []byte) error {
	id, err := types.IDFromBytes("subject", pseudonym)
	if err != nil {
		return err
	}
	change, err := k.GetChange(ctx, id)
	if err != nil {
		return err
	}
	if err := k.requireChangeParty(ctx, by, change); err != nil {
		return err
	}
	return k.dropChange(ctx, change, by.addr)
}

// dropChange ends a change without effect.
func (k *Keeper) dropChange(ctx context.Context, change types.SubjectChange, by sdk.AccAddress) error {
	if err := k.removeChange(ctx, change); err != nil {
		return err
	}
	if err := k.recordChange(ctx, change, types.TRAIL_KIND_CHANGE_CANCELLED, by, change.ProposedBy); err != nil {
		return err
	}
	return emit(ctx, types.NewEventChangeCancelled(types.ID(change.Subject), change.Kind))
}

func (k *Keeper) removeChange(ctx context.Context, change types.SubjectChange) error {
	if err := k.changeQueue.Remove(ctx, changeKey(change)); err != nil {
		return err
	}
	return k.changes.Remove(ctx, types.ID(change.Subject))
}

// recordChange adds a line to the trail of the subject, for a merge to that of the other one, and to those of institutions. The
// ref of a merge is the other pseudonym.
func (k *Keeper) recordChange(
	ctx context.Context, change types.SubjectChange, kind types.TrailKind, by sdk.AccAddress, institutions ...string,
) error {
	subject, ref := types.ID(change.Subject), types.ID(change.Subject)
	if change.Kind == types.CHANGE_KIND_MERGE {
		ref = types.ID(change.Into)
		if err := k.record(ctx, ref, kind, by, subject, types.PURPOSE_UNSPECIFIED); err != nil {
			return err
		}
	}
	if err := k.record(ctx, subject, kind, by, ref, types.PURPOSE_UNSPECIFIED); err != nil {
		return err
	}
	for _, text := range institutions {
		institution, err := k.parseActor("institution", text)
		if err != nil {
			return err
		}
		if err := k.recordOf(ctx, institution.addr, subject, kind, ref, types.PURPOSE_UNSPECIFIED); err != nil {
			return err
		}
	}
	return nil
}
