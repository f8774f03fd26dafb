package app

import (
	"encoding/json"

	"cosmossdk.io/core/appmodule"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/types/module"
	"github.com/cosmos/cosmos-sdk/x/auth"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"github.com/cosmos/cosmos-sdk/x/bank"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/cosmos/cosmos-sdk/x/consensus"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"
	"github.com/cosmos/cosmos-sdk/x/feegrant"
	feegrantmodule "github.com/cosmos/cosmos-sdk/x/feegrant/module"
	"github.com/cosmos/cosmos-sdk/x/gov"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"
	"github.com/cosmos/cosmos-sdk/x/upgrade"
	upgradetypes "github.com/cosmos/cosmos-sdk/x/upgrade/types"

	"github.com/creditd/creditd/x/attestation"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/committee"
	committeesimulation "github.com/creditd/creditd/x/committee/simulation"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	"github.com/creditd/creditd/x/credit"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/exposure"
	exposuretypes "github.com/creditd/creditd/x/exposure/types"
	"github.com/creditd/creditd/x/institution"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/predicate"
	predicatetypes "github.com/creditd/creditd/x/predicate/types"
	"github.com/creditd/creditd/x/pseudonym"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// Basics is what modules offer without a running chain: codecs, default genesis, REST routes.
var Basics = module.NewBasicManager(
	auth.AppModuleBasic{},
	bank.AppModuleBasic{},
	feegrantmodule.AppModuleBasic{},
	consensus.AppModuleBasic{},
	upgrade.AppModuleBasic{},
	govBasic{gov.NewAppModuleBasic(nil)},
	institution.AppModule{},
	attestation.AppModule{},
	credit.AppModule{},
	predicate.AppModule{},
	committee.AppModule{},
	exposure.AppModule{},
	pseudonym.AppModule{},
)

// govBasic gives x/gov the defaults of a chain on which institutions vote and nothing is deposited.
type govBasic struct{ gov.AppModuleBasic }

// DefaultGenesis is that of x/gov with deposits switched off: its parameters must name an amount, but the
// ratio of it that is asked for is zero and hooks start the vote at submission (docs/adr/0009).
func (govBasic) DefaultGenesis(cdc codec.JSONCodec) json.RawMessage {
	genesis := govv1.DefaultGenesisState()
	genesis.Params.MinDepositRatio = "0"
	genesis.Params.MinInitialDepositRatio = "0"
	genesis.Params.BurnVoteVeto = false
	genesis.Params.ProposalCancelRatio = "0"
	return cdc.MustMarshalJSON(genesis)
}

func (app *Creditd) setModules() {
	cdc, k := app.encoding.Codec, app.Keepers
	app.manager = module.NewManager(
		auth.NewAppModule(cdc, k.Account, simulatedAccounts),
		bank.NewAppModule(cdc, k.Bank, k.Account),
		feegrantmodule.NewAppModule(cdc, k.Account, k.Bank, k.FeeGrant, app.encoding.InterfaceRegistry),
		consensus.NewAppModule(cdc, k.Consensus),
		upgrade.NewAppModule(k.Upgrade, address.NewBech32Codec(Bech32Prefix)),
		gov.NewAppModule(cdc, k.Gov, k.Account, k.Bank),
		institution.NewAppModule(cdc, k.Institution),
		attestation.NewAppModule(cdc, k.Attestation),
		credit.NewAppModule(cdc, k.Credit),
		predicate.NewAppModule(cdc, k.Predicate, k.Attestation, k.Credit),
		committee.NewAppModule(cdc, k.Committee),
		exposure.NewAppModule(cdc, k.Exposure, committeesimulation.Shares(k.Committee)),
		pseudonym.NewAppModule(cdc, k.Pseudonym),
	)

	// x/upgrade first: it may change what the rest of the block runs on.
	app.manager.SetOrderPreBlockers(upgradetypes.ModuleName, authtypes.ModuleName)
	// x/predicate after x/institution: who is no institution any more leaves its trees before any transaction.
	app.manager.SetOrderBeginBlockers(institutiontypes.ModuleName, predicatetypes.ModuleName)
	// x/institution after x/gov: a suspension that passes takes effect in the same block.
	app.manager.SetOrderEndBlockers(
		banktypes.ModuleName, feegrant.ModuleName, govtypes.ModuleName, institutiontypes.ModuleName, attestationtypes.ModuleName,
		credittypes.ModuleName, predicatetypes.ModuleName, committeetypes.ModuleName, exposuretypes.ModuleName,
		pseudonymtypes.ModuleName)

	// Accounts before what pays, licences before what needs one.
	genesisOrder := []string{
		authtypes.ModuleName, banktypes.ModuleName, govtypes.ModuleName, feegrant.ModuleName,
		upgradetypes.ModuleName, consensustypes.ModuleName,
		institutiontypes.ModuleName, attestationtypes.ModuleName, credittypes.ModuleName,
		predicatetypes.ModuleName, committeetypes.ModuleName, exposuretypes.ModuleName, pseudonymtypes.ModuleName,
	}
	app.manager.SetOrderInitGenesis(genesisOrder...)
	app.manager.SetOrderExportGenesis(genesisOrder...)

	app.simulation = module.NewSimulationManagerFromAppModules(app.manager.Modules, nil)
	app.simulation.RegisterStoreDecoders()
}

// simulatedAccounts are plain ones: the chain has no vesting accounts, which the SDK's own choice contains.
func simulatedAccounts(state *module.SimulationState) authtypes.GenesisAccounts {
	accounts := make(authtypes.GenesisAccounts, len(state.Accounts))
	for i, account := range state.Accounts {
		accounts[i] = authtypes.NewBaseAccountWithAddress(account.Address)
	}
	return accounts
}

// Modules of the application by name.
func (app *Creditd) Modules() map[string]appmodule.AppModule {
	modules := make(map[string]appmodule.AppModule, len(app.manager.Modules))
	for name, m := range app.manager.Modules { //determinism:ok copies a map for the command line
		if am, ok := m.(appmodule.AppModule); ok {
			modules[name] = am
		}
	}
	return modules
}
