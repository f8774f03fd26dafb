package keeper

import (
	"context"

	"github.com/creditd/creditd/x/attestation/types"
)

type msgServer struct{ *Keeper }

var _ types.MsgServer = msgServer{}

// NewMsgServer serves the module's messages.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{k} }

// CreateSchema implements types.MsgServer.
func (s msgServer) CreateSchema(ctx context.Context, msg *types.MsgCreateSchema) (*types.MsgCreateSchemaResponse, error) {
	creator, err := s.parseAddress("creator", msg.Creator)
	if err != nil {
		return nil, err
	}
	if err := s.requireMember(ctx, creator); err != nil {
		return nil, err
	}
	// bech32 has two spellings; the state has one.
	canonical, err := s.addressCodec.BytesToString(creator)
	if err != nil {
		return nil, types.ErrInvalidAddress.Wrapf("creator: %s", err)
	}
	id, err := s.createSchema(ctx, types.Schema{
		Name:        msg.Name,
		Version:     msg.Version,
		Fields:      msg.Fields,
		Revocable:   msg.Revocable,
		IssuerRoles: msg.IssuerRoles,
		Creator:     canonical,
	})
	if err != nil {
		return nil, err
	}
	return &types.MsgCreateSchemaResponse{Id: id.Bytes()}, nil
}

// Attest implements types.MsgServer.
func (s msgServer) Attest(ctx context.Context, msg *types.MsgAttest) (*types.MsgAttestResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	ids, err := s.Keeper.Attest(ctx, issuer, msg.SchemaId, []types.Statement{msg.Statement})
	if err != nil {
		return nil, err
	}
	return &types.MsgAttestResponse{Id: ids[0]}, nil
}

// AttestBatch implements types.MsgServer.
func (s msgServer) AttestBatch(ctx context.Context, msg *types.MsgAttestBatch) (*types.MsgAttestBatchResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	params, err := s.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	if count := len(msg.Statements); count < 1 || count > int(params.MaxBatch) {
		return nil, types.ErrBatchSize.Wrapf("%d statements: send 1 to %d in a message", count, params.MaxBatch)
	}
	if _, err := s.Keeper.Attest(ctx, issuer, msg.SchemaId, msg.Statements); err != nil {
		return nil, err
	}
	return &types.MsgAttestBatchResponse{}, nil
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
