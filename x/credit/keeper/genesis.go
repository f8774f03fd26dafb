package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// InitGenesis checks the state of a genesis file and writes it, with the indexes and queues that follow
// from it. x/attestation has its genesis before, since tradelines name attestations.
func (k *Keeper) InitGenesis(ctx context.Context, gs *types.GenesisState) error {
	if err := gs.Validate(); err != nil {
		return err
	}
	if err := k.params.Set(ctx, gs.Params); err != nil {
		return err
	}
	if err := importEach(ctx, "subject", gs.Subjects, k.importSubject); err != nil {
		return err
	}
	if err := importEach(ctx, "tradeline", gs.Tradelines, k.importTradeline); err != nil {
		return err
	}
	if err := importEach(ctx, "consent", gs.Consents, k.importConsent); err != nil {
		return err
	}
	if err := importEach(ctx, "inquiry", gs.Inquiries, k.importInquiry); err != nil {
		return err
	}
	if err := importEach(ctx, "receipt", gs.Receipts, k.importReceipt); err != nil {
		return err
	}
	return importEach(ctx, "trail entry", gs.Trail, k.importTrailEntry)
}

func importEach[T any](ctx context.Context, what string, list []T, importOne func(context.Context, T) error) error {
	for i, item := range list {
		if err := importOne(ctx, item); err != nil {
			return types.ErrInvalidGenesis.Wrapf("%s %d: %s", what, i, err)
		}
	}
	return nil
}

func (k *Keeper) importSubject(ctx context.Context, subject types.Subject) error {
	if _, err := k.canonical("enrolled_by", subject.EnrolledBy); err != nil {
		return err
	}
	for _, payer := range []string{subject.Controller, subject.OfferedTo} {
		if payer == "" {
			continue
		}
		account, err := k.canonical("controller or offered_to", payer)
		if err != nil {
			return err
		}
		if err := k.payers.Set(ctx, collections.Join(account, types.ID(subject.Pseudonym))); err != nil {
			return err
		}
	}
	return k.setSubject(ctx, subject)
}

func (k *Keeper) importTradeline(ctx context.Context, tradeline types.Tradeline) error {
	furnisher, err := k.canonical("furnisher", tradeline.Furnisher)
	if err != nil {
		return err
	}
	if err := k.checkAttestation(ctx, tradeline); err != nil {
		return err
	}
	if err := k.furnishers.Set(ctx, furnisherKey(types.ID(tradeline.Subject), furnisher)); err != nil {
		return err
	}
	return k.setTradeline(ctx, tradeline)
}

func (k *Keeper) importConsent(ctx context.Context, consent types.Consent) error {
	if _, err := k.canonical("grantee", consent.Grantee); err != nil {
		return err
	}
	if consent.Status == types.CONSENT_STATUS_LIVE {
		if err := k.consentExpiry.Set(ctx, consentExpiryKey(consent)); err != nil {
			return err
		}
	}
	return k.setConsent(ctx, consent)
}

func (k *Keeper) importInquiry(ctx context.Context, inquiry types.Inquiry) error {
	if _, err := k.canonical("data_user", inquiry.DataUser); err != nil {
		return err
	}
	if inquiry.Status == types.INQUIRY_STATUS_OPEN {
		if err := k.inquiryExpiry.Set(ctx, inquiryExpiryKey(inquiry)); err != nil {
			return err
		}
	}
	return k.setInquiry(ctx, inquiry)
}

func (k *Keeper) importReceipt(ctx context.Context, receipt types.Receipt) error {
	institution, err := k.canonical("institution", receipt.Institution)
	if err != nil {
		return err
	}
	return k.setReceipt(ctx, institution, receipt)
}

func (k *Keeper) importTrailEntry(ctx context.Context, entry types.TrailEntry) error {
	by, err := k.canonical("actor", entry.Actor)
	if err != nil {
		return err
	}
	key := types.TrailKey{Height: entry.Height, Ref: types.ID(entry.Ref), Kind: entry.Kind, Actor: by}
	value := types.TrailEntry{Time: entry.Time, Purpose: entry.Purpose}
	return k.trail.Set(ctx, collections.Join(types.ID(entry.Subject), key), value)
}

// canonical reads an address that is in the one spelling that the state has.
func (k *Keeper) canonical(field, text string) (sdk.AccAddress, error) {
	read, err := k.parseActor(field, text)
	if err == nil && read.text != text {
		err = types.ErrInvalidAddress.Wrapf("%s: write %s as %s", field, text, read.text)
	}
	return read.addr, err
}

// ExportGenesis returns the state, in the order of its keys.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	gs := &types.GenesisState{Params: params}
	if err := k.WalkSubjects(ctx, types.ID{}, collect(&gs.Subjects)); err != nil {
		return nil, err
	}
	if err := k.WalkTradelines(ctx, types.ID{}, collect(&gs.Tradelines)); err != nil {
		return nil, err
	}
	if err := k.WalkConsents(ctx, types.ID{}, collect(&gs.Consents)); err != nil {
		return nil, err
	}
	if err := k.WalkInquiries(ctx, types.ID{}, collect(&gs.Inquiries)); err != nil {
		return nil, err
	}
	if err := k.walkReceipts(ctx, collect(&gs.Receipts)); err != nil {
		return nil, err
	}
	return gs, k.walkTrail(ctx, collect(&gs.Trail))
}

func collect[T any](list *[]T) func(T) (bool, error) {
	return func(item T) (bool, error) {
		*list = append(*list, item)
		return false, nil
	}
}
