package app

import (
	"context"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
	reflectionv1 "cosmossdk.io/api/cosmos/reflection/v1"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"
	nodeservice "github.com/cosmos/cosmos-sdk/client/grpc/node"
	"github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/runtime/services"
	"github.com/cosmos/cosmos-sdk/server/api"
	"github.com/cosmos/cosmos-sdk/server/config"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtx "github.com/cosmos/cosmos-sdk/x/auth/tx"
	slashingtypes "github.com/cosmos/cosmos-sdk/x/slashing/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"

	"github.com/creditd/creditd/x/institution/facade"
)

// registerQueryServices adds the queries that belong to no module: descriptions of the application, and the
// read-only faces of x/staking and x/slashing that explorers and monitors expect of any chain.
func (app *Creditd) registerQueryServices() error {
	autocliv1.RegisterQueryServer(app.GRPCQueryRouter(), services.NewAutoCLIQueryService(app.manager.Modules))
	reflection, err := services.NewReflectionService()
	if err != nil {
		return err
	}
	reflectionv1.RegisterReflectionServiceServer(app.GRPCQueryRouter(), reflection)

	operators := address.NewBech32Codec(sdk.GetConfig().GetBech32ValidatorAddrPrefix())
	consensus := address.NewBech32Codec(sdk.GetConfig().GetBech32ConsensusAddrPrefix())
	stakingtypes.RegisterQueryServer(app.GRPCQueryRouter(), facade.NewStaking(app.Keepers.Institution, operators, consensus))
	slashingtypes.RegisterQueryServer(app.GRPCQueryRouter(), facade.NewSlashing(app.Keepers.Institution, operators, consensus))
	return nil
}

// RegisterAPIRoutes serves the queries over REST.
func (app *Creditd) RegisterAPIRoutes(server *api.Server, _ config.APIConfig) {
	ctx, mux := server.ClientCtx, server.GRPCGatewayRouter
	authtx.RegisterGRPCGatewayRoutes(ctx, mux)
	cmtservice.RegisterGRPCGatewayRoutes(ctx, mux)
	nodeservice.RegisterGRPCGatewayRoutes(ctx, mux)
	Basics.RegisterGRPCGatewayRoutes(ctx, mux)
	must(stakingtypes.RegisterQueryHandlerClient(context.Background(), mux, stakingtypes.NewQueryClient(ctx)))
	must(slashingtypes.RegisterQueryHandlerClient(context.Background(), mux, slashingtypes.NewQueryClient(ctx)))
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
