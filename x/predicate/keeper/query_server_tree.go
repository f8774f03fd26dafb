package keeper

import (
	"context"

	"github.com/cosmos/cosmos-sdk/types/query"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// Roots implements types.QueryServer.
func (s queryServer) Roots(ctx context.Context, req *types.QueryRootsRequest) (*types.QueryRootsResponse, error) {
	id := types.ActiveTree
	if text := req.GetTree(); text != "" {
		var err error
		if id, err = types.ParseID("tree", text); err != nil {
			return nil, err
		}
	}
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	params, err := s.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	t, err := s.GetTree(ctx, id)
	if err != nil {
		return nil, err
	}
	now := blockTime(ctx)
	list, next, err := query.CollectionFilteredPaginate(ctx, s.roots, page,
		func(_ rootKey, root types.Root) (bool, error) { return accepted(params, t, root, now), nil },
		func(key rootKey, root types.Root) (types.Root, error) { return fullRoot(key, root), nil },
		query.WithCollectionPaginationPairPrefix[types.ID, types.ID](id))
	if err != nil {
		return nil, err
	}
	return &types.QueryRootsResponse{Tree: t, Roots: list, Pagination: next}, nil
}

// Path implements types.QueryServer.
func (s queryServer) Path(ctx context.Context, req *types.QueryPathRequest) (*types.QueryPathResponse, error) {
	id, err := types.ParseID("attestation_id", req.GetAttestationId())
	if err != nil {
		return nil, err
	}
	listing, err := s.GetListing(ctx, id)
	if err != nil {
		return nil, err
	}
	attestation, err := s.attestations.GetAttestation(ctx, id.Bytes())
	if err != nil {
		return nil, err
	}
	issuer, err := s.getIssuer(ctx, attestation)
	if err != nil {
		return nil, err
	}
	res := &types.QueryPathResponse{Listing: listing, Issuer: issuer}
	if res.Root, res.Path, err = s.path(ctx, types.ActiveTree, listing.Place); err != nil {
		return nil, err
	}
	res.IssuerRoot, res.IssuerPath, err = s.path(ctx, types.ID(issuer.SchemaId), issuer.Place)
	return res, err
}

// path of the siblings from a leaf up, and the root.
func (k *Keeper) path(ctx context.Context, id types.ID, place uint32) (root []byte, path [][]byte, err error) {
	nodes, err := k.openTree(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	top, err := nodes.Root()
	if err != nil {
		return nil, nil, err
	}
	siblings, err := nodes.Path(uint64(place))
	if err != nil {
		return nil, nil, err
	}
	for _, node := range siblings {
		path = append(path, node[:])
	}
	return top[:], path, nil
}
