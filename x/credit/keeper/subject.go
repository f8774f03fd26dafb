package keeper

import (
	"context"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// enrolSubjects puts pseudonyms on the chain and counts those that were not there. Two institutions may
// enrol the same subject: the first one stays its enroller.
func (k *Keeper) enrolSubjects(ctx context.Context, by actor, enrolments []types.Enrolment) (uint32, error) {
	if err := k.requireRole(ctx, by, institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU); err != nil {
		return 0, err
	}
	if err := k.requireBatch(ctx, "subjects", len(enrolments)); err != nil {
		return 0, err
	}
	created := uint32(0)
	for i, enrolment := range enrolments {
		sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gasPerItem, "credit: enrolment")
		isNew, err := k.enrol(ctx, by, enrolment)
		if err != nil {
			return 0, errorsmod.Wrapf(err, "subject %d", i)
		}
		if isNew {
			created++
		}
	}
	return created, emit(ctx, types.NewEventSubjectsEnrolled(by.text, created))
}

func (k *Keeper) enrol(ctx context.Context, by actor, enrolment types.Enrolment) (isNew bool, err error) {
	id, err := types.IDFromBytes("pseudonym", enrolment.Pseudonym)
	if err != nil {
		return false, err
	}
	if !enrolment.Kind.Known() {
		return false, types.ErrInvalidSubjectKind.Wrapf("kind %d: choose SUBJECT_KIND_NATURAL_PERSON or SUBJECT_KIND_LEGAL_ENTITY", enrolment.Kind)
	}
	if enrolled, err := k.subjects.Has(ctx, id); err != nil || enrolled {
		return false, err
	}
	err = k.setSubject(ctx, types.Subject{
		Pseudonym:  id.Bytes(),
		Kind:       enrolment.Kind,
		EnrolledBy: by.text,
		EnrolledAt: sdk.UnwrapSDKContext(ctx).BlockTime(),
	})
	if err != nil {
		return false, err
	}
	return true, k.record(ctx, id, types.TRAIL_KIND_ENROLLED, by.addr, id, types.PURPOSE_UNSPECIFIED)
}

// offerControl offers a subject to an account, in place of an earlier offer. The account is created when
// it is new, so that it can sign.
func (k *Keeper) offerControl(ctx context.Context, by actor, subjectID []byte, to actor) error {
	id, err := types.IDFromBytes("subject", subjectID)
	if err != nil {
		return err
	}
	subject, err := k.GetSubject(ctx, id)
	if err != nil {
		return err
	}
	if err := k.requireEnroller(ctx, by, subject); err != nil {
		return err
	}
	if subject.Controller != "" {
		return types.ErrAlreadyControlled.Wrapf("%s: control is no longer yours to offer", id)
	}
	if to.text == by.text {
		return types.ErrInvalidController.Wrap("an institution cannot control a subject it enrolled: offer it to the subject's own account")
	}
	if err := k.replaceOffer(ctx, id, subject.OfferedTo, to); err != nil {
		return err
	}
	subject.OfferedTo = to.text
	if err := k.setSubject(ctx, subject); err != nil {
		return err
	}
	if k.accounts.GetAccount(ctx, to.addr) == nil {
		k.accounts.SetAccount(ctx, k.accounts.NewAccountWithAddress(ctx, to.addr))
	}
	if err := k.record(ctx, id, types.TRAIL_KIND_CONTROL_OFFERED, by.addr, id, types.PURPOSE_UNSPECIFIED); err != nil {
		return err
	}
	return emit(ctx, types.NewEventControlOffered(id, by.text))
}

// replaceOffer moves the right to pay from the account of an earlier offer to that of the new one.
func (k *Keeper) replaceOffer(ctx context.Context, subject types.ID, earlier string, to actor) error {
	if earlier != "" {
		before, err := k.parseActor("offered_to", earlier)
		if err != nil {
			return err
		}
		if err := k.payers.Remove(ctx, collections.Join(before.addr, subject)); err != nil {
			return err
		}
	}
	return k.payers.Set(ctx, collections.Join(to.addr, subject))
}

// claimControl accepts the offer. The claimant may pay for transactions since the offer and stays so.
func (k *Keeper) claimControl(ctx context.Context, by actor, subjectID []byte) error {
	id, err := types.IDFromBytes("subject", subjectID)
	if err != nil {
		return err
	}
	subject, err := k.GetSubject(ctx, id)
	if err != nil {
		return err
	}
	if subject.Controller != "" {
		return types.ErrAlreadyControlled.Wrapf("%s: nothing is left to claim", id)
	}
	if subject.OfferedTo != by.text {
		return types.ErrNotOffered.Wrapf("%s: ask %s, which enrolled it, to offer control to this account", id, subject.EnrolledBy)
	}
	subject.Controller, subject.OfferedTo = by.text, ""
	if err := k.setSubject(ctx, subject); err != nil {
		return err
	}
	if err := k.record(ctx, id, types.TRAIL_KIND_CONTROL_CLAIMED, by.addr, id, types.PURPOSE_UNSPECIFIED); err != nil {
		return err
	}
	return emit(ctx, types.NewEventControlClaimed(id))
}

// requireBatch bounds the number of items in a message.
func (k *Keeper) requireBatch(ctx context.Context, what string, count int) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	if count < 1 || count > int(params.MaxBatch) {
		return types.ErrBatchSize.Wrapf("%d %s: send 1 to %d in a message", count, what, params.MaxBatch)
	}
	return nil
}
