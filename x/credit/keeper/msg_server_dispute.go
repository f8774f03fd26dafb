package keeper

import (
	"context"

	"github.com/creditd/creditd/x/credit/types"
)

// OpenDispute implements types.MsgServer.
func (s msgServer) OpenDispute(ctx context.Context, msg *types.MsgOpenDispute) (*types.MsgOpenDisputeResponse, error) {
	by, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	dispute, err := s.openDispute(ctx, by, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgOpenDisputeResponse{Id: dispute.Id, DueAt: dispute.DueAt}, nil
}

// ExtendDispute implements types.MsgServer.
func (s msgServer) ExtendDispute(ctx context.Context, msg *types.MsgExtendDispute) (*types.MsgExtendDisputeResponse, error) {
	by, err := s.parseActor("signer", msg.Signer)
	if err != nil {
		return nil, err
	}
	if err := s.extendDispute(ctx, by, msg); err != nil {
		return nil, err
	}
	return &types.MsgExtendDisputeResponse{}, nil
}

// AnswerDispute implements types.MsgServer.
func (s msgServer) AnswerDispute(ctx context.Context, msg *types.MsgAnswerDispute) (*types.MsgAnswerDisputeResponse, error) {
	by, err := s.parseActor("furnisher", msg.Furnisher)
	if err != nil {
		return nil, err
	}
	if err := s.answerDispute(ctx, by, msg); err != nil {
		return nil, err
	}
	return &types.MsgAnswerDisputeResponse{}, nil
}

// EscalateDispute implements types.MsgServer.
func (s msgServer) EscalateDispute(ctx context.Context, msg *types.MsgEscalateDispute) (*types.MsgEscalateDisputeResponse, error) {
	by, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	if err := s.escalateDispute(ctx, by, msg); err != nil {
		return nil, err
	}
	return &types.MsgEscalateDisputeResponse{}, nil
}

// DecideDispute implements types.MsgServer.
func (s msgServer) DecideDispute(ctx context.Context, msg *types.MsgDecideDispute) (*types.MsgDecideDisputeResponse, error) {
	by, err := s.parseActor("mediator", msg.Mediator)
	if err != nil {
		return nil, err
	}
	if err := s.decideDispute(ctx, by, msg); err != nil {
		return nil, err
	}
	return &types.MsgDecideDisputeResponse{}, nil
}

// AddStatement implements types.MsgServer.
func (s msgServer) AddStatement(ctx context.Context, msg *types.MsgAddStatement) (*types.MsgAddStatementResponse, error) {
	by, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	if err := s.addStatement(ctx, by, msg); err != nil {
		return nil, err
	}
	return &types.MsgAddStatementResponse{}, nil
}

// Reinsert implements types.MsgServer.
func (s msgServer) Reinsert(ctx context.Context, msg *types.MsgReinsert) (*types.MsgReinsertResponse, error) {
	by, err := s.parseActor("furnisher", msg.Furnisher)
	if err != nil {
		return nil, err
	}
	if err := s.reinsert(ctx, by, msg); err != nil {
		return nil, err
	}
	return &types.MsgReinsertResponse{}, nil
}
