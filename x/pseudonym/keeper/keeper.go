// Package keeper meters evaluations of the pseudonym function, migrates pseudonyms and keeps sessions of matching.
package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	"cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/pseudonym/types"
)

const (
	// maxAddressBytes is longer than any address in text.
	maxAddressBytes = 128
	// gasPerKey pays for decoding an element, which the store does not meter.
	gasPerKey = 1000
	// gasPerLink pays for the checks of one link.
	gasPerLink = 200
)

type (
	// deadline is a time and what is due then.
	deadline = collections.Pair[time.Time, types.ID]
	// windowOf is an institution and the beginning of a window.
	windowOf = collections.Pair[sdk.AccAddress, time.Time]
	// matchOf is a client or server, and a match.
	matchOf = collections.Pair[sdk.AccAddress, types.ID]
	// pairWindow is a client, a server and the beginning of a window.
	pairWindow = collections.Triple[sdk.AccAddress, sdk.AccAddress, time.Time]
)

// Keeper of key epochs, requests for evaluations, matches and migrations. A time in a key is 8 bytes (types.TimeKey).
type Keeper struct {
	addresses    address.Codec
	institutions types.InstitutionKeeper
	committees   types.CommitteeKeeper
	credit       types.CreditKeeper
	authority    string // of by-vote messages

	// Schema of the collections, for tools that decode the state.
	Schema collections.Schema
	// params: 0x00 -> Params.
	params collections.Item[types.Params]
	// epochs: 0x01 | epoch (8) -> KeyEpoch without its number.
	epochs collections.Map[uint64, types.KeyEpoch]
	// evaluations: 0x02 | id (32) -> Evaluation without its id.
	evaluations collections.Map[types.ID, types.Evaluation]
	// evaluationExpiry: 0x03 | expires_at (8) | id (32) -> 01.
	evaluationExpiry collections.KeySet[deadline]
	// usages: 0x04 | length (1) | institution | window (8) -> Usage without both.
	usages collections.Map[windowOf, types.Usage]
	// matches: 0x05 | id (32) -> Match without its id.
	matches collections.Map[types.ID, types.Match]
	// matchExpiry: 0x06 | expires_at (8) | id (32) -> 01. The matches that are not over.
	matchExpiry collections.KeySet[deadline]
	// matchUsages: 0x07 | length (1) | client | length (1) | server | window (8) -> items (8).
	matchUsages collections.Map[pairWindow, uint64]
	// migrations: 0x08 | old pseudonym (32) -> Migration without it.
	migrations collections.Map[types.ID, types.Migration]
	// migrationDue: 0x09 | due_at (8) | old pseudonym (32) -> 01.
	migrationDue collections.KeySet[deadline]
	// liveMatches: 0x0a | length (1) | institution | id (32) -> 01. The matches that are not over, of client and server.
	liveMatches collections.KeySet[matchOf]
}

// NewKeeper of the module; authority is the account of by-vote messages.
func NewKeeper(
	cdc codec.Codec, storeService store.KVStoreService, addresses address.Codec,
	institutions types.InstitutionKeeper, committees types.CommitteeKeeper, credit types.CreditKeeper, authority string,
) *Keeper {
	sb := collections.NewSchemaBuilder(storeService)
	due := collections.PairKeyCodec(types.TimeKey, types.IDKey)
	k := &Keeper{
		addresses: addresses, institutions: institutions, committees: committees, credit: credit, authority: authority,
		params:           collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),
		epochs:           collections.NewMap(sb, types.EpochsPrefix, "epochs", collections.Uint64Key, codec.CollValue[types.KeyEpoch](cdc)),
		evaluations:      collections.NewMap(sb, types.EvaluationsPrefix, "evaluations", types.IDKey, codec.CollValue[types.Evaluation](cdc)),
		evaluationExpiry: attestationtypes.NewIndex(sb, types.EvaluationExpiryPrefix, "evaluation_expiry", due),
		usages: collections.NewMap(sb, types.UsagesPrefix, "usages",
			collections.PairKeyCodec(sdk.AccAddressKey, types.TimeKey), codec.CollValue[types.Usage](cdc)),
		matches:     collections.NewMap(sb, types.MatchesPrefix, "matches", types.IDKey, codec.CollValue[types.Match](cdc)),
		matchExpiry: attestationtypes.NewIndex(sb, types.MatchExpiryPrefix, "match_expiry", due),
		matchUsages: collections.NewMap(sb, types.MatchUsagesPrefix, "match_usages",
			collections.TripleKeyCodec(sdk.AccAddressKey, sdk.AccAddressKey, types.TimeKey), collections.Uint64Value),
		migrations:   collections.NewMap(sb, types.MigrationsPrefix, "migrations", types.IDKey, codec.CollValue[types.Migration](cdc)),
		migrationDue: attestationtypes.NewIndex(sb, types.MigrationDuePrefix, "migration_due", due),
		liveMatches:  attestationtypes.NewIndex(sb, types.LiveMatchesPrefix, "live_matches", collections.PairKeyCodec(sdk.AccAddressKey, types.IDKey)),
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

// requireAuthority lets only a passed vote through.
func (k *Keeper) requireAuthority(authority string) error {
	if authority != k.authority {
		return types.ErrUnauthorized.Wrapf("authority is %.128q: submit the message in a proposal (`creditd tx gov submit-proposal`) with authority %s", authority, k.authority)
	}
	return nil
}

// actor is an account that a message names, as bytes and as it is spelt.
type actor struct {
	addr sdk.AccAddress
	text string
}

func (k *Keeper) parseActor(field, text string) (actor, error) {
	if len(text) > maxAddressBytes {
		return actor{}, types.ErrInvalidAddress.Wrapf("%s has %d characters", field, len(text))
	}
	addr, err := k.addresses.StringToBytes(text)
	if err != nil {
		return actor{}, types.ErrInvalidAddress.Wrapf("%s: %s", field, err)
	}
	canonical, err := k.addresses.BytesToString(addr)
	return actor{addr, canonical}, err
}

func blockTime(ctx context.Context) time.Time { return sdk.UnwrapSDKContext(ctx).BlockTime() }

func chargeGas(ctx context.Context, amount uint64, what string) {
	sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(amount, "pseudonym: "+what)
}

func emit(ctx context.Context, event proto.Message) error {
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(event)
}

func notFound(err error) bool { return errors.Is(err, collections.ErrNotFound) }

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
