package keeper

import (
	"context"

	"github.com/creditd/creditd/x/exposure/types"
)

type msgServer struct{ *Keeper }

var _ types.MsgServer = msgServer{}

// NewMsgServer serves the module's messages.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{k} }

// OpenRound implements types.MsgServer.
func (s msgServer) OpenRound(ctx context.Context, msg *types.MsgOpenRound) (*types.MsgOpenRoundResponse, error) {
	asker, err := s.parseActor("asker", msg.Asker)
	if err != nil {
		return nil, err
	}
	id, err := s.openRound(ctx, asker, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgOpenRoundResponse{Id: id.Bytes()}, nil
}

// Submit implements types.MsgServer.
func (s msgServer) Submit(ctx context.Context, msg *types.MsgSubmit) (*types.MsgSubmitResponse, error) {
	member, err := s.parseActor("member", msg.Member)
	if err != nil {
		return nil, err
	}
	round, err := s.submit(ctx, member, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgSubmitResponse{Status: round.Status}, nil
}

// GiveShare implements types.MsgServer.
func (s msgServer) GiveShare(ctx context.Context, msg *types.MsgGiveShare) (*types.MsgGiveShareResponse, error) {
	member, err := s.parseActor("member", msg.Member)
	if err != nil {
		return nil, err
	}
	round, accepted, err := s.giveShare(ctx, member, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgGiveShareResponse{Accepted: accepted, Status: round.Status}, nil
}

// UpdateParams implements types.MsgServer.
func (s msgServer) UpdateParams(ctx context.Context, msg *types.MsgUpdateParams) (*types.MsgUpdateParamsResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.SetParams(ctx, msg.Params); err != nil {
		return nil, err
	}
	return &types.MsgUpdateParamsResponse{}, nil
}
