package keeper

import (
	"context"

	"github.com/creditd/creditd/x/pseudonym/types"
)

type msgServer struct{ *Keeper }

var _ types.MsgServer = msgServer{}

// NewMsgServer serves the module's messages.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{k} }

// AdoptKey implements types.MsgServer.
func (s msgServer) AdoptKey(ctx context.Context, msg *types.MsgAdoptKey) (*types.MsgAdoptKeyResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	epoch, err := s.adoptKey(ctx, msg.CommitteeId)
	if err != nil {
		return nil, err
	}
	return &types.MsgAdoptKeyResponse{Epoch: epoch}, nil
}

// RequestEvaluations implements types.MsgServer.
func (s msgServer) RequestEvaluations(ctx context.Context, msg *types.MsgRequestEvaluations) (*types.MsgRequestEvaluationsResponse, error) {
	by, err := s.parseActor("institution", msg.Institution)
	if err != nil {
		return nil, err
	}
	evaluation, left, err := s.requestEvaluations(ctx, by, msg)
	if err != nil {
		return nil, err
	}
	measure(ctx, evaluationCounter, int(msg.Count))
	return &types.MsgRequestEvaluationsResponse{Id: evaluation.Id, ExpiresAt: evaluation.ExpiresAt, Left: left}, nil
}

// OpenMatch implements types.MsgServer.
func (s msgServer) OpenMatch(ctx context.Context, msg *types.MsgOpenMatch) (*types.MsgOpenMatchResponse, error) {
	by, err := s.parseActor("client", msg.Client)
	if err != nil {
		return nil, err
	}
	server, err := s.parseActor("server", msg.Server)
	if err != nil {
		return nil, err
	}
	id, err := s.openMatch(ctx, by, server, msg)
	if err != nil {
		return nil, err
	}
	measure(ctx, matchCounter, int(msg.Count))
	return &types.MsgOpenMatchResponse{Id: id.Bytes()}, nil
}

// AcceptMatch implements types.MsgServer.
func (s msgServer) AcceptMatch(ctx context.Context, msg *types.MsgAcceptMatch) (*types.MsgAcceptMatchResponse, error) {
	by, err := s.parseActor("server", msg.Server)
	if err != nil {
		return nil, err
	}
	if err := s.acceptMatch(ctx, by, msg); err != nil {
		return nil, err
	}
	return &types.MsgAcceptMatchResponse{}, nil
}

// CloseMatch implements types.MsgServer.
func (s msgServer) CloseMatch(ctx context.Context, msg *types.MsgCloseMatch) (*types.MsgCloseMatchResponse, error) {
	by, err := s.parseActor("institution", msg.Institution)
	if err != nil {
		return nil, err
	}
	status, err := s.closeMatch(ctx, by, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgCloseMatchResponse{Status: status}, nil
}

// Migrate implements types.MsgServer.
func (s msgServer) Migrate(ctx context.Context, msg *types.MsgMigrate) (*types.MsgMigrateResponse, error) {
	by, err := s.parseActor("institution", msg.Institution)
	if err != nil {
		return nil, err
	}
	ready, err := s.migrate(ctx, by, msg)
	if err != nil {
		return nil, err
	}
	measure(ctx, linkCounter, len(msg.Links))
	return &types.MsgMigrateResponse{Ready: ready}, nil
}

// StopMigration implements types.MsgServer.
func (s msgServer) StopMigration(ctx context.Context, msg *types.MsgStopMigration) (*types.MsgStopMigrationResponse, error) {
	by, err := s.parseActor("signer", msg.Signer)
	if err != nil {
		return nil, err
	}
	if err := s.stopMigration(ctx, by, msg.Old); err != nil {
		return nil, err
	}
	return &types.MsgStopMigrationResponse{}, nil
}

// UpdateParams implements types.MsgServer.
func (s msgServer) UpdateParams(ctx context.Context, msg *types.MsgUpdateParams) (*types.MsgUpdateParamsResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := msg.Params.Validate(); err != nil {
		return nil, err
	}
	if err := s.params.Set(ctx, msg.Params); err != nil {
		return nil, err
	}
	return &types.MsgUpdateParamsResponse{}, emit(ctx, &types.EventParamsUpdated{})
}
