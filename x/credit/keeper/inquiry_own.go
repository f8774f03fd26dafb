package keeper

import (
	"context"

	"github.com/creditd/creditd/x/credit/types"
)

// openOwnInquiry is the subject's look at its own file. No profile, freeze, alert or data contract stands in its way; it is counted
// by day under the account of the controller, which is no institution and so has no trail of its own.
func (k *Keeper) openOwnInquiry(ctx context.Context, by actor, msg *types.MsgOpenOwnInquiry) (types.ID, error) {
	subjectID, err := types.IDFromBytes("subject", msg.Subject)
	if err != nil {
		return types.ID{}, err
	}
	if err := requireNonce(msg.Nonce); err != nil {
		return types.ID{}, err
	}
	subject, err := k.GetSubject(ctx, subjectID)
	if err != nil {
		return types.ID{}, err
	}
	if err := k.requireUnmerged(subject); err != nil {
		return types.ID{}, err
	}
	if err := requireController(by, subject); err != nil {
		return types.ID{}, err
	}
	inquiry, err := k.newInquiry(ctx, by, subject, types.PURPOSE_OWN_REQUEST, types.INQUIRY_KIND_OWN, msg.Nonce)
	if err != nil {
		return types.ID{}, err
	}
	inquiry.FraudAlert = false // it is for those who give credit
	params, err := k.GetParams(ctx)
	if err != nil {
		return types.ID{}, err
	}
	if err := k.countInquiry(ctx, by.addr, types.PURPOSE_OWN_REQUEST, params.OwnInquiriesPerDay); err != nil {
		return types.ID{}, err
	}
	if err := k.addInquiry(ctx, inquiry); err != nil {
		return types.ID{}, err
	}
	id := types.ID(inquiry.Id)
	if err := k.record(ctx, subjectID, types.TRAIL_KIND_INQUIRY_OPENED, by.addr, id, types.PURPOSE_OWN_REQUEST); err != nil {
		return types.ID{}, err
	}
	return id, emit(ctx, types.NewEventInquiryOpened(id, by.text, subjectID, types.PURPOSE_OWN_REQUEST))
}
