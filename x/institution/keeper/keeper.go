// Package keeper holds the licences of institutions and derives the validator set from them.
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

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/institution/types"
)

// Keeper of licences and of the validator set.
type Keeper struct {
	cdc       codec.Codec
	ak        types.AccountKeeper
	addresses address.Codec
	router    baseapp.MessageRouter
	// authority is the account of x/gov: the only one that may send messages "by vote".
	authority string

	Schema collections.Schema

	// Params: 0x00 -> Params
	Params collections.Item[types.Params]
	// Institutions: 0x01 | operator -> Institution
	Institutions collections.Map[sdk.AccAddress, types.Institution]
	// Licences: 0x02 | jurisdiction | 0x00 | licence number -> operator
	Licences collections.Map[collections.Pair[string, string], []byte]
	// Vaults: 0x03 | operator -> Vault
	Vaults collections.Map[sdk.AccAddress, types.Vault]
	// Validators: 0x04 | operator -> Validator; missed_blocks in it is 0, MissedCount has it.
	Validators collections.Map[sdk.AccAddress, types.Validator]
	// ConsensusKeys: 0x05 | consensus address -> ConsensusKey; entries are never removed.
	ConsensusKeys collections.Map[[]byte, types.ConsensusKey]
	// SetMembers: 0x06 | operator -> SetMember, what CometBFT was last told.
	SetMembers collections.Map[sdk.AccAddress, types.SetMember]
	// Pending: 0x07 | operator; whose place in the set EndBlock has to look at.
	Pending collections.KeySet[sdk.AccAddress]
	// Deadlines: 0x08 | unix nanoseconds (8 bytes) | operator; one entry for each ACTIVE licence, at the
	// start of its validity or at its end.
	Deadlines collections.KeySet[collections.Pair[uint64, sdk.AccAddress]]
	// History: 0x09 | length | operator | number from 1 (8 bytes) -> LicenceChange
	History collections.Map[collections.Pair[sdk.AccAddress, uint64], types.LicenceChange]
	// Missed: 0x0a | length | operator | chunk (4 bytes) -> bitmap of up to chunkBits slots; absent when empty.
	Missed collections.Map[collections.Pair[sdk.AccAddress, uint32], []byte]
	// MissedCount: 0x0b | operator -> number of bits set in its Missed; absent when 0.
	MissedCount collections.Map[sdk.AccAddress, uint64]
	// MissedWindow: 0x0c -> the window that Missed was written for.
	MissedWindow collections.Item[uint64]
	// ScheduledChanges: 0x0d | id (8 bytes) -> ScheduledChange
	ScheduledChanges collections.Map[uint64, types.ScheduledChange]
	// ChangeQueue: 0x0e | unix nanoseconds (8 bytes) | id (8 bytes)
	ChangeQueue collections.KeySet[collections.Pair[uint64, uint64]]
	// ChangeID: 0x0f -> the last id given. Votes are rare, so a counter is no hot spot.
	ChangeID collections.Item[uint64]
}

// NewKeeper of the module. The router is the real one: it runs scheduled changes. The authority is x/gov's
// account.
func NewKeeper(
	cdc codec.Codec, storeService store.KVStoreService, ak types.AccountKeeper, router baseapp.MessageRouter, authority string,
) *Keeper {
	if _, err := ak.AddressCodec().StringToBytes(authority); err != nil {
		panic(errorsmod.Wrapf(types.ErrInvalidAddress, "authority %q of x/institution: %s", authority, err))
	}
	sb := collections.NewSchemaBuilder(storeService)
	timed := collections.PairKeyCodec(collections.Uint64Key, sdk.AccAddressKey)
	k := &Keeper{
		cdc:       cdc,
		ak:        ak,
		addresses: ak.AddressCodec(),
		router:    router,
		authority: authority,

		Params:       collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),
		Institutions: collections.NewMap(sb, types.InstitutionsPrefix, "institutions", sdk.AccAddressKey, codec.CollValue[types.Institution](cdc)),
		Licences: collections.NewMap(sb, types.LicencesPrefix, "licences",
			collections.PairKeyCodec(collections.StringKey, collections.StringKey), collections.BytesValue),
		Vaults:        collections.NewMap(sb, types.VaultsPrefix, "vaults", sdk.AccAddressKey, codec.CollValue[types.Vault](cdc)),
		Validators:    collections.NewMap(sb, types.ValidatorsPrefix, "validators", sdk.AccAddressKey, codec.CollValue[types.Validator](cdc)),
		ConsensusKeys: collections.NewMap(sb, types.ConsensusKeysPrefix, "consensus_keys", collections.BytesKey, codec.CollValue[types.ConsensusKey](cdc)),
		SetMembers:    collections.NewMap(sb, types.SetMembersPrefix, "set_members", sdk.AccAddressKey, codec.CollValue[types.SetMember](cdc)),
		Pending:       collections.NewKeySet(sb, types.PendingPrefix, "pending", sdk.AccAddressKey),
		Deadlines:     collections.NewKeySet(sb, types.DeadlinesPrefix, "deadlines", timed),
		History: collections.NewMap(sb, types.HistoryPrefix, "history",
			collections.PairKeyCodec(sdk.AccAddressKey, collections.Uint64Key), codec.CollValue[types.LicenceChange](cdc)),
		Missed: collections.NewMap(sb, types.MissedPrefix, "missed",
			collections.PairKeyCodec(sdk.AccAddressKey, collections.Uint32Key), collections.BytesValue),
		MissedCount:      collections.NewMap(sb, types.MissedCountPrefix, "missed_count", sdk.AccAddressKey, collections.Uint64Value),
		MissedWindow:     collections.NewItem(sb, types.MissedWindowPrefix, "missed_window", collections.Uint64Value),
		ScheduledChanges: collections.NewMap(sb, types.ScheduledChangesPrefix, "scheduled_changes", collections.Uint64Key, codec.CollValue[types.ScheduledChange](cdc)),
		ChangeQueue: collections.NewKeySet(sb, types.ChangeQueuePrefix, "change_queue",
			collections.PairKeyCodec(collections.Uint64Key, collections.Uint64Key)),
		ChangeID: collections.NewItem(sb, types.ChangeIDPrefix, "change_id", collections.Uint64Value),
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

// AddressCodec of operators.
func (k *Keeper) AddressCodec() address.Codec { return k.addresses }

// GetParams in force.
func (k *Keeper) GetParams(ctx context.Context) (types.Params, error) { return k.Params.Get(ctx) }

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

// timeKey orders times in queues. Every time in a queue is a validated one or a block time: after 1970.
func timeKey(t time.Time) uint64 { return uint64(t.UnixNano()) }

// blockTime is the only clock of the state machine.
func blockTime(ctx context.Context) time.Time { return sdk.UnwrapSDKContext(ctx).BlockTime() }

// height of the block that is executed.
func height(ctx context.Context) int64 { return sdk.UnwrapSDKContext(ctx).BlockHeight() }
