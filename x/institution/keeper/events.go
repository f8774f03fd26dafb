package keeper

import (
	"context"
	"encoding/hex"
	"strings"

	"github.com/cosmos/gogoproto/proto"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/institution/types"
)

// emit a typed event.
func emit(ctx context.Context, event proto.Message) error {
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(event)
}

func (k *Keeper) emitLicenceChanged(ctx context.Context, institution types.Institution, reason types.Reason) error {
	return emit(ctx, &types.EventLicenceChanged{Operator: institution.Operator, Status: institution.Status, Reason: reason})
}

func (k *Keeper) emitPower(ctx context.Context, member types.SetMember, key *codectypes.Any, power int64) error {
	address, err := types.ConsensusAddress(key)
	if err != nil {
		return err
	}
	return emit(ctx, &types.EventValidatorPower{Operator: member.Operator, Address: hexAddress(address), Power: power})
}

// hexAddress is a consensus address as CometBFT's RPC prints it.
func hexAddress(address []byte) string { return strings.ToUpper(hex.EncodeToString(address)) }
