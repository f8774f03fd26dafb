package keeper

import (
	"context"

	"github.com/creditd/creditd/x/credit/types"
)

// RequestErasure implements types.MsgServer.
func (s msgServer) RequestErasure(ctx context.Context, msg *types.MsgRequestErasure) (*types.MsgRequestErasureResponse, error) {
	by, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	due, err := s.requestErasure(ctx, by, msg.Subject, msg.TradelineId)
	if err != nil {
		return nil, err
	}
	return &types.MsgRequestErasureResponse{DueAt: due}, nil
}

// RefuseErasure implements types.MsgServer.
func (s msgServer) RefuseErasure(ctx context.Context, msg *types.MsgRefuseErasure) (*types.MsgRefuseErasureResponse, error) {
	by, err := s.parseActor("furnisher", msg.Furnisher)
	if err != nil {
		return nil, err
	}
	if err := s.refuseErasure(ctx, by, msg); err != nil {
		return nil, err
	}
	return &types.MsgRefuseErasureResponse{}, nil
}

// AttestDestruction implements types.MsgServer.
func (s msgServer) AttestDestruction(ctx context.Context, msg *types.MsgAttestDestruction) (*types.MsgAttestDestructionResponse, error) {
	by, err := s.parseActor("furnisher", msg.Furnisher)
	if err != nil {
		return nil, err
	}
	if err := s.attestDestruction(ctx, by, msg); err != nil {
		return nil, err
	}
	return &types.MsgAttestDestructionResponse{}, nil
}

// PlaceHold implements types.MsgServer.
func (s msgServer) PlaceHold(ctx context.Context, msg *types.MsgPlaceHold) (*types.MsgPlaceHoldResponse, error) {
	by, err := s.parseActor("supervisor", msg.Supervisor)
	if err != nil {
		return nil, err
	}
	id, err := s.placeHold(ctx, by, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgPlaceHoldResponse{Id: id.Bytes()}, nil
}

// LiftHold implements types.MsgServer.
func (s msgServer) LiftHold(ctx context.Context, msg *types.MsgLiftHold) (*types.MsgLiftHoldResponse, error) {
	by, err := s.parseActor("supervisor", msg.Supervisor)
	if err != nil {
		return nil, err
	}
	if err := s.liftHold(ctx, by, msg.Subject, msg.Id); err != nil {
		return nil, err
	}
	return &types.MsgLiftHoldResponse{}, nil
}
