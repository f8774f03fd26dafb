// Package keeper holds the rules of x/exposure and its state.
package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	"cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/exposure/types"
)

// maxAddressBytes is longer than any address in text.
const maxAddressBytes = 128

type (
	// partKey is a round and the index of a member.
	partKey = collections.Pair[types.ID, uint32]
	// scopeKey is a kind, whom or what it is about, and a round.
	scopeKey = collections.Triple[uint32, types.ID, types.ID]
	// dueKey is a time and the round that is due then.
	dueKey = collections.Pair[time.Time, types.ID]
	// dutyKey is an institution and a round that waits for it.
	dutyKey = collections.Pair[sdk.AccAddress, types.ID]
)

// Keeper of rounds.
type Keeper struct {
	addressCodec address.Codec
	institutions types.InstitutionKeeper
	committees   types.CommitteeKeeper
	credit       types.CreditKeeper
	attestations types.AttestationKeeper
	authority    string // of by-vote messages

	// Schema of the collections, for tools that decode the state.
	Schema collections.Schema
	// params: 0x00 -> Params.
	params collections.Item[types.Params]
	// rounds: 0x01 | round id (32) -> Round without its id.
	rounds collections.Map[types.ID, types.Round]
	// parts: 0x02 | round id (32) | index (4) -> Part without round and index.
	parts collections.Map[partKey, types.Part]
	// scopes: 0x03 | kind (4) | subject or sector id (32) | round id (32) -> 01. All rounds that are not forgotten.
	scopes collections.KeySet[scopeKey]
	// queue: 0x04 | time (8) | round id (32) -> 01. Every round once, when it comes further by itself or is forgotten.
	queue collections.KeySet[dueKey]
	// duties: 0x05 | length (1) | institution | round id (32) -> index (4). Whose submission or share a round waits for.
	duties collections.Map[dutyKey, uint32]
	// conduct: 0x06 | institution -> Conduct without its member.
	conduct collections.Map[sdk.AccAddress, types.Conduct]
}

// NewKeeper of the module; authority is the account of by-vote messages.
func NewKeeper(
	cdc codec.Codec, storeService store.KVStoreService, addressCodec address.Codec, institutions types.InstitutionKeeper,
	committees types.CommitteeKeeper, credit types.CreditKeeper, attestations types.AttestationKeeper, authority string,
) *Keeper {
	sb := collections.NewSchemaBuilder(storeService)
	id := attestationtypes.IDKey
	k := &Keeper{
		addressCodec: addressCodec,
		institutions: institutions,
		committees:   committees,
		credit:       credit,
		attestations: attestations,
		authority:    authority,
		params:       collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),
		rounds:       collections.NewMap(sb, types.RoundsPrefix, "rounds", id, codec.CollValue[types.Round](cdc)),
		parts: collections.NewMap(sb, types.PartsPrefix, "parts",
			collections.PairKeyCodec(id, collections.Uint32Key), codec.CollValue[types.Part](cdc)),
		scopes: attestationtypes.NewIndex(sb, types.ScopesPrefix, "scopes",
			collections.TripleKeyCodec(collections.Uint32Key, id, id)),
		queue: attestationtypes.NewIndex(sb, types.QueuePrefix, "queue",
			collections.PairKeyCodec(attestationtypes.TimeKey, id)),
		duties: collections.NewMap(sb, types.DutiesPrefix, "duties",
			collections.PairKeyCodec(sdk.AccAddressKey, id), collections.Uint32Value),
		conduct: collections.NewMap(sb, types.ConductPrefix, "conduct", sdk.AccAddressKey, codec.CollValue[types.Conduct](cdc)),
	}
	schema, err := sb.Build()
	if err != nil {
		panic(err) // two collections under one prefix or name: a mistake above, not an input
	}
	k.Schema = schema
	return k
}

// GetAuthority returns the account of by-vote messages.
func (k *Keeper) GetAuthority() string { return k.authority }

// GetParams returns the parameters in force.
func (k *Keeper) GetParams(ctx context.Context) (types.Params, error) { return k.params.Get(ctx) }

// SetParams replaces them.
func (k *Keeper) SetParams(ctx context.Context, params types.Params) error {
	if err := params.Validate(); err != nil {
		return err
	}
	if err := k.params.Set(ctx, params); err != nil {
		return err
	}
	return emit(ctx, &types.EventParamsUpdated{})
}

func blockTime(ctx context.Context) time.Time { return sdk.UnwrapSDKContext(ctx).BlockTime() }

func chargeGas(ctx context.Context, amount uint64, what string) {
	sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(amount, "exposure: "+what)
}

// actor is who signs a message: the address as bytes, and in its one canonical spelling.
type actor struct {
	addr sdk.AccAddress
	text string
}

// parseActor reads the address in a message's field.
func (k *Keeper) parseActor(field, text string) (actor, error) {
	if len(text) > maxAddressBytes {
		return actor{}, types.ErrInvalidAddress.Wrapf("%s: %d characters: give a bech32 account address", field, len(text))
	}
	bz, err := k.addressCodec.StringToBytes(text)
	if err != nil {
		return actor{}, types.ErrInvalidAddress.Wrapf("%s: %s: give a bech32 account address of this chain", field, err)
	}
	canonical, err := k.addressCodec.BytesToString(bz)
	if err != nil {
		return actor{}, types.ErrInvalidAddress.Wrapf("%s: %s", field, err)
	}
	return actor{addr: bz, text: canonical}, nil
}
