package keeper

import (
	"context"

	"github.com/creditd/creditd/x/credit/types"
)

// ProposeContract implements types.MsgServer.
func (s msgServer) ProposeContract(ctx context.Context, msg *types.MsgProposeContract) (*types.MsgProposeContractResponse, error) {
	by, err := s.parseActor("institution", msg.Institution)
	if err != nil {
		return nil, err
	}
	id, err := s.proposeContract(ctx, by, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgProposeContractResponse{Id: id.Bytes()}, nil
}

// ApproveContract implements types.MsgServer.
func (s msgServer) ApproveContract(ctx context.Context, msg *types.MsgApproveContract) (*types.MsgApproveContractResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	id, err := types.IDFromBytes("id", msg.Id)
	if err != nil {
		return nil, err
	}
	return &types.MsgApproveContractResponse{}, s.approveContract(ctx, id)
}

// PauseContract implements types.MsgServer.
func (s msgServer) PauseContract(ctx context.Context, msg *types.MsgPauseContract) (*types.MsgPauseContractResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	id, err := types.IDFromBytes("id", msg.Id)
	if err != nil {
		return nil, err
	}
	return &types.MsgPauseContractResponse{}, s.pauseContract(ctx, id, msg.Paused)
}

// RetireContract implements types.MsgServer.
func (s msgServer) RetireContract(ctx context.Context, msg *types.MsgRetireContract) (*types.MsgRetireContractResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	id, err := types.IDFromBytes("id", msg.Id)
	if err != nil {
		return nil, err
	}
	return &types.MsgRetireContractResponse{}, s.retireContract(ctx, id)
}
