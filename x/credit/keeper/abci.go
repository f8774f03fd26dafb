package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// Names of the queues, in state and in events.
const (
	consentQueue = "consent_expiry"
	inquiryQueue = "inquiry_expiry"
)

// EndBlock ends consents and inquiries whose time is over, at most queue_cap of each. Rights end on time
// whether or not the queue is behind: every message checks the clock itself.
func (k *Keeper) EndBlock(ctx context.Context) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	now := sdkCtx.BlockTime().UnixNano()
	limit := int(params.QueueCap)
	consents := queue[consentDeadline]{
		name: consentQueue, keys: k.consentExpiry, due: collections.NewPrefixUntilTripleRange[int64, types.ID, types.ID](now),
		id: consentDeadline.K3, work: k.expireConsent,
	}
	if err := consents.drain(sdkCtx, limit); err != nil {
		return err
	}
	inquiries := queue[inquiryDeadline]{
		name: inquiryQueue, keys: k.inquiryExpiry, due: collections.NewPrefixUntilPairRange[int64, types.ID](now),
		id: inquiryDeadline.K2, work: k.expireInquiry,
	}
	return inquiries.drain(sdkCtx, limit)
}

// queue is a time-ordered set of deadlines, and what to do when one is due.
type queue[K any] struct {
	name string
	keys collections.KeySet[K]
	due  collections.Ranger[K]
	id   func(K) types.ID
	work func(sdk.Context, K) error
}

// drain works off up to limit due entries. An entry leaves the queue whatever comes of it, and one that
// fails changes nothing else: it is reported by an event and the block goes on.
func (q queue[K]) drain(ctx sdk.Context, limit int) error {
	due, err := q.first(ctx, limit)
	if err != nil {
		return err
	}
	for _, key := range due {
		if err := q.keys.Remove(ctx, key); err != nil {
			return err
		}
		cached, write := ctx.CacheContext()
		if err := q.work(cached, key); err != nil {
			if err := emit(ctx, types.NewEventQueueEntryFailed(q.name, q.id(key), err)); err != nil {
				return err
			}
			continue
		}
		write()
	}
	return nil
}

// first returns the first due entries; nothing is written while the iterator is open.
func (q queue[K]) first(ctx context.Context, limit int) ([]K, error) {
	var due []K
	err := q.keys.Walk(ctx, q.due, func(key K) (bool, error) {
		due = append(due, key)
		return len(due) >= limit, nil
	})
	return due, err
}

func (k *Keeper) expireConsent(ctx sdk.Context, key consentDeadline) error {
	subject, id := key.K2(), key.K3()
	consent, err := k.GetConsent(ctx, subject, id)
	if err != nil {
		return err
	}
	if consent.Status != types.CONSENT_STATUS_LIVE {
		return types.ErrConsentNotLive.Wrapf("%s is %s and was still in the queue", id, consent.Status)
	}
	if err := k.endConsent(ctx, consent, types.CONSENT_STATUS_EXPIRED); err != nil {
		return err
	}
	return emit(ctx, types.NewEventConsentExpired(id, subject))
}

// expireInquiry closes an inquiry that its data user did not acknowledge. The line in the trail is in the
// name of the data user, whose inquiry it was.
func (k *Keeper) expireInquiry(ctx sdk.Context, key inquiryDeadline) error {
	id := key.K2()
	inquiry, err := k.GetInquiry(ctx, id)
	if err != nil {
		return err
	}
	if inquiry.Status != types.INQUIRY_STATUS_OPEN {
		return types.ErrInvariant.Wrapf("inquiry %s is %s and was still in the queue", id, inquiry.Status)
	}
	dataUser, err := k.parseActor("data_user", inquiry.DataUser)
	if err != nil {
		return err
	}
	if err := k.closeInquiry(ctx, inquiry, types.INQUIRY_STATUS_EXPIRED); err != nil {
		return err
	}
	if err := k.record(ctx, types.ID(inquiry.Subject), types.TRAIL_KIND_INQUIRY_EXPIRED, dataUser.addr, id, inquiry.Purpose); err != nil {
		return err
	}
	return emit(ctx, types.NewEventInquiryExpired(id))
}
