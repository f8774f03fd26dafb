package keeper

import (
	"context"

	"github.com/creditd/creditd/x/credit/types"
)

// AskApproval lets an inquiry wait, as a data contract that asks for a second approval does.
func (k *Keeper) AskApproval(ctx context.Context, id, contract types.ID) error {
	inquiry, err := k.GetInquiry(ctx, id)
	if err != nil {
		return err
	}
	by, err := k.parseActor("data_user", inquiry.DataUser)
	if err != nil {
		return err
	}
	return k.writeInquiry(ctx, by, inquiry, contract)
}
