package keeper

import (
	"bytes"
	"context"
	"errors"
	"slices"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// openInquiry asks for a subject's records, under a consent or for a purpose that needs none. Whatever stands against it refuses
// it, each with its own error, before anything is written. It costs five writes (inquiry, queue, day and both trails), six
// with a consent.
func (k *Keeper) openInquiry(ctx context.Context, by actor, msg *types.MsgOpenInquiry) (types.ID, error) {
	subjectID, err := readInquiry(msg)
	if err != nil {
		return types.ID{}, err
	}
	institution, err := k.requireLooker(ctx, by, msg.Purpose)
	if err != nil {
		return types.ID{}, err
	}
	profile, err := k.profileOf(ctx, institution)
	if err != nil {
		return types.ID{}, err
	}
	rule, err := requirePurpose(profile, msg.Purpose)
	if err != nil {
		return types.ID{}, err
	}
	subject, err := k.GetSubject(ctx, subjectID)
	if err != nil {
		return types.ID{}, err
	}
	inquiry, err := k.newInquiry(ctx, by, subject, msg.Purpose, rule.Kind, msg.Nonce)
	if err != nil {
		return types.ID{}, err
	}
	inquiry.SchemaIds = msg.SchemaIds
	if !rule.FreezeExempt {
		if err := requireNotFrozen(subject, by, inquiry.OpenedAt); err != nil {
			return types.ID{}, err
		}
	}
	if rule.ConsentExempt {
		err = k.requireNoConsent(ctx, msg)
	} else {
		err = k.useConsent(ctx, by, msg.ConsentId, &inquiry)
	}
	if err != nil {
		return types.ID{}, err
	}
	if err := k.countInquiry(ctx, by.addr, msg.Purpose, profile.InquiryBudget); err != nil {
		return types.ID{}, err
	}
	return types.ID(inquiry.Id), k.startInquiry(ctx, by, subject, inquiry)
}

// readInquiry checks the shape of the message.
func readInquiry(msg *types.MsgOpenInquiry) (types.ID, error) {
	subject, err := types.IDFromBytes("subject", msg.Subject)
	if err != nil {
		return subject, err
	}
	if err := requireNonce(msg.Nonce); err != nil {
		return subject, err
	}
	if !msg.Purpose.OfDataUser() {
		return subject, types.ErrInvalidPurpose.Wrapf("%s: choose a purpose for which a data user may look", msg.Purpose)
	}
	if len(msg.SchemaIds) != 0 {
		if err := types.ValidateScope(msg.SchemaIds); err != nil {
			return subject, types.ErrInvalidInquiry.Wrap(err.Error())
		}
	}
	return subject, nil
}

// newInquiry begins an inquiry that was not there before. A retry is known as such whatever became of the first.
func (k *Keeper) newInquiry(
	ctx context.Context, by actor, subject types.Subject, purpose types.Purpose, kind types.InquiryKind, nonce []byte,
) (types.Inquiry, error) {
	id := types.InquiryID(by.addr, subject.Pseudonym, nonce)
	exists, err := k.inquiries.Has(ctx, id)
	if err != nil {
		return types.Inquiry{}, err
	}
	if exists {
		return types.Inquiry{}, types.ErrDuplicateInquiry.Wrapf("%s: it needs no sending again; another inquiry needs another nonce", id)
	}
	if err := k.requireUnmerged(subject); err != nil {
		return types.Inquiry{}, err
	}
	params, err := k.GetParams(ctx)
	if err != nil {
		return types.Inquiry{}, err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	return types.Inquiry{
		Id:         id.Bytes(),
		DataUser:   by.text,
		Subject:    subject.Pseudonym,
		Purpose:    purpose,
		Kind:       kind,
		Status:     types.INQUIRY_STATUS_OPEN,
		OpenedAt:   now,
		ExpiresAt:  now.Add(params.InquiryLifetime),
		FraudAlert: alerted(subject, now),
	}, nil
}

// requireNoConsent refuses to spend a use where none is needed. What is asked for must be there, since no scope says so.
func (k *Keeper) requireNoConsent(ctx context.Context, msg *types.MsgOpenInquiry) error {
	if len(msg.ConsentId) != 0 {
		return types.ErrConsentNotApplicable.Wrapf("%s: leave consent_id out, so that no use is spent", msg.Purpose)
	}
	if len(msg.SchemaIds) == 0 {
		return nil
	}
	return k.requireSchemas(ctx, msg.SchemaIds)
}

// useConsent takes one use of the consent and lets the inquiry rest on it. The inquiry ends with the consent if that is earlier.
func (k *Keeper) useConsent(ctx context.Context, by actor, consentID []byte, inquiry *types.Inquiry) error {
	if len(consentID) == 0 {
		return types.ErrNoConsent.Wrapf("%s needs the subject's consent: ask for it and name it in consent_id", inquiry.Purpose)
	}
	id, err := types.IDFromBytes("consent_id", consentID)
	if err != nil {
		return err
	}
	consent, err := k.GetConsent(ctx, types.ID(inquiry.Subject), id)
	if errors.Is(err, types.ErrUnknownConsent) {
		return types.ErrNoConsent.Wrapf("the subject gave no consent %s: ask for it", id)
	}
	if err != nil {
		return err
	}
	if err := requireConsent(consent, by, inquiry.Purpose, inquiry.OpenedAt); err != nil {
		return err
	}
	if err := requireScope(consent, inquiry.SchemaIds); err != nil {
		return err
	}
	inquiry.ConsentId = id.Bytes()
	inquiry.ExpiresAt = earlier(inquiry.ExpiresAt, consent.ValidUntil)
	consent.LastUsed = &inquiry.OpenedAt
	consent.UsesLeft--
	if consent.UsesLeft == 0 {
		return k.endConsent(ctx, consent, types.CONSENT_STATUS_USED_UP)
	}
	return k.setConsent(ctx, consent)
}

// requireScope lets a data user ask only for what the subject agreed to.
func requireScope(consent types.Consent, schemas [][]byte) error {
	for _, id := range schemas {
		if _, found := slices.BinarySearchFunc(consent.SchemaIds, id, bytes.Compare); !found {
			return types.ErrOutOfScope.Wrapf("schema %s: ask for what consent %s names, or for a wider one", types.ID(id), types.ID(consent.Id))
		}
	}
	return nil
}

// startInquiry lets data contracts see an inquiry that is lawful otherwise, and writes it.
func (k *Keeper) startInquiry(ctx context.Context, by actor, subject types.Subject, inquiry types.Inquiry) error {
	verdict, err := k.runContracts(ctx, contractEvent{
		trigger: types.CONTRACT_TRIGGER_INQUIRY, ref: types.ID(inquiry.Id), subject: subject, institution: by, inquiry: &inquiry,
	})
	if err != nil {
		return err
	}
	return k.writeInquiry(ctx, by, inquiry, verdict.secondApproval)
}

// writeInquiry writes an inquiry and says so in both trails; it waits when a data contract asks for a second approval.
func (k *Keeper) writeInquiry(ctx context.Context, by actor, inquiry types.Inquiry, secondApproval types.ID) error {
	id, subjectID := types.ID(inquiry.Id), types.ID(inquiry.Subject)
	waits := secondApproval != (types.ID{})
	if waits {
		inquiry.Status = types.INQUIRY_STATUS_PENDING
	}
	if err := k.addInquiry(ctx, inquiry); err != nil {
		return err
	}
	if err := k.recordWith(ctx, by.addr, subjectID, types.TRAIL_KIND_INQUIRY_OPENED, by.addr, id, inquiry.Purpose); err != nil {
		return err
	}
	if err := emit(ctx, types.NewEventInquiryOpened(id, by.text, subjectID, inquiry.Purpose)); err != nil || !waits {
		return err
	}
	return emit(ctx, types.NewEventInquiryPending(id, secondApproval))
}

func (k *Keeper) addInquiry(ctx context.Context, inquiry types.Inquiry) error {
	if err := k.setInquiry(ctx, inquiry); err != nil {
		return err
	}
	return k.inquiryExpiry.Set(ctx, inquiryExpiryKey(inquiry))
}
