package keeper

import (
	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// endInquiries settles the inquiries whose time is over. One of many furnishers is as many units of the block's work.
func (k *Keeper) endInquiries(ctx sdk.Context, limit int) error {
	return queue[inquiryDeadline]{
		name: inquiryQueue, keys: k.inquiryExpiry, id: inquiryDeadline.K2, work: k.settleInquiry, units: k.inquiryUnits,
		due: collections.NewPrefixUntilPairRange[int64, types.ID](ctx.BlockTime().UnixNano()),
	}.drain(ctx, limit)
}

// inquiryUnits is one and the furnishers asked. An inquiry that cannot be read is one: settling it says what is wrong.
func (k *Keeper) inquiryUnits(ctx sdk.Context, key inquiryDeadline) int {
	inquiry, err := k.GetInquiry(ctx, key.K2())
	if err != nil || inquiry.Status == types.INQUIRY_STATUS_PENDING {
		return 1
	}
	asked, err := k.askedBy(ctx, inquiry)
	if err != nil {
		return 1
	}
	return 1 + len(asked)
}

// settleInquiry closes an inquiry that its data user did not acknowledge, and records which furnishers left no receipt, whether or
// not it did. Nobody had to answer one that waited for approval to its end.
func (k *Keeper) settleInquiry(ctx sdk.Context, key inquiryDeadline) error {
	inquiry, err := k.GetInquiry(ctx, key.K2())
	if err != nil {
		return err
	}
	if inquiry.Settled {
		return types.ErrInvariant.Wrapf("inquiry %x is settled and was still in the queue", inquiry.Id)
	}
	if inquiry.Status == types.INQUIRY_STATUS_FULFILLED {
		inquiry.Settled = true
		err = k.setInquiry(ctx, inquiry)
	} else {
		err = k.expireInquiry(ctx, inquiry)
	}
	if err != nil || inquiry.Status == types.INQUIRY_STATUS_PENDING {
		return err
	}
	return k.recordSilent(ctx, inquiry)
}

// expireInquiry ends an inquiry by the clock. The line in the trails is in the name of the data user, whose inquiry it was.
func (k *Keeper) expireInquiry(ctx sdk.Context, inquiry types.Inquiry) error {
	dataUser, err := k.parseActor("data_user", inquiry.DataUser)
	if err != nil {
		return err
	}
	if err := k.closeInquiry(ctx, inquiry, types.INQUIRY_STATUS_EXPIRED); err != nil {
		return err
	}
	if err := k.recordLook(ctx, inquiry, types.TRAIL_KIND_INQUIRY_EXPIRED, dataUser.addr); err != nil {
		return err
	}
	return emit(ctx, types.NewEventInquiryExpired(types.ID(inquiry.Id)))
}

// recordSilent records the silence of every furnisher that was asked and left no receipt, not even that it had nothing to give.
// It counts whatever became of its licence: the record says what happened, its reasons are for the supervisor.
func (k *Keeper) recordSilent(ctx sdk.Context, inquiry types.Inquiry) error {
	asked, err := k.askedBy(ctx, inquiry)
	if err != nil {
		return err
	}
	id, subject := types.ID(inquiry.Id), types.ID(inquiry.Subject)
	for _, furnisher := range asked {
		answered, err := k.HasReceipt(ctx, id, furnisher)
		if err != nil {
			return err
		}
		if answered {
			continue
		}
		if err := k.recordSilence(ctx, furnisher, subject, id, inquiry.Purpose); err != nil {
			return err
		}
	}
	return nil
}
