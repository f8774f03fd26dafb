package app

import (
	"context"
	"net/http"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
	reflectionv1 "cosmossdk.io/api/cosmos/reflection/v1"

	gogogrpc "github.com/cosmos/gogoproto/grpc"
	"github.com/grpc-ecosystem/grpc-gateway/runtime"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"
	nodeservice "github.com/cosmos/cosmos-sdk/client/grpc/node"
	"github.com/cosmos/cosmos-sdk/client/grpc/reflection"
	"github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/runtime/services"
	sdkapi "github.com/cosmos/cosmos-sdk/server/api"
	"github.com/cosmos/cosmos-sdk/server/config"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/version"
	authtx "github.com/cosmos/cosmos-sdk/x/auth/tx"
	distributiontypes "github.com/cosmos/cosmos-sdk/x/distribution/types"
	minttypes "github.com/cosmos/cosmos-sdk/x/mint/types"
	slashingtypes "github.com/cosmos/cosmos-sdk/x/slashing/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"

	"github.com/creditd/creditd/api"
	"github.com/creditd/creditd/explorer"
	"github.com/creditd/creditd/x/institution/facade"
)

// registerQueryServices adds the queries that belong to no module: descriptions of the application, and the read-only
// faces of x/staking, x/slashing, x/mint and x/distribution that explorers and monitors expect of any chain.
func (app *Creditd) registerQueryServices() error {
	autocliv1.RegisterQueryServer(app.GRPCQueryRouter(), services.NewAutoCLIQueryService(app.manager.Modules))
	descriptors, err := services.NewReflectionService()
	if err != nil {
		return err
	}
	reflectionv1.RegisterReflectionServiceServer(app.GRPCQueryRouter(), descriptors)

	operators := address.NewBech32Codec(sdk.GetConfig().GetBech32ValidatorAddrPrefix())
	consensus := address.NewBech32Codec(sdk.GetConfig().GetBech32ConsensusAddrPrefix())
	stakingtypes.RegisterQueryServer(app.GRPCQueryRouter(), facade.NewStaking(app.Keepers.Institution, operators, consensus))
	slashingtypes.RegisterQueryServer(app.GRPCQueryRouter(), facade.NewSlashing(app.Keepers.Institution, operators, consensus))
	minttypes.RegisterQueryServer(app.GRPCQueryRouter(), facade.Mint{})
	distributiontypes.RegisterQueryServer(app.GRPCQueryRouter(), facade.NewDistribution(
		app.Keepers.Institution, address.NewBech32Codec(sdk.GetConfig().GetBech32AccountAddrPrefix()), operators))
	return nil
}

// RegisterGRPCServer serves the queries over gRPC.
func (app *Creditd) RegisterGRPCServer(server gogogrpc.Server) {
	app.RegisterGRPCServerWithSkipCheckHeader(server, false)
}

// RegisterGRPCServerWithSkipCheckHeader serves the queries over gRPC, and gRPC-web, with the API's bounds and errors.
func (app *Creditd) RegisterGRPCServerWithSkipCheckHeader(server gogogrpc.Server, skipCheckHeader bool) {
	app.BaseApp.RegisterGRPCServerWithSkipCheckHeader(api.Guard(server, chainView{app}, app.apiConfig), skipCheckHeader)
}

// RegisterAPIRoutes serves the queries over REST.
func (app *Creditd) RegisterAPIRoutes(server *sdkapi.Server, cfg config.APIConfig) {
	var pages http.Handler
	if app.apiConfig.Explorer {
		var err error
		pages, err = explorer.Handler()
		must(err)
	}
	must(api.Install(server, api.Setup{
		Chain: chainView{app}, Config: app.apiConfig, Logger: app.Logger(), Version: version.Version, Docs: cfg.Swagger, Explorer: pages,
		Register: app.BaseApp.RegisterGRPCServer,
		Routes:   func(ctx client.Context) { app.registerRoutes(ctx, server.GRPCGatewayRouter) },
	}))
}

func (app *Creditd) registerRoutes(ctx client.Context, mux *runtime.ServeMux) {
	authtx.RegisterGRPCGatewayRoutes(ctx, mux)
	cmtservice.RegisterGRPCGatewayRoutes(ctx, mux)
	nodeservice.RegisterGRPCGatewayRoutes(ctx, mux)
	Basics.RegisterGRPCGatewayRoutes(ctx, mux)
	background := context.Background()
	must(stakingtypes.RegisterQueryHandlerClient(background, mux, stakingtypes.NewQueryClient(ctx)))
	must(slashingtypes.RegisterQueryHandlerClient(background, mux, slashingtypes.NewQueryClient(ctx)))
	must(minttypes.RegisterQueryHandlerClient(background, mux, minttypes.NewQueryClient(ctx)))
	must(distributiontypes.RegisterQueryHandlerClient(background, mux, distributiontypes.NewQueryClient(ctx)))
	must(reflection.RegisterReflectionServiceHandlerClient(background, mux, reflection.NewReflectionServiceClient(ctx)))
}

// chainView is what the API sees of the chain.
type chainView struct{ app *Creditd }

// LatestHeight implements api.Chain.
func (c chainView) LatestHeight() int64 { return c.app.queries.LatestVersion() }

// EarliestHeight implements api.Chain.
func (c chainView) EarliestHeight() int64 { return c.app.CommitMultiStore().EarliestVersion() }

// AppHash implements api.Chain.
func (c chainView) AppHash() (int64, []byte) {
	id := c.app.CommitMultiStore().LastCommitID()
	return id.Version, id.Hash
}

// RegisterTxService serves simulation and look-up of transactions.
func (app *Creditd) RegisterTxService(ctx client.Context) {
	authtx.RegisterTxService(app.GRPCQueryRouter(), ctx, app.Simulate, app.encoding.InterfaceRegistry)
}

// RegisterTendermintService serves blocks and validator sets of CometBFT.
func (app *Creditd) RegisterTendermintService(ctx client.Context) {
	cmtservice.RegisterTendermintService(ctx, app.GRPCQueryRouter(), app.encoding.InterfaceRegistry, app.Query)
}

// RegisterNodeService serves the configuration of this node.
func (app *Creditd) RegisterNodeService(ctx client.Context, cfg config.Config) {
	nodeservice.RegisterNodeService(ctx, app.GRPCQueryRouter(), cfg, func() int64 {
		return app.CommitMultiStore().EarliestVersion()
	})
}
