// Package keeper holds the rules of x/attestation and its state.
package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	"cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// maxAddressBytes is longer than any address in text.
const maxAddressBytes = 128

// Keeper of schemas and attestations.
type Keeper struct {
	addressCodec address.Codec
	institutions types.InstitutionKeeper
	authority    string // of by-vote messages

	// Schema of the collections, for tools that decode the state.
	Schema collections.Schema
	// params: 0x00 -> Params.
	params collections.Item[types.Params]
	// schemas: 0x01 | schema id (32) -> Schema without its id.
	schemas collections.Map[types.ID, types.Schema]
	// attestations: 0x02 | attestation id (32) -> Attestation without its id.
	attestations collections.Map[types.ID, types.Attestation]
	// bySubject: 0x03 | subject (32) | attestation id (32) -> nothing. The only index: one attestation is
	// two writes.
	bySubject collections.KeySet[collections.Pair[types.ID, types.ID]]
}

// NewKeeper of the module; authority is the account of by-vote messages.
func NewKeeper(
	cdc codec.Codec, storeService store.KVStoreService, addressCodec address.Codec,
	institutions types.InstitutionKeeper, authority string,
) *Keeper {
	sb := collections.NewSchemaBuilder(storeService)
	k := &Keeper{
		addressCodec: addressCodec,
		institutions: institutions,
		authority:    authority,
		params:       collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),
		schemas: collections.NewMap(sb, types.SchemasPrefix, "schemas",
			types.IDKey, codec.CollValue[types.Schema](cdc)),
		attestations: collections.NewMap(sb, types.AttestationsPrefix, "attestations",
			types.IDKey, codec.CollValue[types.Attestation](cdc)),
		bySubject: collections.NewKeySet(sb, types.BySubjectPrefix, "attestations_by_subject",
			collections.PairKeyCodec(types.IDKey, types.IDKey)),
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

// parseAddress reads the address in a message's field.
func (k *Keeper) parseAddress(field, text string) (sdk.AccAddress, error) {
	if len(text) > maxAddressBytes {
		return nil, types.ErrInvalidAddress.Wrapf("%s: %d characters: give a bech32 account address", field, len(text))
	}
	bz, err := k.addressCodec.StringToBytes(text)
	if err != nil {
		return nil, types.ErrInvalidAddress.Wrapf("%s: %s: give a bech32 account address of this chain", field, err)
	}
	return bz, nil
}
