package app

import (
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	"github.com/spf13/cast"

	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/runtime"
	"github.com/cosmos/cosmos-sdk/server"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authkeeper "github.com/cosmos/cosmos-sdk/x/auth/keeper"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	bankkeeper "github.com/cosmos/cosmos-sdk/x/bank/keeper"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	consensuskeeper "github.com/cosmos/cosmos-sdk/x/consensus/keeper"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"
	"github.com/cosmos/cosmos-sdk/x/feegrant"
	feegrantkeeper "github.com/cosmos/cosmos-sdk/x/feegrant/keeper"
	govkeeper "github.com/cosmos/cosmos-sdk/x/gov/keeper"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1beta1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1beta1"
	upgradekeeper "github.com/cosmos/cosmos-sdk/x/upgrade/keeper"
	upgradetypes "github.com/cosmos/cosmos-sdk/x/upgrade/types"

	attestationkeeper "github.com/creditd/creditd/x/attestation/keeper"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	committeekeeper "github.com/creditd/creditd/x/committee/keeper"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	creditkeeper "github.com/creditd/creditd/x/credit/keeper"
	credittypes "github.com/creditd/creditd/x/credit/types"
	exposurekeeper "github.com/creditd/creditd/x/exposure/keeper"
	exposuretypes "github.com/creditd/creditd/x/exposure/types"
	institutionkeeper "github.com/creditd/creditd/x/institution/keeper"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	predicatekeeper "github.com/creditd/creditd/x/predicate/keeper"
	predicatetypes "github.com/creditd/creditd/x/predicate/types"
	pseudonymkeeper "github.com/creditd/creditd/x/pseudonym/keeper"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// gasBudgetStoreKey is the transient store in which the ante handler counts the gas of a block.
const gasBudgetStoreKey = "transient_gas_budget"

// moduleAccounts are the accounts that modules own, with what they may do.
var moduleAccounts = map[string][]string{
	authtypes.FeeCollectorName: nil,
	govtypes.ModuleName:        {authtypes.Burner}, // x/gov asks for it; there are no deposits to burn
}

// Authority is the account in whose name a vote of the members acts: the only authority there is.
func Authority() sdk.AccAddress { return authtypes.NewModuleAddress(govtypes.ModuleName) }

// Keepers are the modules' keepers, in the order in which they depend on one another.
type Keepers struct {
	Account     authkeeper.AccountKeeper
	Bank        bankkeeper.BaseKeeper
	FeeGrant    feegrantkeeper.Keeper
	Consensus   consensuskeeper.Keeper
	Upgrade     *upgradekeeper.Keeper
	Gov         *govkeeper.Keeper
	Institution *institutionkeeper.Keeper
	Attestation *attestationkeeper.Keeper
	Credit      *creditkeeper.Keeper
	Predicate   *predicatekeeper.Keeper
	Committee   *committeekeeper.Keeper
	Exposure    *exposurekeeper.Keeper
	Pseudonym   *pseudonymkeeper.Keeper
}

// storeKeys are the persistent stores, one a module.
func storeKeys() map[string]*storetypes.KVStoreKey {
	return storetypes.NewKVStoreKeys(
		authtypes.StoreKey, banktypes.StoreKey, feegrant.StoreKey, consensustypes.StoreKey,
		upgradetypes.StoreKey, govtypes.StoreKey,
		institutiontypes.StoreKey, attestationtypes.StoreKey, credittypes.StoreKey, predicatetypes.StoreKey,
		committeetypes.StoreKey, exposuretypes.StoreKey, pseudonymtypes.StoreKey,
	)
}

func (app *Creditd) setKeepers(appOpts servertypes.AppOptions) {
	var (
		k         Keepers
		cdc       = app.encoding.Codec
		authority = Authority().String()
		accounts  = address.NewBech32Codec(Bech32Prefix)
		store     = func(name string) *storetypes.KVStoreKey { return app.keys[name] }
	)

	k.Consensus = consensuskeeper.NewKeeper(
		cdc, runtime.NewKVStoreService(store(consensustypes.StoreKey)), authority, runtime.EventService{})
	app.SetParamStore(k.Consensus.ParamsStore)

	k.Account = authkeeper.NewAccountKeeper(
		cdc, runtime.NewKVStoreService(store(authtypes.StoreKey)), authtypes.ProtoBaseAccount, moduleAccounts,
		accounts, Bech32Prefix, authority,
		authkeeper.WithUnorderedTransactions(true), // bulk senders keep several blocks full without a sequence
	)
	k.Bank = bankkeeper.NewBaseKeeper(
		cdc, runtime.NewKVStoreService(store(banktypes.StoreKey)), k.Account, blockedAddresses(), authority, app.Logger())
	k.FeeGrant = feegrantkeeper.NewKeeper(
		cdc, runtime.NewKVStoreService(store(feegrant.StoreKey)), k.Account).SetBankKeeper(k.Bank)
	k.Upgrade = upgradekeeper.NewKeeper(
		skipUpgradeHeights(appOpts), runtime.NewKVStoreService(store(upgradetypes.StoreKey)), cdc,
		cast.ToString(appOpts.Get(flags.FlagHome)), app.BaseApp, authority)

	k.Institution = institutionkeeper.NewKeeper(
		cdc, runtime.NewKVStoreService(store(institutiontypes.StoreKey)), k.Account, app.MsgServiceRouter(), authority)
	// What the members pass goes through the timelock (docs/adr/0007).
	k.Gov = govkeeper.NewKeeper(
		cdc, runtime.NewKVStoreService(store(govtypes.StoreKey)), k.Account, k.Bank, nil,
		institutionkeeper.NewTimelockRouter(app.MsgServiceRouter(), k.Institution), govtypes.DefaultConfig(), authority, k.Institution.Tally)
	// Without a router for it, a proposal of the old form would panic instead of being refused.
	k.Gov.SetLegacyRouter(govv1beta1.NewRouter().AddRoute(govtypes.RouterKey, govv1beta1.ProposalHandler))
	k.Gov.SetHooks(k.Institution.GovHooks(k.Gov))

	k.Attestation = attestationkeeper.NewKeeper(
		cdc, runtime.NewKVStoreService(store(attestationtypes.StoreKey)), accounts, k.Account, k.Institution, authority)
	k.Credit = creditkeeper.NewKeeper(
		cdc, runtime.NewKVStoreService(store(credittypes.StoreKey)), k.Account, k.Institution, k.Attestation, authority)
	k.Attestation.AddResolver(creditkeeper.EnrolledSubjects, creditkeeper.Resolver{Keeper: k.Credit})
	k.Predicate = predicatekeeper.NewKeeper(
		cdc, runtime.NewKVStoreService(store(predicatetypes.StoreKey)), k.Account, k.Institution, k.Attestation, k.Credit, authority)
	k.Attestation.AddStatusHook(predicatekeeper.Hooks{Keeper: k.Predicate})
	k.Credit.AddRecordHook(predicatekeeper.Hooks{Keeper: k.Predicate})
	k.Committee = committeekeeper.NewKeeper(
		cdc, runtime.NewKVStoreService(store(committeetypes.StoreKey)), accounts, k.Institution, authority)
	k.Exposure = exposurekeeper.NewKeeper(
		cdc, runtime.NewKVStoreService(store(exposuretypes.StoreKey)), accounts, k.Institution, k.Committee, k.Credit, k.Attestation, authority)
	k.Pseudonym = pseudonymkeeper.NewKeeper(
		cdc, runtime.NewKVStoreService(store(pseudonymtypes.StoreKey)), accounts, k.Institution, k.Committee, k.Credit, authority)
	app.Keepers = k
}

// blockedAddresses are module accounts: nobody may send to them.
func blockedAddresses() map[string]bool {
	blocked := make(map[string]bool, len(moduleAccounts))
	for name := range moduleAccounts { //determinism:ok builds a set that is only asked for single members
		blocked[authtypes.NewModuleAddress(name).String()] = true
	}
	return blocked
}

func skipUpgradeHeights(appOpts servertypes.AppOptions) map[int64]bool {
	heights := make(map[int64]bool)
	for _, h := range cast.ToIntSlice(appOpts.Get(server.FlagUnsafeSkipUpgrades)) {
		heights[int64(h)] = true
	}
	return heights
}
