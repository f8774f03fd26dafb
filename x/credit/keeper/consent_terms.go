package keeper

import (
	"context"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// newConsent checks what the subject agrees to.
func (k *Keeper) newConsent(ctx context.Context, id types.ID, grantee actor, msg *types.MsgGrantConsent) (types.Consent, error) {
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	params, err := k.GetParams(ctx)
	if err != nil {
		return types.Consent{}, err
	}
	switch {
	case !msg.Purpose.OfDataUser():
		return types.Consent{}, types.ErrInvalidPurpose.Wrapf("%s: choose a purpose for which a data user may look", msg.Purpose)
	case !msg.Mode.Known():
		return types.Consent{}, types.ErrInvalidConsentMode.Wrapf("mode %d: choose one of ConsentMode", msg.Mode)
	case msg.Uses < 1 || msg.Uses > types.MaxUses:
		return types.Consent{}, types.ErrInvalidConsent.Wrapf("%d uses: give 1 to %d", msg.Uses, types.MaxUses)
	case msg.RecordsFrom != nil && msg.RecordsUntil != nil && msg.RecordsUntil.Before(*msg.RecordsFrom):
		return types.Consent{}, types.ErrInvalidConsent.Wrapf("records_until %s is before records_from %s: no record is in scope",
			rfc3339(*msg.RecordsUntil), rfc3339(*msg.RecordsFrom))
	}
	if err := types.ValidateFetch(msg.Fetch, msg.Frequency, msg.Mode, msg.DataLife); err != nil {
		return types.Consent{}, err
	}
	validFrom := msg.ValidFrom
	if validFrom.IsZero() {
		validFrom = now
	}
	if err := requireValidity(validFrom, msg.ValidUntil, now, params.MaxConsentValidity); err != nil {
		return types.Consent{}, err
	}
	if err := k.requireSchemas(ctx, msg.SchemaIds); err != nil {
		return types.Consent{}, err
	}
	return types.Consent{
		Id:           id.Bytes(),
		Subject:      msg.Subject,
		Grantee:      grantee.text,
		Purpose:      msg.Purpose,
		SchemaIds:    msg.SchemaIds,
		Mode:         msg.Mode,
		UsesLeft:     msg.Uses,
		ValidFrom:    validFrom,
		ValidUntil:   msg.ValidUntil,
		Status:       types.CONSENT_STATUS_LIVE,
		StatusSince:  now,
		Fetch:        msg.Fetch,
		Frequency:    msg.Frequency,
		DataLife:     msg.DataLife,
		RecordsFrom:  msg.RecordsFrom,
		RecordsUntil: msg.RecordsUntil,
	}, nil
}

// requireValidity bounds both ends, also so that valid_until can be a key in the queue. Sub saturates, so
// no difference of two times wraps around.
func requireValidity(from, until, now time.Time, longest time.Duration) error {
	switch {
	case !until.After(now):
		return types.ErrInvalidConsent.Wrapf("valid_until %s is not after the block time %s: choose a later one", rfc3339(until), rfc3339(now))
	case !until.After(from):
		return types.ErrInvalidConsent.Wrapf("valid_until %s is not after valid_from %s", rfc3339(until), rfc3339(from))
	case until.Sub(from) > longest:
		return types.ErrInvalidConsent.Wrapf("valid for %s: at most %s are allowed; a consent can be given again", until.Sub(from), longest)
	case from.Sub(now) > longest:
		return types.ErrInvalidConsent.Wrapf("valid_from %s is too far ahead: choose one within %s", rfc3339(from), longest)
	}
	return nil
}

// requireSchemas checks the scope: known schemas, ascending, each once.
func (k *Keeper) requireSchemas(ctx context.Context, ids [][]byte) error {
	if err := types.ValidateScope(ids); err != nil {
		return err
	}
	for _, id := range ids {
		known, err := k.attestations.HasSchema(ctx, id)
		if err != nil {
			return err
		}
		if !known {
			return types.ErrUnknownSchema.Wrapf("%s: list them with `creditd query attestation schemas`", types.ID(id))
		}
	}
	return nil
}
