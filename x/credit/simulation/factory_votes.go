package simulation

import (
	"context"
	"encoding/hex"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/types"
)

// maxActive contracts that a simulation lets run for one trigger, so that there is room for each that it approves.
const maxActive = 8

// MsgProposeContractFactory proposes a contract that marks what is reported.
func MsgProposeContractFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgProposeContract] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgProposeContract) {
		by, id := e.institution(), e.randomID()
		return by, &types.MsgProposeContract{Institution: by.AddressBech32, Name: "mark-" + hex.EncodeToString(id[:8]), Version: 1, Code: types.ContractCode{
			Trigger: types.CONTRACT_TRIGGER_FURNISH, Condition: "true", Action: types.CONTRACT_ACTION_ANNOTATE, Annotation: types.ANNOTATION_REVIEW,
			CostLimit: 1000,
		}}
	})
}

// vote turns build into the factory of a by-vote message; it is told the governance account.
func vote[T sdk.Msg](k *keeper.Keeper, build func(env, string) T) simsx.SimMsgFactoryFn[T] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, T) {
		e := env{ctx: ctx, k: k, data: data, reporter: reporter, r: data.Rand()}
		return nil, build(e, data.ModuleAccountAddress(reporter, "gov"))
	}
}

// contract is one in one of the statuses.
func (e env) contract(what string, statuses ...types.ContractStatus) types.Contract {
	return pick(e, what, e.k.WalkContracts, func(c types.Contract) bool {
		for _, status := range statuses {
			if c.Status == status {
				return c.Code.Trigger != types.CONTRACT_TRIGGER_INQUIRY // that one lets inquiries wait, as long as the simulation lasts
			}
		}
		return false
	})
}

// active counts the contracts that run.
func (e env) active() (n int) {
	err := e.k.WalkContracts(e.ctx, types.ID{}, func(c types.Contract) (bool, error) {
		if c.Status == types.CONTRACT_STATUS_ACTIVE {
			n++
		}
		return false, nil
	})
	if err != nil {
		e.skip("%s", err)
	}
	return n
}

// MsgApproveContractFactory lets a proposed contract run.
func MsgApproveContractFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgApproveContract] {
	return vote(k, func(e env, authority string) *types.MsgApproveContract {
		contract := e.contract("proposed contract", types.CONTRACT_STATUS_PROPOSED)
		if e.active() >= maxActive {
			e.skip("enough contracts run")
		}
		return &types.MsgApproveContract{Authority: authority, Id: contract.Id}
	})
}

// MsgPauseContractFactory pauses a contract.
func MsgPauseContractFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgPauseContract] {
	return vote(k, func(e env, authority string) *types.MsgPauseContract {
		contract := e.contract("active or paused contract", types.CONTRACT_STATUS_ACTIVE, types.CONTRACT_STATUS_PAUSED)
		return &types.MsgPauseContract{Authority: authority, Id: contract.Id, Paused: contract.Status == types.CONTRACT_STATUS_ACTIVE}
	})
}

// MsgRetireContractFactory ends a contract.
func MsgRetireContractFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRetireContract] {
	return vote(k, func(e env, authority string) *types.MsgRetireContract {
		contract := e.contract("contract", types.CONTRACT_STATUS_PROPOSED, types.CONTRACT_STATUS_ACTIVE, types.CONTRACT_STATUS_PAUSED)
		return &types.MsgRetireContract{Authority: authority, Id: contract.Id}
	})
}

// MsgSetProfileFactory sets a profile of a jurisdiction that no institution is of.
func MsgSetProfileFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgSetProfile] {
	return vote(k, func(e env, authority string) *types.MsgSetProfile {
		profile := types.EuropeProfile()
		profile.Code, profile.Jurisdictions, profile.DisputeDays = "SIM", []string{"ZZ"}, 1+uint32(e.r.Intn(60))
		return &types.MsgSetProfile{Authority: authority, Profile: profile}
	})
}

// MsgSetRepairPolicyFactory sets another repair policy than the one that the simulation uses.
func MsgSetRepairPolicyFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgSetRepairPolicy] {
	return vote(k, func(e env, authority string) *types.MsgSetRepairPolicy {
		policy := simulatedPolicy(e.now())
		policy.Name, policy.AmountClass = "another", types.AmountClass(1+e.r.Intn(3))
		return &types.MsgSetRepairPolicy{Authority: authority, Policy: policy}
	})
}
