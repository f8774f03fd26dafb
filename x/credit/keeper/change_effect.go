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

// endChanges lets changes take effect whose time has come, and drops those that have too few approvals by now.
func (k *Keeper) endChanges(ctx sdk.Context, limit int) error {
	return queue[deadline]{
		name: changeQueue, keys: k.changeQueue, id: deadline.K2, work: k.takeChange,
		due: collections.NewPrefixUntilPairRange[time.Time, types.ID](ctx.BlockTime()),
	}.drain(ctx, limit)
}

// overtaken are the reasons why a change that was in order when it was proposed no longer is.
var overtaken = []error{types.ErrMerged, types.ErrInvalidChange, types.ErrInvalidController, types.ErrTooManyAliases}

// takeChange ends a change that is due. One that lapsed, lost approvals or was overtaken is dropped, in the name of who
// proposed it: it would lock the subject otherwise.
func (k *Keeper) takeChange(ctx sdk.Context, due deadline) error {
	change, err := k.GetChange(ctx, due.K2())
	if err != nil {
		return err
	}
	if !change.DueAt().Equal(due.K1()) {
		return types.ErrInvariant.Wrapf("change of %s is due at %s and was in the queue for %s", due.K2(), change.DueAt(), due.K1())
	}
	proposer, err := k.parseActor("proposed_by", change.ProposedBy)
	if err != nil {
		return err
	}
	approved, err := k.hasApprovals(ctx, change)
	if err != nil {
		return err
	}
	if change.ReadyAt == nil || !approved {
		return k.dropChange(ctx, change, proposer.addr)
	}
	cached, write := ctx.CacheContext()
	err = k.carryOutChange(cached, change, proposer)
	if slices.ContainsFunc(overtaken, func(reason error) bool { return errors.Is(err, reason) }) {
		return k.dropChange(ctx, change, proposer.addr)
	}
	if err != nil {
		return err
	}
	write()
	return nil
}

func (k *Keeper) carryOutChange(ctx context.Context, change types.SubjectChange, proposer actor) error {
	subject, err := k.unmergedSubject(ctx, "subject", change.Subject)
	if err != nil {
		return err
	}
	if err := k.removeChange(ctx, change); err != nil {
		return err
	}
	if change.Kind == types.CHANGE_KIND_RECOVERY {
		return k.recoverControl(ctx, change, subject, proposer)
	}
	return k.mergeSubjects(ctx, change, subject, proposer)
}

// recoverControl offers control to the new account and takes it from the present one, which had the timelock to object: who
// holds a stolen key could replace the offer otherwise.
func (k *Keeper) recoverControl(ctx context.Context, change types.SubjectChange, subject types.Subject, proposer actor) error {
	to, err := k.parseActor("controller", change.Controller)
	if err != nil {
		return err
	}
	if err := requireNewController(subject, to); err != nil {
		return err
	}
	if err := k.dropPayer(ctx, types.ID(subject.Pseudonym), subject.Controller); err != nil {
		return err
	}
	subject.Controller = ""
	if err := k.offerTo(ctx, subject, to); err != nil {
		return err
	}
	if err := k.recordChange(ctx, change, types.TRAIL_KIND_RECOVERED, proposer.addr, change.Approvals...); err != nil {
		return err
	}
	return emit(ctx, types.NewEventControlRecovered(types.ID(subject.Pseudonym)))
}

// requireMergeable says whether one subject can stand for both. Both are known to be merged into no other.
func requireMergeable(subject, stays types.Subject) error {
	switch {
	case bytes.Equal(subject.Pseudonym, stays.Pseudonym):
		return types.ErrInvalidChange.Wrap("a subject cannot be merged into itself: name another pseudonym of the same person")
	case subject.Kind != stays.Kind:
		return types.ErrInvalidChange.Wrapf("%s and %s are not the same one: check the pseudonyms", subject.Kind, stays.Kind)
	case subject.Controller != "" && stays.Controller == "":
		return types.ErrInvalidChange.Wrap("the controller would lose its rights: merge the other way, into the pseudonym that has a controller")
	case len(stays.Aliases)+1+len(subject.Aliases) > types.MaxAliases:
		return types.ErrTooManyAliases.Wrapf("%d and %d and itself: one subject has at most %d", len(stays.Aliases), len(subject.Aliases), types.MaxAliases)
	}
	return nil
}

// mergeSubjects makes one subject stand for both: the other keeps its records, and loses its controller and its offer. Its
// aliases move along, so that merged_into never takes two steps.
func (k *Keeper) mergeSubjects(ctx context.Context, change types.SubjectChange, subject types.Subject, proposer actor) error {
	stays, err := k.unmergedSubject(ctx, "into", change.Into)
	if err != nil {
		return err
	}
	if err := requireMergeable(subject, stays); err != nil {
		return err
	}
	id := types.ID(subject.Pseudonym)
	for _, payer := range []string{subject.Controller, subject.OfferedTo} {
		if err := k.dropPayer(ctx, id, payer); err != nil {
			return err
		}
	}
	for _, pseudonym := range subject.Aliases {
		alias, err := k.GetSubject(ctx, types.ID(pseudonym))
		if err != nil {
			return err
		}
		alias.MergedInto = stays.Pseudonym
		if err := k.setSubject(ctx, alias); err != nil {
			return err
		}
	}
	stays.Aliases = append(append(stays.Aliases, subject.Aliases...), subject.Pseudonym)
	stays.Freeze = joinedFreeze(stays.Freeze, subject.Freeze)
	stays.FraudAlert = longerAlert(stays.FraudAlert, subject.FraudAlert)
	subject.Controller, subject.OfferedTo, subject.Freeze, subject.FraudAlert, subject.Aliases = "", "", nil, nil, nil
	subject.MergedInto = stays.Pseudonym
	if err := k.setSubject(ctx, subject); err != nil {
		return err
	}
	if err := k.setSubject(ctx, stays); err != nil {
		return err
	}
	if err := k.recordChange(ctx, change, types.TRAIL_KIND_MERGED, proposer.addr, change.Approvals...); err != nil {
		return err
	}
	return emit(ctx, types.NewEventSubjectsMerged(id, types.ID(stays.Pseudonym)))
}

// joinedFreeze is the freeze of two pseudonyms that become one: institutions that merge them lift nothing by it, so that a lift
// of the one file does not open the other.
func joinedFreeze(stays, goes *types.Freeze) *types.Freeze {
	if stays == nil {
		return goes
	}
	if goes != nil {
		return &types.Freeze{Since: stays.Since}
	}
	return stays
}

// longerAlert is the fraud alert that holds longer.
func longerAlert(a, b *types.FraudAlert) *types.FraudAlert {
	if a == nil || (b != nil && b.Until.After(a.Until)) {
		return b
	}
	return a
}
