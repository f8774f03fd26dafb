package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// grantConsent lets a data user look, and returns the id of the consent.
func (k *Keeper) grantConsent(ctx context.Context, by actor, msg *types.MsgGrantConsent) (types.ID, error) {
	subjectID, err := types.IDFromBytes("subject", msg.Subject)
	if err != nil {
		return types.ID{}, err
	}
	if err := requireNonce(msg.Nonce); err != nil {
		return types.ID{}, err
	}
	grantee, err := k.parseActor("grantee", msg.Grantee)
	if err != nil {
		return types.ID{}, err
	}
	subject, err := k.GetSubject(ctx, subjectID)
	if err != nil {
		return types.ID{}, err
	}
	if err := requireController(by, subject); err != nil {
		return types.ID{}, err
	}
	id := types.ConsentID(msg.Subject, grantee.addr, msg.Nonce)
	exists, err := k.consents.Has(ctx, collections.Join(subjectID, id))
	if err != nil {
		return types.ID{}, err
	}
	if exists {
		return types.ID{}, types.ErrDuplicateConsent.Wrapf("%s: it needs no sending again; another consent needs another nonce", id)
	}
	if err := k.requireRole(ctx, grantee, institutiontypes.ROLE_DATA_USER); err != nil {
		return types.ID{}, errorsmod.Wrap(err, "grantee")
	}
	consent, err := k.newConsent(ctx, id, subjectID, grantee, msg)
	if err != nil {
		return types.ID{}, err
	}
	if err := k.setConsent(ctx, consent); err != nil {
		return types.ID{}, err
	}
	if err := k.consentExpiry.Set(ctx, consentExpiryKey(consent)); err != nil {
		return types.ID{}, err
	}
	if err := k.record(ctx, subjectID, types.TRAIL_KIND_CONSENT_GRANTED, by.addr, id, consent.Purpose); err != nil {
		return types.ID{}, err
	}
	return id, emit(ctx, types.NewEventConsentGranted(id, subjectID, grantee.text, consent.Purpose))
}

// newConsent checks what the subject agrees to.
func (k *Keeper) newConsent(
	ctx context.Context, id, subject types.ID, grantee actor, msg *types.MsgGrantConsent,
) (types.Consent, error) {
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	params, err := k.GetParams(ctx)
	if err != nil {
		return types.Consent{}, err
	}
	switch {
	case !msg.Purpose.OfDataUser():
		return types.Consent{}, types.ErrInvalidPurpose.Wrapf("%s: choose a purpose for which a data user may look", msg.Purpose)
	case !msg.Mode.Known():
		return types.Consent{}, types.ErrInvalidConsentMode.Wrapf("mode %d: choose one of ConsentMode", msg.Mode)
	case msg.Uses < 1 || msg.Uses > types.MaxUses:
		return types.Consent{}, types.ErrInvalidConsent.Wrapf("%d uses: give 1 to %d", msg.Uses, types.MaxUses)
	}
	validFrom := msg.ValidFrom
	if validFrom.IsZero() {
		validFrom = now
	}
	if err := requireValidity(validFrom, msg.ValidUntil, now, params.MaxConsentValidity); err != nil {
		return types.Consent{}, err
	}
	if err := k.requireSchemas(ctx, msg.SchemaIds); err != nil {
		return types.Consent{}, err
	}
	return types.Consent{
		Id:          id.Bytes(),
		Subject:     subject.Bytes(),
		Grantee:     grantee.text,
		Purpose:     msg.Purpose,
		SchemaIds:   msg.SchemaIds,
		Mode:        msg.Mode,
		UsesLeft:    msg.Uses,
		ValidFrom:   validFrom,
		ValidUntil:  msg.ValidUntil,
		Status:      types.CONSENT_STATUS_LIVE,
		StatusSince: now,
	}, nil
}

// requireValidity bounds both ends, also so that valid_until can be a key in the queue. Sub saturates, so
// no difference of two times wraps around.
func requireValidity(from, until, now time.Time, longest time.Duration) error {
	switch {
	case !until.After(now):
		return types.ErrInvalidConsent.Wrapf("valid_until %s is not after the block time %s: choose a later one", rfc3339(until), rfc3339(now))
	case !until.After(from):
		return types.ErrInvalidConsent.Wrapf("valid_until %s is not after valid_from %s", rfc3339(until), rfc3339(from))
	case until.Sub(from) > longest:
		return types.ErrInvalidConsent.Wrapf("valid for %s: at most %s are allowed; a consent can be given again", until.Sub(from), longest)
	case from.Sub(now) > longest:
		return types.ErrInvalidConsent.Wrapf("valid_from %s is too far ahead: choose one within %s", rfc3339(from), longest)
	}
	return nil
}

// requireSchemas checks the scope: known schemas, ascending, each once.
func (k *Keeper) requireSchemas(ctx context.Context, ids [][]byte) error {
	if err := types.ValidateScope(ids); err != nil {
		return err
	}
	for _, id := range ids {
		known, err := k.attestations.HasSchema(ctx, id)
		if err != nil {
			return err
		}
		if !known {
			return types.ErrUnknownSchema.Wrapf("%s: list them with `creditd query attestation schemas`", types.ID(id))
		}
	}
	return nil
}

// withdrawConsent takes a consent back at once. What was opened under it is not undone; vaults look at the
// consent again before they answer.
func (k *Keeper) withdrawConsent(ctx context.Context, by actor, msg *types.MsgWithdrawConsent) error {
	subjectID, err := types.IDFromBytes("subject", msg.Subject)
	if err != nil {
		return err
	}
	id, err := types.IDFromBytes("id", msg.Id)
	if err != nil {
		return err
	}
	subject, err := k.GetSubject(ctx, subjectID)
	if err != nil {
		return err
	}
	if err := requireController(by, subject); err != nil {
		return err
	}
	consent, err := k.GetConsent(ctx, subjectID, id)
	if err != nil {
		return err
	}
	if consent.Status != types.CONSENT_STATUS_LIVE {
		return types.ErrConsentNotLive.Wrapf("%s since %s: there is nothing left to withdraw", consent.Status, rfc3339(consent.StatusSince))
	}
	if err := k.endConsent(ctx, consent, types.CONSENT_STATUS_WITHDRAWN); err != nil {
		return err
	}
	if err := k.record(ctx, subjectID, types.TRAIL_KIND_CONSENT_WITHDRAWN, by.addr, id, consent.Purpose); err != nil {
		return err
	}
	return emit(ctx, types.NewEventConsentWithdrawn(id, subjectID))
}

func requireNonce(nonce []byte) error {
	if len(nonce) != types.NonceSize {
		return types.ErrInvalidNonce.Wrapf("%d bytes: choose %d at random", len(nonce), types.NonceSize)
	}
	return nil
}
