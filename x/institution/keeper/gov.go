package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
	govkeeper "github.com/cosmos/cosmos-sdk/x/gov/keeper"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"

	"github.com/creditd/creditd/x/institution/types"
)

var _ govkeeper.CalculateVoteResultsAndVotingPowerFn = (*Keeper)(nil).Tally

// Tally counts one vote for each institution that is active now, when the vote ends; who lost its licence since it
// voted does not count.
func (k *Keeper) Tally(ctx context.Context, gov govkeeper.Keeper, proposal govv1.Proposal) (
	voted math.LegacyDec, members math.Int, results map[govv1.VoteOption]math.LegacyDec, err error,
) {
	members, err = k.countActive(ctx)
	if err != nil {
		return math.LegacyDec{}, math.Int{}, nil, err
	}
	voted = math.LegacyZeroDec()
	results = map[govv1.VoteOption]math.LegacyDec{
		govv1.OptionYes:        math.LegacyZeroDec(),
		govv1.OptionAbstain:    math.LegacyZeroDec(),
		govv1.OptionNo:         math.LegacyZeroDec(),
		govv1.OptionNoWithVeto: math.LegacyZeroDec(),
	}
	votes := collections.NewPrefixedPairRange[uint64, sdk.AccAddress](proposal.Id)
	err = gov.Votes.Walk(ctx, votes, func(key collections.Pair[uint64, sdk.AccAddress], vote govv1.Vote) (bool, error) {
		active, err := k.IsActive(ctx, key.K2())
		if err != nil || !active {
			return false, err
		}
		voted = voted.Add(math.LegacyOneDec())
		for _, option := range vote.Options {
			weight, err := math.LegacyNewDecFromStr(option.Weight)
			if err != nil {
				continue // x/gov checked it when it was cast; an error here would halt the chain
			}
			if sum, known := results[option.Option]; known {
				results[option.Option] = sum.Add(weight)
			}
		}
		return false, nil
	})
	if err != nil {
		return math.LegacyDec{}, math.Int{}, nil, err
	}
	return voted, members, results, gov.Votes.Clear(ctx, votes)
}

func (k *Keeper) countActive(ctx context.Context) (math.Int, error) {
	now, active := blockTime(ctx), int64(0)
	err := k.Institutions.Walk(ctx, nil, func(_ sdk.AccAddress, institution types.Institution) (bool, error) {
		if institution.ActiveAt(now) {
			active++
		}
		return false, nil
	})
	return math.NewInt(active), err
}

// GovHooks keep proposals and votes to active institutions and start the vote without a deposit. x/gov's
// parameters have to have a min_initial_deposit_ratio and a min_deposit_ratio of 0; its min_deposit is never asked for.
func (k *Keeper) GovHooks(gov *govkeeper.Keeper) govtypes.GovHooks {
	return govHooks{keeper: k, gov: gov}
}

type govHooks struct {
	keeper *Keeper
	gov    *govkeeper.Keeper
}

var _ govtypes.GovHooks = govHooks{}

// AfterProposalSubmission implements govtypes.GovHooks.
func (h govHooks) AfterProposalSubmission(ctx context.Context, proposalID uint64, proposer sdk.AccAddress) error {
	if _, err := h.keeper.RequireRole(ctx, proposer); err != nil {
		return err
	}
	proposal, err := h.gov.Proposals.Get(ctx, proposalID)
	if err != nil {
		return err
	}
	for _, msg := range proposal.Messages {
		if err := types.ValidateChangeMessage(msg); err != nil {
			return err
		}
	}
	return h.gov.ActivateVotingPeriod(ctx, proposal)
}

// AfterProposalVote implements govtypes.GovHooks.
func (h govHooks) AfterProposalVote(ctx context.Context, _ uint64, voter sdk.AccAddress) error {
	_, err := h.keeper.RequireRole(ctx, voter)
	return err
}

// AfterProposalDeposit implements govtypes.GovHooks.
func (govHooks) AfterProposalDeposit(context.Context, uint64, sdk.AccAddress) error { return nil }

// AfterProposalFailedMinDeposit implements govtypes.GovHooks.
func (govHooks) AfterProposalFailedMinDeposit(context.Context, uint64) error { return nil }

// AfterProposalVotingPeriodEnded implements govtypes.GovHooks.
func (govHooks) AfterProposalVotingPeriodEnded(context.Context, uint64) error { return nil }
