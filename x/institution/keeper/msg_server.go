package keeper

import (
	"context"

	"github.com/creditd/creditd/x/institution/types"
)

type msgServer struct{ *Keeper }

var _ types.MsgServer = msgServer{}

// NewMsgServer answers the messages of the module.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{k} }

// Register implements types.MsgServer.
func (s msgServer) Register(ctx context.Context, msg *types.MsgRegister) (*types.MsgRegisterResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	return &types.MsgRegisterResponse{}, s.register(ctx, msg)
}

// Amend implements types.MsgServer.
func (s msgServer) Amend(ctx context.Context, msg *types.MsgAmend) (*types.MsgAmendResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	return &types.MsgAmendResponse{}, s.amend(ctx, msg)
}

// Suspend implements types.MsgServer.
func (s msgServer) Suspend(ctx context.Context, msg *types.MsgSuspend) (*types.MsgSuspendResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	return &types.MsgSuspendResponse{}, s.suspend(ctx, msg)
}

// Reinstate implements types.MsgServer.
func (s msgServer) Reinstate(ctx context.Context, msg *types.MsgReinstate) (*types.MsgReinstateResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	return &types.MsgReinstateResponse{}, s.reinstate(ctx, msg)
}

// Revoke implements types.MsgServer.
func (s msgServer) Revoke(ctx context.Context, msg *types.MsgRevoke) (*types.MsgRevokeResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	return &types.MsgRevokeResponse{}, s.revoke(ctx, msg)
}

// UpdateProfile implements types.MsgServer.
func (s msgServer) UpdateProfile(ctx context.Context, msg *types.MsgUpdateProfile) (*types.MsgUpdateProfileResponse, error) {
	return &types.MsgUpdateProfileResponse{}, s.updateProfile(ctx, msg)
}

// RotateConsensusKey implements types.MsgServer.
func (s msgServer) RotateConsensusKey(ctx context.Context, msg *types.MsgRotateConsensusKey) (*types.MsgRotateConsensusKeyResponse, error) {
	return &types.MsgRotateConsensusKeyResponse{}, s.rotate(ctx, msg)
}

// Unjail implements types.MsgServer.
func (s msgServer) Unjail(ctx context.Context, msg *types.MsgUnjail) (*types.MsgUnjailResponse, error) {
	return &types.MsgUnjailResponse{}, s.unjail(ctx, msg)
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

// CancelChange implements types.MsgServer.
func (s msgServer) CancelChange(ctx context.Context, msg *types.MsgCancelChange) (*types.MsgCancelChangeResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	return &types.MsgCancelChangeResponse{}, s.cancelChange(ctx, msg.Id)
}
