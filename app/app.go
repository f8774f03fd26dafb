// Package app wires the modules of the creditd chain into an ABCI application.
package app

import (
	"encoding/json"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/gogoproto/proto"
	"github.com/spf13/cast"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/baseapp/blockexec"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/types"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	"github.com/cosmos/cosmos-sdk/types/msgservice"
	"github.com/cosmos/cosmos-sdk/version"

	"github.com/creditd/creditd/api"
)

var _ servertypes.Application = (*Creditd)(nil)

// Creditd is the state machine of the chain.
type Creditd struct {
	*baseapp.BaseApp

	Keepers Keepers

	encoding     EncodingConfig
	keys         map[string]*storetypes.KVStoreKey
	gasBudgetKey *storetypes.TransientStoreKey
	apiConfig    api.Config
	manager      *module.Manager
	configurator module.Configurator
	simulation   *module.SimulationManager
	queries      *queryStore
}

// NewCreditd builds the application over a database. With loadLatest it is ready for the next block; without,
// call LoadHeight first. It panics when the wiring is broken: nothing could run then.
func NewCreditd(
	logger log.Logger, db dbm.DB, loadLatest bool, appOpts servertypes.AppOptions, options ...func(*baseapp.BaseApp),
) *Creditd {
	encoding := NewEncodingConfig()
	base := baseapp.NewBaseApp(Name, logger, db, encoding.TxConfig.TxDecoder(), options...)
	base.SetVersion(version.Version)
	base.SetInterfaceRegistry(encoding.InterfaceRegistry)
	base.SetTxEncoder(encoding.TxConfig.TxEncoder())

	app := &Creditd{
		BaseApp:      base,
		encoding:     encoding,
		keys:         storeKeys(),
		gasBudgetKey: storetypes.NewTransientStoreKey(gasBudgetStoreKey),
	}
	blockexec.Apply(base, appOpts, app.storesInOrder(), encoding.TxConfig.TxDecoder(),
		func(storetypes.MultiStore) string { return BaseDenom })

	var err error
	app.apiConfig, err = api.FromOptions(appOpts)
	must(err)
	app.setKeepers(appOpts)
	app.setModules()
	app.configurator = module.NewConfigurator(encoding.Codec, app.MsgServiceRouter(), app.GRPCQueryRouter())
	must(app.manager.RegisterServices(app.configurator))
	must(app.registerQueryServices())
	app.registerUpgrades(cast.ToString(appOpts.Get(flags.FlagHome)))

	app.MountKVStores(app.keys)
	app.MountTransientStores(map[string]*storetypes.TransientStoreKey{gasBudgetStoreKey: app.gasBudgetKey})
	app.queries = &queryStore{MultiStore: app.CommitMultiStore(), keys: app.storesInOrder()}
	app.SetQueryMultiStore(app.queries)
	app.SetPrepareCheckStater(func(ctx sdk.Context) { app.queries.committed(ctx.BlockHeight()) })
	app.SetInitChainer(app.InitChainer)
	app.SetPreBlocker(func(ctx sdk.Context, _ *abci.RequestFinalizeBlock) (*sdk.ResponsePreBlock, error) {
		return app.manager.PreBlock(ctx)
	})
	app.SetBeginBlocker(app.BeginBlocker)
	app.SetEndBlocker(app.EndBlocker)
	app.SetAnteHandler(sdk.ChainAnteDecorators(app.anteDecorators()...))

	files, err := proto.MergedRegistry()
	must(err)
	must(msgservice.ValidateProtoAnnotations(files))
	if loadLatest {
		must(app.LoadLatestVersion())
	}
	return app
}

func must(err error) {
	if err != nil {
		panic(fmt.Errorf("creditd cannot start: %w", err))
	}
}

// storesInOrder are all stores that transactions touch; Block-STM tracks each of them.
func (app *Creditd) storesInOrder() []storetypes.StoreKey {
	stores := []storetypes.StoreKey{app.gasBudgetKey}
	for _, key := range app.keys { //determinism:ok blockexec sorts them by name
		stores = append(stores, key)
	}
	return stores
}

// BeginBlocker runs the modules' work at the start of a block.
func (app *Creditd) BeginBlocker(ctx sdk.Context) (sdk.BeginBlock, error) {
	return app.manager.BeginBlock(ctx)
}

// EndBlocker runs the modules' work at the end of a block and returns the changes of the validator set.
func (app *Creditd) EndBlocker(ctx sdk.Context) (sdk.EndBlock, error) {
	return app.manager.EndBlock(ctx)
}

// InitChainer sets up the state from the genesis file.
func (app *Creditd) InitChainer(ctx sdk.Context, req *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	var state map[string]json.RawMessage
	if err := json.Unmarshal(req.AppStateBytes, &state); err != nil {
		return nil, fmt.Errorf("genesis app_state is not a JSON object of modules: %w", err)
	}
	if err := app.Keepers.Upgrade.SetModuleVersionMap(ctx, app.manager.GetVersionMap()); err != nil {
		return nil, err
	}
	return app.manager.InitGenesis(ctx, app.encoding.Codec, state)
}

// LoadLatestVersion loads the state as it was after the last block.
func (app *Creditd) LoadLatestVersion() error {
	err := app.BaseApp.LoadLatestVersion()
	app.queries.committed(app.LastBlockHeight())
	return err
}

// LoadHeight loads the state as it was after a block.
func (app *Creditd) LoadHeight(height int64) error {
	err := app.LoadVersion(height)
	app.queries.committed(app.LastBlockHeight())
	return err
}

// LegacyAmino is the codec of Ledger signatures.
func (app *Creditd) LegacyAmino() *codec.LegacyAmino { return app.encoding.Amino }

// AppCodec is the codec of state, messages and queries.
func (app *Creditd) AppCodec() codec.Codec { return app.encoding.Codec }

// InterfaceRegistry knows every message and interface.
func (app *Creditd) InterfaceRegistry() types.InterfaceRegistry {
	return app.encoding.InterfaceRegistry
}

// TxConfig is how transactions are written and read.
func (app *Creditd) TxConfig() client.TxConfig { return app.encoding.TxConfig }

// SimulationManager runs the modules' random histories.
func (app *Creditd) SimulationManager() *module.SimulationManager { return app.simulation }

// GetBaseApp gives the simulator its hold on the application.
func (app *Creditd) GetBaseApp() *baseapp.BaseApp { return app.BaseApp }

// GetStoreKeys of all persistent stores.
func (app *Creditd) GetStoreKeys() []storetypes.StoreKey {
	var keys []storetypes.StoreKey
	for _, key := range app.keys { //determinism:ok read by tests that look each up by its name
		keys = append(keys, key)
	}
	return keys
}
