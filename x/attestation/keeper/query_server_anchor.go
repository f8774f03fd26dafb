package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/attestation/types"
)

// Anchor implements types.QueryServer.
func (s queryServer) Anchor(ctx context.Context, req *types.QueryAnchorRequest) (*types.QueryAnchorResponse, error) {
	id, err := types.ParseContainerID(req.GetId())
	if err != nil {
		return nil, err
	}
	anchor, err := s.GetAnchor(ctx, id)
	if err != nil {
		return nil, err
	}
	return &types.QueryAnchorResponse{Anchor: anchor}, nil
}

// AnchorsOfIssuer implements types.QueryServer.
func (s queryServer) AnchorsOfIssuer(
	ctx context.Context, req *types.QueryAnchorsOfIssuerRequest,
) (*types.QueryAnchorsOfIssuerResponse, error) {
	issuer, err := s.parseAddress("issuer", req.GetIssuer())
	if err != nil {
		return nil, err
	}
	page, err := types.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.anchorsByIssuer, page,
		func(key collections.Pair[sdk.AccAddress, types.ContainerID], _ collections.NoValue) (types.Anchor, error) {
			return s.GetAnchor(ctx, key.K2())
		},
		query.WithCollectionPaginationPairPrefix[sdk.AccAddress, types.ContainerID](issuer))
	if err != nil {
		return nil, err
	}
	return &types.QueryAnchorsOfIssuerResponse{Anchors: list, Pagination: next}, nil
}

// Checkpoints implements types.QueryServer.
func (s queryServer) Checkpoints(ctx context.Context, req *types.QueryCheckpointsRequest) (*types.QueryCheckpointsResponse, error) {
	id, err := types.ParseContainerID(req.GetId())
	if err != nil {
		return nil, err
	}
	page, err := types.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.checkpoints, page,
		func(key collections.Pair[types.ContainerID, uint32], checkpoint types.Checkpoint) (types.Checkpoint, error) {
			return whole(key, checkpoint), nil
		},
		query.WithCollectionPaginationPairPrefix[types.ContainerID, uint32](id))
	if err != nil {
		return nil, err
	}
	return &types.QueryCheckpointsResponse{Checkpoints: list, Pagination: next}, nil
}

// whole puts what the key says back into a checkpoint.
func whole(key collections.Pair[types.ContainerID, uint32], checkpoint types.Checkpoint) types.Checkpoint {
	checkpoint.AnchorId, checkpoint.Size_ = key.K1().Bytes(), key.K2()
	return checkpoint
}
