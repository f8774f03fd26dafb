package keeper

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/contract"
	"github.com/creditd/creditd/x/credit/types"
)

// gasPerSourceByte pays for compiling a proposal: the costliest source that we found takes 50 microseconds a byte, at some five
// units of gas each.
const gasPerSourceByte = 250

// GetContract returns the data contract of that id.
func (k *Keeper) GetContract(ctx context.Context, id types.ID) (types.Contract, error) {
	data, err := k.contracts.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return data, types.ErrUnknownContract.Wrapf("%s: list them with `creditd query credit contracts`", id)
	}
	data.Id = id.Bytes()
	return data, err
}

func (k *Keeper) setContract(ctx context.Context, data types.Contract) error {
	id := types.ID(data.Id)
	data.Id = nil
	return k.contracts.Set(ctx, id, data)
}

// setActive puts a contract among those that run at its trigger, or takes it from them.
func (k *Keeper) setActive(ctx context.Context, data types.Contract, active bool) error {
	ids, err := k.activeOf(ctx, data.Code.Trigger)
	if err != nil {
		return err
	}
	id := types.ID(data.Id)
	place, found := slices.BinarySearchFunc(ids, id, compareIDs)
	switch {
	case active && !found:
		ids = slices.Insert(ids, place, id)
	case !active && found:
		ids = slices.Delete(ids, place, place+1)
	}
	if len(ids) == 0 {
		return k.activeContracts.Remove(ctx, int32(data.Code.Trigger))
	}
	return k.activeContracts.Set(ctx, int32(data.Code.Trigger), joinIDs(ids))
}

func compareIDs(a, b types.ID) int { return bytes.Compare(a[:], b[:]) }

func joinIDs(ids []types.ID) (list []byte) {
	for _, id := range ids {
		list = append(list, id[:]...)
	}
	return list
}

// proposeContract puts a contract before the members. It is compiled and its cost estimated at once; it runs when they approve.
func (k *Keeper) proposeContract(ctx context.Context, by actor, msg *types.MsgProposeContract) (types.ID, error) {
	if err := k.requireRole(ctx, by); err != nil {
		return types.ID{}, err
	}
	if err := contract.ValidateName(msg.Name); err != nil {
		return types.ID{}, err
	}
	id := types.ContractID(msg.Name, msg.Version)
	if err := k.requireNextVersion(ctx, msg.Name, msg.Version); err != nil {
		return types.ID{}, err
	}
	params, err := k.GetParams(ctx)
	if err != nil {
		return types.ID{}, err
	}
	size := uint64(len(msg.Code.Condition) + len(msg.Code.Check))
	sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gasPerSourceByte*size, "credit: compile a data contract")
	if err := contract.Validate(msg.Code, params.ContractCostLimit); err != nil {
		return types.ID{}, err
	}
	return id, k.enterStatus(ctx, types.Contract{
		Id: id.Bytes(), Name: msg.Name, Version: msg.Version, Author: by.text, Code: msg.Code,
	}, types.CONTRACT_STATUS_PROPOSED)
}

// requireNextVersion lets versions of a name follow each other without gaps.
func (k *Keeper) requireNextVersion(ctx context.Context, name string, version uint32) error {
	if version < 1 {
		return types.ErrInvalidContract.Wrap("version 0: versions count from 1")
	}
	exists, err := k.contracts.Has(ctx, types.ContractID(name, version))
	if err != nil {
		return err
	}
	if exists {
		return types.ErrContractExists.Wrapf("%s version %d: propose the next version", name, version)
	}
	if version == 1 {
		return nil
	}
	before, err := k.contracts.Has(ctx, types.ContractID(name, version-1))
	if err != nil {
		return err
	}
	if !before {
		return types.ErrInvalidContract.Wrapf("%s has no version %d: propose the version after its last one", name, version-1)
	}
	return nil
}

// approveContract lets a proposed contract run, in place of an active one of the same name and trigger.
func (k *Keeper) approveContract(ctx context.Context, id types.ID) error {
	data, err := k.requireContract(ctx, id, types.CONTRACT_STATUS_PROPOSED)
	if err != nil {
		return err
	}
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	if err := contract.Validate(data.Code, params.ContractCostLimit); err != nil { // the parameters may have changed
		return err
	}
	earlier, found, err := k.activeOfName(ctx, data)
	if err != nil {
		return err
	}
	if found {
		if earlier.Version > data.Version {
			return types.ErrContractState.Wrapf("version %d of %s is active: retire it first", earlier.Version, data.Name)
		}
		if err := k.enterStatus(ctx, earlier, types.CONTRACT_STATUS_RETIRED); err != nil {
			return err
		}
	}
	return k.activate(ctx, data, params)
}

// pauseContract stops a contract, or lets it run again.
func (k *Keeper) pauseContract(ctx context.Context, id types.ID, paused bool) error {
	if paused {
		data, err := k.requireContract(ctx, id, types.CONTRACT_STATUS_ACTIVE)
		if err != nil {
			return err
		}
		return k.enterStatus(ctx, data, types.CONTRACT_STATUS_PAUSED)
	}
	data, err := k.requireContract(ctx, id, types.CONTRACT_STATUS_PAUSED)
	if err != nil {
		return err
	}
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	other, found, err := k.activeOfName(ctx, data)
	if err != nil {
		return err
	}
	if found {
		return types.ErrContractState.Wrapf("version %d of %s took its place: retire that first", other.Version, data.Name)
	}
	return k.activate(ctx, data, params)
}

// retireContract ends a contract, or a proposal, for good.
func (k *Keeper) retireContract(ctx context.Context, id types.ID) error {
	data, err := k.requireContract(ctx, id, types.CONTRACT_STATUS_PROPOSED, types.CONTRACT_STATUS_ACTIVE, types.CONTRACT_STATUS_PAUSED)
	if err != nil {
		return err
	}
	return k.enterStatus(ctx, data, types.CONTRACT_STATUS_RETIRED)
}

// requireContract returns a contract that is in one of the statuses.
func (k *Keeper) requireContract(ctx context.Context, id types.ID, statuses ...types.ContractStatus) (types.Contract, error) {
	data, err := k.GetContract(ctx, id)
	if err != nil {
		return data, err
	}
	for _, status := range statuses {
		if data.Status == status {
			return data, nil
		}
	}
	return data, types.ErrContractState.Wrapf("%s version %d is %s since %s: this needs one of %v",
		data.Name, data.Version, data.Status, rfc3339(data.StatusSince), statuses)
}

// activate lets a contract run, if there is room for one more of its trigger.
func (k *Keeper) activate(ctx context.Context, data types.Contract, params types.Params) error {
	active, err := k.activeOf(ctx, data.Code.Trigger)
	if err != nil {
		return err
	}
	if len(active) >= int(params.MaxContracts) {
		return types.ErrTooManyContracts.Wrapf("%d are active for %s: retire one, or raise params.max_contracts", len(active), data.Code.Trigger)
	}
	return k.enterStatus(ctx, data, types.CONTRACT_STATUS_ACTIVE)
}

// activeOfName returns the active contract of the same name and trigger.
func (k *Keeper) activeOfName(ctx context.Context, like types.Contract) (types.Contract, bool, error) {
	ids, err := k.activeOf(ctx, like.Code.Trigger)
	if err != nil {
		return types.Contract{}, false, err
	}
	for _, id := range ids {
		data, err := k.GetContract(ctx, id)
		if err != nil {
			return data, false, err
		}
		if data.Name == like.Name {
			return data, true, nil
		}
	}
	return types.Contract{}, false, nil
}

// enterStatus writes a contract in another status, with the index of those that run, and says so.
func (k *Keeper) enterStatus(ctx context.Context, data types.Contract, status types.ContractStatus) error {
	if data.Status == types.CONTRACT_STATUS_ACTIVE {
		if err := k.setActive(ctx, data, false); err != nil {
			return err
		}
	}
	data.Status, data.StatusSince = status, sdk.UnwrapSDKContext(ctx).BlockTime()
	if status == types.CONTRACT_STATUS_ACTIVE {
		if err := k.setActive(ctx, data, true); err != nil {
			return err
		}
	}
	if err := k.setContract(ctx, data); err != nil {
		return err
	}
	return emit(ctx, &types.EventContractChanged{
		ContractId: types.ID(data.Id).String(), Name: data.Name, Version: data.Version, Status: status,
	})
}
