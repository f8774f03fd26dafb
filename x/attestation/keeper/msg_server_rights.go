package keeper

import (
	"context"

	"github.com/creditd/creditd/x/attestation/types"
)

// Messages about who may state what: schemas, accreditations and credential keys.

// CreateSchema implements types.MsgServer.
func (s msgServer) CreateSchema(ctx context.Context, msg *types.MsgCreateSchema) (*types.MsgCreateSchemaResponse, error) {
	creator, err := s.parseAddress("creator", msg.Creator)
	if err != nil {
		return nil, err
	}
	if err := s.requireMember(ctx, creator); err != nil {
		return nil, err
	}
	canonical, err := s.addressText("creator", creator)
	if err != nil {
		return nil, err
	}
	id, err := s.createSchema(ctx, types.Schema{
		Name:        msg.Name,
		Version:     msg.Version,
		Fields:      msg.Fields,
		Revocable:   msg.Revocable,
		IssuerRoles: msg.IssuerRoles,
		Accredited:  msg.Accredited,
		Issuers:     msg.Issuers,
		JsonSchema:  msg.JsonSchema,
		Listed:      msg.Listed,
		Resolver:    msg.Resolver,
		Previous:    msg.Previous,
		Creator:     canonical,
	})
	if err != nil {
		return nil, err
	}
	return &types.MsgCreateSchemaResponse{Id: id.Bytes()}, nil
}

// DeprecateSchema implements types.MsgServer.
func (s msgServer) DeprecateSchema(ctx context.Context, msg *types.MsgDeprecateSchema) (*types.MsgDeprecateSchemaResponse, error) {
	signer, err := s.parseAddress("signer", msg.Signer)
	if err != nil {
		return nil, err
	}
	if err := s.deprecateSchema(ctx, signer, msg); err != nil {
		return nil, err
	}
	return &types.MsgDeprecateSchemaResponse{}, nil
}

// Accredit implements types.MsgServer.
func (s msgServer) Accredit(ctx context.Context, msg *types.MsgAccredit) (*types.MsgAccreditResponse, error) {
	id, err := s.accredit(ctx, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgAccreditResponse{Id: id.Bytes()}, nil
}

// SuspendAccreditation implements types.MsgServer.
func (s msgServer) SuspendAccreditation(ctx context.Context, msg *types.MsgSuspendAccreditation) (*types.MsgSuspendAccreditationResponse, error) {
	signer, err := s.parseAddress("signer", msg.Signer)
	if err != nil {
		return nil, err
	}
	if err := s.suspendAccreditation(ctx, signer, msg.Id); err != nil {
		return nil, err
	}
	return &types.MsgSuspendAccreditationResponse{}, nil
}

// ReinstateAccreditation implements types.MsgServer.
func (s msgServer) ReinstateAccreditation(ctx context.Context, msg *types.MsgReinstateAccreditation) (*types.MsgReinstateAccreditationResponse, error) {
	signer, err := s.parseAddress("signer", msg.Signer)
	if err != nil {
		return nil, err
	}
	if err := s.reinstateAccreditation(ctx, signer, msg.Id); err != nil {
		return nil, err
	}
	return &types.MsgReinstateAccreditationResponse{}, nil
}

// RevokeAccreditation implements types.MsgServer.
func (s msgServer) RevokeAccreditation(ctx context.Context, msg *types.MsgRevokeAccreditation) (*types.MsgRevokeAccreditationResponse, error) {
	signer, err := s.parseAddress("signer", msg.Signer)
	if err != nil {
		return nil, err
	}
	if err := s.revokeAccreditation(ctx, signer, msg.Id); err != nil {
		return nil, err
	}
	return &types.MsgRevokeAccreditationResponse{}, nil
}

// RegisterCredentialKey implements types.MsgServer.
func (s msgServer) RegisterCredentialKey(ctx context.Context, msg *types.MsgRegisterCredentialKey) (*types.MsgRegisterCredentialKeyResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	kid, err := s.registerCredentialKey(ctx, issuer, msg.Algorithm, msg.PublicKey)
	if err != nil {
		return nil, err
	}
	return &types.MsgRegisterCredentialKeyResponse{Kid: kid.Bytes()}, nil
}

// RetireCredentialKey implements types.MsgServer.
func (s msgServer) RetireCredentialKey(ctx context.Context, msg *types.MsgRetireCredentialKey) (*types.MsgRetireCredentialKeyResponse, error) {
	issuer, err := s.parseAddress("issuer", msg.Issuer)
	if err != nil {
		return nil, err
	}
	if err := s.retireCredentialKey(ctx, issuer, msg.Kid); err != nil {
		return nil, err
	}
	return &types.MsgRetireCredentialKeyResponse{}, nil
}
