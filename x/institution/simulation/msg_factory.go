package simulation

import (
	"context"
	"fmt"
	"slices"
	"time"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/institution/keeper"
	"github.com/creditd/creditd/x/institution/types"
)

// RegisterOperations registers the messages that institutions send themselves.
func RegisterOperations(weights simsx.WeightSource, registry simsx.Registry, k *keeper.Keeper) {
	registry.Add(weights.Get("institution_update_profile", 40), UpdateProfileFactory(k))
	registry.Add(weights.Get("institution_rotate_consensus_key", 10), RotateConsensusKeyFactory(k))
	registry.Add(weights.Get("institution_unjail", 30), UnjailFactory(k))
}

// RegisterProposals registers the messages that members pass by vote.
func RegisterProposals(weights simsx.WeightSource, registry simsx.Registry, k *keeper.Keeper) {
	registry.Add(weights.Get("institution_register", 20), RegisterFactory(k))
	registry.Add(weights.Get("institution_amend", 20), AmendFactory(k))
	registry.Add(weights.Get("institution_suspend", 10), SuspendFactory(k))
	registry.Add(weights.Get("institution_reinstate", 20), ReinstateFactory(k))
	registry.Add(weights.Get("institution_revoke", 2), RevokeFactory(k))
	registry.Add(weights.Get("institution_update_params", 10), UpdateParamsFactory())
	registry.Add(weights.Get("institution_cancel_change", 10), CancelChangeFactory(k))
}

// pick returns an institution of the wanted kind, chosen at random, or skips.
func pick(ctx context.Context, k *keeper.Keeper, data *simsx.ChainDataSource, reporter simsx.SimulationReporter,
	accept func(types.Institution) bool,
) (types.Institution, bool) {
	var candidates []types.Institution
	err := k.WalkInstitutions(ctx, func(_ sdk.AccAddress, institution types.Institution) (bool, error) {
		if accept(institution) {
			candidates = append(candidates, institution)
		}
		return false, nil
	})
	if err != nil {
		reporter.Skip(err.Error())
		return types.Institution{}, false
	}
	if len(candidates) == 0 {
		reporter.Skip("no institution of that kind")
		return types.Institution{}, false
	}
	return simsx.OneOf(data.Rand(), candidates), true
}

// active says of institutions that may act now.
func active(ctx context.Context) func(types.Institution) bool {
	now := simsx.BlockTime(ctx)
	return func(institution types.Institution) bool { return institution.ActiveAt(now) }
}

func withStatus(statuses ...types.LicenceStatus) func(types.Institution) bool {
	return func(institution types.Institution) bool { return slices.Contains(statuses, institution.Status) }
}

// randomKey is a consensus key never used before.
func randomKey(data *simsx.ChainDataSource) (*codectypes.Any, error) {
	secret := make([]byte, 32)
	_, _ = data.Rand().Read(secret) // never fails
	return codectypes.NewAnyWithValue(ed25519.GenPrivKeyFromSecret(secret).PubKey())
}

// UpdateProfileFactory makes MsgUpdateProfile.
func UpdateProfileFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgUpdateProfile] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgUpdateProfile) {
		institution, ok := pick(ctx, k, data, reporter, known(data, active(ctx)))
		if !ok {
			return nil, nil
		}
		r := data.Rand()
		msg := &types.MsgUpdateProfile{Operator: institution.Operator, Name: fmt.Sprintf("Institution %d", r.Intn(1_000_000))}
		if r.Bool() {
			vault := randomVault(r.Rand, r.Intn(1000))
			msg.Vault = &vault
		}
		return []simsx.SimAccount{data.GetAccount(reporter, institution.Operator)}, msg
	}
}

// RotateConsensusKeyFactory makes MsgRotateConsensusKey.
func RotateConsensusKeyFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRotateConsensusKey] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgRotateConsensusKey) {
		isActive := known(data, active(ctx))
		institution, ok := pick(ctx, k, data, reporter, func(i types.Institution) bool {
			return isActive(i) && i.HasRole(types.ROLE_VALIDATOR)
		})
		if !ok {
			return nil, nil
		}
		key, err := randomKey(data)
		if err != nil {
			reporter.Skip(err.Error())
			return nil, nil
		}
		return []simsx.SimAccount{data.GetAccount(reporter, institution.Operator)},
			&types.MsgRotateConsensusKey{Operator: institution.Operator, ConsensusPubkey: key}
	}
}

// UnjailFactory makes MsgUnjail.
func UnjailFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgUnjail] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgUnjail) {
		isActive, now := known(data, active(ctx)), simsx.BlockTime(ctx)
		institution, ok := pick(ctx, k, data, reporter, func(i types.Institution) bool {
			if !isActive(i) || !i.HasRole(types.ROLE_VALIDATOR) {
				return false
			}
			operator, err := k.AddressCodec().StringToBytes(i.Operator)
			if err != nil {
				return false
			}
			validator, err := k.GetValidator(ctx, operator)
			if err != nil || !validator.Jailed || now.Before(validator.JailedUntil) {
				return false
			}
			address, err := types.ConsensusAddress(validator.ConsensusPubkey)
			if err != nil {
				return false
			}
			key, err := k.ValidatorByConsensusAddress(ctx, address)
			return err == nil && !key.Tombstoned
		})
		if !ok {
			return nil, nil
		}
		return []simsx.SimAccount{data.GetAccount(reporter, institution.Operator)}, &types.MsgUnjail{Operator: institution.Operator}
	}
}

// RegisterFactory makes MsgRegister for a new account: those of the simulation have licences already.
func RegisterFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRegister] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgRegister) {
		r := data.Rand()
		address := make([]byte, 20)
		_, _ = r.Read(address) // never fails
		operator, err := k.AddressCodec().BytesToString(address)
		if err != nil {
			reporter.Skip(err.Error())
			return nil, nil
		}
		msg := &types.MsgRegister{
			Authority: k.Authority(), Operator: operator,
			Name: fmt.Sprintf("Newcomer %d", r.Intn(1_000_000)), LicenceNumber: fmt.Sprintf("NEW-%X", address),
			Jurisdiction: simsx.OneOf(r, jurisdictions), Roles: []types.Role{types.ROLE_FURNISHER},
			ValidUntil: simsx.BlockTime(ctx).Add(time.Duration(1+r.Intn(90)) * 24 * time.Hour),
		}
		if r.Bool() {
			msg.ValidFrom = simsx.BlockTime(ctx).Add(time.Duration(r.Intn(12)) * time.Hour)
		}
		if r.Bool() {
			if msg.ConsensusPubkey, err = randomKey(data); err != nil {
				reporter.Skip(err.Error())
				return nil, nil
			}
			msg.Roles, msg.Power = append(msg.Roles, types.ROLE_VALIDATOR), 1+r.Int63n(100)
		}
		return nil, msg
	}
}

// AmendFactory makes MsgAmend: another end, at times soon, and another power.
func AmendFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAmend] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgAmend) {
		institution, ok := pick(ctx, k, data, reporter, withStatus(types.LICENCE_STATUS_ACTIVE, types.LICENCE_STATUS_EXPIRED))
		if !ok {
			return nil, nil
		}
		r := data.Rand()
		msg := &types.MsgAmend{
			Authority: k.Authority(), Operator: institution.Operator, Roles: institution.Roles,
			ValidUntil: simsx.BlockTime(ctx).Add(time.Duration(24+r.Intn(24*30)) * time.Hour),
		}
		if institution.HasRole(types.ROLE_VALIDATOR) {
			msg.Power = 1 + r.Int63n(100)
		}
		return nil, msg
	}
}

var voteReasons = []types.Reason{types.REASON_VOTE, types.REASON_BREACH, types.REASON_SECURITY, types.REASON_LEGAL_ORDER, types.REASON_OWN_REQUEST}

// SuspendFactory makes MsgSuspend.
func SuspendFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgSuspend] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgSuspend) {
		institution, ok := pick(ctx, k, data, reporter, withStatus(types.LICENCE_STATUS_ACTIVE, types.LICENCE_STATUS_EXPIRED))
		if !ok {
			return nil, nil
		}
		return nil, &types.MsgSuspend{Authority: k.Authority(), Operator: institution.Operator, Reason: simsx.OneOf(data.Rand(), voteReasons)}
	}
}

// ReinstateFactory makes MsgReinstate.
func ReinstateFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgReinstate] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgReinstate) {
		institution, ok := pick(ctx, k, data, reporter, withStatus(types.LICENCE_STATUS_SUSPENDED))
		if !ok {
			return nil, nil
		}
		return nil, &types.MsgReinstate{Authority: k.Authority(), Operator: institution.Operator}
	}
}

// RevokeFactory makes MsgRevoke.
func RevokeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRevoke] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgRevoke) {
		institution, ok := pick(ctx, k, data, reporter, func(i types.Institution) bool { return i.Status != types.LICENCE_STATUS_REVOKED })
		if !ok {
			return nil, nil
		}
		return nil, &types.MsgRevoke{Authority: k.Authority(), Operator: institution.Operator, Reason: simsx.OneOf(data.Rand(), voteReasons)}
	}
}

// UpdateParamsFactory makes MsgUpdateParams.
func UpdateParamsFactory() simsx.SimMsgFactoryFn[*types.MsgUpdateParams] {
	return func(_ context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgUpdateParams) {
		return nil, &types.MsgUpdateParams{Authority: data.ModuleAccountAddress(reporter, "gov"), Params: RandomParams(data.Rand().Rand)}
	}
}

// CancelChangeFactory makes MsgCancelChange.
func CancelChangeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgCancelChange] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgCancelChange) {
		answer, err := keeper.NewQueryServer(k).ScheduledChanges(ctx, &types.QueryScheduledChangesRequest{})
		if err != nil || len(answer.Changes) == 0 {
			reporter.Skip("nothing is scheduled")
			return nil, nil
		}
		return nil, &types.MsgCancelChange{Authority: k.Authority(), Id: simsx.OneOf(data.Rand(), answer.Changes).Id}
	}
}

// known narrows to institutions whose account the simulation can sign for.
func known(data *simsx.ChainDataSource, accept func(types.Institution) bool) func(types.Institution) bool {
	return func(institution types.Institution) bool {
		return data.HasAccount(institution.Operator) && accept(institution)
	}
}
