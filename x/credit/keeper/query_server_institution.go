package keeper

import (
	"context"
	"encoding/binary"
	"math"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// What institutions did, and left undone, is for everybody to see.

// AdverseAction implements types.QueryServer.
func (s queryServer) AdverseAction(ctx context.Context, req *types.QueryAdverseActionRequest) (*types.QueryAdverseActionResponse, error) {
	id, err := types.ParseID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	action, err := s.GetAdverseAction(ctx, id)
	if err != nil {
		return nil, err
	}
	return &types.QueryAdverseActionResponse{AdverseAction: action}, nil
}

// InstitutionTrail implements types.QueryServer.
func (s queryServer) InstitutionTrail(
	ctx context.Context, req *types.QueryInstitutionTrailRequest,
) (*types.QueryInstitutionTrailResponse, error) {
	who, err := s.parseActor("institution", req.GetInstitution())
	if err != nil {
		return nil, err
	}
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.institutionTrail, page, s.institutionTrailEntry,
		query.WithCollectionPaginationPairPrefix[sdk.AccAddress, types.TrailKey](who.addr))
	if err != nil {
		return nil, err
	}
	return &types.QueryInstitutionTrailResponse{Entries: list, Pagination: next}, nil
}

// InstitutionDays implements types.QueryServer. The key of a page is the day that it begins with.
func (s queryServer) InstitutionDays(
	ctx context.Context, req *types.QueryInstitutionDaysRequest,
) (*types.QueryInstitutionDaysResponse, error) {
	who, err := s.parseActor("institution", req.GetInstitution())
	if err != nil {
		return nil, err
	}
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	days, err := daysOf(who.addr, req.GetFromDay(), page)
	if err != nil {
		return nil, err
	}
	res := &types.QueryInstitutionDaysResponse{Pagination: &query.PageResponse{}}
	err = s.institutionDays.Walk(ctx, days, func(key byInstitution[uint32], counts types.InstitutionDay) (bool, error) {
		if uint64(len(res.Days)) == page.Limit {
			res.Pagination.NextKey = binary.BigEndian.AppendUint32(nil, key.K2())
			return true, nil
		}
		full, err := s.fullDay(key, counts)
		res.Days = append(res.Days, full)
		return false, err
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

// daysOf is the range of a page of days, none of them before the first one asked for.
func daysOf(institution sdk.AccAddress, from uint32, page *query.PageRequest) (collections.Ranger[byInstitution[uint32]], error) {
	until := uint32(math.MaxUint32)
	if len(page.Key) != 0 {
		if len(page.Key) != 4 {
			return nil, types.ErrInvalidID.Wrapf("pagination.key of %d bytes: pass the next_key of the page before as it came", len(page.Key))
		}
		day := binary.BigEndian.Uint32(page.Key)
		if page.Reverse {
			until = day
		} else {
			from = max(from, day)
		}
	}
	days := collections.NewPrefixedPairRange[sdk.AccAddress, uint32](institution).StartInclusive(from).EndInclusive(until)
	if page.Reverse {
		days = days.Descending()
	}
	return days, nil
}
