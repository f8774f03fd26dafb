package keeper

import (
	"context"

	"github.com/creditd/creditd/x/credit/types"
)

// OpenOwnInquiry implements types.MsgServer.
func (s msgServer) OpenOwnInquiry(ctx context.Context, msg *types.MsgOpenOwnInquiry) (*types.MsgOpenOwnInquiryResponse, error) {
	by, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	id, err := s.openOwnInquiry(ctx, by, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgOpenOwnInquiryResponse{Id: id.Bytes()}, nil
}

// ApproveInquiry implements types.MsgServer.
func (s msgServer) ApproveInquiry(ctx context.Context, msg *types.MsgApproveInquiry) (*types.MsgApproveInquiryResponse, error) {
	by, err := s.parseActor("institution", msg.Institution)
	if err != nil {
		return nil, err
	}
	if err := s.approveInquiry(ctx, by, msg.InquiryId); err != nil {
		return nil, err
	}
	return &types.MsgApproveInquiryResponse{}, nil
}

// RecordAdverseAction implements types.MsgServer.
func (s msgServer) RecordAdverseAction(ctx context.Context, msg *types.MsgRecordAdverseAction) (*types.MsgRecordAdverseActionResponse, error) {
	by, err := s.parseActor("data_user", msg.DataUser)
	if err != nil {
		return nil, err
	}
	due, err := s.recordAdverseAction(ctx, by, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgRecordAdverseActionResponse{DueAt: due}, nil
}
