// Package credit is the module that keeps the rights and duties around credit data; see README.md.
package credit

import (
	"context"
	"encoding/json"

	gwruntime "github.com/grpc-ecosystem/grpc-gateway/runtime"

	"cosmossdk.io/core/appmodule"
	errorsmod "cosmossdk.io/errors"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	simtypes "github.com/cosmos/cosmos-sdk/types/simulation"

	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/simulation"
	"github.com/creditd/creditd/x/credit/types"
)

var (
	_ appmodule.AppModule          = AppModule{}
	_ appmodule.HasEndBlocker      = AppModule{}
	_ module.AppModule             = AppModule{}
	_ module.AppModuleBasic        = AppModule{}
	_ module.HasGenesis            = AppModule{}
	_ module.HasServices           = AppModule{}
	_ module.HasConsensusVersion   = AppModule{}
	_ simsx.HasWeightedOperationsX = AppModule{}
	_ simsx.HasProposalMsgsX       = AppModule{}
)

// AppModule is the module as the application sees it.
type AppModule struct {
	cdc    codec.Codec
	keeper *keeper.Keeper
}

// NewAppModule of a keeper.
func NewAppModule(cdc codec.Codec, k *keeper.Keeper) AppModule { return AppModule{cdc: cdc, keeper: k} }

// IsOnePerModuleType implements depinject.OnePerModuleType.
func (AppModule) IsOnePerModuleType() {}

// IsAppModule implements appmodule.AppModule.
func (AppModule) IsAppModule() {}

// Name of the module.
func (AppModule) Name() string { return types.ModuleName }

// ConsensusVersion of the state's layout.
func (AppModule) ConsensusVersion() uint64 { return 1 }

// RegisterLegacyAminoCodec implements module.AppModuleBasic.
func (AppModule) RegisterLegacyAminoCodec(cdc *codec.LegacyAmino) {
	types.RegisterLegacyAminoCodec(cdc)
}

// RegisterInterfaces implements module.AppModuleBasic.
func (AppModule) RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	types.RegisterInterfaces(registry)
}

// RegisterGRPCGatewayRoutes implements module.AppModuleBasic.
func (AppModule) RegisterGRPCGatewayRoutes(clientCtx client.Context, mux *gwruntime.ServeMux) {
	if err := types.RegisterQueryHandlerClient(context.Background(), mux, types.NewQueryClient(clientCtx)); err != nil {
		panic(err) // at start, before anything is served; the interface takes no error
	}
}

// RegisterServices implements module.HasServices.
func (am AppModule) RegisterServices(cfg module.Configurator) {
	types.RegisterMsgServer(cfg.MsgServer(), keeper.Counted(keeper.NewMsgServer(am.keeper)))
	types.RegisterQueryServer(cfg.QueryServer(), keeper.NewQueryServer(am.keeper))
}

// DefaultGenesis implements module.HasGenesis.
func (AppModule) DefaultGenesis(cdc codec.JSONCodec) json.RawMessage {
	return cdc.MustMarshalJSON(types.DefaultGenesis())
}

// ValidateGenesis implements module.HasGenesis.
func (AppModule) ValidateGenesis(cdc codec.JSONCodec, _ client.TxEncodingConfig, bz json.RawMessage) error {
	var gs types.GenesisState
	if err := cdc.UnmarshalJSON(bz, &gs); err != nil {
		return errorsmod.Wrapf(types.ErrInvalidGenesis, "%s: %s", types.ModuleName, err)
	}
	return gs.Validate()
}

// InitGenesis implements module.HasGenesis, whose only way to refuse is to panic.
func (am AppModule) InitGenesis(ctx sdk.Context, cdc codec.JSONCodec, bz json.RawMessage) {
	var gs types.GenesisState
	cdc.MustUnmarshalJSON(bz, &gs)
	if err := am.keeper.InitGenesis(ctx, &gs); err != nil {
		panic(err)
	}
}

// ExportGenesis implements module.HasGenesis.
func (am AppModule) ExportGenesis(ctx sdk.Context, cdc codec.JSONCodec) json.RawMessage {
	gs, err := am.keeper.ExportGenesis(ctx)
	if err != nil {
		panic(err)
	}
	return cdc.MustMarshalJSON(gs)
}

// EndBlock implements appmodule.HasEndBlocker.
func (am AppModule) EndBlock(ctx context.Context) error { return am.keeper.EndBlock(ctx) }

// GenerateGenesisState makes a random genesis for simulations.
func (AppModule) GenerateGenesisState(simState *module.SimulationState) {
	simulation.RandomGenesis(simState)
}

// RegisterStoreDecoder lets simulations print differences of state.
func (am AppModule) RegisterStoreDecoder(registry simtypes.StoreDecoderRegistry) {
	registry[types.StoreKey] = simtypes.NewStoreDecoderFuncFromCollectionsSchema(am.keeper.Schema)
}

// WeightedOperations is the older interface; WeightedOperationsX is used in its place.
func (AppModule) WeightedOperations(module.SimulationState) []simtypes.WeightedOperation { return nil }

// WeightedOperationsX registers the module's messages with simulations.
func (am AppModule) WeightedOperationsX(weights simsx.WeightSource, reg simsx.Registry) {
	for _, op := range []struct {
		name    string
		weight  uint32
		factory simsx.SimMsgFactoryX
	}{
		{"msg_enrol_subjects", 30, simulation.MsgEnrolSubjectsFactory(am.keeper)},
		{"msg_offer_control", 60, simulation.MsgOfferControlFactory(am.keeper)},
		{"msg_claim_control", 60, simulation.MsgClaimControlFactory(am.keeper)},
		{"msg_furnish", 60, simulation.MsgFurnishFactory(am.keeper)},
		{"msg_furnish_batch", 20, simulation.MsgFurnishBatchFactory(am.keeper)},
		{"msg_correct", 30, simulation.MsgCorrectFactory(am.keeper)},
		{"msg_grant_consent", 80, simulation.MsgGrantConsentFactory(am.keeper)},
		{"msg_withdraw_consent", 15, simulation.MsgWithdrawConsentFactory(am.keeper)},
		{"msg_open_inquiry", 80, simulation.MsgOpenInquiryFactory(am.keeper)},
		{"msg_leave_receipt", 80, simulation.MsgLeaveReceiptFactory(am.keeper)},
		{"msg_rotate_control", 20, simulation.MsgRotateControlFactory(am.keeper)},
		{"msg_propose_recovery", 15, simulation.MsgProposeRecoveryFactory(am.keeper)},
		{"msg_propose_merge", 15, simulation.MsgProposeMergeFactory(am.keeper)},
		{"msg_approve_change", 40, simulation.MsgApproveChangeFactory(am.keeper)},
		{"msg_cancel_change", 5, simulation.MsgCancelChangeFactory(am.keeper)},
		{"msg_submit_signed", 20, simulation.MsgSubmitSignedFactory(am.keeper)},
		{"msg_give_notices", 40, simulation.MsgGiveNoticesFactory(am.keeper)},
		{"msg_update_batch", 30, simulation.MsgUpdateBatchFactory(am.keeper)},
		{"msg_declare_repaid", 15, simulation.MsgDeclareRepaidFactory(am.keeper)},
		{"msg_open_own_inquiry", 20, simulation.MsgOpenOwnInquiryFactory(am.keeper)},
		{"msg_approve_inquiry", 40, simulation.MsgApproveInquiryFactory(am.keeper)},
		{"msg_record_adverse_action", 40, simulation.MsgRecordAdverseActionFactory(am.keeper)},
		{"msg_freeze", 10, simulation.MsgFreezeFactory(am.keeper)},
		{"msg_lift_freeze", 20, simulation.MsgLiftFreezeFactory(am.keeper)},
		{"msg_place_fraud_alert", 20, simulation.MsgPlaceFraudAlertFactory(am.keeper)},
		{"msg_lift_fraud_alert", 15, simulation.MsgLiftFraudAlertFactory(am.keeper)},
		{"msg_open_dispute", 60, simulation.MsgOpenDisputeFactory(am.keeper)},
		{"msg_extend_dispute", 20, simulation.MsgExtendDisputeFactory(am.keeper)},
		{"msg_answer_dispute", 50, simulation.MsgAnswerDisputeFactory(am.keeper)},
		{"msg_escalate_dispute", 40, simulation.MsgEscalateDisputeFactory(am.keeper)},
		{"msg_decide_dispute", 30, simulation.MsgDecideDisputeFactory(am.keeper)},
		{"msg_add_statement", 20, simulation.MsgAddStatementFactory(am.keeper)},
		{"msg_reinsert", 40, simulation.MsgReinsertFactory(am.keeper)},
		{"msg_request_erasure", 30, simulation.MsgRequestErasureFactory(am.keeper)},
		{"msg_refuse_erasure", 15, simulation.MsgRefuseErasureFactory(am.keeper)},
		{"msg_attest_destruction", 15, simulation.MsgAttestDestructionFactory(am.keeper)},
		{"msg_place_hold", 10, simulation.MsgPlaceHoldFactory(am.keeper)},
		{"msg_lift_hold", 20, simulation.MsgLiftHoldFactory(am.keeper)},
		{"msg_propose_contract", 15, simulation.MsgProposeContractFactory(am.keeper)},
	} {
		reg.Add(weights.Get(op.name, op.weight), op.factory)
	}
}

// ProposalMsgsX registers the by-vote messages with simulations.
func (am AppModule) ProposalMsgsX(weights simsx.WeightSource, reg simsx.Registry) {
	reg.Add(weights.Get("msg_update_credit_params", 20), simulation.MsgUpdateParamsFactory())
	reg.Add(weights.Get("msg_approve_contract", 20), simulation.MsgApproveContractFactory(am.keeper))
	reg.Add(weights.Get("msg_pause_contract", 10), simulation.MsgPauseContractFactory(am.keeper))
	reg.Add(weights.Get("msg_retire_contract", 5), simulation.MsgRetireContractFactory(am.keeper))
	reg.Add(weights.Get("msg_set_profile", 5), simulation.MsgSetProfileFactory(am.keeper))
	reg.Add(weights.Get("msg_set_repair_policy", 5), simulation.MsgSetRepairPolicyFactory(am.keeper))
}
