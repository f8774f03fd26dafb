package keeper

import (
	"context"

	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// requireAuthority lets only the members' vote through. sdk.ValidateAuthority is not used: it prefers an
// authority that the consensus parameters may name, which would be an administrator key.
func (k *Keeper) requireAuthority(signer string) error {
	if signer != k.authority {
		return types.ErrUnauthorized.Wrapf("authority is %.128q: put the message into a proposal with authority %s and let the members vote",
			signer, k.authority)
	}
	return nil
}

// requireMember lets any active institution through.
func (k *Keeper) requireMember(ctx context.Context, operator sdk.AccAddress) error {
	_, err := k.institutions.RequireRole(ctx, operator)
	return err
}

// requireIssuer lets an active institution through that may issue under the schema.
func (k *Keeper) requireIssuer(ctx context.Context, operator sdk.AccAddress, schema types.Schema) error {
	if _, err := k.institutions.RequireRole(ctx, operator, schema.IssuerRoles...); err != nil {
		return errorsmod.Wrapf(err, "schema %s version %d is issued by %v", schema.Name, schema.Version, schema.IssuerRoles)
	}
	return nil
}

// requireOwn lets only the issuer of the attestation through.
func (k *Keeper) requireOwn(operator sdk.AccAddress, attestation types.Attestation) error {
	issuer, err := k.parseAddress("issuer", attestation.Issuer)
	if err != nil {
		return err
	}
	if !issuer.Equals(operator) {
		return types.ErrNotIssuer.Wrapf("%s stated it: only that institution may change it", attestation.Issuer)
	}
	return nil
}

// CanAct says whether the operator may act in one of the roles. The simulation picks its signers by it.
func (k *Keeper) CanAct(ctx context.Context, operator sdk.AccAddress, roles ...institutiontypes.Role) bool {
	_, err := k.institutions.RequireRole(ctx, operator, roles...)
	return err == nil
}
