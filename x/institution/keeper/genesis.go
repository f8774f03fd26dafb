package keeper

import (
	"context"

	abci "github.com/cometbft/cometbft/abci/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/institution/types"
)

// InitGenesis stores a state and returns the validator set to start with.
func (k *Keeper) InitGenesis(ctx context.Context, state *types.GenesisState) ([]abci.ValidatorUpdate, error) {
	if err := state.Validate(k.addresses); err != nil {
		return nil, err
	}
	if err := k.Params.Set(ctx, state.Params); err != nil {
		return nil, err
	}
	if err := k.MissedWindow.Set(ctx, state.Params.SignedBlocksWindow); err != nil {
		return nil, err
	}
	for _, key := range state.ConsensusKeys {
		if err := k.ConsensusKeys.Set(ctx, key.Address, key); err != nil {
			return nil, err
		}
	}
	for _, institution := range state.Institutions {
		if err := k.initInstitution(ctx, institution); err != nil {
			return nil, errorsmod.Wrapf(err, "institution %s", institution.Institution.Operator)
		}
	}
	if err := k.initChanges(ctx, state); err != nil {
		return nil, err
	}
	for _, address := range state.PendingOperators {
		operator, err := k.operatorOf(address)
		if err != nil {
			return nil, err
		}
		if err := k.Pending.Set(ctx, operator); err != nil {
			return nil, err
		}
	}
	return k.initSet(ctx, state)
}

// initSet takes over the set of an exported chain, or makes the first one. The bound on change does not hold for the
// first: no light client trusts anything yet.
func (k *Keeper) initSet(ctx context.Context, state *types.GenesisState) ([]abci.ValidatorUpdate, error) {
	if len(state.Members) == 0 {
		return k.firstSet(ctx)
	}
	updates := make([]abci.ValidatorUpdate, 0, len(state.Members))
	for _, member := range state.Members {
		operator, err := k.operatorOf(member.Operator)
		if err != nil {
			return nil, err
		}
		if err := k.SetMembers.Set(ctx, operator, member); err != nil {
			return nil, err
		}
		update, err := types.ValidatorUpdate(member.ConsensusPubkey, member.Power)
		if err != nil {
			return nil, err
		}
		updates = append(updates, update)
	}
	return updates, nil
}

func (k *Keeper) firstSet(ctx context.Context) ([]abci.ValidatorUpdate, error) {
	err := k.Validators.Walk(ctx, nil, func(operator sdk.AccAddress, _ types.Validator) (bool, error) {
		return false, k.Pending.Set(ctx, operator)
	})
	if err != nil {
		return nil, err
	}
	updates, err := k.reconcile(ctx)
	if err == nil && len(updates) == 0 {
		err = errorsmod.Wrap(types.ErrInvalidGenesis,
			"no active institution with ROLE_VALIDATOR at genesis time; add one with `creditd genesis add-institution`")
	}
	return updates, err
}

func (k *Keeper) initInstitution(ctx context.Context, g types.GenesisInstitution) error {
	institution := g.Institution
	operator, err := k.operatorOf(institution.Operator)
	if err != nil {
		return err
	}
	if institution.StatusSince.IsZero() {
		institution.StatusSince = blockTime(ctx)
	}
	if err := k.ensureAccount(ctx, operator); err != nil {
		return err
	}
	if err := k.Licences.Set(ctx, institution.LicenceID().CollKey(), operator); err != nil {
		return err
	}
	if err := k.Institutions.Set(ctx, operator, institution); err != nil {
		return err
	}
	if institution.Status == types.LICENCE_STATUS_ACTIVE {
		// Queued at its start, though that may be long past: whether the exported chain had seen the start is not
		// in the state, and to look again changes nothing.
		if err := k.Deadlines.Set(ctx, collections.Join(timeKey(institution.ValidFrom), operator)); err != nil {
			return err
		}
	}
	if g.Vault != nil {
		if err := k.Vaults.Set(ctx, operator, *g.Vault); err != nil {
			return err
		}
	}
	if err := k.initHistory(ctx, operator, institution, g.History); err != nil {
		return err
	}
	return k.initValidator(ctx, operator, g)
}

func (k *Keeper) initHistory(ctx context.Context, operator sdk.AccAddress, institution types.Institution, history []types.LicenceChange) error {
	if len(history) == 0 {
		return k.appendHistory(ctx, operator, institution, types.REASON_GENESIS)
	}
	for i, change := range history {
		if err := k.History.Set(ctx, collections.Join(operator, uint64(i)+1), change); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) initValidator(ctx context.Context, operator sdk.AccAddress, g types.GenesisInstitution) error {
	if g.Validator == nil {
		return nil
	}
	validator := *g.Validator
	validator.MissedBlocks = 0
	if err := k.Validators.Set(ctx, operator, validator); err != nil {
		return err
	}
	consAddress, err := types.ConsensusAddress(validator.ConsensusPubkey)
	if err != nil {
		return err
	}
	known, err := k.ConsensusKeys.Has(ctx, consAddress)
	if err != nil {
		return err
	}
	if !known {
		key := types.ConsensusKey{Address: consAddress, Operator: validator.Operator}
		if err := k.ConsensusKeys.Set(ctx, consAddress, key); err != nil {
			return err
		}
	}
	for _, slot := range g.Missed {
		if _, err := k.setMissed(ctx, operator, slot, true); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) initChanges(ctx context.Context, state *types.GenesisState) error {
	for _, change := range state.ScheduledChanges {
		if err := k.putChange(ctx, change); err != nil {
			return err
		}
	}
	if state.LastChangeId == 0 {
		return nil
	}
	return k.ChangeID.Set(ctx, state.LastChangeId)
}

// ExportGenesis writes all that InitGenesis needs, in the order of keys.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.Params.Get(ctx)
	if err != nil {
		return nil, err
	}
	state := &types.GenesisState{Params: params}
	if state.Institutions, err = k.exportInstitutions(ctx, params); err != nil {
		return nil, err
	}
	if state.Members, err = k.Members(ctx); err != nil {
		return nil, err
	}
	err = k.ConsensusKeys.Walk(ctx, nil, func(_ []byte, key types.ConsensusKey) (bool, error) {
		state.ConsensusKeys = append(state.ConsensusKeys, key)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.ChangeQueue.Walk(ctx, nil, func(key collections.Pair[uint64, uint64]) (bool, error) {
		change, err := k.ScheduledChanges.Get(ctx, key.K2())
		state.ScheduledChanges = append(state.ScheduledChanges, change)
		return false, err
	})
	if err != nil {
		return nil, err
	}
	if state.LastChangeId, err = k.lastChangeID(ctx); err != nil {
		return nil, err
	}
	err = k.Pending.Walk(ctx, nil, func(operator sdk.AccAddress) (bool, error) {
		address, err := k.addresses.BytesToString(operator)
		state.PendingOperators = append(state.PendingOperators, address)
		return false, err
	})
	return state, err
}

func (k *Keeper) exportInstitutions(ctx context.Context, params types.Params) ([]types.GenesisInstitution, error) {
	window, err := k.MissedWindow.Get(ctx)
	if _, err := found(err); err != nil {
		return nil, err
	}
	var institutions []types.GenesisInstitution
	err = k.Institutions.Walk(ctx, nil, func(operator sdk.AccAddress, institution types.Institution) (bool, error) {
		exported, err := k.exportInstitution(ctx, operator, institution, window == params.SignedBlocksWindow)
		institutions = append(institutions, exported)
		return false, err
	})
	return institutions, err
}

// exportInstitution leaves out misses of another window than the present one: the next block would clear them.
func (k *Keeper) exportInstitution(
	ctx context.Context, operator sdk.AccAddress, institution types.Institution, withMissed bool,
) (types.GenesisInstitution, error) {
	view, err := k.view(ctx, operator, institution)
	if err != nil {
		return types.GenesisInstitution{}, err
	}
	g := types.GenesisInstitution{Institution: institution, Vault: view.Vault, Validator: view.Validator}
	if g.Validator != nil {
		if withMissed {
			if g.Missed, err = k.missedSlots(ctx, operator); err != nil {
				return g, err
			}
		}
		g.Validator.MissedBlocks = uint64(len(g.Missed))
	}
	err = k.History.Walk(ctx, collections.NewPrefixedPairRange[sdk.AccAddress, uint64](operator),
		func(_ collections.Pair[sdk.AccAddress, uint64], change types.LicenceChange) (bool, error) {
			g.History = append(g.History, change)
			return false, nil
		})
	return g, err
}

// GenesisValidators are the members of the set for the genesis file of an exported chain.
func (k *Keeper) GenesisValidators(ctx context.Context) ([]cmttypes.GenesisValidator, error) {
	members, err := k.Members(ctx)
	if err != nil {
		return nil, err
	}
	validators := make([]cmttypes.GenesisValidator, 0, len(members))
	for _, member := range members {
		operator, institution, err := k.licenceOf(ctx, member.Operator)
		if err != nil {
			return nil, errorsmod.Wrapf(err, "member %s", operator)
		}
		pk, err := types.UnpackConsensusKey(member.ConsensusPubkey)
		if err != nil {
			return nil, err
		}
		cmtKey, err := cryptocodec.ToCmtPubKeyInterface(pk)
		if err != nil {
			return nil, errorsmod.Wrap(types.ErrInvalidConsensus, err.Error())
		}
		validators = append(validators, cmttypes.GenesisValidator{
			Address: cmtKey.Address(), PubKey: cmtKey, Power: member.Power, Name: institution.Name,
		})
	}
	return validators, nil
}
