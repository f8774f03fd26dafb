package keeper

import (
	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

func (k *Keeper) endConsents(ctx sdk.Context, limit int) error {
	return queue[consentDeadline]{
		name: consentQueue, keys: k.consentExpiry, id: consentDeadline.K3, work: k.expireConsent,
		due: collections.NewPrefixUntilTripleRange[int64, types.ID, types.ID](ctx.BlockTime().UnixNano()),
	}.drain(ctx, limit)
}

// expireConsent ends a consent by the clock. The line in the trails is in the name of its grantee.
func (k *Keeper) expireConsent(ctx sdk.Context, key consentDeadline) error {
	subject, id := key.K2(), key.K3()
	consent, err := k.GetConsent(ctx, subject, id)
	if err != nil {
		return err
	}
	if consent.Status != types.CONSENT_STATUS_LIVE {
		return types.ErrConsentNotLive.Wrapf("%s is %s and was still in the queue", id, consent.Status)
	}
	grantee, err := k.parseActor("grantee", consent.Grantee)
	if err != nil {
		return err
	}
	if err := k.endConsent(ctx, consent, types.CONSENT_STATUS_EXPIRED); err != nil {
		return err
	}
	if err := k.recordWith(ctx, grantee.addr, subject, types.TRAIL_KIND_CONSENT_EXPIRED, grantee.addr, id, consent.Purpose); err != nil {
		return err
	}
	return emit(ctx, types.NewEventConsentExpired(id, subject))
}
