package keeper

import (
	"context"

	"github.com/creditd/creditd/x/credit/types"
)

// Messages about who a subject is and who controls it; those of enrolment are in msg_server.go.

// RotateControl implements types.MsgServer.
func (s msgServer) RotateControl(ctx context.Context, msg *types.MsgRotateControl) (*types.MsgRotateControlResponse, error) {
	by, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	to, err := s.parseActor("new_controller", msg.NewController)
	if err != nil {
		return nil, err
	}
	if err := s.rotateControl(ctx, by, msg.Subject, to); err != nil {
		return nil, err
	}
	return &types.MsgRotateControlResponse{}, nil
}

// ProposeRecovery implements types.MsgServer.
func (s msgServer) ProposeRecovery(ctx context.Context, msg *types.MsgProposeRecovery) (*types.MsgProposeRecoveryResponse, error) {
	by, err := s.parseActor("institution", msg.Institution)
	if err != nil {
		return nil, err
	}
	to, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	if err := s.proposeRecovery(ctx, by, msg.Subject, to); err != nil {
		return nil, err
	}
	return &types.MsgProposeRecoveryResponse{}, nil
}

// ProposeMerge implements types.MsgServer.
func (s msgServer) ProposeMerge(ctx context.Context, msg *types.MsgProposeMerge) (*types.MsgProposeMergeResponse, error) {
	by, err := s.parseActor("institution", msg.Institution)
	if err != nil {
		return nil, err
	}
	if err := s.proposeMerge(ctx, by, msg.Subject, msg.Into); err != nil {
		return nil, err
	}
	return &types.MsgProposeMergeResponse{}, nil
}

// ApproveChange implements types.MsgServer.
func (s msgServer) ApproveChange(ctx context.Context, msg *types.MsgApproveChange) (*types.MsgApproveChangeResponse, error) {
	by, err := s.parseActor("institution", msg.Institution)
	if err != nil {
		return nil, err
	}
	readyAt, err := s.approveChange(ctx, by, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgApproveChangeResponse{ReadyAt: readyAt}, nil
}

// CancelChange implements types.MsgServer.
func (s msgServer) CancelChange(ctx context.Context, msg *types.MsgCancelChange) (*types.MsgCancelChangeResponse, error) {
	by, err := s.parseActor("signer", msg.Signer)
	if err != nil {
		return nil, err
	}
	if err := s.cancelChange(ctx, by, msg.Subject); err != nil {
		return nil, err
	}
	return &types.MsgCancelChangeResponse{}, nil
}

// SubmitSigned implements types.MsgServer.
func (s msgServer) SubmitSigned(ctx context.Context, msg *types.MsgSubmitSigned) (*types.MsgSubmitSignedResponse, error) {
	submitter, err := s.parseActor("submitter", msg.Submitter)
	if err != nil {
		return nil, err
	}
	order, err := s.useOrder(ctx, msg)
	if err != nil {
		return nil, err
	}
	id, err := s.carryOutOrder(ctx, order)
	if err != nil {
		return nil, err
	}
	if err := emit(ctx, types.NewEventOrderSubmitted(msg.Order.TypeUrl, submitter.text)); err != nil {
		return nil, err
	}
	return &types.MsgSubmitSignedResponse{Id: id}, nil
}
