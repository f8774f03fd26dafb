package keeper

import (
	"context"
	"errors"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/predicate/types"
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

// isController says whether the account controls the subject.
func (k *Keeper) isController(ctx context.Context, who actor, subject types.ID) (bool, error) {
	err := k.credit.RequireController(ctx, who.text, subject)
	if errors.Is(err, credittypes.ErrNotController) || errors.Is(err, credittypes.ErrUnknownSubject) {
		return false, nil
	}
	return err == nil, err
}

// requireProver lets the controller of the subject through; the issuer of the attestations that a proof rests on, while it is
// licensed; and where there are none to name, a licensed furnisher with a tradeline of the subject.
func (k *Keeper) requireProver(ctx context.Context, who actor, subject types.ID, rests []attestationtypes.Attestation) error {
	controls, err := k.isController(ctx, who, subject)
	if err != nil || controls {
		return err
	}
	if len(rests) == 0 {
		furnishes, err := k.credit.Furnishes(ctx, who.addr, subject)
		if notLicensed(err) || err == nil && !furnishes {
			return types.ErrNotProver.Wrap("sign as the subject's controller, or as a licensed furnisher with a tradeline of the subject")
		}
		return err
	}
	for _, attestation := range rests {
		if attestation.Issuer != who.text {
			return types.ErrNotProver.Wrapf("sign as the subject's controller, or as %s, which stated %s",
				attestation.Issuer, types.ID(attestation.Id))
		}
	}
	_, err = k.institutions.RequireRole(ctx, who.addr)
	return err
}

// requireLister lets the controller of the subject through, and the licensed issuer of the attestation.
func (k *Keeper) requireLister(ctx context.Context, who actor, attestation attestationtypes.Attestation) error {
	if attestation.Issuer == who.text {
		_, err := k.institutions.RequireRole(ctx, who.addr)
		return err
	}
	if len(attestation.Subject) == 0 {
		return types.ErrUnauthorized.Wrapf("sign as %s, which stated it", attestation.Issuer)
	}
	controls, err := k.isController(ctx, who, types.ID(attestation.Subject))
	if err == nil && !controls {
		err = types.ErrUnauthorized.Wrapf("sign as the subject's controller, or as %s, which stated it", attestation.Issuer)
	}
	return err
}

// notLicensed says whether an error is that an account is no institution that may act in a role.
func notLicensed(err error) bool {
	for _, refusal := range []error{institutiontypes.ErrUnknownInstitution, institutiontypes.ErrNotLicensed, institutiontypes.ErrWrongRole} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}
