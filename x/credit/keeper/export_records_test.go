package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// What tests of records need to get at.

// ChangeState is changeState.
func (k *Keeper) ChangeState(ctx context.Context, tradeline *types.Tradeline, to types.RecordState, reason types.StateReason, by sdk.AccAddress) error {
	return k.changeState(ctx, tradeline, to, reason, by)
}

// PutTradeline writes a tradeline as it is.
func (k *Keeper) PutTradeline(ctx context.Context, tradeline types.Tradeline) error {
	return k.setTradeline(ctx, tradeline)
}

// PutDispute writes a dispute as it is.
func (k *Keeper) PutDispute(ctx context.Context, dispute types.Dispute) error {
	id := types.ID(dispute.Id)
	dispute.Id = nil
	return k.disputes.Set(ctx, id, dispute)
}

// DropDispute removes it again.
func (k *Keeper) DropDispute(ctx context.Context, id types.ID) error {
	return k.disputes.Remove(ctx, id)
}

// PutNotice writes a notice as it is.
func (k *Keeper) PutNotice(ctx context.Context, tradeline types.ID, kind types.NoticeKind, notice types.Notice) error {
	return k.notices.Set(ctx, collections.Join(tradeline, int32(kind)), notice)
}

// PutSubject writes a subject as it is.
func (k *Keeper) PutSubject(ctx context.Context, subject types.Subject) error {
	return k.setSubject(ctx, subject)
}

// NewVersion is newVersion of an institution.
func (k *Keeper) NewVersion(ctx context.Context, by sdk.AccAddress, schemaID []byte, report types.Report, reason types.CorrectionReason) (types.Tradeline, error) {
	return k.newVersion(ctx, actor{addr: by, text: by.String()}, schemaID, report, reason)
}

func count[K any](ctx context.Context, keys collections.KeySet[K]) (n int, err error) {
	err = keys.Walk(ctx, nil, func(K) (bool, error) {
		n++
		return false, nil
	})
	return n, err
}

// RecordIndexes counts what is in the queues of records.
func (k *Keeper) RecordIndexes(ctx context.Context) (retention, holds, erasures int, err error) {
	if retention, err = count(ctx, k.retention); err != nil {
		return
	}
	if holds, err = count(ctx, k.holdQueue); err != nil {
		return
	}
	erasures, err = count(ctx, k.erasureQueue)
	return
}
