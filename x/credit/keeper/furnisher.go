package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// furnishes says whether the institution has a tradeline of the subject, under its pseudonym or one merged into it.
func (k *Keeper) furnishes(ctx context.Context, furnisher sdk.AccAddress, id types.ID) (bool, error) {
	furnishes, err := k.furnishers.Has(ctx, furnisherKey(id, furnisher))
	if err != nil || furnishes {
		return furnishes, err
	}
	subject, err := k.GetSubject(ctx, id)
	if err != nil {
		return false, err
	}
	for _, alias := range subject.Aliases {
		if furnishes, err = k.furnishers.Has(ctx, furnisherKey(types.ID(alias), furnisher)); err != nil || furnishes {
			return furnishes, err
		}
	}
	return false, nil
}

// askedBy returns the furnishers that an inquiry asks for data: none under a consent for questions alone, which vaults refuse;
// else, in the order of their keys: those with a tradeline of the subject, or of a
// pseudonym merged into it, since a block before the inquiry. The data user does not ask itself. params.max_furnishers bounds
// them for each pseudonym.
func (k *Keeper) askedBy(ctx context.Context, inquiry types.Inquiry) ([]sdk.AccAddress, error) {
	if questions, err := k.forQuestions(ctx, inquiry); err != nil || questions {
		return nil, err
	}
	dataUser, err := k.parseActor("data_user", inquiry.DataUser)
	if err != nil {
		return nil, err
	}
	subject, err := k.GetSubject(ctx, types.ID(inquiry.Subject))
	if err != nil {
		return nil, err
	}
	var asked []sdk.AccAddress
	seen := map[string]struct{}{string(dataUser.addr): {}} // asked, never walked
	for _, pseudonym := range append([][]byte{inquiry.Subject}, subject.Aliases...) {
		iterator, err := k.furnishers.Iterate(ctx, collections.NewPrefixedPairRange[types.ID, sdk.AccAddress](types.ID(pseudonym)))
		if err != nil {
			return nil, err
		}
		entries, err := iterator.KeyValues() // closes it
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			furnisher := entry.Key.K2()
			_, twice := seen[string(furnisher)]
			if twice || !entry.Value.Before(inquiry.OpenedAt) {
				continue
			}
			seen[string(furnisher)] = struct{}{}
			asked = append(asked, furnisher)
		}
	}
	return asked, nil
}

// forQuestions says whether the data user may ask questions alone.
func (k *Keeper) forQuestions(ctx context.Context, inquiry types.Inquiry) (bool, error) {
	if len(inquiry.ConsentId) == 0 {
		return false, nil
	}
	consent, err := k.GetConsent(ctx, types.ID(inquiry.Subject), types.ID(inquiry.ConsentId))
	return err == nil && consent.Mode == types.CONSENT_MODE_QUERY, err
}
