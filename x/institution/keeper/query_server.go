package keeper

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"strings"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/bech32"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/institution/types"
)

// maxPage is the most that one page of an answer holds, whatever is asked for.
const maxPage = 100

type queryServer struct{ k *Keeper }

var _ types.QueryServer = queryServer{}

// NewQueryServer answers the queries of the module.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{k} }

// BoundPage limits the page that a client asks for to 100 entries.
func BoundPage(page *query.PageRequest) *query.PageRequest {
	if page == nil {
		return &query.PageRequest{Limit: maxPage}
	}
	bounded := *page
	if bounded.Limit == 0 || bounded.Limit > maxPage {
		bounded.Limit = maxPage
	}
	return &bounded
}

func emptyRequest() error { return errorsmod.Wrap(types.ErrInvalidRequest, "the request is empty") }

// Institution implements types.QueryServer.
func (q queryServer) Institution(ctx context.Context, req *types.QueryInstitutionRequest) (*types.QueryInstitutionResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	operator, institution, err := q.k.licenceOf(ctx, req.Operator)
	if err != nil {
		return nil, err
	}
	view, err := q.k.view(ctx, operator, institution)
	if err != nil {
		return nil, err
	}
	return &types.QueryInstitutionResponse{Institution: view}, nil
}

// view puts together all that belongs to an institution.
func (k *Keeper) view(ctx context.Context, operator sdk.AccAddress, institution types.Institution) (types.InstitutionView, error) {
	view := types.InstitutionView{Institution: institution}
	vault, err := k.Vaults.Get(ctx, operator)
	published, err := found(err)
	if err != nil {
		return view, err
	}
	if published {
		view.Vault = &vault
	}
	if !institution.HasRole(types.ROLE_VALIDATOR) {
		return view, nil
	}
	validator, err := k.GetValidator(ctx, operator)
	if err != nil {
		return view, err
	}
	view.Validator = &validator
	return view, nil
}

// Institutions implements types.QueryServer.
func (q queryServer) Institutions(ctx context.Context, req *types.QueryInstitutionsRequest) (*types.QueryInstitutionsResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	if req.Jurisdiction != "" {
		if err := types.ValidateJurisdiction(req.Jurisdiction); err != nil {
			return nil, err
		}
	}
	institutions, page, err := query.CollectionFilteredPaginate(ctx, q.k.Institutions, BoundPage(req.Pagination),
		func(_ sdk.AccAddress, institution types.Institution) (bool, error) {
			return (req.Role == types.ROLE_UNSPECIFIED || institution.HasRole(req.Role)) &&
				(req.Status == types.LICENCE_STATUS_UNSPECIFIED || institution.Status == req.Status) &&
				(req.Jurisdiction == "" || institution.Jurisdiction == req.Jurisdiction), nil
		},
		func(_ sdk.AccAddress, institution types.Institution) (types.Institution, error) {
			return institution, nil
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryInstitutionsResponse{Institutions: institutions, Pagination: page}, nil
}

// Validator implements types.QueryServer.
func (q queryServer) Validator(ctx context.Context, req *types.QueryValidatorRequest) (*types.QueryValidatorResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	consAddress, err := q.k.consensusAddressOf(req.ConsensusAddress)
	if err != nil {
		return nil, err
	}
	key, err := q.k.ValidatorByConsensusAddress(ctx, consAddress)
	if err != nil {
		return nil, err
	}
	operator, institution, err := q.k.licenceOf(ctx, key.Operator)
	if err != nil {
		return nil, err
	}
	answer := &types.QueryValidatorResponse{
		Validator: types.Validator{Operator: key.Operator}, Institution: institution, Tombstoned: key.Tombstoned,
	}
	validator, err := q.k.GetValidator(ctx, operator)
	if errors.Is(err, types.ErrNotValidator) {
		return answer, nil // it was one once: the members took the role away
	}
	if err != nil {
		return nil, err
	}
	current, err := types.ConsensusAddress(validator.ConsensusPubkey)
	if err != nil {
		return nil, err
	}
	answer.Validator, answer.Current = validator, bytes.Equal(current, consAddress)
	return answer, nil
}

// consensusAddressOf reads 40 hexadecimal digits, or bech32 with the accounts' prefix and "valcons".
func (k *Keeper) consensusAddressOf(text string) ([]byte, error) {
	const maxText = 128
	if len(text) == 0 || len(text) > maxText {
		return nil, errorsmod.Wrapf(types.ErrInvalidAddress, "consensus address of %d characters; give bech32 or 40 hexadecimal digits", len(text))
	}
	bz, err := hex.DecodeString(text)
	if err != nil {
		var prefix string
		prefix, bz, err = bech32.DecodeAndConvert(text)
		if err != nil {
			return nil, errorsmod.Wrapf(types.ErrInvalidAddress, "consensus address %q: %s", text, err)
		}
		if want := k.accountPrefix() + "valcons"; prefix != want {
			return nil, errorsmod.Wrapf(types.ErrInvalidAddress, "prefix %q; a consensus address here starts with %q", prefix, want)
		}
	}
	if len(bz) != types.ConsensusAddressBytes {
		return nil, errorsmod.Wrapf(types.ErrInvalidAddress, "consensus address of %d bytes; it has %d", len(bz), types.ConsensusAddressBytes)
	}
	return bz, nil
}

// accountPrefix is the bech32 prefix of the authority, as of every account.
func (k *Keeper) accountPrefix() string {
	return k.authority[:max(strings.LastIndexByte(k.authority, '1'), 0)]
}

// ValidatorSet implements types.QueryServer.
func (q queryServer) ValidatorSet(ctx context.Context, req *types.QueryValidatorSetRequest) (*types.QueryValidatorSetResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	members, page, err := query.CollectionPaginate(ctx, q.k.SetMembers, BoundPage(req.Pagination),
		func(_ sdk.AccAddress, member types.SetMember) (types.SetMember, error) { return member, nil })
	if err != nil {
		return nil, err
	}
	return &types.QueryValidatorSetResponse{Members: members, Pagination: page}, nil
}

// LicenceHistory implements types.QueryServer.
func (q queryServer) LicenceHistory(ctx context.Context, req *types.QueryLicenceHistoryRequest) (*types.QueryLicenceHistoryResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	operator, _, err := q.k.licenceOf(ctx, req.Operator)
	if err != nil {
		return nil, err
	}
	changes, page, err := query.CollectionPaginate(ctx, q.k.History, BoundPage(req.Pagination),
		func(_ collections.Pair[sdk.AccAddress, uint64], change types.LicenceChange) (types.LicenceChange, error) {
			return change, nil
		},
		query.WithCollectionPaginationPairPrefix[sdk.AccAddress, uint64](operator))
	if err != nil {
		return nil, err
	}
	return &types.QueryLicenceHistoryResponse{Changes: changes, Pagination: page}, nil
}

// ScheduledChanges implements types.QueryServer.
func (q queryServer) ScheduledChanges(ctx context.Context, req *types.QueryScheduledChangesRequest) (*types.QueryScheduledChangesResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	changes, page, err := query.CollectionPaginate(ctx, q.k.ChangeQueue, BoundPage(req.Pagination),
		func(key collections.Pair[uint64, uint64], _ collections.NoValue) (types.ScheduledChange, error) {
			return q.k.ScheduledChanges.Get(ctx, key.K2())
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryScheduledChangesResponse{Changes: changes, Pagination: page}, nil
}

// Params implements types.QueryServer.
func (q queryServer) Params(ctx context.Context, req *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	params, err := q.k.Params.Get(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryParamsResponse{Params: params}, nil
}
