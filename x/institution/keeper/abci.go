package keeper

import (
	"context"

	abci "github.com/cometbft/cometbft/abci/types"

	"cosmossdk.io/core/comet"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// BeginBlock answers for what CometBFT reports of the last blocks: equivocation and missed signatures.
func (k *Keeper) BeginBlock(ctx context.Context) error {
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	params, err := k.Params.Get(ctx)
	if err != nil {
		return err
	}
	if err := k.handleMisbehaviour(sdkCtx); err != nil {
		return err
	}
	return k.countMissed(sdkCtx, params)
}

// handleMisbehaviour trusts CometBFT to have verified the evidence and its age.
func (k *Keeper) handleMisbehaviour(ctx sdk.Context) error {
	info := ctx.CometInfo()
	if info == nil {
		return nil
	}
	evidence := info.GetEvidence()
	for i := range evidence.Len() {
		item := evidence.Get(i)
		switch item.Type() {
		case comet.DuplicateVote, comet.LightClientAttack:
			if err := k.punishEquivocation(ctx, item.Validator().Address(), item.Height()); err != nil {
				return err
			}
		default:
			ctx.Logger().Error("unknown kind of misbehaviour", "kind", item.Type())
		}
	}
	return nil
}

// EndBlock works off due licences and due changes, each up to queue_cap, and then tells CometBFT what follows for
// the validator set. x/gov must end its block before, so that its votes count in the same block.
func (k *Keeper) EndBlock(ctx context.Context) ([]abci.ValidatorUpdate, error) {
	params, err := k.Params.Get(ctx)
	if err != nil {
		return nil, err
	}
	if err := k.expireDue(ctx, params.QueueCap); err != nil {
		return nil, err
	}
	if err := k.executeDue(ctx, params.QueueCap); err != nil {
		return nil, err
	}
	return k.reconcile(ctx)
}
