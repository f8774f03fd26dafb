package keeper

import (
	"context"

	"github.com/creditd/creditd/x/committee/types"
)

type msgServer struct{ *Keeper }

var _ types.MsgServer = msgServer{}

// NewMsgServer answers the messages of the module.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{k} }

// Enlist implements types.MsgServer.
func (s msgServer) Enlist(ctx context.Context, msg *types.MsgEnlist) (*types.MsgEnlistResponse, error) {
	return &types.MsgEnlistResponse{}, s.enlist(ctx, msg)
}

// Withdraw implements types.MsgServer.
func (s msgServer) Withdraw(ctx context.Context, msg *types.MsgWithdraw) (*types.MsgWithdrawResponse, error) {
	return &types.MsgWithdrawResponse{}, s.withdraw(ctx, msg)
}

// FormCommittee implements types.MsgServer.
func (s msgServer) FormCommittee(ctx context.Context, msg *types.MsgFormCommittee) (*types.MsgFormCommitteeResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	id, err := s.formByVote(ctx, msg)
	return &types.MsgFormCommitteeResponse{Id: id}, err
}

// EndCommittee implements types.MsgServer.
func (s msgServer) EndCommittee(ctx context.Context, msg *types.MsgEndCommittee) (*types.MsgEndCommitteeResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	return &types.MsgEndCommitteeResponse{}, s.endByVote(ctx, msg)
}

// Join implements types.MsgServer.
func (s msgServer) Join(ctx context.Context, msg *types.MsgJoin) (*types.MsgJoinResponse, error) {
	return &types.MsgJoinResponse{}, s.join(ctx, msg)
}

// Deal implements types.MsgServer.
func (s msgServer) Deal(ctx context.Context, msg *types.MsgDeal) (*types.MsgDealResponse, error) {
	return &types.MsgDealResponse{}, s.deal(ctx, msg)
}

// Confirm implements types.MsgServer.
func (s msgServer) Confirm(ctx context.Context, msg *types.MsgConfirm) (*types.MsgConfirmResponse, error) {
	return &types.MsgConfirmResponse{}, s.confirm(ctx, msg)
}

// AttestDestruction implements types.MsgServer.
func (s msgServer) AttestDestruction(ctx context.Context, msg *types.MsgAttestDestruction) (*types.MsgAttestDestructionResponse, error) {
	return &types.MsgAttestDestructionResponse{}, s.attestDestruction(ctx, msg)
}

// UpdateParams implements types.MsgServer.
func (s msgServer) UpdateParams(ctx context.Context, msg *types.MsgUpdateParams) (*types.MsgUpdateParamsResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := msg.Params.Validate(); err != nil {
		return nil, err
	}
	if err := s.Params.Set(ctx, msg.Params); err != nil {
		return nil, err
	}
	return &types.MsgUpdateParamsResponse{}, emit(ctx, &types.EventParamsUpdated{})
}
