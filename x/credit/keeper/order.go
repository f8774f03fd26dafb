package keeper

import (
	"bytes"
	"context"
	"time"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// Signed orders: a subject signs a message off the chain, anybody submits it and pays (docs/orders.md). An order gives no
// right: it is carried out by the handler of its message, as if its signer had sent it.

const (
	// gasPerSignature is what x/auth asks for one check of secp256k1.
	gasPerSignature = 1000
	// gasPerOrderByte pays for decoding and hashing.
	gasPerOrderByte = 1
)

// usedOrder is the deadline, the account that signed and the nonce.
type usedOrder = collections.Triple[time.Time, sdk.AccAddress, []byte]

// useOrder checks that an order is what its signer meant, here and now, and uses up its nonce. What costs little comes first;
// gas is taken before anything is hashed.
func (k *Keeper) useOrder(ctx context.Context, msg *types.MsgSubmitSigned) (sdk.Msg, error) {
	if err := msg.CheckSizes(); err != nil {
		return nil, err
	}
	if err := k.requireOrderTime(ctx, msg.Deadline); err != nil {
		return nil, err
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	sdkCtx.GasMeter().ConsumeGas(uint64(gasPerOrderByte*len(msg.Order.Value)), "credit: order")
	order, signer, err := types.DecodeOrder(msg.Order.TypeUrl, msg.Order.Value)
	if err != nil {
		return nil, err
	}
	account, err := k.parseActor("signer of the order", signer)
	if err != nil {
		return nil, err
	}
	sdkCtx.GasMeter().ConsumeGas(gasPerSignature, "credit: signature of an order")
	key := &secp256k1.PubKey{Key: msg.PubKey}
	if !bytes.Equal(key.Address(), account.addr) {
		return nil, types.ErrOrderSignature.Wrapf("the order is for %s to sign, pub_key belongs to another account", account.text)
	}
	used := collections.Join3(msg.Deadline, account.addr, msg.Nonce)
	before, err := k.usedOrders.Has(ctx, used)
	if err != nil {
		return nil, err
	}
	if before {
		return nil, types.ErrOrderUsed.Wrap("it needs no sending again; another order needs another nonce")
	}
	if !key.VerifySignature(msg.SignBytes(sdkCtx.ChainID()), msg.Signature) {
		return nil, types.ErrOrderSignature.Wrap("pub_key did not sign this order for this chain: compare chain id, type, value, deadline and nonce")
	}
	return order, k.usedOrders.Set(ctx, used)
}

func (k *Keeper) requireOrderTime(ctx context.Context, until time.Time) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	switch latest := now.Add(params.MaxOrderLifetime); {
	case until.Before(now):
		return types.ErrOrderDeadline.Wrapf("%s is before the block time %s: ask for a new signature", rfc3339(until), rfc3339(now))
	case until.After(latest):
		return types.ErrOrderDeadline.Wrapf("%s is too far ahead: on this chain it may be until %s", rfc3339(until), rfc3339(latest))
	}
	return nil
}

// carryOutOrder hands an order to the handler of its message, and returns the id of what it made. The list is closed: a
// message that is added to the module is no order until it stands here and in types.DecodeOrder.
func (s msgServer) carryOutOrder(ctx context.Context, order sdk.Msg) (id []byte, err error) {
	switch msg := order.(type) {
	case *types.MsgClaimControl:
		_, err = s.ClaimControl(ctx, msg)
	case *types.MsgRotateControl:
		_, err = s.RotateControl(ctx, msg)
	case *types.MsgCancelChange:
		_, err = s.CancelChange(ctx, msg)
	case *types.MsgGrantConsent:
		res, err := s.GrantConsent(ctx, msg)
		return res.GetId(), err
	case *types.MsgWithdrawConsent:
		_, err = s.WithdrawConsent(ctx, msg)
	case *types.MsgOpenOwnInquiry:
		res, err := s.OpenOwnInquiry(ctx, msg)
		return res.GetId(), err
	case *types.MsgFreeze:
		_, err = s.Freeze(ctx, msg)
	case *types.MsgLiftFreeze:
		_, err = s.LiftFreeze(ctx, msg)
	case *types.MsgPlaceFraudAlert:
		_, err = s.PlaceFraudAlert(ctx, msg)
	case *types.MsgLiftFraudAlert:
		_, err = s.LiftFraudAlert(ctx, msg)
	case *types.MsgOpenDispute:
		res, err := s.OpenDispute(ctx, msg)
		return res.GetId(), err
	case *types.MsgExtendDispute:
		_, err = s.ExtendDispute(ctx, msg)
	case *types.MsgEscalateDispute:
		_, err = s.EscalateDispute(ctx, msg)
	case *types.MsgAddStatement:
		_, err = s.AddStatement(ctx, msg)
	case *types.MsgRequestErasure:
		_, err = s.RequestErasure(ctx, msg)
	default:
		err = types.ErrInvalidOrder.Wrapf("%s is no order", sdk.MsgTypeURL(order))
	}
	return nil, err
}

// endOrders forgets orders whose deadline is before the block time. Such an order is refused in this block and, since block
// times do not go back, in every later one; one whose deadline is the block time is kept, as it still counts.
func (k *Keeper) endOrders(ctx sdk.Context, limit int) error {
	past := new(collections.Range[usedOrder]).EndExclusive(collections.TriplePrefix[time.Time, sdk.AccAddress, []byte](ctx.BlockTime()))
	over, err := queue[usedOrder]{keys: k.usedOrders, due: past}.first(ctx, limit)
	if err != nil {
		return err
	}
	for _, order := range over {
		if err := k.usedOrders.Remove(ctx, order); err != nil {
			return err
		}
	}
	return nil
}
