// Package testutil starts a keeper of x/institution on a bare context, for tests of this and of other modules.
package testutil

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"

	"cosmossdk.io/core/address"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/codec"
	bech32codec "github.com/cosmos/cosmos-sdk/codec/address"
	codectestutil "github.com/cosmos/cosmos-sdk/codec/testutil"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdktestutil "github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/creditd/creditd/x/institution/keeper"
	"github.com/creditd/creditd/x/institution/types"
)

// Prefix of accounts in tests.
const Prefix = "credit"

// Start is the block time at which a chain of tests begins.
var Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// SetPrefix makes the SDK's global configuration print addresses as the tests do.
func SetPrefix() {
	config := sdk.GetConfig()
	config.SetBech32PrefixForAccount(Prefix, Prefix+"pub")
	config.SetBech32PrefixForValidator(Prefix+"valoper", Prefix+"valoperpub")
	config.SetBech32PrefixForConsensusNode(Prefix+"valcons", Prefix+"valconspub")
}

// Codec that knows the module's messages and consensus keys.
func Codec() *codec.ProtoCodec {
	registry := codectestutil.CodecOptions{AccAddressPrefix: Prefix, ValAddressPrefix: Prefix + "valoper"}.NewInterfaceRegistry()
	sdk.RegisterInterfaces(registry)
	cryptocodec.RegisterInterfaces(registry)
	authtypes.RegisterInterfaces(registry)
	types.RegisterInterfaces(registry)
	return codec.NewProtoCodec(registry)
}

// NewKeeper with an empty state, accounts in memory and a router that knows the module's messages.
func NewKeeper(tb testing.TB) (sdk.Context, *keeper.Keeper) {
	tb.Helper()
	SetPrefix()
	cdc := Codec()
	key := storetypes.NewKVStoreKey(types.StoreKey)
	ctx := sdktestutil.DefaultContextWithDB(tb, key, storetypes.NewTransientStoreKey("transient")).Ctx.
		WithBlockHeader(cmtproto.Header{Height: 1, Time: Start, ChainID: "test"})
	router := baseapp.NewMsgServiceRouter()
	router.SetInterfaceRegistry(cdc.InterfaceRegistry())
	k := keeper.NewKeeper(cdc, runtime.NewKVStoreService(key), accounts{}, router, authtypes.NewModuleAddress("gov").String())
	types.RegisterMsgServer(router, keeper.NewMsgServer(k))
	return ctx, k
}

// accounts is an account keeper without accounts.
type accounts struct{}

var _ types.AccountKeeper = accounts{}

func (accounts) AddressCodec() address.Codec                             { return bech32codec.NewBech32Codec(Prefix) }
func (accounts) GetAccount(context.Context, sdk.AccAddress) sdk.AccountI { return nil }
func (accounts) SetAccount(context.Context, sdk.AccountI)                {}
func (accounts) NewAccountWithAddress(_ context.Context, addr sdk.AccAddress) sdk.AccountI {
	return authtypes.NewBaseAccountWithAddress(addr)
}

// Operator number n; operators are in the order of numbers.
func Operator(n int) sdk.AccAddress {
	hash := sha256.Sum256(fmt.Appendf(nil, "operator %d", n))
	hash[0] = byte(n)
	return hash[:20]
}

// Key is a consensus key made from a name.
func Key(name string) *codectypes.Any {
	packed, err := codectypes.NewAnyWithValue(ed25519.GenPrivKeyFromSecret([]byte(name)).PubKey())
	if err != nil {
		panic(err)
	}
	return packed
}

// KeyOf institution n at genesis.
func KeyOf(n int) *codectypes.Any { return Key(fmt.Sprintf("key %d", n)) }

// Institution number n of a genesis state, a furnisher, and a validator when its power is not 0.
func Institution(n int, power int64) types.GenesisInstitution {
	g := types.GenesisInstitution{Institution: types.Institution{
		Operator: Operator(n).String(), Name: fmt.Sprintf("Bank %d", n), LicenceNumber: fmt.Sprintf("B-%d", n), Jurisdiction: "DE",
		Roles: []types.Role{types.ROLE_FURNISHER}, Status: types.LICENCE_STATUS_ACTIVE,
		ValidFrom: Start, ValidUntil: Start.AddDate(1, 0, 0), StatusSince: Start,
	}}
	if power > 0 {
		g.Institution.Roles = append(g.Institution.Roles, types.ROLE_VALIDATOR)
		g.Validator = &types.Validator{Operator: g.Institution.Operator, ConsensusPubkey: KeyOf(n), Power: power, JailedUntil: types.MinTime}
	}
	return g
}

// Genesis whose institution n has powers[n]; without timelock.
func Genesis(powers ...int64) *types.GenesisState {
	state := types.DefaultGenesis()
	state.Params.Timelock = 0
	for n, power := range powers {
		state.Institutions = append(state.Institutions, Institution(n, power))
	}
	return state
}
