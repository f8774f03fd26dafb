package keeper

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/attestation/types"
)

// SchemaVersions implements types.QueryServer.
func (s queryServer) SchemaVersions(ctx context.Context, req *types.QuerySchemaVersionsRequest) (*types.QuerySchemaVersionsResponse, error) {
	name := req.GetName()
	if name == "" || len(name) > types.MaxNameBytes {
		return nil, status.Errorf(codes.InvalidArgument, "name of %d bytes: a schema's has 1 to %d", len(name), types.MaxNameBytes)
	}
	page, err := types.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.schemaVersions, page,
		func(key collections.Triple[string, uint32, types.ID], _ collections.NoValue) (types.Schema, error) {
			return s.GetSchema(ctx, key.K3().Bytes())
		},
		func(options *query.CollectionsPaginateOptions[collections.Triple[string, uint32, types.ID]]) {
			prefix := collections.TriplePrefix[string, uint32, types.ID](name)
			options.Prefix = &prefix
		})
	if err != nil {
		return nil, err
	}
	return &types.QuerySchemaVersionsResponse{Schemas: list, Pagination: next}, nil
}

// Accreditation implements types.QueryServer.
func (s queryServer) Accreditation(ctx context.Context, req *types.QueryAccreditationRequest) (*types.QueryAccreditationResponse, error) {
	id, err := queryID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	nodes, err := s.getBranch(ctx, id)
	if err != nil {
		return nil, err
	}
	since := nodes.notInForceSince(blockTime(ctx))
	return &types.QueryAccreditationResponse{
		Accreditation: nodes[0], InForce: since == nil, NotSince: since, Path: nodes[1:],
	}, nil
}

// Accreditations implements types.QueryServer.
func (s queryServer) Accreditations(ctx context.Context, req *types.QueryAccreditationsRequest) (*types.QueryAccreditationsResponse, error) {
	page, err := types.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	switch {
	case req.GetGrantee() != "" && req.GetParent() != "":
		return nil, status.Error(codes.InvalidArgument, "parent and grantee: name one of them, or none for the nodes by the members' vote")
	case req.GetGrantee() != "":
		grantee, err := s.parseAddress("grantee", req.GetGrantee())
		if err != nil {
			return nil, err
		}
		return listAccreditations(ctx, s.Keeper, s.accreditationsByGrantee, grantee, page)
	case req.GetParent() != "":
		parent, err := queryID("parent", req.GetParent())
		if err != nil {
			return nil, err
		}
		return listAccreditations(ctx, s.Keeper, s.accreditationsByParent, parent, page)
	default:
		return listAccreditations(ctx, s.Keeper, s.accreditationsByParent, types.ID{}, page)
	}
}

// listAccreditations pages through the nodes under one key of an index.
func listAccreditations[K any](
	ctx context.Context, k *Keeper, index collections.KeySet[collections.Pair[K, types.ID]], under K, page *query.PageRequest,
) (*types.QueryAccreditationsResponse, error) {
	list, next, err := query.CollectionPaginate(ctx, index, page,
		func(key collections.Pair[K, types.ID], _ collections.NoValue) (types.Accreditation, error) {
			return k.GetAccreditation(ctx, key.K2())
		},
		query.WithCollectionPaginationPairPrefix[K, types.ID](under))
	if err != nil {
		return nil, err
	}
	return &types.QueryAccreditationsResponse{Accreditations: list, Pagination: next}, nil
}

// CredentialKey implements types.QueryServer.
func (s queryServer) CredentialKey(ctx context.Context, req *types.QueryCredentialKeyRequest) (*types.QueryCredentialKeyResponse, error) {
	issuer, err := s.parseAddress("issuer", req.GetIssuer())
	if err != nil {
		return nil, err
	}
	kid, err := queryID("kid", req.GetKid())
	if err != nil {
		return nil, err
	}
	key, err := s.GetCredentialKey(ctx, issuer, kid)
	if err != nil {
		return nil, err
	}
	return &types.QueryCredentialKeyResponse{Key: key}, nil
}

// CredentialKeys implements types.QueryServer.
func (s queryServer) CredentialKeys(ctx context.Context, req *types.QueryCredentialKeysRequest) (*types.QueryCredentialKeysResponse, error) {
	issuer, err := s.parseAddress("issuer", req.GetIssuer())
	if err != nil {
		return nil, err
	}
	page, err := types.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.credentialKeys, page,
		func(key collections.Pair[sdk.AccAddress, types.ID], value types.CredentialKey) (types.CredentialKey, error) {
			return s.namedKey(issuer, key.K2(), value)
		},
		query.WithCollectionPaginationPairPrefix[sdk.AccAddress, types.ID](issuer))
	if err != nil {
		return nil, err
	}
	return &types.QueryCredentialKeysResponse{Keys: list, Pagination: next}, nil
}
