// Package keeper holds the rules of x/predicate and its state.
package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// maxAddressBytes is longer than any address in text.
const maxAddressBytes = 128

type (
	// answerKey is an inquiry and the place of a predicate in its ask.
	answerKey = collections.Pair[types.ID, uint32]
	// fieldKey is a subject, a schema and a field of it.
	fieldKey = collections.Triple[types.ID, types.ID, uint32]
	// nodeKey is a tree, a level of it and the place of a node on that level.
	nodeKey = collections.Triple[types.ID, uint16, uint32]
	// rootKey is a tree and a root of it.
	rootKey = collections.Pair[types.ID, types.ID]
)

// Keeper of circuits, questions, answers and the trees of what holds.
type Keeper struct {
	accounts     types.AccountKeeper
	institutions types.InstitutionKeeper
	attestations types.AttestationKeeper
	credit       types.CreditKeeper
	authority    string // of by-vote messages
	keys         *keyCache

	// Schema of the collections, for tools that decode the state.
	Schema collections.Schema
	// params: 0x00 -> Params.
	params collections.Item[types.Params]
	// setup: 0x01 -> Setup.
	setup collections.Item[types.Setup]
	// circuits: 0x02 | circuit id (32) -> Circuit without its id.
	circuits collections.Map[types.ID, types.Circuit]
	// circuitVersions: 0x03 | name | 0x00 | version (4) | circuit id (32) -> 01.
	circuitVersions collections.KeySet[collections.Triple[string, uint32, types.ID]]
	// asks: 0x04 | inquiry id (32) -> Ask without its inquiry.
	asks collections.Map[types.ID, types.Ask]
	// answers: 0x05 | inquiry id (32) | predicate (4) -> Answer without both.
	answers collections.Map[answerKey, types.Answer]
	// answersBySubject: 0x06 | subject (32) | inquiry id (32) | predicate (4) -> 01.
	answersBySubject collections.KeySet[collections.Triple[types.ID, types.ID, uint32]]
	// budgets: 0x07 | subject (32) | schema id (32) | field (4) -> Budget without these.
	budgets collections.Map[fieldKey, types.Budget]
	// listings: 0x08 | attestation id (32) -> Listing without its id.
	listings collections.Map[types.ID, types.Listing]
	// listingQueue: 0x09 | until (8) | attestation id (32) -> 01. The listings that end.
	listingQueue collections.KeySet[collections.Pair[time.Time, types.ID]]
	// issuers: 0x0a | schema id (32) | issuer -> ListedIssuer without both.
	issuers collections.Map[collections.Pair[types.ID, sdk.AccAddress], types.ListedIssuer]
	// trees: 0x0b | tree (32) -> Tree without its id.
	trees collections.Map[types.ID, types.Tree]
	// freePlaces: 0x0c | tree (32) | place (4) -> 01. Places below the tree's size at which nothing stands.
	freePlaces collections.KeySet[collections.Pair[types.ID, uint32]]
	// nodes: 0x0d | tree (32) | level (2) | place (4) -> node (32). Those that differ from an empty tree's.
	nodes collections.Map[nodeKey, []byte]
	// roots: 0x0e | tree (32) | root (32) -> Root without both.
	roots collections.Map[rootKey, types.Root]
	// rootQueue: 0x0f | replaced_at (8) | tree (32) | root (32) -> 01. The roots that are no more.
	rootQueue collections.KeySet[collections.Triple[time.Time, types.ID, types.ID]]
	// proofsInBlock: 0x10 -> height (8) | number of proofs that were accepted in that block (4).
	proofsInBlock collections.Item[[]byte]
	// changedTrees: 0x11 | tree (32) -> 01. Trees whose root is not yet kept; empty between blocks.
	changedTrees collections.KeySet[types.ID]
}

// NewKeeper of the module; authority is the account of by-vote messages.
func NewKeeper(
	cdc codec.Codec, storeService store.KVStoreService, accounts types.AccountKeeper, institutions types.InstitutionKeeper,
	attestations types.AttestationKeeper, credit types.CreditKeeper, authority string,
) *Keeper {
	sb := collections.NewSchemaBuilder(storeService)
	id, at, index := attestationtypes.IDKey, attestationtypes.TimeKey, collections.Uint32Key
	k := &Keeper{
		accounts:     accounts,
		institutions: institutions,
		attestations: attestations,
		credit:       credit,
		authority:    authority,
		keys:         newKeyCache(types.MaxCircuitsLimit),
		params:       collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),
		setup:        collections.NewItem(sb, types.SetupPrefix, "setup", codec.CollValue[types.Setup](cdc)),
		circuits:     collections.NewMap(sb, types.CircuitsPrefix, "circuits", id, codec.CollValue[types.Circuit](cdc)),
		circuitVersions: attestationtypes.NewIndex(sb, types.CircuitVersionsPrefix, "circuit_versions",
			collections.TripleKeyCodec(collections.StringKey, index, id)),
		asks: collections.NewMap(sb, types.AsksPrefix, "asks", id, codec.CollValue[types.Ask](cdc)),
		answers: collections.NewMap(sb, types.AnswersPrefix, "answers",
			collections.PairKeyCodec(id, index), codec.CollValue[types.Answer](cdc)),
		answersBySubject: attestationtypes.NewIndex(sb, types.AnswersBySubjectPrefix, "answers_by_subject",
			collections.TripleKeyCodec(id, id, index)),
		budgets: collections.NewMap(sb, types.BudgetsPrefix, "budgets",
			collections.TripleKeyCodec(id, id, index), codec.CollValue[types.Budget](cdc)),
		listings:     collections.NewMap(sb, types.ListingsPrefix, "listings", id, codec.CollValue[types.Listing](cdc)),
		listingQueue: attestationtypes.NewIndex(sb, types.ListingQueuePrefix, listingQueueName, collections.PairKeyCodec(at, id)),
		issuers: collections.NewMap(sb, types.IssuersPrefix, "issuers",
			collections.PairKeyCodec(id, sdk.AccAddressKey), codec.CollValue[types.ListedIssuer](cdc)),
		trees:      collections.NewMap(sb, types.TreesPrefix, "trees", id, codec.CollValue[types.Tree](cdc)),
		freePlaces: attestationtypes.NewIndex(sb, types.FreePlacesPrefix, "free_places", collections.PairKeyCodec(id, index)),
		nodes: collections.NewMap(sb, types.NodesPrefix, "nodes",
			collections.TripleKeyCodec(id, collections.Uint16Key, index), collections.BytesValue),
		roots: collections.NewMap(sb, types.RootsPrefix, "roots",
			collections.PairKeyCodec(id, id), codec.CollValue[types.Root](cdc)),
		rootQueue:     attestationtypes.NewIndex(sb, types.RootQueuePrefix, rootQueueName, collections.TripleKeyCodec(at, id, id)),
		proofsInBlock: collections.NewItem(sb, types.ProofsInBlockPrefix, "proofs_in_block", collections.BytesValue),
		changedTrees:  attestationtypes.NewIndex(sb, types.ChangedTreesPrefix, "changed_trees", id),
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

// actor is who signs a message: the address as bytes, and in its one canonical spelling.
type actor struct {
	addr sdk.AccAddress
	text string
}

// parseActor reads the address in a message's field. What is stored is its canonical spelling, since
// bech32 has two (lower and upper case).
func (k *Keeper) parseActor(field, text string) (actor, error) {
	if len(text) > maxAddressBytes {
		return actor{}, types.ErrInvalidAddress.Wrapf("%s: %d characters: give a bech32 account address", field, len(text))
	}
	bz, err := k.accounts.AddressCodec().StringToBytes(text)
	if err != nil {
		return actor{}, types.ErrInvalidAddress.Wrapf("%s: %s: give a bech32 account address of this chain", field, err)
	}
	canonical, err := k.accounts.AddressCodec().BytesToString(bz)
	if err != nil {
		return actor{}, types.ErrInvalidAddress.Wrapf("%s: %s", field, err)
	}
	return actor{addr: bz, text: canonical}, nil
}

func blockTime(ctx context.Context) time.Time { return sdk.UnwrapSDKContext(ctx).BlockTime() }

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
