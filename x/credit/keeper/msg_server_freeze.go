package keeper

import (
	"context"

	"github.com/creditd/creditd/x/credit/types"
)

// Freeze implements types.MsgServer.
func (s msgServer) Freeze(ctx context.Context, msg *types.MsgFreeze) (*types.MsgFreezeResponse, error) {
	by, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	if err := s.freeze(ctx, by, msg.Subject); err != nil {
		return nil, err
	}
	return &types.MsgFreezeResponse{}, nil
}

// LiftFreeze implements types.MsgServer.
func (s msgServer) LiftFreeze(ctx context.Context, msg *types.MsgLiftFreeze) (*types.MsgLiftFreezeResponse, error) {
	by, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	if err := s.liftFreeze(ctx, by, msg); err != nil {
		return nil, err
	}
	return &types.MsgLiftFreezeResponse{}, nil
}

// PlaceFraudAlert implements types.MsgServer.
func (s msgServer) PlaceFraudAlert(ctx context.Context, msg *types.MsgPlaceFraudAlert) (*types.MsgPlaceFraudAlertResponse, error) {
	by, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	if err := s.placeFraudAlert(ctx, by, msg); err != nil {
		return nil, err
	}
	return &types.MsgPlaceFraudAlertResponse{}, nil
}

// LiftFraudAlert implements types.MsgServer.
func (s msgServer) LiftFraudAlert(ctx context.Context, msg *types.MsgLiftFraudAlert) (*types.MsgLiftFraudAlertResponse, error) {
	by, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	if err := s.liftFraudAlert(ctx, by, msg.Subject); err != nil {
		return nil, err
	}
	return &types.MsgLiftFraudAlertResponse{}, nil
}
