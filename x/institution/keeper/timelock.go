package keeper

import (
	"context"
	"errors"
	"fmt"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	"github.com/cosmos/cosmos-sdk/baseapp"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/institution/types"
)

// changeGas bounds what one due change may do in EndBlock, where no block limit applies.
const changeGas = 50_000_000

// TimelockRouter is the router for x/gov: what a vote passed runs only after the timelock, so that members can stop
// it (MsgCancelChange) or leave. Each message of a proposal waits and runs on its own.
type TimelockRouter struct {
	router baseapp.MessageRouter
	keeper *Keeper
}

var _ baseapp.MessageRouter = TimelockRouter{}

// NewTimelockRouter wraps the real router.
func NewTimelockRouter(router baseapp.MessageRouter, keeper *Keeper) TimelockRouter {
	return TimelockRouter{router: router, keeper: keeper}
}

// Handler implements baseapp.MessageRouter.
func (r TimelockRouter) Handler(msg sdk.Msg) baseapp.MsgServiceHandler {
	return r.HandlerByTypeURL(sdk.MsgTypeURL(msg))
}

// HandlerByTypeURL implements baseapp.MessageRouter.
func (r TimelockRouter) HandlerByTypeURL(typeURL string) baseapp.MsgServiceHandler {
	handler := r.router.HandlerByTypeURL(typeURL)
	if handler == nil || withoutTimelock(typeURL) {
		return handler
	}
	return func(ctx sdk.Context, msg sdk.Msg) (*sdk.Result, error) {
		params, err := r.keeper.Params.Get(ctx)
		if err != nil {
			return nil, err
		}
		if params.Timelock == 0 {
			return handler(ctx, msg)
		}
		ctx = ctx.WithEventManager(sdk.NewEventManager())
		if err := r.keeper.schedule(ctx, params, msg); err != nil {
			return nil, err
		}
		return &sdk.Result{Events: ctx.EventManager().ABCIEvents()}, nil
	}
}

// withoutTimelock: taking a licence out of a running incident and stopping a change cannot wait. Both only take
// away, and both can be undone by a vote.
func withoutTimelock(typeURL string) bool {
	return typeURL == sdk.MsgTypeURL(&types.MsgSuspend{}) || typeURL == sdk.MsgTypeURL(&types.MsgCancelChange{})
}

// schedule queues a message that the members passed.
func (k *Keeper) schedule(ctx context.Context, params types.Params, msg sdk.Msg) error {
	packed, err := codectypes.NewAnyWithValue(msg)
	if err != nil {
		return errorsmod.Wrap(types.ErrChangeFailed, err.Error())
	}
	if err := types.ValidateChangeMessage(packed); err != nil {
		return err
	}
	last, err := k.lastChangeID(ctx)
	if err != nil {
		return err
	}
	change := types.ScheduledChange{Id: last + 1, ExecuteAt: blockTime(ctx).Add(params.Timelock), Message: packed}
	if err := k.ChangeID.Set(ctx, change.Id); err != nil {
		return err
	}
	if err := k.putChange(ctx, change); err != nil {
		return err
	}
	return emit(ctx, &types.EventChangeScheduled{Id: change.Id, TypeUrl: packed.TypeUrl, ExecuteAt: change.ExecuteAt})
}

func (k *Keeper) lastChangeID(ctx context.Context) (uint64, error) {
	last, err := k.ChangeID.Get(ctx)
	_, err = found(err)
	return last, err
}

func (k *Keeper) putChange(ctx context.Context, change types.ScheduledChange) error {
	if err := k.ScheduledChanges.Set(ctx, change.Id, change); err != nil {
		return err
	}
	return k.ChangeQueue.Set(ctx, collections.Join(timeKey(change.ExecuteAt), change.Id))
}

// cancelChange drops a change before it runs.
func (k *Keeper) cancelChange(ctx context.Context, id uint64) error {
	change, err := k.ScheduledChanges.Get(ctx, id)
	ok, err := found(err)
	if err != nil {
		return err
	}
	if !ok {
		return errorsmod.Wrapf(types.ErrUnknownChange, "%d ran, was cancelled or never was; `creditd query institution scheduled-changes` lists what waits", id)
	}
	if err := k.ScheduledChanges.Remove(ctx, id); err != nil {
		return err
	}
	if err := k.ChangeQueue.Remove(ctx, collections.Join(timeKey(change.ExecuteAt), id)); err != nil {
		return err
	}
	return emit(ctx, &types.EventChangeCancelled{Id: id})
}

// executeDue runs changes whose time has come, at most limit of them. A change that fails is reported and gone: the
// members can pass it again.
func (k *Keeper) executeDue(ctx context.Context, limit uint32) error {
	due, err := firstKeys(ctx, k.ChangeQueue, collections.NewPrefixUntilPairRange[uint64, uint64](timeKey(blockTime(ctx))), limit)
	if err != nil {
		return err
	}
	for _, key := range due {
		if err := k.executeOne(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) executeOne(ctx context.Context, key collections.Pair[uint64, uint64]) error {
	// An earlier change of this block may have cancelled this one.
	if queued, err := k.ChangeQueue.Has(ctx, key); err != nil || !queued {
		return err
	}
	change, failure := k.ScheduledChanges.Get(ctx, key.K2())
	if failure != nil && !errors.Is(failure, collections.ErrEncoding) {
		return failure
	}
	if err := k.ChangeQueue.Remove(ctx, key); err != nil {
		return err
	}
	if err := k.ScheduledChanges.Remove(ctx, key.K2()); err != nil {
		return err
	}
	event := &types.EventChangeExecuted{Id: key.K2()}
	if failure == nil {
		event.TypeUrl = change.Message.TypeUrl
		failure = k.runChange(sdk.UnwrapSDKContext(ctx), change.Message)
	}
	if failure != nil {
		event.Error = failure.Error()
	}
	return emit(ctx, event)
}

// runChange keeps the effects of a handler only when it succeeds. A panic, such as running out of gas, is an error.
func (k *Keeper) runChange(ctx sdk.Context, packed *codectypes.Any) (err error) {
	cacheCtx, write := ctx.CacheContext()
	cacheCtx = cacheCtx.WithGasMeter(storetypes.NewGasMeter(changeGas))
	defer func() {
		if cause := recover(); cause != nil {
			ctx.Logger().Error("scheduled change panicked", "module", types.ModuleName, "type", packed.TypeUrl, "cause", fmt.Sprint(cause))
			err = panicError(cause)
		}
	}()
	msg, ok := packed.GetCachedValue().(sdk.Msg)
	if !ok {
		return errorsmod.Wrapf(types.ErrChangeFailed, "message %s cannot be read", packed.TypeUrl)
	}
	handler := k.router.Handler(msg)
	if handler == nil {
		return errorsmod.Wrapf(types.ErrUnroutable, "%s; submit a message that this version knows", packed.TypeUrl)
	}
	result, err := handler(cacheCtx, msg)
	if err != nil {
		return err
	}
	write()
	if result != nil {
		ctx.EventManager().EmitEvents(result.GetEvents())
	}
	return nil
}

// panicError says the same on every node: the text of a panic may hold addresses of memory.
func panicError(cause any) error {
	if _, outOfGas := cause.(storetypes.ErrorOutOfGas); outOfGas {
		return errorsmod.Wrapf(types.ErrChangeFailed, "it needs more than %d gas; split it", changeGas)
	}
	return errorsmod.Wrap(types.ErrChangeFailed, "its handler panicked; see the log of a node")
}
