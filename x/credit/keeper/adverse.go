package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// A data user that declines because of a report has to tell the subject, in the time that its profile gives (FCRA s. 615; ECOA
// Reg. B). It declares the decision and gives the notice, in one message or in two.

// GetAdverseAction returns what was declared after an inquiry.
func (k *Keeper) GetAdverseAction(ctx context.Context, inquiry types.ID) (types.AdverseAction, error) {
	action, err := k.adverseActions.Get(ctx, inquiry)
	if errors.Is(err, collections.ErrNotFound) {
		return action, types.ErrUnknownAdverse.Wrapf("none was declared after inquiry %s", inquiry)
	}
	action.InquiryId = inquiry.Bytes()
	return action, err
}

func (k *Keeper) setAdverseAction(ctx context.Context, action types.AdverseAction) error {
	id := types.ID(action.InquiryId)
	action.InquiryId = nil
	return k.adverseActions.Set(ctx, id, action)
}

func adverseKey(action types.AdverseAction) deadline {
	return collections.Join(action.DueAt, types.ID(action.InquiryId))
}

// recordAdverseAction declares a decision, gives the notice of one declared before, or both. It returns when the notice is late.
func (k *Keeper) recordAdverseAction(ctx context.Context, by actor, msg *types.MsgRecordAdverseAction) (time.Time, error) {
	id, err := types.IDFromBytes("inquiry_id", msg.InquiryId)
	if err != nil {
		return time.Time{}, err
	}
	if len(msg.Notice) != 0 {
		if err := requireCommitment("notice", msg.Notice); err != nil {
			return time.Time{}, err
		}
	}
	inquiry, err := k.GetInquiry(ctx, id)
	if err != nil {
		return time.Time{}, err
	}
	institution, err := k.requireDecider(ctx, by, inquiry)
	if err != nil {
		return time.Time{}, err
	}
	action, err := k.GetAdverseAction(ctx, id)
	switch {
	case errors.Is(err, types.ErrUnknownAdverse):
		profile, err := k.profileOf(ctx, institution)
		if err != nil {
			return time.Time{}, err
		}
		return k.declareAdverse(ctx, by, inquiry, msg.Notice, int(profile.AdverseActionDays))
	case err != nil:
		return time.Time{}, err
	case len(action.Notice) != 0:
		return time.Time{}, types.ErrAdverseExists.Wrapf("and the notice was given at %s: it needs no sending again", rfc3339(*action.GivenAt))
	case len(msg.Notice) == 0:
		return time.Time{}, types.ErrAdverseExists.Wrapf("at %s: give the notice of it by %s", rfc3339(action.DeclaredAt), rfc3339(action.DueAt))
	}
	return action.DueAt, k.giveAdverseNotice(ctx, by, inquiry, action, msg.Notice)
}

// declareAdverse starts the clock of the notice, unless the notice comes with the declaration.
func (k *Keeper) declareAdverse(ctx context.Context, by actor, inquiry types.Inquiry, notice []byte, days int) (time.Time, error) {
	now, id := sdk.UnwrapSDKContext(ctx).BlockTime(), types.ID(inquiry.Id)
	switch inquiry.Status {
	case types.INQUIRY_STATUS_OPEN, types.INQUIRY_STATUS_PENDING:
		if now.Before(inquiry.ExpiresAt) {
			return time.Time{}, types.ErrAdverseTooEarly.Wrapf("%s: leave a receipt of what you got first", id)
		}
	}
	action := types.AdverseAction{InquiryId: inquiry.Id, DeclaredAt: now, DueAt: now.AddDate(0, 0, days), Notice: notice}
	if len(notice) != 0 {
		action.GivenAt = &now
	} else if err := k.adverseQueue.Set(ctx, adverseKey(action)); err != nil {
		return time.Time{}, err
	}
	if err := k.setAdverseAction(ctx, action); err != nil {
		return time.Time{}, err
	}
	if err := k.recordLook(ctx, inquiry, types.TRAIL_KIND_ADVERSE_ACTION, by.addr); err != nil {
		return time.Time{}, err
	}
	event := &types.EventAdverseActionDeclared{InquiryId: id.String(), DataUser: by.text, DueAt: rfc3339(action.DueAt)}
	if err := emit(ctx, event); err != nil || len(notice) == 0 {
		return action.DueAt, err
	}
	return action.DueAt, k.sayNoticeGiven(ctx, by, inquiry)
}

// giveAdverseNotice takes a notice of a decision declared before. A late one is taken too and stays late, also when the queue
// has not come to it yet.
func (k *Keeper) giveAdverseNotice(ctx context.Context, by actor, inquiry types.Inquiry, action types.AdverseAction, notice []byte) error {
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	if !action.Overdue {
		if err := k.adverseQueue.Remove(ctx, adverseKey(action)); err != nil {
			return err
		}
		if !now.Before(action.DueAt) {
			action.Overdue = true
			if err := k.recordSilence(ctx, by.addr, types.ID(inquiry.Subject), types.ID(inquiry.Id), inquiry.Purpose); err != nil {
				return err
			}
		}
	}
	action.Notice, action.GivenAt = notice, &now
	if err := k.setAdverseAction(ctx, action); err != nil {
		return err
	}
	return k.sayNoticeGiven(ctx, by, inquiry)
}

func (k *Keeper) sayNoticeGiven(ctx context.Context, by actor, inquiry types.Inquiry) error {
	if err := k.recordLook(ctx, inquiry, types.TRAIL_KIND_ADVERSE_NOTICE, by.addr); err != nil {
		return err
	}
	return emit(ctx, &types.EventAdverseNoticeGiven{InquiryId: types.ID(inquiry.Id).String(), DataUser: by.text})
}

// endAdverse marks the decisions whose notice is late.
func (k *Keeper) endAdverse(ctx sdk.Context, limit int) error {
	return queue[deadline]{
		name: adverseQueue, keys: k.adverseQueue, id: deadline.K2, work: k.missAdverseNotice,
		due: collections.NewPrefixUntilPairRange[time.Time, types.ID](ctx.BlockTime()),
	}.drain(ctx, limit)
}

func (k *Keeper) missAdverseNotice(ctx sdk.Context, key deadline) error {
	action, err := k.GetAdverseAction(ctx, key.K2())
	if err != nil {
		return err
	}
	if action.Overdue || len(action.Notice) != 0 {
		return types.ErrInvariant.Wrapf("adverse action after inquiry %s waits for nothing and was still in the queue", key.K2())
	}
	inquiry, err := k.GetInquiry(ctx, key.K2())
	if err != nil {
		return err
	}
	dataUser, err := k.parseActor("data_user", inquiry.DataUser)
	if err != nil {
		return err
	}
	action.Overdue = true
	if err := k.setAdverseAction(ctx, action); err != nil {
		return err
	}
	return k.recordSilence(ctx, dataUser.addr, types.ID(inquiry.Subject), key.K2(), inquiry.Purpose)
}
