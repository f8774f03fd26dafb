package keeper

import (
	"context"
	"slices"

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

// requireIssuer lets an active institution through that the schema allows: by role, by accreditation or by list.
func (k *Keeper) requireIssuer(ctx context.Context, operator sdk.AccAddress, schema types.Schema, accreditationID []byte) error {
	institution, err := k.institutions.RequireRole(ctx, operator, schema.IssuerRoles...)
	switch {
	case err != nil:
		return errorsmod.Wrapf(err, "schema %s version %d", schema.Name, schema.Version)
	case schema.Accredited:
		return k.requireAccreditation(ctx, accreditationID, institution, types.ID(schema.Id))
	case len(accreditationID) > 0:
		return types.ErrInvalidAccreditation.Wrapf("accreditation_id: schema %s version %d asks for none: leave it out", schema.Name, schema.Version)
	case len(schema.Issuers) > 0:
		text, err := k.addressText("issuer", operator)
		if err == nil && !slices.Contains(schema.Issuers, text) {
			err = types.ErrUnauthorized.Wrapf("schema %s version %d is issued by its list of institutions only", schema.Name, schema.Version)
		}
		return err
	}
	return nil
}

// requireOwn lets only the issuer through, with an active licence in whatever role.
func (k *Keeper) requireOwn(ctx context.Context, operator sdk.AccAddress, issuerText string) error {
	issuer, err := k.parseAddress("issuer", issuerText)
	if err != nil {
		return err
	}
	if !issuer.Equals(operator) {
		return types.ErrNotIssuer.Wrapf("%s stated it: only that institution may change it", issuerText)
	}
	return k.requireMember(ctx, operator)
}

// requireCreator lets the members' vote through and the schema's creator, with an active licence. Built-in schemas
// have no creator.
func (k *Keeper) requireCreator(ctx context.Context, signer sdk.AccAddress, schema types.Schema) error {
	text, err := k.addressText("signer", signer)
	if err != nil || text == k.authority {
		return err
	}
	if schema.Creator != text {
		return types.ErrUnauthorized.Wrapf("%s version %d is deprecated by the members' vote (%s), or by its creator if it has one",
			schema.Name, schema.Version, k.authority)
	}
	return k.requireMember(ctx, signer)
}

// requireAbove lets the members' vote through, and the grantee of any of the nodes above one, nearest first, that is in
// force: active and within its validity, as is all above it. It returns the depth that the signer acts from, 0 for
// the vote. Only who acts needs a licence: see docs/adr/0012-accreditation-tree.md.
func (k *Keeper) requireAbove(ctx context.Context, signer sdk.AccAddress, above branch) (depth uint32, err error) {
	text, err := k.addressText("signer", signer)
	if err != nil {
		return 0, err
	}
	if text == k.authority {
		return 0, nil
	}
	now := blockTime(ctx)
	for i := len(above) - 1; i >= 0 && above[i].NotInForceSince(now) == nil; i-- {
		if above[i].Grantee == text {
			return above[i].Depth, k.requireMember(ctx, signer)
		}
	}
	return 0, types.ErrUnauthorized.Wrapf("only the members' vote (%s) or the grantee of a node above that is in force may change it", k.authority)
}

// CanAct says whether the operator may act in one of the roles. The simulation picks its signers by it.
func (k *Keeper) CanAct(ctx context.Context, operator sdk.AccAddress, roles ...institutiontypes.Role) bool {
	_, err := k.institutions.RequireRole(ctx, operator, roles...)
	return err == nil
}

// CanIssue says whether the operator may state under the schema, by that accreditation where it asks for one.
func (k *Keeper) CanIssue(ctx context.Context, operator sdk.AccAddress, schema types.Schema, accreditationID []byte) bool {
	return k.requireIssuer(ctx, operator, schema, accreditationID) == nil
}

// CanDelegate says whether the operator's key is on the chain, so that what it signs can be checked.
func (k *Keeper) CanDelegate(ctx context.Context, operator sdk.AccAddress) bool {
	account := k.accounts.GetAccount(ctx, operator)
	return account != nil && account.GetPubKey() != nil
}
