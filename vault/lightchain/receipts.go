package lightchain

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	sdk "github.com/cosmos/cosmos-sdk/types"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Receipt of an institution for an inquiry.
func (c *Chain) Receipt(ctx context.Context, inquiry [32]byte, institution string) (credittypes.Receipt, error) {
	var receipt credittypes.Receipt
	address, err := sdk.AccAddressFromBech32(institution)
	if err != nil {
		return receipt, fmt.Errorf("institution %.100q: %w", institution, err)
	}
	v, err := c.view(ctx)
	if err != nil {
		return receipt, err
	}
	err = c.read(ctx, v, fmt.Sprintf("receipt for inquiry %x", inquiry), slices.Concat(credittypes.ReceiptsStateKey(inquiry), address), &receipt)
	receipt.InquiryId, receipt.Institution = inquiry[:], institution
	return receipt, err
}

// Given walks an institution's trail and calls each for every inquiry that it left a furnisher's receipt for. That the trail
// is whole is proven; it is read by lines, so that it may be long.
func (c *Chain) Given(ctx context.Context, institution string, each func(inquiry [32]byte) error) error {
	address, err := sdk.AccAddressFromBech32(institution)
	if err != nil {
		return fmt.Errorf("institution %.100q: %w", institution, err)
	}
	trail := credittypes.InstitutionTrailStateKey(address)
	v, err := c.view(ctx)
	if err != nil {
		return err
	}
	for from := trail; ; {
		key, _, err := c.prove(ctx, v, question{store: credittypes.StoreKey, key: string(from), next: true})
		if err != nil {
			return err
		}
		if key == nil || !bytes.HasPrefix(key, trail) {
			return nil
		}
		_, line, err := credittypes.TrailKeyCodec.Decode(key[len(trail):])
		if err != nil {
			return fmt.Errorf("line of the trail of %s: %w: use a newer creditd", institution, err)
		}
		if line.Kind == credittypes.TRAIL_KIND_DATA_GIVEN {
			if err := each(line.Ref); err != nil {
				return err
			}
		}
		from = append(bytes.Clone(key), 0)
	}
}
