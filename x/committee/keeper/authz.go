package keeper

import (
	"context"
	"errors"

	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/committee/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// This file decides who may do what. Everything else asks it.

// requireAuthority lets only a passed vote through.
func (k *Keeper) requireAuthority(authority string) error {
	if authority != k.authority {
		return errorsmod.Wrapf(types.ErrUnauthorized,
			"authority is %.128q; submit the message in a proposal (`creditd tx gov submit-proposal`) with authority %s", authority, k.authority)
	}
	return nil
}

// requireEligible lets an institution through whose licence allows it to be a member now, and which has a vault.
func (k *Keeper) requireEligible(ctx context.Context, policy types.Policy, operator sdk.AccAddress) error {
	if err := k.requireLicence(ctx, policy, operator); err != nil {
		return err
	}
	ok, err := k.institutions.HasVault(ctx, operator)
	if err == nil && !ok {
		err = errorsmod.Wrapf(types.ErrNoVault,
			"%s has not told where its vault is; `creditd tx institution update-profile` does, shares are kept there", k.addressText(operator))
	}
	return err
}

func (k *Keeper) requireLicence(ctx context.Context, policy types.Policy, operator sdk.AccAddress) error {
	_, err := k.institutions.RequireRole(ctx, operator, policy.Roles...)
	return err
}

// refusal tells an institution that may not from a store that fails.
func refusal(err error) bool {
	return errors.Is(err, institutiontypes.ErrNotLicensed) || errors.Is(err, institutiontypes.ErrWrongRole) ||
		errors.Is(err, institutiontypes.ErrUnknownInstitution) || errors.Is(err, types.ErrNoVault)
}

// eligible is requireEligible as a question.
func (k *Keeper) eligible(ctx context.Context, policy types.Policy, operator sdk.AccAddress) (bool, error) {
	err := k.requireEligible(ctx, policy, operator)
	if refusal(err) {
		return false, nil
	}
	return err == nil, err
}

// policy of a purpose.
func (k *Keeper) policy(ctx context.Context, purpose types.Purpose) (types.Params, types.Policy, error) {
	params, err := k.Params.Get(ctx)
	if err != nil {
		return params, types.Policy{}, err
	}
	policy, err := params.Policy(purpose)
	return params, policy, err
}

// operatorOf decodes an operator's address.
func (k *Keeper) operatorOf(address string) (sdk.AccAddress, error) {
	bz, err := k.addresses.StringToBytes(address)
	if err != nil {
		return nil, errorsmod.Wrapf(types.ErrInvalidAddress, "operator %.128q: %s", address, err)
	}
	return bz, nil
}

// inPhase returns the committee if it is in a phase, for an institution that is licensed for it now.
func (k *Keeper) inPhase(ctx context.Context, id uint64, operator string, phase types.Status) (types.Committee, error) {
	c, err := k.Get(ctx, id)
	if err != nil {
		return c, err
	}
	if c.Status != phase {
		return c, errorsmod.Wrapf(types.ErrWrongPhase, "committee %d is in %s since block %d or later, this is for %s; an agent that follows the chain does it in time",
			id, c.Status, c.FormedHeight, phase)
	}
	address, err := k.operatorOf(operator)
	if err != nil {
		return c, err
	}
	_, policy, err := k.policy(ctx, c.Purpose)
	if err != nil {
		return c, err
	}
	return c, k.requireLicence(ctx, policy, address)
}

func notMember(c *types.Committee, operator string) error {
	return errorsmod.Wrapf(types.ErrNotMember, "%.128s has no such part in committee %d; `creditd query committee committee %d` shows who has", operator, c.Id, c.Id)
}

// MayBeMember says whether an institution could be called into a committee now.
func (k *Keeper) MayBeMember(ctx context.Context, purpose types.Purpose, operator sdk.AccAddress) (bool, error) {
	_, policy, err := k.policy(ctx, purpose)
	if err != nil {
		return false, err
	}
	return k.eligible(ctx, policy, operator)
}

// MayTakePart says whether an institution's licence lets it do its part in a committee now.
func (k *Keeper) MayTakePart(ctx context.Context, purpose types.Purpose, operator sdk.AccAddress) (bool, error) {
	_, policy, err := k.policy(ctx, purpose)
	if err != nil {
		return false, err
	}
	err = k.requireLicence(ctx, policy, operator)
	if refusal(err) {
		return false, nil
	}
	return err == nil, err
}
