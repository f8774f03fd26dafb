package keeper

import (
	"bytes"
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Questions are what the data user of an inquiry asks without seeing data: modules above this one answer them, by proofs or by
// sums. What allows a question, and what of the file an answer may rest on, is said here.

// GetLook returns an inquiry under which a data user may ask, and be answered, in this very block: open, in its time, of a
// licensed data user, with a consent that is not taken back, on a file that is not frozen to it.
func (k *Keeper) GetLook(ctx context.Context, inquiryID []byte) (types.Look, error) {
	id, err := types.IDFromBytes("inquiry_id", inquiryID)
	if err != nil {
		return types.Look{}, err
	}
	inquiry, err := k.GetInquiry(ctx, id)
	if err != nil {
		return types.Look{}, err
	}
	switch now := sdk.UnwrapSDKContext(ctx).BlockTime(); {
	case inquiry.Kind == types.INQUIRY_KIND_OWN:
		return types.Look{}, types.ErrNotParty.Wrap("a subject that looks at its own file asks nobody: it has the data")
	case inquiry.Status == types.INQUIRY_STATUS_EXPIRED || !now.Before(inquiry.ExpiresAt):
		return types.Look{}, types.ErrInquiryExpired.Wrapf("at %s: the data user opens a new one", rfc3339(inquiry.ExpiresAt))
	case inquiry.Status == types.INQUIRY_STATUS_PENDING:
		return types.Look{}, types.ErrInquiryPending.Wrapf("%s: another institution has to approve it first", id)
	case inquiry.Status != types.INQUIRY_STATUS_OPEN:
		return types.Look{}, types.ErrInquiryClosed.Wrapf("%s is %s: the data user opens a new one", id, inquiry.Status)
	}
	dataUser, err := k.parseActor("data_user", inquiry.DataUser)
	if err != nil {
		return types.Look{}, err
	}
	if err := k.requireStillAllowed(ctx, dataUser, inquiry); err != nil {
		return types.Look{}, err
	}
	if err := k.requireStillAgreed(ctx, inquiry); err != nil {
		return types.Look{}, err
	}
	look := types.Look{Inquiry: inquiry, DataUser: dataUser.addr, SchemaIds: inquiry.SchemaIds}
	if len(inquiry.ConsentId) == 0 {
		return look, nil
	}
	consent, err := k.GetConsent(ctx, types.ID(inquiry.Subject), types.ID(inquiry.ConsentId))
	if err != nil {
		return types.Look{}, err
	}
	if len(look.SchemaIds) == 0 {
		look.SchemaIds = consent.SchemaIds
	}
	look.RecordsFrom, look.RecordsUntil = consent.RecordsFrom, consent.RecordsUntil
	return look, nil
}

// RecordQuestion says in the trails of the subject and of the data user that a question was asked or answered under a look. ref
// is the inquiry; by is who did it.
func (k *Keeper) RecordQuestion(ctx context.Context, look types.Look, kind types.TrailKind, by sdk.AccAddress) error {
	inquiry := look.Inquiry
	return k.recordWith(ctx, look.DataUser, types.ID(inquiry.Subject), kind, by, types.ID(inquiry.Id), inquiry.Purpose)
}

// RequireController lets only the controller of the subject through, whose address may be in either spelling of bech32.
func (k *Keeper) RequireController(ctx context.Context, address string, subject types.ID) error {
	who, err := k.parseActor("controller", address)
	if err != nil {
		return err
	}
	_, err = k.requireControllerOf(ctx, who, subject)
	return err
}

// Furnishes says whether the institution, which must be licensed as a furnisher now, has a tradeline of the subject.
func (k *Keeper) Furnishes(ctx context.Context, institution sdk.AccAddress, subject types.ID) (bool, error) {
	if err := k.requireRole(ctx, actor{addr: institution}, institutiontypes.ROLE_FURNISHER); err != nil {
		return false, err
	}
	return k.furnishes(ctx, institution, subject)
}

// WalkRecords visits the tradelines of a subject and of the pseudonyms merged into it, until visit says stop. Who calls it in a
// transaction bounds what it visits; the store's gas pays for each.
func (k *Keeper) WalkRecords(ctx context.Context, subjectID types.ID, visit func(types.Tradeline) (stop bool, err error)) error {
	subject, err := k.GetSubject(ctx, subjectID)
	if err != nil {
		return err
	}
	stopped := false
	for _, pseudonym := range append([][]byte{subject.Pseudonym}, subject.Aliases...) {
		of := collections.NewPrefixedPairRange[types.ID, types.ID](types.ID(pseudonym))
		err := k.tradelines.Walk(ctx, of, func(key ofSubject, tradeline types.Tradeline) (stop bool, err error) {
			stopped, err = visit(fullTradeline(key, tradeline))
			return stopped, err
		})
		if err != nil || stopped {
			return err
		}
	}
	return nil
}

// RequireShown refuses to let an answer rest on an attestation that is the version that counts of a tradeline that is not
// shown, and returns the tradeline. An attestation that is no tradeline's is none of this module's: then there is none.
func (k *Keeper) RequireShown(ctx context.Context, subject types.ID, attestationID []byte) (record types.Tradeline, found bool, err error) {
	err = k.WalkRecords(ctx, subject, func(tradeline types.Tradeline) (bool, error) {
		if !bytes.Equal(tradeline.AttestationId, attestationID) {
			return false, nil
		}
		if !tradeline.ShownAt(sdk.UnwrapSDKContext(ctx).BlockTime()) {
			return true, types.ErrNotShown.Wrapf("tradeline %x is %s, to be shown until %s: no answer rests on it",
				tradeline.Id, tradeline.State, rfc3339(tradeline.ShowUntil))
		}
		record, found = tradeline, true
		return true, nil
	})
	return record, found, err
}
