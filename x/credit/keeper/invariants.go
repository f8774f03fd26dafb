package keeper

import (
	"bytes"
	"context"

	"cosmossdk.io/collections"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// Invariants checks what must hold in every state, whatever messages led there. It walks the whole state:
// for tests and simulations. An index is compared with what it indexes by presence one way and by count
// the other.
func (k *Keeper) Invariants(ctx context.Context) error {
	for _, check := range []func(context.Context) error{
		k.checkSubjects, k.checkTradelines, k.checkConsents, k.checkInquiries, k.checkReceipts, k.checkTrail,
	} {
		if err := check(ctx); err != nil {
			return err
		}
	}
	return nil
}

func broken(what string, id []byte, err error) error {
	if err == nil {
		return nil
	}
	return types.ErrInvariant.Wrapf("%s %x: %s", what, id, err)
}

func (k *Keeper) checkSubjects(ctx context.Context) error {
	payers := 0
	err := k.WalkSubjects(ctx, types.ID{}, func(subject types.Subject) (bool, error) {
		if err := broken("subject", subject.Pseudonym, subject.Validate()); err != nil {
			return true, err
		}
		payer := subject.Controller + subject.OfferedTo // at most one of them is there
		if payer == "" {
			return false, nil
		}
		payers++
		account, err := k.canonical("payer", payer)
		if err != nil {
			return true, broken("subject", subject.Pseudonym, err)
		}
		has, err := k.payers.Has(ctx, collections.Join(account, types.ID(subject.Pseudonym)))
		if err == nil && !has {
			err = types.ErrInvariant.Wrapf("subject %x: %s is not among the payers", subject.Pseudonym, payer)
		}
		return false, err
	})
	if err != nil {
		return err
	}
	return sameCount(ctx, "payers", payers, k.payers)
}

func sameCount[K any](ctx context.Context, what string, want int, keys collections.KeySet[K]) error {
	have, err := count(ctx, keys)
	if err == nil && have != want {
		err = types.ErrInvariant.Wrapf("%d %s where %d should be", have, what, want)
	}
	return err
}

func (k *Keeper) checkTradelines(ctx context.Context) error {
	pairs := make(map[string]struct{}) // counted, never walked
	err := k.WalkTradelines(ctx, types.ID{}, func(tradeline types.Tradeline) (bool, error) {
		pairs[string(tradeline.Subject)+tradeline.Furnisher] = struct{}{}
		return false, broken("tradeline", tradeline.Id, k.checkTradeline(ctx, tradeline))
	})
	if err != nil {
		return err
	}
	return sameCount(ctx, "furnishers of subjects", len(pairs), k.furnishers)
}

func (k *Keeper) checkTradeline(ctx context.Context, tradeline types.Tradeline) error {
	if err := tradeline.Validate(); err != nil {
		return err
	}
	if err := k.requireSubject(ctx, types.ID(tradeline.Subject)); err != nil {
		return err
	}
	furnisher, err := k.canonical("furnisher", tradeline.Furnisher)
	if err != nil {
		return err
	}
	indexed, err := k.furnishers.Has(ctx, furnisherKey(types.ID(tradeline.Subject), furnisher))
	if err == nil && !indexed {
		err = types.ErrInvariant.Wrap("its furnisher is not in the index")
	}
	if err != nil {
		return err
	}
	return k.checkAttestation(ctx, tradeline)
}

// checkAttestation says whether the version that counts is the furnisher's word about the subject, not
// replaced by another.
func (k *Keeper) checkAttestation(ctx context.Context, tradeline types.Tradeline) error {
	attestation, err := k.attestations.GetAttestation(ctx, tradeline.AttestationId)
	switch {
	case err != nil:
		return err
	case attestation.Issuer != tradeline.Furnisher:
		return types.ErrInvariant.Wrapf("attestation %x is by %s", attestation.Id, attestation.Issuer)
	case !bytes.Equal(attestation.Subject, tradeline.Subject):
		return types.ErrInvariant.Wrapf("attestation %x is about another subject", attestation.Id)
	case attestation.Status == attestationtypes.STATUS_SUPERSEDED:
		return types.ErrInvariant.Wrapf("attestation %x is superseded", attestation.Id)
	}
	return nil
}

func (k *Keeper) checkConsents(ctx context.Context) error {
	used := make(map[string]uint32) // asked, never walked
	err := k.WalkInquiries(ctx, types.ID{}, func(inquiry types.Inquiry) (bool, error) {
		used[string(inquiry.ConsentId)]++
		return false, nil
	})
	if err != nil {
		return err
	}
	live := 0
	err = k.WalkConsents(ctx, types.ID{}, func(consent types.Consent) (bool, error) {
		if err := broken("consent", consent.Id, consent.Validate()); err != nil {
			return true, err
		}
		if err := broken("consent", consent.Id, k.requireSubject(ctx, types.ID(consent.Subject))); err != nil {
			return true, err
		}
		if spent := used[string(consent.Id)]; spent+consent.UsesLeft > types.MaxUses {
			return true, types.ErrInvariant.Wrapf("consent %x: %d uses spent and %d left", consent.Id, spent, consent.UsesLeft)
		}
		if consent.Status != types.CONSENT_STATUS_LIVE {
			return false, nil
		}
		live++
		queued, err := k.consentExpiry.Has(ctx, consentExpiryKey(consent))
		if err == nil && !queued {
			err = types.ErrInvariant.Wrapf("consent %x is live and not in the queue", consent.Id)
		}
		return false, err
	})
	if err != nil {
		return err
	}
	return sameCount(ctx, "consents in the queue", live, k.consentExpiry)
}

func (k *Keeper) checkInquiries(ctx context.Context) error {
	open := 0
	err := k.WalkInquiries(ctx, types.ID{}, func(inquiry types.Inquiry) (bool, error) {
		if err := broken("inquiry", inquiry.Id, k.checkInquiry(ctx, inquiry)); err != nil {
			return true, err
		}
		if inquiry.Status != types.INQUIRY_STATUS_OPEN {
			return false, nil
		}
		open++
		queued, err := k.inquiryExpiry.Has(ctx, inquiryExpiryKey(inquiry))
		if err == nil && !queued {
			err = types.ErrInvariant.Wrapf("inquiry %x is open and not in the queue", inquiry.Id)
		}
		return false, err
	})
	if err != nil {
		return err
	}
	return sameCount(ctx, "inquiries in the queue", open, k.inquiryExpiry)
}

func (k *Keeper) checkInquiry(ctx context.Context, inquiry types.Inquiry) error {
	if err := inquiry.Validate(); err != nil {
		return err
	}
	subject := types.ID(inquiry.Subject)
	if err := k.requireSubject(ctx, subject); err != nil {
		return err
	}
	dataUser, err := k.canonical("data_user", inquiry.DataUser)
	if err != nil {
		return err
	}
	got, err := k.HasReceipt(ctx, types.ID(inquiry.Id), dataUser)
	if err != nil {
		return err
	}
	if got != (inquiry.Status == types.INQUIRY_STATUS_FULFILLED) {
		return types.ErrInvariant.Wrapf("%s does not go with the data user's receipt", inquiry.Status)
	}
	if len(inquiry.ConsentId) == 0 {
		return nil
	}
	consent, err := k.GetConsent(ctx, subject, types.ID(inquiry.ConsentId))
	if err != nil {
		return err
	}
	if consent.Grantee != inquiry.DataUser || consent.Purpose != inquiry.Purpose || consent.ValidUntil.Before(inquiry.ExpiresAt) {
		return types.ErrInvariant.Wrapf("consent %x does not allow it", consent.Id)
	}
	return nil
}

func (k *Keeper) checkReceipts(ctx context.Context) error {
	return k.walkReceipts(ctx, func(receipt types.Receipt) (bool, error) {
		if err := broken("receipt of inquiry", receipt.InquiryId, receipt.Validate()); err != nil {
			return true, err
		}
		inquiry, err := k.GetInquiry(ctx, types.ID(receipt.InquiryId))
		if err != nil {
			return true, broken("receipt of inquiry", receipt.InquiryId, err)
		}
		if receipt.Time.Before(inquiry.OpenedAt) || !receipt.Time.Before(inquiry.ExpiresAt) {
			return true, types.ErrInvariant.Wrapf("receipt of inquiry %x: left while it was not open", receipt.InquiryId)
		}
		return false, nil
	})
}

// checkTrail also compares corrections with versions: at most one line for each version after the first.
func (k *Keeper) checkTrail(ctx context.Context) error {
	corrections := make(map[string]uint32) // asked, never walked
	err := k.walkTrail(ctx, func(entry types.TrailEntry) (bool, error) {
		if entry.Kind == types.TRAIL_KIND_CORRECTED {
			corrections[string(entry.Ref)]++
		}
		if err := broken("trail of", entry.Subject, entry.Validate()); err != nil {
			return true, err
		}
		return false, broken("trail of", entry.Subject, k.requireSubject(ctx, types.ID(entry.Subject)))
	})
	if err != nil {
		return err
	}
	return k.WalkTradelines(ctx, types.ID{}, func(tradeline types.Tradeline) (bool, error) {
		if lines := corrections[string(tradeline.Id)]; lines >= tradeline.Version {
			return true, types.ErrInvariant.Wrapf("tradeline %x: version %d after %d corrections", tradeline.Id, tradeline.Version, lines)
		}
		return false, nil
	})
}
