package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/institution/types"
)

// This file decides who may do what. Everything else asks it.

// requireAuthority lets only a passed vote through. sdk.ValidateAuthority is not used: it prefers an authority
// that the consensus parameters may name, which would be an administrator key.
func (k *Keeper) requireAuthority(authority string) error {
	if authority != k.authority {
		return errorsmod.Wrapf(types.ErrUnauthorized,
			"authority is %.128q; submit the message in a proposal (`creditd tx gov submit-proposal`) with authority %s", authority, k.authority)
	}
	return nil
}

// GetInstitution returns the institution of an operator, whatever its status.
func (k *Keeper) GetInstitution(ctx context.Context, operator sdk.AccAddress) (types.Institution, error) {
	institution, err := k.Institutions.Get(ctx, operator)
	ok, err := found(err)
	if err == nil && !ok {
		err = errorsmod.Wrapf(types.ErrUnknownInstitution,
			"%s has no licence; `creditd query institution institutions` lists who has", k.addressText(operator))
	}
	return institution, err
}

// RequireRole returns the operator's institution when its licence gives rights now and allows at least one of
// the roles; with no roles named, any institution that is active.
func (k *Keeper) RequireRole(ctx context.Context, operator sdk.AccAddress, roles ...types.Role) (types.Institution, error) {
	institution, err := k.GetInstitution(ctx, operator)
	if err != nil {
		return types.Institution{}, err
	}
	if err := requireActive(institution, blockTime(ctx)); err != nil {
		return types.Institution{}, err
	}
	if len(roles) == 0 {
		return institution, nil
	}
	for _, role := range roles {
		if institution.HasRole(role) {
			return institution, nil
		}
	}
	return types.Institution{}, errorsmod.Wrapf(types.ErrWrongRole,
		"%s has %v, this needs one of %v; the members can amend the licence by vote", institution.Operator, institution.Roles, roles)
}

// IsActive says whether the operator's institution has rights now; false, not an error, when there is none.
func (k *Keeper) IsActive(ctx context.Context, operator sdk.AccAddress) (bool, error) {
	institution, err := k.Institutions.Get(ctx, operator)
	ok, err := found(err)
	return ok && institution.ActiveAt(blockTime(ctx)), err
}

func requireActive(institution types.Institution, now time.Time) error {
	if institution.ActiveAt(now) {
		return nil
	}
	switch {
	case institution.Status != types.LICENCE_STATUS_ACTIVE:
		return errorsmod.Wrapf(types.ErrNotLicensed, "%s is %s since %s; the members can change that by vote",
			institution.Operator, institution.Status, institution.StatusSince.Format(time.RFC3339))
	case now.Before(institution.ValidFrom):
		return errorsmod.Wrapf(types.ErrNotLicensed, "licence of %s starts at %s; wait until then",
			institution.Operator, institution.ValidFrom.Format(time.RFC3339))
	default:
		return errorsmod.Wrapf(types.ErrNotLicensed, "licence of %s ended at %s; the members can amend it by vote",
			institution.Operator, institution.ValidUntil.Format(time.RFC3339))
	}
}

// requireValidator returns the consensus side of an institution.
func (k *Keeper) requireValidator(ctx context.Context, operator sdk.AccAddress) (types.Validator, error) {
	validator, err := k.Validators.Get(ctx, operator)
	ok, err := found(err)
	if err == nil && !ok {
		err = errorsmod.Wrapf(types.ErrNotValidator,
			"%s has no consensus key; the members can add ROLE_VALIDATOR with a key by vote", k.addressText(operator))
	}
	return validator, err
}

// requireAnotherValidator refuses what would leave no institution entitled to be a validator. Whoever takes a
// right that the operator does not have now takes nothing from the set.
func (k *Keeper) requireAnotherValidator(ctx context.Context, operator sdk.AccAddress) error {
	power, err := k.entitledPower(ctx, operator)
	if err != nil || power == 0 {
		return err
	}
	other, err := k.anotherEntitled(ctx, operator)
	if err != nil || other {
		return err
	}
	return errorsmod.Wrapf(types.ErrLastValidator,
		"%s is the only institution entitled to be a validator; admit or reinstate another first", k.addressText(operator))
}

// entitledPower is the power that an operator has a right to now; 0 when it has no right to be a validator.
func (k *Keeper) entitledPower(ctx context.Context, operator sdk.AccAddress) (int64, error) {
	institution, err := k.Institutions.Get(ctx, operator)
	if ok, err := found(err); !ok || err != nil {
		return 0, err
	}
	if !institution.ActiveAt(blockTime(ctx)) || !institution.HasRole(types.ROLE_VALIDATOR) {
		return 0, nil
	}
	validator, err := k.Validators.Get(ctx, operator)
	if ok, err := found(err); !ok || err != nil {
		return 0, err
	}
	if validator.Jailed {
		return 0, nil
	}
	tombstoned, err := k.tombstoned(ctx, validator)
	if err != nil || tombstoned {
		return 0, err
	}
	return validator.Power, nil
}

// anotherEntitled stops at the first one found, which is nearly always the first or second that it reads.
func (k *Keeper) anotherEntitled(ctx context.Context, operator sdk.AccAddress) (bool, error) {
	iter, err := k.Validators.IterateRaw(ctx, nil, nil, collections.OrderAscending)
	if err != nil {
		return false, err
	}
	defer iter.Close()
	for ; iter.Valid(); iter.Next() {
		candidate, err := iter.Key()
		if err != nil {
			return false, err
		}
		if candidate.Equals(operator) {
			continue
		}
		power, err := k.entitledPower(ctx, candidate)
		if err != nil || power > 0 {
			return power > 0, err
		}
	}
	return false, nil
}

// operatorOf decodes an operator's address.
func (k *Keeper) operatorOf(address string) (sdk.AccAddress, error) {
	bz, err := k.addresses.StringToBytes(address)
	if err != nil {
		return nil, errorsmod.Wrapf(types.ErrInvalidAddress, "operator %.128q: %s", address, err)
	}
	return bz, nil
}

// HasVault says whether the institution has told where its vault is.
func (k *Keeper) HasVault(ctx context.Context, operator sdk.AccAddress) (bool, error) {
	return k.Vaults.Has(ctx, operator)
}
