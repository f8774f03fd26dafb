package keeper

import (
	"context"

	"github.com/creditd/creditd/x/predicate/types"
)

type msgServer struct{ *Keeper }

var _ types.MsgServer = msgServer{}

// NewMsgServer serves the module's messages.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{Keeper: k} }

// AgreeSetup implements types.MsgServer.
func (s msgServer) AgreeSetup(ctx context.Context, msg *types.MsgAgreeSetup) (*types.MsgAgreeSetupResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.agreeSetup(ctx, msg); err != nil {
		return nil, err
	}
	return &types.MsgAgreeSetupResponse{}, nil
}

// RegisterCircuit implements types.MsgServer.
func (s msgServer) RegisterCircuit(ctx context.Context, msg *types.MsgRegisterCircuit) (*types.MsgRegisterCircuitResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	id, err := s.registerCircuit(ctx, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgRegisterCircuitResponse{Id: id.Bytes()}, nil
}

// RetireCircuit implements types.MsgServer.
func (s msgServer) RetireCircuit(ctx context.Context, msg *types.MsgRetireCircuit) (*types.MsgRetireCircuitResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.retireCircuit(ctx, msg.Id); err != nil {
		return nil, err
	}
	return &types.MsgRetireCircuitResponse{}, nil
}

// Ask implements types.MsgServer.
func (s msgServer) Ask(ctx context.Context, msg *types.MsgAsk) (*types.MsgAskResponse, error) {
	by, err := s.parseActor("data_user", msg.DataUser)
	if err != nil {
		return nil, err
	}
	err = s.ask(ctx, by, msg)
	countOutcome(ctx, askCounter, err)
	if err != nil {
		return nil, err
	}
	return &types.MsgAskResponse{}, nil
}

// Prove implements types.MsgServer.
func (s msgServer) Prove(ctx context.Context, msg *types.MsgProve) (*types.MsgProveResponse, error) {
	by, err := s.parseActor("prover", msg.Prover)
	if err != nil {
		return nil, err
	}
	err = s.prove(ctx, by, msg)
	countOutcome(ctx, proofCounter, err)
	if err != nil {
		return nil, err
	}
	return &types.MsgProveResponse{}, nil
}

// SubmitProof implements types.MsgServer.
func (s msgServer) SubmitProof(ctx context.Context, msg *types.MsgSubmitProof) (*types.MsgSubmitProofResponse, error) {
	if _, err := s.parseActor("submitter", msg.Submitter); err != nil {
		return nil, err
	}
	by, err := s.requireSigned(ctx, msg)
	if err != nil {
		return nil, err
	}
	err = s.prove(ctx, by, msg.Prove)
	countOutcome(ctx, proofCounter, err)
	if err != nil {
		return nil, err
	}
	return &types.MsgSubmitProofResponse{}, nil
}

// List implements types.MsgServer.
func (s msgServer) List(ctx context.Context, msg *types.MsgList) (*types.MsgListResponse, error) {
	by, err := s.parseActor("signer", msg.Signer)
	if err != nil {
		return nil, err
	}
	listing, err := s.list(ctx, by, msg.AttestationId)
	if err != nil {
		return nil, err
	}
	return &types.MsgListResponse{Place: listing.Place}, nil
}

// Delist implements types.MsgServer.
func (s msgServer) Delist(ctx context.Context, msg *types.MsgDelist) (*types.MsgDelistResponse, error) {
	by, err := s.parseActor("signer", msg.Signer)
	if err != nil {
		return nil, err
	}
	if err := s.delistBy(ctx, by, msg.AttestationId); err != nil {
		return nil, err
	}
	return &types.MsgDelistResponse{}, nil
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
