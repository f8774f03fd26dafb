package app

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	simtypes "github.com/cosmos/cosmos-sdk/types/simulation"
	"github.com/cosmos/cosmos-sdk/x/gov"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"
)

// memberGov simulates votes as they are here: the SDK's own factories propose, deposit and vote in the name of
// anybody, which this chain refuses.
type memberGov struct {
	gov.AppModule
	keepers Keepers
}

// GenerateGenesisState is our own default with votes that end within a few blocks of the simulator.
func (g memberGov) GenerateGenesisState(state *module.SimulationState) {
	var genesis govv1.GenesisState
	state.Cdc.MustUnmarshalJSON(govBasic{}.DefaultGenesis(state.Cdc), &genesis)
	period := time.Duration(state.Rand.Intn(3600)+60) * time.Second
	expedited := period / 2
	genesis.Params.VotingPeriod, genesis.Params.ExpeditedVotingPeriod = &period, &expedited
	state.GenState[govtypes.ModuleName] = state.Cdc.MustMarshalJSON(&genesis)
}

// WeightedOperationsX implements simsx.HasWeightedOperationsXWithProposals.
func (g memberGov) WeightedOperationsX(weights simsx.WeightSource, reg simsx.Registry, proposals simsx.WeightedProposalMsgIter,
	_ []simtypes.WeightedProposalContent, //nolint:staticcheck // part of the interface
) {
	for weight, payload := range proposals {
		reg.Add(weight, g.propose(payload))
	}
	reg.Add(weights.Get("member_vote", 400), g.vote())
}

// member is a random account whose institution may act now.
func (g memberGov) member(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) simsx.SimAccount {
	for range 20 {
		account := data.AnyAccount(reporter)
		if ok, err := g.keepers.Institution.IsActive(ctx, account.Address); ok && err == nil {
			return account
		}
	}
	reporter.Skip("no active institution found")
	return simsx.SimAccount{}
}

// propose puts one message to the vote.
func (g memberGov) propose(payload simsx.FactoryMethod) simsx.SimMsgFactoryFn[*govv1.MsgSubmitProposal] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *govv1.MsgSubmitProposal) {
		_, content := payload(ctx, data, reporter)
		proposer := g.member(ctx, data, reporter)
		if reporter.IsSkipped() {
			return nil, nil
		}
		msg, err := govv1.NewMsgSubmitProposal([]sdk.Msg{content}, nil, proposer.AddressBech32, "", "title", "summary", false)
		if err != nil {
			reporter.Skip(err.Error())
			return nil, nil
		}
		return []simsx.SimAccount{proposer}, msg
	}
}

// vote says yes or no to a proposal that is being voted on, mostly yes.
func (g memberGov) vote() simsx.SimMsgFactoryFn[*govv1.MsgVote] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *govv1.MsgVote) {
		var open []uint64
		err := g.keepers.Gov.VotingPeriodProposals.Walk(ctx, new(collections.Range[uint64]), func(id uint64, _ []byte) (bool, error) {
			open = append(open, id)
			return false, nil
		})
		if err != nil || len(open) == 0 {
			reporter.Skip("nothing is being voted on")
			return nil, nil
		}
		voter := g.member(ctx, data, reporter)
		if reporter.IsSkipped() {
			return nil, nil
		}
		option := govv1.OptionYes
		if data.Rand().Intn(10) == 0 {
			option = govv1.OptionNo
		}
		return []simsx.SimAccount{voter}, govv1.NewMsgVote(voter.Address, simsx.OneOf(data.Rand(), open), option, "")
	}
}
