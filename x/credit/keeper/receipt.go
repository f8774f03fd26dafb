package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// leaveReceipt keeps somebody's word that data of an inquiry was given or got. That of the data user closes the inquiry;
// furnishers may leave theirs until it expires, and those that leave none by then are silent.
func (k *Keeper) leaveReceipt(ctx context.Context, by actor, msg *types.MsgLeaveReceipt) error {
	id, err := types.IDFromBytes("inquiry_id", msg.InquiryId)
	if err != nil {
		return err
	}
	if _, err := types.IDFromBytes("digest", msg.Digest); err != nil {
		return types.ErrInvalidReceipt.Wrap(err.Error())
	}
	inquiry, err := k.GetInquiry(ctx, id)
	if err != nil {
		return err
	}
	kind, err := k.receiptKind(ctx, by, inquiry)
	if err != nil {
		return err
	}
	exists, err := k.HasReceipt(ctx, id, by.addr)
	if err != nil {
		return err
	}
	if exists {
		return types.ErrDuplicateReceipt.Wrapf("%s left one for inquiry %s: everybody leaves one", by.text, id)
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	switch {
	case inquiry.Status == types.INQUIRY_STATUS_EXPIRED || !now.Before(inquiry.ExpiresAt):
		return types.ErrInquiryExpired.Wrapf("at %s: the data user opens a new one", rfc3339(inquiry.ExpiresAt))
	case inquiry.Status == types.INQUIRY_STATUS_PENDING:
		return types.ErrInquiryPending.Wrapf("%s: another institution has to approve it first", id)
	}
	receipt := types.Receipt{InquiryId: id.Bytes(), Digest: msg.Digest, Records: msg.Records, Time: now}
	if err := k.setReceipt(ctx, by.addr, receipt); err != nil {
		return err
	}
	if kind == types.TRAIL_KIND_DATA_GOT {
		if err := k.closeInquiry(ctx, inquiry, types.INQUIRY_STATUS_FULFILLED); err != nil {
			return err
		}
	}
	if err := k.recordLook(ctx, inquiry, kind, by.addr); err != nil {
		return err
	}
	return emit(ctx, types.NewEventReceiptLeft(id, by.text, msg.Records))
}

// recordLook adds a line about an inquiry to the subject's trail and to that of the institution that acted. A subject that looks
// at its own file is no institution.
func (k *Keeper) recordLook(ctx context.Context, inquiry types.Inquiry, kind types.TrailKind, by sdk.AccAddress) error {
	subject, id := types.ID(inquiry.Subject), types.ID(inquiry.Id)
	if inquiry.Kind == types.INQUIRY_KIND_OWN && kind != types.TRAIL_KIND_DATA_GIVEN {
		return k.record(ctx, subject, kind, by, id, inquiry.Purpose)
	}
	return k.recordWith(ctx, by, subject, kind, by, id, inquiry.Purpose)
}
