package keeper

import (
	"context"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// requireAuthority lets only the members' vote through. sdk.ValidateAuthority is not used: it prefers an
// authority that the consensus parameters may name, which would be an administrator key.
func (k *Keeper) requireAuthority(signer string) error {
	if signer != k.authority {
		return types.ErrUnauthorized.Wrapf("authority is %.128q: put the message into a proposal with authority %s and let the members vote",
			signer, k.authority)
	}
	return nil
}

// requireRole lets an active institution with any of the roles through; with none named, any active one.
func (k *Keeper) requireRole(ctx context.Context, who actor, roles ...institutiontypes.Role) error {
	_, err := k.institutions.RequireRole(ctx, who.addr, roles...)
	return err
}

// requireEnroller lets only the institution through that enrolled the subject, while its licence is active.
func (k *Keeper) requireEnroller(ctx context.Context, who actor, subject types.Subject) error {
	if subject.EnrolledBy != who.text {
		return types.ErrNotEnroller.Wrapf("%s enrolled it: ask that institution", subject.EnrolledBy)
	}
	return k.requireRole(ctx, who)
}

// requireController lets only the subject itself through.
func requireController(who actor, subject types.Subject) error {
	if subject.Controller == "" {
		return types.ErrNotController.Wrap("the subject has no controller yet: the institution that enrolled it offers control, the subject claims it")
	}
	if subject.Controller != who.text {
		return types.ErrNotController.Wrap("sign with the account that claimed control of the subject")
	}
	return nil
}

// requireConsent says whether a consent allows a data user's look now, and why not.
func requireConsent(consent types.Consent, who actor, purpose types.Purpose, now time.Time) error {
	switch {
	case consent.Grantee != who.text:
		return types.ErrConsentOtherGrantee.Wrapf("it is given to %s: ask the subject for one of your own", consent.Grantee)
	case consent.Purpose != purpose:
		return types.ErrConsentOtherPurpose.Wrapf("it is given for %s: ask the subject for one for %s", consent.Purpose, purpose)
	case consent.Status == types.CONSENT_STATUS_WITHDRAWN:
		return types.ErrConsentWithdrawn.Wrapf("since %s: ask the subject for a new one", rfc3339(consent.StatusSince))
	case consent.Status == types.CONSENT_STATUS_USED_UP:
		return types.ErrConsentUsedUp.Wrapf("since %s: ask the subject for a new one", rfc3339(consent.StatusSince))
	case consent.Status == types.CONSENT_STATUS_EXPIRED || !now.Before(consent.ValidUntil):
		return types.ErrConsentExpired.Wrapf("since %s: ask the subject for a new one", rfc3339(consent.ValidUntil))
	case now.Before(consent.ValidFrom):
		return types.ErrConsentNotYetValid.Wrapf("until %s: come back then", rfc3339(consent.ValidFrom))
	}
	return nil
}

// receiptKind says in which capacity an institution leaves a receipt: the data user got, a furnisher with
// a tradeline of the subject gave. Nobody else has a part in an inquiry.
func (k *Keeper) receiptKind(ctx context.Context, who actor, inquiry types.Inquiry) (types.TrailKind, error) {
	if inquiry.DataUser == who.text {
		return types.TRAIL_KIND_DATA_GOT, k.requireRole(ctx, who, institutiontypes.ROLE_DATA_USER)
	}
	if err := k.requireRole(ctx, who, institutiontypes.ROLE_FURNISHER); err != nil {
		return 0, err
	}
	furnishes, err := k.furnishers.Has(ctx, furnisherKey(types.ID(inquiry.Subject), who.addr))
	if err != nil {
		return 0, err
	}
	if !furnishes {
		return 0, types.ErrNotParty.Wrap("only its data user and furnishers with a tradeline of its subject leave receipts")
	}
	return types.TRAIL_KIND_DATA_GIVEN, nil
}

// MayPay says whether the account controls a subject or has a standing offer of control: such accounts,
// like those of active institutions, may pay for transactions.
func (k *Keeper) MayPay(ctx context.Context, addr sdk.AccAddress) (bool, error) {
	iterator, err := k.payers.Iterate(ctx, payersOf(addr))
	if err != nil {
		return false, err
	}
	defer iterator.Close()
	return iterator.Valid(), nil
}

// CanAct says whether the operator may act in one of the roles. The simulation picks its signers by it.
func (k *Keeper) CanAct(ctx context.Context, operator sdk.AccAddress, roles ...institutiontypes.Role) bool {
	_, err := k.institutions.RequireRole(ctx, operator, roles...)
	return err == nil
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
