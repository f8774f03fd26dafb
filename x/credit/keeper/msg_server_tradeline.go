package keeper

import (
	"context"

	"github.com/creditd/creditd/x/credit/types"
)

// UpdateBatch implements types.MsgServer.
func (s msgServer) UpdateBatch(ctx context.Context, msg *types.MsgUpdateBatch) (*types.MsgUpdateBatchResponse, error) {
	by, err := s.parseActor("furnisher", msg.Furnisher)
	if err != nil {
		return nil, err
	}
	if err := s.updateBatch(ctx, by, msg.SchemaId, msg.Reports); err != nil {
		return nil, err
	}
	return &types.MsgUpdateBatchResponse{}, nil
}

// GiveNotices implements types.MsgServer.
func (s msgServer) GiveNotices(ctx context.Context, msg *types.MsgGiveNotices) (*types.MsgGiveNoticesResponse, error) {
	by, err := s.parseActor("furnisher", msg.Furnisher)
	if err != nil {
		return nil, err
	}
	if err := s.giveNotices(ctx, by, msg.Kind, msg.Notices); err != nil {
		return nil, err
	}
	return &types.MsgGiveNoticesResponse{}, nil
}

// SetRepairPolicy implements types.MsgServer.
func (s msgServer) SetRepairPolicy(ctx context.Context, msg *types.MsgSetRepairPolicy) (*types.MsgSetRepairPolicyResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.setRepairPolicy(ctx, msg.Policy); err != nil {
		return nil, err
	}
	return &types.MsgSetRepairPolicyResponse{}, emit(ctx, &types.EventRepairPolicySet{Name: msg.Policy.Name})
}

// DeclareRepaid implements types.MsgServer.
func (s msgServer) DeclareRepaid(ctx context.Context, msg *types.MsgDeclareRepaid) (*types.MsgDeclareRepaidResponse, error) {
	by, err := s.parseActor("furnisher", msg.Furnisher)
	if err != nil {
		return nil, err
	}
	if err := s.declareRepaid(ctx, by, msg.Policy, msg.Repaid); err != nil {
		return nil, err
	}
	return &types.MsgDeclareRepaidResponse{}, nil
}
