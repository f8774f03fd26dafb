package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/x/credit/types"
)

// Control of a subject passes in two steps: it is offered to an account, and that account claims it. Nothing changes before
// the claim, so that nobody is locked out by an address that was mistyped; only a recovery takes control at once, from a key
// that may be stolen (change_effect.go).

// offerControl offers a subject without a controller to an account, in place of an earlier offer.
func (k *Keeper) offerControl(ctx context.Context, by actor, pseudonym []byte, to actor) error {
	subject, err := k.unmergedSubject(ctx, "subject", pseudonym)
	if err != nil {
		return err
	}
	if err := k.requireEnroller(ctx, by, subject); err != nil {
		return err
	}
	id := types.ID(subject.Pseudonym)
	if subject.Controller != "" {
		return types.ErrAlreadyControlled.Wrapf("%s: control is no longer yours to offer", id)
	}
	if err := requireNewController(subject, to); err != nil {
		return err
	}
	if err := k.offerTo(ctx, subject, to); err != nil {
		return err
	}
	if err := k.recordWith(ctx, by.addr, id, types.TRAIL_KIND_CONTROL_OFFERED, by.addr, id, types.PURPOSE_UNSPECIFIED); err != nil {
		return err
	}
	return emit(ctx, types.NewEventControlOffered(id, by.text))
}

// rotateControl offers a subject to another account of the same person or firm, in place of an earlier offer.
func (k *Keeper) rotateControl(ctx context.Context, by actor, pseudonym []byte, to actor) error {
	subject, err := k.unmergedSubject(ctx, "subject", pseudonym)
	if err != nil {
		return err
	}
	if err := requireController(by, subject); err != nil {
		return err
	}
	if err := requireNewController(subject, to); err != nil {
		return err
	}
	if err := k.offerTo(ctx, subject, to); err != nil {
		return err
	}
	id := types.ID(subject.Pseudonym)
	if err := k.record(ctx, id, types.TRAIL_KIND_CONTROL_ROTATED, by.addr, id, types.PURPOSE_UNSPECIFIED); err != nil {
		return err
	}
	return emit(ctx, types.NewEventControlRotated(id))
}

// claimControl accepts the offer. The claimant may pay for transactions since the offer and stays so; who controlled the
// subject before is out.
func (k *Keeper) claimControl(ctx context.Context, by actor, pseudonym []byte) error {
	subject, err := k.unmergedSubject(ctx, "subject", pseudonym)
	if err != nil {
		return err
	}
	id := types.ID(subject.Pseudonym)
	switch {
	case subject.OfferedTo == by.text:
	case subject.Controller != "" && subject.OfferedTo == "":
		return types.ErrAlreadyControlled.Wrapf("%s: nothing is left to claim", id)
	default:
		return types.ErrNotOffered.Wrapf("%s: ask its controller, or %s, which enrolled it, to offer control to this account", id, subject.EnrolledBy)
	}
	if err := k.dropPayer(ctx, id, subject.Controller); err != nil {
		return err
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

// requireNewController says whether control may be offered to an account at all.
func requireNewController(subject types.Subject, to actor) error {
	switch to.text {
	case subject.Controller:
		return types.ErrInvalidController.Wrap("the account controls the subject already: offer it to another")
	case subject.EnrolledBy:
		return types.ErrInvalidController.Wrap("an institution cannot control a subject it enrolled: offer it to the subject's own account")
	}
	return nil
}

// offerTo writes the offer, and moves the right to pay from the account of an earlier one. The account is created when it is
// new, so that it can sign.
func (k *Keeper) offerTo(ctx context.Context, subject types.Subject, to actor) error {
	id := types.ID(subject.Pseudonym)
	if err := k.dropPayer(ctx, id, subject.OfferedTo); err != nil {
		return err
	}
	if err := k.payers.Set(ctx, collections.Join(to.addr, id)); err != nil {
		return err
	}
	subject.OfferedTo = to.text
	if err := k.setSubject(ctx, subject); err != nil {
		return err
	}
	if k.accounts.GetAccount(ctx, to.addr) == nil {
		k.accounts.SetAccount(ctx, k.accounts.NewAccountWithAddress(ctx, to.addr))
	}
	return nil
}

// dropPayer takes the right to pay on account of this subject from who controlled it or could claim it; the empty text is
// nobody's.
func (k *Keeper) dropPayer(ctx context.Context, subject types.ID, text string) error {
	if text == "" {
		return nil
	}
	account, err := k.parseActor("controller or offered_to", text)
	if err != nil {
		return err
	}
	return k.payers.Remove(ctx, collections.Join(account.addr, subject))
}
