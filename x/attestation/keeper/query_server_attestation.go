package keeper

import (
	"context"
	"slices"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// Batch implements types.QueryServer.
func (s queryServer) Batch(ctx context.Context, req *types.QueryBatchRequest) (*types.QueryBatchResponse, error) {
	id, err := types.ParseContainerID(req.GetId())
	if err != nil {
		return nil, err
	}
	batch, err := s.GetBatch(ctx, id)
	if err != nil {
		return nil, err
	}
	return &types.QueryBatchResponse{Batch: batch}, nil
}

// Verify implements types.QueryServer.
func (s queryServer) Verify(ctx context.Context, req *types.QueryVerifyRequest) (*types.QueryVerifyResponse, error) {
	id, err := queryID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	attestation, err := s.GetAttestation(ctx, id.Bytes())
	if err != nil {
		return nil, err
	}
	standing, since, err := s.standing(ctx, attestation)
	if err != nil {
		return nil, err
	}
	now := blockTime(ctx)
	return &types.QueryVerifyResponse{
		Attestation: attestation, Validity: attestation.ValidityAt(now), Standing: standing, StandingSince: since,
		Height: sdk.UnwrapSDKContext(ctx).BlockHeight(), Time: now,
	}, nil
}

// standing says whether the issuer of an attestation may still issue under its schema, and since when not. Since when
// a licence lacks a role the chain does not keep: there the time is nil too.
func (k *Keeper) standing(ctx context.Context, attestation types.Attestation) (types.Standing, *time.Time, error) {
	operator, err := k.parseAddress("issuer", attestation.Issuer)
	if err != nil {
		return types.STANDING_UNSPECIFIED, nil, err
	}
	institution, err := k.institutions.GetInstitution(ctx, operator)
	if err != nil {
		return types.STANDING_UNSPECIFIED, nil, err
	}
	if since := institution.NotInForceSince(blockTime(ctx)); since != nil {
		return types.STANDING_LICENCE, since, nil
	}
	schema, err := k.GetSchema(ctx, attestation.SchemaId)
	if err != nil {
		return types.STANDING_UNSPECIFIED, nil, err
	}
	if len(schema.IssuerRoles) > 0 && !slices.ContainsFunc(schema.IssuerRoles, institution.HasRole) {
		return types.STANDING_ROLE, nil, nil
	}
	if len(attestation.AccreditationId) == 0 {
		return types.STANDING_GOOD, nil, nil
	}
	since, err := k.accreditationStanding(ctx, types.ID(attestation.AccreditationId))
	if err != nil || since == nil {
		return types.STANDING_GOOD, nil, err
	}
	return types.STANDING_ACCREDITATION, since, nil
}

// StatusList implements types.QueryServer.
func (s queryServer) StatusList(ctx context.Context, req *types.QueryStatusListRequest) (*types.QueryStatusListResponse, error) {
	id, err := types.ParseContainerID(req.GetId())
	if err != nil {
		return nil, err
	}
	size, issuer, err := s.container(ctx, id)
	if err != nil {
		return nil, err
	}
	bits, err := s.statusList(ctx, id, size)
	if err != nil {
		return nil, err
	}
	return &types.QueryStatusListResponse{Size_: size, StatusSize: 2, Bits: bits, Issuer: issuer}, nil
}
