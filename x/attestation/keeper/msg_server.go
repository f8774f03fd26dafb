package keeper

import (
	"context"

	errorsmod "cosmossdk.io/errors"

	"github.com/creditd/creditd/x/attestation/types"
)

type msgServer struct{ *Keeper }

var _ types.MsgServer = msgServer{}

// NewMsgServer serves the module's messages.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{k} }

// Attest implements types.MsgServer.
func (s msgServer) Attest(ctx context.Context, msg *types.MsgAttest) (*types.MsgAttestResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	by, err := s.issuance(ctx, issuer, msg.SchemaId, msg.AccreditationId)
	if err != nil {
		return nil, err
	}
	batch, err := s.createBatch(ctx, by, []types.Statement{msg.Statement})
	if err != nil {
		return nil, err
	}
	id := types.ContainerID(batch.Id).Item(0)
	return &types.MsgAttestResponse{Id: id.Bytes()}, emit(ctx, types.NewEventAttested(id, types.ID(batch.SchemaId), batch.Issuer))
}

// AttestBatch implements types.MsgServer.
func (s msgServer) AttestBatch(ctx context.Context, msg *types.MsgAttestBatch) (*types.MsgAttestBatchResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	batch, err := s.attestBatch(ctx, issuer, msg.SchemaId, msg.AccreditationId, msg.Statements)
	if err != nil {
		return nil, err
	}
	return &types.MsgAttestBatchResponse{BatchId: batch.Id}, nil
}

// AttestDelegated implements types.MsgServer.
func (s msgServer) AttestDelegated(ctx context.Context, msg *types.MsgAttestDelegated) (*types.MsgAttestDelegatedResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	batch, err := s.attestDelegated(ctx, delegation{issuer, msg.Deadline, msg.Nonce, msg.Signature}, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgAttestDelegatedResponse{BatchId: batch.Id}, nil
}

// Revoke implements types.MsgServer.
func (s msgServer) Revoke(ctx context.Context, msg *types.MsgRevoke) (*types.MsgRevokeResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	if err := s.Keeper.Revoke(ctx, issuer, msg.Id, msg.Reason); err != nil {
		return nil, err
	}
	return &types.MsgRevokeResponse{}, nil
}

// RevokeBatch implements types.MsgServer.
func (s msgServer) RevokeBatch(ctx context.Context, msg *types.MsgRevokeBatch) (*types.MsgRevokeBatchResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	if err := s.requireBatchSize(ctx, "ids", len(msg.Ids)); err != nil {
		return nil, err
	}
	for i, id := range msg.Ids {
		if err := s.Keeper.Revoke(ctx, issuer, id, msg.Reason); err != nil {
			return nil, errorsmod.Wrapf(err, "id %d", i)
		}
	}
	return &types.MsgRevokeBatchResponse{}, nil
}

// RevokeDelegated implements types.MsgServer.
func (s msgServer) RevokeDelegated(ctx context.Context, msg *types.MsgRevokeDelegated) (*types.MsgRevokeDelegatedResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	if err := s.revokeDelegated(ctx, delegation{issuer, msg.Deadline, msg.Nonce, msg.Signature}, msg); err != nil {
		return nil, err
	}
	return &types.MsgRevokeDelegatedResponse{}, nil
}

// Suspend implements types.MsgServer.
func (s msgServer) Suspend(ctx context.Context, msg *types.MsgSuspend) (*types.MsgSuspendResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	if err := s.suspend(ctx, issuer, msg.Id, msg.Reason); err != nil {
		return nil, err
	}
	return &types.MsgSuspendResponse{}, nil
}

// Reinstate implements types.MsgServer.
func (s msgServer) Reinstate(ctx context.Context, msg *types.MsgReinstate) (*types.MsgReinstateResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	if err := s.reinstate(ctx, issuer, msg.Id); err != nil {
		return nil, err
	}
	return &types.MsgReinstateResponse{}, nil
}

// Supersede implements types.MsgServer.
func (s msgServer) Supersede(ctx context.Context, msg *types.MsgSupersede) (*types.MsgSupersedeResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	if err := s.Keeper.Supersede(ctx, issuer, msg.Id, msg.By); err != nil {
		return nil, err
	}
	return &types.MsgSupersedeResponse{}, nil
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
