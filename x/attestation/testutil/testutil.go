// Package testutil is what keeper tests of x/attestation and x/credit stand on: bare stores that count
// their writes, and a register of institutions that a test can change.
package testutil

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	corestore "cosmossdk.io/core/store"
	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/store/v2"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Now is the block time that tests start at.
var Now = time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)

// Store is a module's store that counts what is written to it.
type Store struct {
	key    storetypes.StoreKey
	Writes int // sets and deletes since the test last put it to 0
	Bytes  int // bytes of keys and values in them
}

// NewContext returns a context at height 1 and time Now, over one fresh store for each name.
func NewContext(tb testing.TB, names ...string) (sdk.Context, []*Store) {
	tb.Helper()
	db := dbm.NewMemDB()
	cms := store.NewCommitMultiStore(db, log.NewNopLogger())
	stores := make([]*Store, len(names))
	for i, name := range names {
		stores[i] = &Store{key: storetypes.NewKVStoreKey(name)}
		cms.MountStoreWithDB(stores[i].key, storetypes.StoreTypeIAVL, nil) // nil: each under its own prefix in db
	}
	require.NoError(tb, cms.LoadLatestVersion())
	return sdk.NewContext(cms, cmtproto.Header{Height: 1, Time: Now}, false, log.NewNopLogger()), stores
}

// NewPlainContext is NewContext over stores in memory that commit to nothing, which are cheaper.
func NewPlainContext(tb testing.TB, names ...string) (sdk.Context, []*Store) {
	tb.Helper()
	cms := store.NewCommitMultiStore(dbm.NewMemDB(), log.NewNopLogger())
	stores := make([]*Store, len(names))
	for i, name := range names {
		key := storetypes.NewTransientStoreKey(name)
		stores[i] = &Store{key: key}
		cms.MountStoreWithDB(key, storetypes.StoreTypeTransient, nil)
	}
	require.NoError(tb, cms.LoadLatestVersion())
	return sdk.NewContext(cms, cmtproto.Header{Height: 1, Time: Now}, false, log.NewNopLogger()), stores
}

// Codec returns a codec that knows the interfaces that register registers.
func Codec(register ...func(codectypes.InterfaceRegistry)) codec.Codec {
	registry := codectypes.NewInterfaceRegistry()
	for _, each := range register {
		each(registry)
	}
	return codec.NewProtoCodec(registry)
}

// OpenKVStore implements corestore.KVStoreService.
func (s *Store) OpenKVStore(ctx context.Context) corestore.KVStore {
	return counted{sdk.UnwrapSDKContext(ctx).KVStore(s.key), s}
}

type counted struct {
	storetypes.KVStore
	count *Store
}

func (c counted) Get(key []byte) ([]byte, error) { return c.KVStore.Get(key), nil }
func (c counted) Has(key []byte) (bool, error)   { return c.KVStore.Has(key), nil }

func (c counted) Set(key, value []byte) error {
	c.count.Writes++
	c.count.Bytes += len(key) + len(value)
	c.KVStore.Set(key, value)
	return nil
}

func (c counted) Delete(key []byte) error {
	c.count.Writes++
	c.count.Bytes += len(key)
	c.KVStore.Delete(key)
	return nil
}

func (c counted) Iterator(start, end []byte) (corestore.Iterator, error) {
	return c.KVStore.Iterator(start, end), nil
}

func (c counted) ReverseIterator(start, end []byte) (corestore.Iterator, error) {
	return c.KVStore.ReverseIterator(start, end), nil
}

// Institutions is a register of licences that are in force from Now minus a year on.
type Institutions struct {
	Licences map[string]institutiontypes.Institution
	Calls    int // of RequireRole
}

// GetInstitution implements types.InstitutionKeeper.
func (i *Institutions) GetInstitution(_ context.Context, operator sdk.AccAddress) (institutiontypes.Institution, error) {
	institution, known := i.Licences[operator.String()]
	if !known {
		return institution, institutiontypes.ErrUnknownInstitution.Wrap(operator.String())
	}
	return institution, nil
}

// RequireRole implements types.InstitutionKeeper.
func (i *Institutions) RequireRole(ctx context.Context, operator sdk.AccAddress, roles ...institutiontypes.Role) (institutiontypes.Institution, error) {
	i.Calls++
	institution, err := i.GetInstitution(ctx, operator)
	if err != nil || !institution.ActiveAt(sdk.UnwrapSDKContext(ctx).BlockTime()) {
		return institutiontypes.Institution{}, institutiontypes.ErrNotLicensed.Wrap(operator.String())
	}
	if len(roles) == 0 || slices.ContainsFunc(roles, institution.HasRole) {
		return institution, nil
	}
	return institutiontypes.Institution{}, institutiontypes.ErrWrongRole.Wrapf("%s has %v", operator, institution.Roles)
}

// License gives the operator an active licence with these roles, in jurisdiction "US", for a hundred years.
func (i *Institutions) License(operator sdk.AccAddress, roles ...institutiontypes.Role) {
	if i.Licences == nil {
		i.Licences = map[string]institutiontypes.Institution{}
	}
	i.Licences[operator.String()] = institutiontypes.Institution{
		Operator: operator.String(), Jurisdiction: "US", Roles: roles, Status: institutiontypes.LICENCE_STATUS_ACTIVE,
		ValidFrom: Now.AddDate(-1, 0, 0), ValidUntil: Now.AddDate(100, 0, 0), StatusSince: Now.AddDate(-1, 0, 0),
	}
}

// Amend changes the operator's licence.
func (i *Institutions) Amend(operator sdk.AccAddress, change func(*institutiontypes.Institution)) {
	institution := i.Licences[operator.String()]
	change(&institution)
	i.Licences[operator.String()] = institution
}

// Suspend takes the operator's licence.
func (i *Institutions) Suspend(operator sdk.AccAddress) {
	i.Amend(operator, func(institution *institutiontypes.Institution) {
		institution.Status = institutiontypes.LICENCE_STATUS_SUSPENDED
	})
}

// Address returns the account address of a name.
func Address(name string) sdk.AccAddress {
	return sdk.AccAddress(fmt.Sprintf("%-20.20s", name))
}

// Bytes returns 32 bytes that follow from a name.
func Bytes(name string, a ...any) []byte {
	return []byte(fmt.Sprintf("%-32.32s", fmt.Sprintf(name, a...)))
}
