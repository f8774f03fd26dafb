// Package keeper holds the rules of x/attestation and its state.
package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	"cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// maxAddressBytes is longer than any address in text.
const maxAddressBytes = 128

// Keeper of schemas, attestations, anchors, accreditations and credential keys.
type Keeper struct {
	addressCodec address.Codec
	accounts     types.AccountKeeper
	institutions types.InstitutionKeeper
	authority    string // of by-vote messages
	resolvers    map[string]types.Resolver
	statusHooks  []types.StatusHook

	// Schema of the collections, for tools that decode the state.
	Schema collections.Schema
	// params: 0x00 -> Params.
	params collections.Item[types.Params]
	// schemas: 0x01 | schema id (32) -> Schema without its id.
	schemas collections.Map[types.ID, types.Schema]
	// schemaVersions: 0x10 | name | 0x00 | version (4) | schema id (32) -> 01.
	schemaVersions collections.KeySet[collections.Triple[string, uint32, types.ID]]
	// bySubject: 0x03 | subject (32) | attestation id (32) -> 01. Of listed schemas only.
	bySubject collections.KeySet[collections.Pair[types.ID, types.ID]]
	// batches: 0x04 | batch id (28) -> Batch without its id. It never changes.
	batches collections.Map[types.ContainerID, types.Batch]
	// statuses: 0x05 | attestation id (32) -> StatusEntry. None as long as the attestation is as it was stated.
	statuses collections.Map[types.ID, types.StatusEntry]
	// statusLists: 0x06 | batch or anchor id (28) | chunk (4) -> bits of 2048 items, without the zeros at the end.
	statusLists collections.Map[collections.Pair[types.ContainerID, uint32], []byte]
	// expiries: 0x07 | expires_at (8, types.TimeKey) | batch id (28) -> 01.
	expiries collections.KeySet[collections.Pair[time.Time, types.ContainerID]]
	// anchors: 0x08 | anchor id (28) -> Anchor without its id.
	anchors collections.Map[types.ContainerID, types.Anchor]
	// anchorsByIssuer: 0x09 | len(address) (1) | issuer | anchor id (28) -> 01.
	anchorsByIssuer collections.KeySet[collections.Pair[sdk.AccAddress, types.ContainerID]]
	// checkpoints: 0x0a | anchor id (28) | size (4) -> Checkpoint without anchor id and size.
	checkpoints collections.Map[collections.Pair[types.ContainerID, uint32], types.Checkpoint]
	// accreditations: 0x0b | accreditation id (32) -> Accreditation without its id.
	accreditations collections.Map[types.ID, types.Accreditation]
	// accreditationsByParent: 0x0c | parent (32, zero when by vote) | accreditation id (32) -> 01.
	accreditationsByParent collections.KeySet[collections.Pair[types.ID, types.ID]]
	// accreditationsByGrantee: 0x0d | len(address) (1) | grantee | accreditation id (32) -> 01.
	accreditationsByGrantee collections.KeySet[collections.Pair[sdk.AccAddress, types.ID]]
	// credentialKeys: 0x0e | len(address) (1) | issuer | kid (32) -> CredentialKey without issuer and kid.
	credentialKeys collections.Map[collections.Pair[sdk.AccAddress, types.ID], types.CredentialKey]
	// usedNonces: 0x0f | deadline (8) | len(address) (1) | issuer | nonce (16) -> 01. Gone after the deadline.
	usedNonces collections.KeySet[collections.Triple[time.Time, sdk.AccAddress, []byte]]
}

// NewKeeper of the module; authority is the account of by-vote messages.
func NewKeeper(
	cdc codec.Codec, storeService store.KVStoreService, addressCodec address.Codec,
	accounts types.AccountKeeper, institutions types.InstitutionKeeper, authority string,
) *Keeper {
	sb := collections.NewSchemaBuilder(storeService)
	k := &Keeper{
		addressCodec: addressCodec,
		accounts:     accounts,
		institutions: institutions,
		authority:    authority,
		resolvers:    map[string]types.Resolver{},
		params:       collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),
		schemas: collections.NewMap(sb, types.SchemasPrefix, "schemas",
			types.IDKey, codec.CollValue[types.Schema](cdc)),
		schemaVersions: types.NewIndex(sb, types.SchemaVersionsPrefix, "schema_versions",
			collections.TripleKeyCodec(collections.StringKey, collections.Uint32Key, types.IDKey)),
		bySubject: types.NewIndex(sb, types.BySubjectPrefix, "attestations_by_subject",
			collections.PairKeyCodec(types.IDKey, types.IDKey)),
		batches: collections.NewMap(sb, types.BatchesPrefix, "batches",
			types.ContainerIDKey, codec.CollValue[types.Batch](cdc)),
		statuses: collections.NewMap(sb, types.StatusesPrefix, "statuses",
			types.IDKey, codec.CollValue[types.StatusEntry](cdc)),
		statusLists: collections.NewMap(sb, types.StatusListsPrefix, "status_lists",
			collections.PairKeyCodec(types.ContainerIDKey, collections.Uint32Key), collections.BytesValue),
		expiries: types.NewIndex(sb, types.ExpiriesPrefix, "expiries",
			collections.PairKeyCodec(types.TimeKey, types.ContainerIDKey)),
		anchors: collections.NewMap(sb, types.AnchorsPrefix, "anchors",
			types.ContainerIDKey, codec.CollValue[types.Anchor](cdc)),
		anchorsByIssuer: types.NewIndex(sb, types.AnchorsByIssuerPrefix, "anchors_by_issuer",
			collections.PairKeyCodec(sdk.AccAddressKey, types.ContainerIDKey)),
		checkpoints: collections.NewMap(sb, types.CheckpointsPrefix, "checkpoints",
			collections.PairKeyCodec(types.ContainerIDKey, collections.Uint32Key), codec.CollValue[types.Checkpoint](cdc)),
		accreditations: collections.NewMap(sb, types.AccreditationsPrefix, "accreditations",
			types.IDKey, codec.CollValue[types.Accreditation](cdc)),
		accreditationsByParent: types.NewIndex(sb, types.AccreditationsByParentPrefix, "accreditations_by_parent",
			collections.PairKeyCodec(types.IDKey, types.IDKey)),
		accreditationsByGrantee: types.NewIndex(sb, types.AccreditationsByGranteePrefix, "accreditations_by_grantee",
			collections.PairKeyCodec(sdk.AccAddressKey, types.IDKey)),
		credentialKeys: collections.NewMap(sb, types.CredentialKeysPrefix, "credential_keys",
			collections.PairKeyCodec(sdk.AccAddressKey, types.IDKey), codec.CollValue[types.CredentialKey](cdc)),
		usedNonces: types.NewIndex(sb, types.UsedNoncesPrefix, "used_nonces",
			collections.TripleKeyCodec(types.TimeKey, sdk.AccAddressKey, collections.BytesKey)),
	}
	schema, err := sb.Build()
	if err != nil {
		panic(err) // two collections under one prefix or name: a mistake above, not an input
	}
	k.Schema = schema
	return k
}

// AddResolver makes a hook known under the name that schemas give. It is called while the application is wired,
// never later: which names there are is part of the program.
func (k *Keeper) AddResolver(name string, resolver types.Resolver) { k.resolvers[name] = resolver }

// AddStatusHook lets a module above follow what becomes of attestations. It is called while the application is wired, never
// later; hooks are told in the order in which they were added.
func (k *Keeper) AddStatusHook(hook types.StatusHook) { k.statusHooks = append(k.statusHooks, hook) }

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

// addressText is the one spelling of an address that the state has; bech32 has two.
func (k *Keeper) addressText(field string, address sdk.AccAddress) (string, error) {
	text, err := k.addressCodec.BytesToString(address)
	if err != nil {
		return "", types.ErrInvalidAddress.Wrapf("%s: %s", field, err)
	}
	return text, nil
}
