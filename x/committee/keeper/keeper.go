// Package keeper forms committees of institutions and generates their keys.
package keeper

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	"cosmossdk.io/core/store"
	errorsmod "cosmossdk.io/errors"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/committee/types"
)

// Keeper of committees.
type Keeper struct {
	addresses    address.Codec
	institutions types.InstitutionKeeper
	// authority is the account of x/gov: the only one that may send messages "by vote".
	authority string

	Schema collections.Schema

	// Params: 0x00 -> Params
	Params collections.Item[types.Params]
	// Committees: 0x01 | id (8 bytes) -> Committee; entries are never removed.
	Committees collections.Map[uint64, types.Committee]
	// Dealings: 0x02 | id (8 bytes) | dealer index (4 bytes) -> Dealing; until the committee is over.
	Dealings collections.Map[collections.Pair[uint64, uint32], types.Dealing]
	// Enlistments: 0x03 | purpose (4 bytes) | operator
	Enlistments collections.KeySet[collections.Pair[uint32, sdk.AccAddress]]
	// Purposes: 0x04 | purpose (4 bytes) -> PurposeState
	Purposes collections.Map[uint32, types.PurposeState]
	// Deadlines: 0x05 | time (8 bytes) | id (8 bytes); one entry for each committee that is not over.
	Deadlines collections.KeySet[collections.Pair[time.Time, uint64]]
	// Reviews: 0x06 | time (8 bytes) | purpose (4 bytes); one entry for each purpose.
	Reviews collections.KeySet[collections.Pair[time.Time, uint32]]
	// Duties: 0x07 | length | operator | id (8 bytes); what Committee.Owes says.
	Duties collections.KeySet[collections.Pair[sdk.AccAddress, uint64]]
}

var _ types.Reader = (*Keeper)(nil)

// NewKeeper of the module. The authority is x/gov's account.
func NewKeeper(
	cdc codec.BinaryCodec, storeService store.KVStoreService, addresses address.Codec, institutions types.InstitutionKeeper, authority string,
) *Keeper {
	if _, err := addresses.StringToBytes(authority); err != nil {
		panic(errorsmod.Wrapf(types.ErrInvalidAddress, "authority %q of x/committee: %s", authority, err))
	}
	sb := collections.NewSchemaBuilder(storeService)
	k := &Keeper{
		addresses: addresses, institutions: institutions, authority: authority,

		Params:     collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),
		Committees: collections.NewMap(sb, types.CommitteesPrefix, "committees", collections.Uint64Key, codec.CollValue[types.Committee](cdc)),
		Dealings: collections.NewMap(sb, types.DealingsPrefix, "dealings",
			collections.PairKeyCodec(collections.Uint64Key, collections.Uint32Key), codec.CollValue[types.Dealing](cdc)),
		Enlistments: attestationtypes.NewIndex(sb, types.EnlistmentsPrefix, "enlistments",
			collections.PairKeyCodec(collections.Uint32Key, sdk.AccAddressKey)),
		Purposes: collections.NewMap(sb, types.PurposesPrefix, "purposes", collections.Uint32Key, codec.CollValue[types.PurposeState](cdc)),
		Deadlines: attestationtypes.NewIndex(sb, types.DeadlinesPrefix, "deadlines",
			collections.PairKeyCodec(attestationtypes.TimeKey, collections.Uint64Key)),
		Reviews: attestationtypes.NewIndex(sb, types.ReviewsPrefix, "reviews",
			collections.PairKeyCodec(attestationtypes.TimeKey, collections.Uint32Key)),
		Duties: attestationtypes.NewIndex(sb, types.DutiesPrefix, "duties",
			collections.PairKeyCodec(sdk.AccAddressKey, collections.Uint64Key)),
	}
	schema, err := sb.Build()
	if err != nil {
		panic(err)
	}
	k.Schema = schema
	return k
}

// Authority that messages by vote carry.
func (k *Keeper) Authority() string { return k.authority }

// Active implements types.Reader.
func (k *Keeper) Active(ctx context.Context, purpose types.Purpose) (types.Committee, error) {
	if err := purpose.Validate(); err != nil {
		return types.Committee{}, err
	}
	state, err := k.Purposes.Get(ctx, uint32(purpose))
	if _, err := found(err); err != nil {
		return types.Committee{}, err
	}
	if state.Active == 0 {
		return types.Committee{}, errorsmod.Wrapf(types.ErrNoCommittee,
			"no committee is active for %s; `creditd query committee committees` shows whether one is being formed", purpose)
	}
	return k.Get(ctx, state.Active)
}

// Get implements types.Reader.
func (k *Keeper) Get(ctx context.Context, id uint64) (types.Committee, error) {
	c, err := k.Committees.Get(ctx, id)
	ok, err := found(err)
	if err == nil && !ok {
		err = errorsmod.Wrapf(types.ErrUnknownCommittee, "there is no committee %d; `creditd query committee committees` lists them", id)
	}
	return c, err
}

// addressText is the operator as users write it, for errors and events.
func (k *Keeper) addressText(operator sdk.AccAddress) string {
	text, err := k.addresses.BytesToString(operator)
	if err != nil {
		return hex.EncodeToString(operator)
	}
	return text
}

// found turns collections.ErrNotFound into false; every other error of the store is kept.
func found(err error) (bool, error) {
	if errors.Is(err, collections.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// blockTime is the only clock of the state machine.
func blockTime(ctx context.Context) time.Time { return sdk.UnwrapSDKContext(ctx).BlockTime().UTC() }

// chainID that all proofs are bound to.
func chainID(ctx context.Context) string { return sdk.UnwrapSDKContext(ctx).ChainID() }

// charge gas before work.
func charge(ctx context.Context, gas uint64, what string) {
	sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gas, what)
}
