package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// maxReceipts in the answer to one query.
const maxReceipts = 1000

type queryServer struct {
	*Keeper
}

var _ types.QueryServer = queryServer{}

// NewQueryServer serves the module's queries. None of them lists subjects: to ask about one, one must
// know its pseudonym.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{Keeper: k} }

// Subject implements types.QueryServer.
func (s queryServer) Subject(ctx context.Context, req *types.QuerySubjectRequest) (*types.QuerySubjectResponse, error) {
	id, err := types.ParseID("subject", req.GetSubject())
	if err != nil {
		return nil, err
	}
	subject, err := s.GetSubject(ctx, id)
	if err != nil {
		return nil, err
	}
	return &types.QuerySubjectResponse{Subject: subject}, nil
}

// Tradelines implements types.QueryServer.
func (s queryServer) Tradelines(ctx context.Context, req *types.QueryTradelinesRequest) (*types.QueryTradelinesResponse, error) {
	list, next, err := pageOf(ctx, s.tradelines, req.GetSubject(), req.GetPagination(),
		func(key ofSubject, tradeline types.Tradeline) (types.Tradeline, error) {
			return fullTradeline(key, tradeline), nil
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryTradelinesResponse{Tradelines: list, Pagination: next}, nil
}

// Tradeline implements types.QueryServer.
func (s queryServer) Tradeline(ctx context.Context, req *types.QueryTradelineRequest) (*types.QueryTradelineResponse, error) {
	subject, id, err := queryIDs(req.GetSubject(), req.GetId())
	if err != nil {
		return nil, err
	}
	tradeline, err := s.GetTradeline(ctx, subject, id)
	if err != nil {
		return nil, err
	}
	return &types.QueryTradelineResponse{Tradeline: tradeline}, nil
}

// Consents implements types.QueryServer.
func (s queryServer) Consents(ctx context.Context, req *types.QueryConsentsRequest) (*types.QueryConsentsResponse, error) {
	list, next, err := pageOf(ctx, s.consents, req.GetSubject(), req.GetPagination(),
		func(key ofSubject, consent types.Consent) (types.Consent, error) {
			return fullConsent(key, consent), nil
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryConsentsResponse{Consents: list, Pagination: next}, nil
}

// Consent implements types.QueryServer.
func (s queryServer) Consent(ctx context.Context, req *types.QueryConsentRequest) (*types.QueryConsentResponse, error) {
	subject, id, err := queryIDs(req.GetSubject(), req.GetId())
	if err != nil {
		return nil, err
	}
	consent, err := s.GetConsent(ctx, subject, id)
	if err != nil {
		return nil, err
	}
	return &types.QueryConsentResponse{Consent: consent}, nil
}

// Inquiry implements types.QueryServer.
func (s queryServer) Inquiry(ctx context.Context, req *types.QueryInquiryRequest) (*types.QueryInquiryResponse, error) {
	id, err := types.ParseID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	inquiry, err := s.GetInquiry(ctx, id)
	if err != nil {
		return nil, err
	}
	var receipts []types.Receipt
	err = s.receipts.Walk(ctx, collections.NewPrefixedPairRange[types.ID, sdk.AccAddress](id),
		func(key collections.Pair[types.ID, sdk.AccAddress], receipt types.Receipt) (bool, error) {
			full, err := s.fullReceipt(key, receipt)
			receipts = append(receipts, full)
			return len(receipts) >= maxReceipts, err
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryInquiryResponse{Inquiry: inquiry, Receipts: receipts}, nil
}

// Trail implements types.QueryServer.
func (s queryServer) Trail(ctx context.Context, req *types.QueryTrailRequest) (*types.QueryTrailResponse, error) {
	list, next, err := pageOf(ctx, s.trail, req.GetSubject(), req.GetPagination(), s.trailEntry)
	if err != nil {
		return nil, err
	}
	return &types.QueryTrailResponse{Entries: list, Pagination: next}, nil
}

// Params implements types.QueryServer.
func (s queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := s.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryParamsResponse{Params: params}, nil
}

// pageOf returns a page of what a subject has in a collection. It reads the entries of the page and one
// more, however many there are.
func pageOf[K, V any](
	ctx context.Context, in collections.Map[collections.Pair[types.ID, K], V], subject string, asked *query.PageRequest,
	full func(collections.Pair[types.ID, K], V) (V, error),
) ([]V, *query.PageResponse, error) {
	id, err := types.ParseID("subject", subject)
	if err != nil {
		return nil, nil, err
	}
	page, err := attestationtypes.BoundPage(asked)
	if err != nil {
		return nil, nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, in, page, full, query.WithCollectionPaginationPairPrefix[types.ID, K](id))
	if err != nil {
		return nil, nil, err
	}
	return list, next, nil
}

func queryIDs(subject, id string) (types.ID, types.ID, error) {
	subjectID, err := types.ParseID("subject", subject)
	if err != nil {
		return subjectID, types.ID{}, err
	}
	parsed, err := types.ParseID("id", id)
	return subjectID, parsed, err
}
