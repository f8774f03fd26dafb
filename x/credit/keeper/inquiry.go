package keeper

import (
	"context"
	"errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// openInquiry asks for a subject's records, under a consent or for a purpose that needs none.
func (k *Keeper) openInquiry(ctx context.Context, by actor, msg *types.MsgOpenInquiry) (types.ID, error) {
	if err := k.requireRole(ctx, by, institutiontypes.ROLE_DATA_USER); err != nil {
		return types.ID{}, err
	}
	subject, err := types.IDFromBytes("subject", msg.Subject)
	if err != nil {
		return types.ID{}, err
	}
	if err := requireNonce(msg.Nonce); err != nil {
		return types.ID{}, err
	}
	if !msg.Purpose.OfDataUser() {
		return types.ID{}, types.ErrInvalidPurpose.Wrapf("%s: choose a purpose for which a data user may look", msg.Purpose)
	}
	if err := k.requireSubject(ctx, subject); err != nil {
		return types.ID{}, err
	}
	id := types.InquiryID(by.addr, msg.Subject, msg.Nonce)
	exists, err := k.inquiries.Has(ctx, id)
	if err != nil {
		return types.ID{}, err
	}
	if exists {
		return types.ID{}, types.ErrDuplicateInquiry.Wrapf("%s: it needs no sending again; another inquiry needs another nonce", id)
	}
	params, err := k.GetParams(ctx)
	if err != nil {
		return types.ID{}, err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	inquiry := types.Inquiry{
		Id:        id.Bytes(),
		DataUser:  by.text,
		Subject:   subject.Bytes(),
		Purpose:   msg.Purpose,
		Status:    types.INQUIRY_STATUS_OPEN,
		OpenedAt:  now,
		ExpiresAt: now.Add(params.InquiryLifetime),
	}
	if params.Exempt(msg.Purpose) {
		if len(msg.ConsentId) != 0 {
			return types.ID{}, types.ErrConsentNotApplicable.Wrapf("%s: leave consent_id out, so that no use is spent", msg.Purpose)
		}
	} else if err := k.useConsent(ctx, by, subject, msg, &inquiry); err != nil {
		return types.ID{}, err
	}
	if err := k.setInquiry(ctx, inquiry); err != nil {
		return types.ID{}, err
	}
	if err := k.inquiryExpiry.Set(ctx, inquiryExpiryKey(inquiry)); err != nil {
		return types.ID{}, err
	}
	if err := k.record(ctx, subject, types.TRAIL_KIND_INQUIRY_OPENED, by.addr, id, msg.Purpose); err != nil {
		return types.ID{}, err
	}
	return id, emit(ctx, types.NewEventInquiryOpened(id, by.text, subject, msg.Purpose))
}

// useConsent takes one use of the consent that the message names and lets the inquiry rest on it. The
// inquiry ends with the consent if that is earlier.
func (k *Keeper) useConsent(ctx context.Context, by actor, subject types.ID, msg *types.MsgOpenInquiry, inquiry *types.Inquiry) error {
	if len(msg.ConsentId) == 0 {
		return types.ErrNoConsent.Wrapf("%s needs the subject's consent: ask for it and name it in consent_id", msg.Purpose)
	}
	id, err := types.IDFromBytes("consent_id", msg.ConsentId)
	if err != nil {
		return err
	}
	consent, err := k.GetConsent(ctx, subject, id)
	if errors.Is(err, types.ErrUnknownConsent) {
		return types.ErrNoConsent.Wrapf("the subject gave no consent %s: ask for it", id)
	}
	if err != nil {
		return err
	}
	if err := requireConsent(consent, by, msg.Purpose, inquiry.OpenedAt); err != nil {
		return err
	}
	inquiry.ConsentId = id.Bytes()
	inquiry.ExpiresAt = earlier(inquiry.ExpiresAt, consent.ValidUntil)
	consent.UsesLeft--
	if consent.UsesLeft == 0 {
		return k.endConsent(ctx, consent, types.CONSENT_STATUS_USED_UP)
	}
	return k.setConsent(ctx, consent)
}

// leaveReceipt keeps an institution's word that data of an inquiry was given or got. That of the data user
// closes the inquiry; furnishers may leave theirs until it expires.
func (k *Keeper) leaveReceipt(ctx context.Context, by actor, msg *types.MsgLeaveReceipt) error {
	id, err := types.IDFromBytes("inquiry_id", msg.InquiryId)
	if err != nil {
		return err
	}
	if _, err := types.IDFromBytes("digest", msg.Digest); err != nil {
		return types.ErrInvalidReceipt.Wrap(err.Error())
	}
	inquiry, err := k.GetInquiry(ctx, id)
	if err != nil {
		return err
	}
	kind, err := k.receiptKind(ctx, by, inquiry)
	if err != nil {
		return err
	}
	exists, err := k.HasReceipt(ctx, id, by.addr)
	if err != nil {
		return err
	}
	if exists {
		return types.ErrDuplicateReceipt.Wrapf("%s left one for inquiry %s: an institution leaves one", by.text, id)
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	if inquiry.Status == types.INQUIRY_STATUS_EXPIRED || !now.Before(inquiry.ExpiresAt) {
		return types.ErrInquiryExpired.Wrapf("at %s: the data user opens a new one", rfc3339(inquiry.ExpiresAt))
	}
	receipt := types.Receipt{InquiryId: id.Bytes(), Digest: msg.Digest, Records: msg.Records, Time: now}
	if err := k.setReceipt(ctx, by.addr, receipt); err != nil {
		return err
	}
	if kind == types.TRAIL_KIND_DATA_GOT {
		if err := k.closeInquiry(ctx, inquiry, types.INQUIRY_STATUS_FULFILLED); err != nil {
			return err
		}
	}
	if err := k.record(ctx, types.ID(inquiry.Subject), kind, by.addr, id, inquiry.Purpose); err != nil {
		return err
	}
	return emit(ctx, types.NewEventReceiptLeft(id, by.text, msg.Records))
}
