package keeper

import (
	"context"

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
	created, first := uint32(0), types.ID{}
	for i, enrolment := range enrolments {
		sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gasPerItem, "credit: enrolment")
		isNew, err := k.enrol(ctx, by, enrolment)
		if err != nil {
			return 0, errorsmod.Wrapf(err, "subject %d", i)
		}
		if !isNew {
			continue
		}
		if created == 0 {
			first = types.ID(enrolment.Pseudonym)
		}
		created++
	}
	if created > 0 { // one line for the batch, under the first that is new
		if err := k.recordOf(ctx, by.addr, first, types.TRAIL_KIND_ENROLLED, first, types.PURPOSE_UNSPECIFIED); err != nil {
			return 0, err
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

// unmergedSubject returns the subject that a message names, unless another stands for it.
func (k *Keeper) unmergedSubject(ctx context.Context, field string, pseudonym []byte) (types.Subject, error) {
	id, err := types.IDFromBytes(field, pseudonym)
	if err != nil {
		return types.Subject{}, err
	}
	subject, err := k.GetSubject(ctx, id)
	if err != nil {
		return types.Subject{}, err
	}
	return subject, k.requireUnmerged(subject)
}

// requireUnmerged refuses a pseudonym that another stands for: it takes nothing new.
func (k *Keeper) requireUnmerged(subject types.Subject) error {
	if len(subject.MergedInto) != 0 {
		return types.ErrMerged.Wrapf("%x is merged into %x: name that one", subject.Pseudonym, subject.MergedInto)
	}
	return nil
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
