package keeper

import (
	"context"

	"github.com/creditd/creditd/x/credit/types"
)

type msgServer struct {
	*Keeper
}

var _ types.MsgServer = msgServer{}

// NewMsgServer serves the module's messages.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{Keeper: k} }

// EnrolSubjects implements types.MsgServer.
func (s msgServer) EnrolSubjects(ctx context.Context, msg *types.MsgEnrolSubjects) (*types.MsgEnrolSubjectsResponse, error) {
	by, err := s.parseActor("institution", msg.Institution)
	if err != nil {
		return nil, err
	}
	created, err := s.enrolSubjects(ctx, by, msg.Subjects)
	if err != nil {
		return nil, err
	}
	return &types.MsgEnrolSubjectsResponse{Created: created}, nil
}

// OfferControl implements types.MsgServer.
func (s msgServer) OfferControl(ctx context.Context, msg *types.MsgOfferControl) (*types.MsgOfferControlResponse, error) {
	by, err := s.parseActor("institution", msg.Institution)
	if err != nil {
		return nil, err
	}
	to, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	if err := s.offerControl(ctx, by, msg.Subject, to); err != nil {
		return nil, err
	}
	return &types.MsgOfferControlResponse{}, nil
}

// ClaimControl implements types.MsgServer.
func (s msgServer) ClaimControl(ctx context.Context, msg *types.MsgClaimControl) (*types.MsgClaimControlResponse, error) {
	by, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	if err := s.claimControl(ctx, by, msg.Subject); err != nil {
		return nil, err
	}
	return &types.MsgClaimControlResponse{}, nil
}

// Furnish implements types.MsgServer.
func (s msgServer) Furnish(ctx context.Context, msg *types.MsgFurnish) (*types.MsgFurnishResponse, error) {
	by, err := s.parseActor("furnisher", msg.Furnisher)
	if err != nil {
		return nil, err
	}
	items, err := s.furnish(ctx, by, msg.SchemaId, []types.Report{msg.Report})
	if err != nil {
		return nil, err
	}
	item := items[0]
	if err := emit(ctx, types.NewEventFurnished(item.tradeline, item.attestation, by.text)); err != nil {
		return nil, err
	}
	return &types.MsgFurnishResponse{TradelineId: item.tradeline.Bytes(), AttestationId: item.attestation.Bytes()}, nil
}

// FurnishBatch implements types.MsgServer.
func (s msgServer) FurnishBatch(ctx context.Context, msg *types.MsgFurnishBatch) (*types.MsgFurnishBatchResponse, error) {
	by, err := s.parseActor("furnisher", msg.Furnisher)
	if err != nil {
		return nil, err
	}
	if err := s.requireBatch(ctx, "reports", len(msg.Reports)); err != nil {
		return nil, err
	}
	items, err := s.furnish(ctx, by, msg.SchemaId, msg.Reports)
	if err != nil {
		return nil, err
	}
	if err := emit(ctx, types.NewEventBatchFurnished(by.text, types.ID(msg.SchemaId), uint32(len(items)))); err != nil {
		return nil, err
	}
	return &types.MsgFurnishBatchResponse{}, nil
}

// Correct implements types.MsgServer.
func (s msgServer) Correct(ctx context.Context, msg *types.MsgCorrect) (*types.MsgCorrectResponse, error) {
	by, err := s.parseActor("furnisher", msg.Furnisher)
	if err != nil {
		return nil, err
	}
	tradeline, err := s.correct(ctx, by, msg.SchemaId, msg.Report, msg.Reason)
	if err != nil {
		return nil, err
	}
	return &types.MsgCorrectResponse{AttestationId: tradeline.AttestationId, Version: tradeline.Version}, nil
}

// GrantConsent implements types.MsgServer.
func (s msgServer) GrantConsent(ctx context.Context, msg *types.MsgGrantConsent) (*types.MsgGrantConsentResponse, error) {
	by, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	id, err := s.grantConsent(ctx, by, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgGrantConsentResponse{Id: id.Bytes()}, nil
}

// WithdrawConsent implements types.MsgServer.
func (s msgServer) WithdrawConsent(ctx context.Context, msg *types.MsgWithdrawConsent) (*types.MsgWithdrawConsentResponse, error) {
	by, err := s.parseActor("controller", msg.Controller)
	if err != nil {
		return nil, err
	}
	if err := s.withdrawConsent(ctx, by, msg); err != nil {
		return nil, err
	}
	return &types.MsgWithdrawConsentResponse{}, nil
}

// OpenInquiry implements types.MsgServer.
func (s msgServer) OpenInquiry(ctx context.Context, msg *types.MsgOpenInquiry) (*types.MsgOpenInquiryResponse, error) {
	by, err := s.parseActor("data_user", msg.DataUser)
	if err != nil {
		return nil, err
	}
	id, err := s.openInquiry(ctx, by, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgOpenInquiryResponse{Id: id.Bytes()}, nil
}

// LeaveReceipt implements types.MsgServer.
func (s msgServer) LeaveReceipt(ctx context.Context, msg *types.MsgLeaveReceipt) (*types.MsgLeaveReceiptResponse, error) {
	by, err := s.parseActor("institution", msg.Institution)
	if err != nil {
		return nil, err
	}
	if err := s.leaveReceipt(ctx, by, msg); err != nil {
		return nil, err
	}
	return &types.MsgLeaveReceiptResponse{}, nil
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
