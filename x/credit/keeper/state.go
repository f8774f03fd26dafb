package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// The value under a key does not repeat what the key holds: what is read gets it back here, and what is
// written loses it here. Nothing else touches the collections of records.

// GetSubject returns the subject of that pseudonym.
func (k *Keeper) GetSubject(ctx context.Context, id types.ID) (types.Subject, error) {
	subject, err := k.subjects.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return subject, unknownSubject(id)
	}
	subject.Pseudonym = id.Bytes()
	return subject, err
}

// requireSubject says whether the subject is enrolled, without reading it.
func (k *Keeper) requireSubject(ctx context.Context, id types.ID) error {
	enrolled, err := k.subjects.Has(ctx, id)
	if err == nil && !enrolled {
		return unknownSubject(id)
	}
	return err
}

func unknownSubject(id types.ID) error {
	return types.ErrUnknownSubject.Wrapf("%s: enrol it first with `creditd tx credit enrol-subjects`", id)
}

func (k *Keeper) setSubject(ctx context.Context, subject types.Subject) error {
	id := types.ID(subject.Pseudonym)
	subject.Pseudonym = nil
	return k.subjects.Set(ctx, id, subject)
}

// GetTradeline returns a subject's tradeline.
func (k *Keeper) GetTradeline(ctx context.Context, subject, id types.ID) (types.Tradeline, error) {
	tradeline, err := k.tradelines.Get(ctx, collections.Join(subject, id))
	if errors.Is(err, collections.ErrNotFound) {
		return tradeline, types.ErrUnknownTradeline.Wrapf("%s of subject %s: list those that there are with `creditd query credit tradelines`", id, subject)
	}
	return fullTradeline(collections.Join(subject, id), tradeline), err
}

func fullTradeline(key ofSubject, tradeline types.Tradeline) types.Tradeline {
	tradeline.Subject, tradeline.Id = key.K1().Bytes(), key.K2().Bytes()
	return tradeline
}

func (k *Keeper) setTradeline(ctx context.Context, tradeline types.Tradeline) error {
	key := collections.Join(types.ID(tradeline.Subject), types.ID(tradeline.Id))
	tradeline.Subject, tradeline.Id = nil, nil
	return k.tradelines.Set(ctx, key, tradeline)
}

// GetConsent returns a subject's consent.
func (k *Keeper) GetConsent(ctx context.Context, subject, id types.ID) (types.Consent, error) {
	consent, err := k.consents.Get(ctx, collections.Join(subject, id))
	if errors.Is(err, collections.ErrNotFound) {
		return consent, types.ErrUnknownConsent.Wrapf("%s of subject %s: list those that there are with `creditd query credit consents`", id, subject)
	}
	return fullConsent(collections.Join(subject, id), consent), err
}

func fullConsent(key ofSubject, consent types.Consent) types.Consent {
	consent.Subject, consent.Id = key.K1().Bytes(), key.K2().Bytes()
	return consent
}

func (k *Keeper) setConsent(ctx context.Context, consent types.Consent) error {
	key := collections.Join(types.ID(consent.Subject), types.ID(consent.Id))
	consent.Subject, consent.Id = nil, nil
	return k.consents.Set(ctx, key, consent)
}

// endConsent writes a consent that is live no more, and takes it out of the queue.
func (k *Keeper) endConsent(ctx context.Context, consent types.Consent, status types.ConsentStatus) error {
	consent.Status = status
	consent.StatusSince = sdk.UnwrapSDKContext(ctx).BlockTime()
	if err := k.consentExpiry.Remove(ctx, consentExpiryKey(consent)); err != nil {
		return err
	}
	return k.setConsent(ctx, consent)
}

// GetInquiry returns the inquiry of that id.
func (k *Keeper) GetInquiry(ctx context.Context, id types.ID) (types.Inquiry, error) {
	inquiry, err := k.inquiries.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return inquiry, types.ErrUnknownInquiry.Wrapf("%s: check the id and that its transaction is committed", id)
	}
	inquiry.Id = id.Bytes()
	return inquiry, err
}

func (k *Keeper) setInquiry(ctx context.Context, inquiry types.Inquiry) error {
	id := types.ID(inquiry.Id)
	inquiry.Id = nil
	return k.inquiries.Set(ctx, id, inquiry)
}

// closeInquiry writes an inquiry that is open no more. Before its time it stays in the queue, until it is settled who left no
// receipt.
func (k *Keeper) closeInquiry(ctx context.Context, inquiry types.Inquiry, status types.InquiryStatus) error {
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	inquiry.Status = status
	inquiry.ClosedAt = &now
	inquiry.Settled = status == types.INQUIRY_STATUS_EXPIRED
	return k.setInquiry(ctx, inquiry)
}

// HasReceipt says whether the institution left a receipt for the inquiry.
func (k *Keeper) HasReceipt(ctx context.Context, inquiry types.ID, institution sdk.AccAddress) (bool, error) {
	return k.receipts.Has(ctx, collections.Join(inquiry, institution))
}

func (k *Keeper) setReceipt(ctx context.Context, by sdk.AccAddress, receipt types.Receipt) error {
	key := collections.Join(types.ID(receipt.InquiryId), by)
	receipt.InquiryId, receipt.Institution = nil, ""
	return k.receipts.Set(ctx, key, receipt)
}

func (k *Keeper) fullReceipt(key collections.Pair[types.ID, sdk.AccAddress], receipt types.Receipt) (types.Receipt, error) {
	institution, err := k.accounts.AddressCodec().BytesToString(key.K2())
	receipt.InquiryId, receipt.Institution = key.K1().Bytes(), institution
	return receipt, err
}

func consentExpiryKey(consent types.Consent) consentDeadline {
	return collections.Join3(consent.ValidUntil.UnixNano(), types.ID(consent.Subject), types.ID(consent.Id))
}

func inquiryExpiryKey(inquiry types.Inquiry) inquiryDeadline {
	return collections.Join(inquiry.ExpiresAt.UnixNano(), types.ID(inquiry.Id))
}

func furnisherKey(subject types.ID, furnisher sdk.AccAddress) collections.Pair[types.ID, sdk.AccAddress] {
	return collections.Join(subject, furnisher)
}

func payersOf(account sdk.AccAddress) collections.Ranger[collections.Pair[sdk.AccAddress, types.ID]] {
	return collections.NewPrefixedPairRange[sdk.AccAddress, types.ID](account)
}

// earlier returns the first of two times.
func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
