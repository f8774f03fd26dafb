package keeper

import (
	"context"

	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// approveInquiry is the second institution's approval that a data contract asked for; vaults may answer from now on. The time
// that the inquiry has does not get longer by it.
func (k *Keeper) approveInquiry(ctx context.Context, by actor, inquiryID []byte) error {
	id, err := types.IDFromBytes("inquiry_id", inquiryID)
	if err != nil {
		return err
	}
	inquiry, err := k.GetInquiry(ctx, id)
	if err != nil {
		return err
	}
	if err := k.requireApprover(ctx, by, inquiry); err != nil {
		return err
	}
	if inquiry.Status != types.INQUIRY_STATUS_PENDING {
		return types.ErrInquiryNotPending.Wrapf("%s is %s", id, inquiry.Status)
	}
	if now := sdk.UnwrapSDKContext(ctx).BlockTime(); !now.Before(inquiry.ExpiresAt) {
		return types.ErrInquiryExpired.Wrapf("at %s: the data user opens a new one", rfc3339(inquiry.ExpiresAt))
	}
	dataUser, err := k.parseActor("data_user", inquiry.DataUser)
	if err != nil {
		return err
	}
	if err := k.requireStillAllowed(ctx, dataUser, inquiry); err != nil {
		return err
	}
	if err := k.requireStillAgreed(ctx, inquiry); err != nil {
		return err
	}
	inquiry.Status = types.INQUIRY_STATUS_OPEN
	inquiry.ApprovedBy = by.text
	if err := k.setInquiry(ctx, inquiry); err != nil {
		return err
	}
	subject := types.ID(inquiry.Subject)
	if err := k.recordWith(ctx, dataUser.addr, subject, types.TRAIL_KIND_INQUIRY_APPROVED, by.addr, id, inquiry.Purpose); err != nil {
		return err
	}
	if err := k.recordOf(ctx, by.addr, subject, types.TRAIL_KIND_INQUIRY_APPROVED, id, inquiry.Purpose); err != nil {
		return err
	}
	return emit(ctx, types.NewEventInquiryApproved(id, by.text))
}

// requireStillAllowed refuses to open what could not be opened now: licence, profile, pseudonym or file may have changed while the
// inquiry waited.
func (k *Keeper) requireStillAllowed(ctx context.Context, dataUser actor, inquiry types.Inquiry) error {
	institution, err := k.requireLooker(ctx, dataUser, inquiry.Purpose)
	if err != nil {
		return errorsmod.Wrap(err, "data user")
	}
	profile, err := k.profileOf(ctx, institution)
	if err != nil {
		return err
	}
	rule, err := requirePurpose(profile, inquiry.Purpose)
	if err != nil {
		return err
	}
	subject, err := k.GetSubject(ctx, types.ID(inquiry.Subject))
	if err != nil {
		return err
	}
	if err := k.requireUnmerged(subject); err != nil || rule.FreezeExempt {
		return err
	}
	return requireNotFrozen(subject, dataUser, sdk.UnwrapSDKContext(ctx).BlockTime())
}

// requireStillAgreed refuses to open an inquiry whose consent the subject took back or renewed while it waited. The use that it
// took stays spent, and may well have been the last.
func (k *Keeper) requireStillAgreed(ctx context.Context, inquiry types.Inquiry) error {
	if len(inquiry.ConsentId) == 0 {
		return nil
	}
	consent, err := k.GetConsent(ctx, types.ID(inquiry.Subject), types.ID(inquiry.ConsentId))
	if err != nil {
		return err
	}
	switch consent.Status {
	case types.CONSENT_STATUS_WITHDRAWN:
		return types.ErrConsentWithdrawn.Wrapf("since %s: the data user asks the subject for a new one", rfc3339(consent.StatusSince))
	case types.CONSENT_STATUS_REPLACED:
		return types.ErrConsentReplaced.Wrapf("since %s: the data user opens an inquiry under %s", rfc3339(consent.StatusSince), types.ID(consent.ReplacedBy))
	}
	return nil
}
