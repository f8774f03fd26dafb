package keeper

import (
	"context"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// grantConsent lets a data user look, and returns the id of the consent. It costs four writes (consent, queue and both
// trails), and four more when it renews another.
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
	if err := k.requireUnmerged(subject); err != nil {
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
	consent, err := k.newConsent(ctx, id, grantee, msg)
	if err != nil {
		return types.ID{}, err
	}
	if len(msg.Renews) != 0 {
		if err := k.replaceConsent(ctx, by, grantee, msg.Renews, consent); err != nil {
			return types.ID{}, err
		}
	}
	return id, k.addConsent(ctx, by, grantee, subject, consent)
}

// addConsent writes a consent that was found in order, and lets data contracts see it.
func (k *Keeper) addConsent(ctx context.Context, by, grantee actor, subject types.Subject, consent types.Consent) error {
	id, subjectID := types.ID(consent.Id), types.ID(consent.Subject)
	if err := k.setConsent(ctx, consent); err != nil {
		return err
	}
	if err := k.consentExpiry.Set(ctx, consentExpiryKey(consent)); err != nil {
		return err
	}
	if err := k.recordWith(ctx, grantee.addr, subjectID, types.TRAIL_KIND_CONSENT_GRANTED, by.addr, id, consent.Purpose); err != nil {
		return err
	}
	_, err := k.runContracts(ctx, contractEvent{
		trigger: types.CONTRACT_TRIGGER_CONSENT, ref: id, subject: subject, institution: grantee, consent: &consent,
	})
	if err != nil {
		return err
	}
	return emit(ctx, types.NewEventConsentGranted(id, subjectID, grantee.text, consent.Purpose))
}

// replaceConsent ends the consent that a new one renews. It must be of the same kind, so that a renewal never widens to whom
// or for what the subject agreed; terms and scope are those of the new one alone.
func (k *Keeper) replaceConsent(ctx context.Context, by, grantee actor, renews []byte, renewal types.Consent) error {
	oldID, err := types.IDFromBytes("renews", renews)
	if err != nil {
		return err
	}
	id, subject := types.ID(renewal.Id), types.ID(renewal.Subject)
	consent, err := k.GetConsent(ctx, subject, oldID)
	if err != nil {
		return err
	}
	switch now := sdk.UnwrapSDKContext(ctx).BlockTime(); {
	case consent.Grantee != grantee.text:
		return types.ErrInvalidRenewal.Wrapf("%s is given to %s: a renewal is for the same data user", oldID, consent.Grantee)
	case consent.Purpose != renewal.Purpose:
		return types.ErrInvalidRenewal.Wrapf("%s is given for %s: a renewal is for the same purpose", oldID, consent.Purpose)
	case consent.Status != types.CONSENT_STATUS_LIVE:
		return types.ErrInvalidRenewal.Wrapf("%s is %s since %s: leave renews out", oldID, consent.Status, rfc3339(consent.StatusSince))
	case !now.Before(consent.ValidUntil):
		return types.ErrInvalidRenewal.Wrapf("%s expired at %s: leave renews out", oldID, rfc3339(consent.ValidUntil))
	}
	consent.ReplacedBy = id.Bytes()
	if err := k.endConsent(ctx, consent, types.CONSENT_STATUS_REPLACED); err != nil {
		return err
	}
	if err := k.recordWith(ctx, grantee.addr, subject, types.TRAIL_KIND_CONSENT_REPLACED, by.addr, oldID, consent.Purpose); err != nil {
		return err
	}
	return emit(ctx, types.NewEventConsentReplaced(oldID, subject, id))
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
	if _, err := k.requireControllerOf(ctx, by, subjectID); err != nil {
		return err
	}
	consent, err := k.GetConsent(ctx, subjectID, id)
	if err != nil {
		return err
	}
	if consent.Status != types.CONSENT_STATUS_LIVE {
		return types.ErrConsentNotLive.Wrapf("%s since %s: there is nothing left to withdraw", consent.Status, rfc3339(consent.StatusSince))
	}
	grantee, err := k.parseActor("grantee", consent.Grantee)
	if err != nil {
		return err
	}
	if err := k.endConsent(ctx, consent, types.CONSENT_STATUS_WITHDRAWN); err != nil {
		return err
	}
	if err := k.recordWith(ctx, grantee.addr, subjectID, types.TRAIL_KIND_CONSENT_WITHDRAWN, by.addr, id, consent.Purpose); err != nil {
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
