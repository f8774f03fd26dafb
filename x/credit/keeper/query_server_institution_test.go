package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/credit/types"
)

// The trail of an institution is read newest first, and a page costs what the page has.
func TestInstitutionTrailPages(t *testing.T) {
	f := controlled(t)
	page := func(request *query.PageRequest) (*types.QueryInstitutionTrailResponse, uint64) {
		ctx := f.ctx.WithGasMeter(storetypes.NewInfiniteGasMeter())
		res, err := f.query.InstitutionTrail(ctx, &types.QueryInstitutionTrailRequest{Institution: lender.String(), Pagination: request})
		require.NoError(t, err)
		return res, ctx.GasMeter().GasConsumed()
	}
	open := func(n int) {
		f.next(time.Second)
		must(f, f.msg.OpenInquiry, lookFor(lender, types.PURPOSE_LEGAL_ORDER, fmt.Sprint(n)))
	}
	for n := range 4 {
		open(n)
	}
	newest := func() *query.PageRequest { return &query.PageRequest{Limit: 3, Reverse: true} }
	_, short := page(newest())
	for n := range 200 {
		open(4 + n)
	}
	res, long := page(newest())
	require.LessOrEqual(t, long, short+short/10)
	require.Len(t, res.Entries, 3)
	for i, entry := range res.Entries {
		require.Equal(t, f.ctx.BlockHeight()-int64(i), entry.Height)
		require.Equal(t, types.TRAIL_KIND_INQUIRY_OPENED, entry.Kind)
		require.Equal(t, subject, entry.Subject)
		require.Equal(t, types.PURPOSE_LEGAL_ORDER, entry.Purpose)
		require.Equal(t, lender.String(), entry.Actor)
	}
	seen, request := 0, &query.PageRequest{Limit: 5000}
	for {
		res, _ := page(request)
		require.LessOrEqual(t, len(res.Entries), 100)
		seen += len(res.Entries)
		if request.Key = res.Pagination.NextKey; len(request.Key) == 0 {
			break
		}
	}
	require.Equal(t, 204, seen)
	require.Empty(t, f.institutionTrail(rival), "and nothing of another's")
}

func TestInstitutionDaysPages(t *testing.T) {
	f := controlled(t)
	const total = 120
	first := uint32(f.ctx.BlockTime().Unix() / 86400)
	for n := range total {
		must(f, f.msg.OpenInquiry, lookFor(lender, types.PURPOSE_LEGAL_ORDER, fmt.Sprint(n)))
		f.next(day)
	}
	for _, reverse := range []bool{false, true} {
		for from, want := range map[uint32]int{0: total, first: total, first + 20: total - 20, first + total: 0} {
			var seen []uint32
			request := &query.PageRequest{Limit: 50, Reverse: reverse}
			for {
				days, next := f.daysOf(lender, from, request)
				require.LessOrEqual(t, len(days), 50)
				for _, each := range days {
					seen = append(seen, each.Day)
				}
				if request.Key = next; len(next) == 0 {
					break
				}
			}
			require.Len(t, seen, want)
			for i := 1; i < len(seen); i++ {
				require.Equal(t, reverse, seen[i] < seen[i-1])
			}
		}
	}
}

func TestInstitutionQueriesRefuse(t *testing.T) {
	f := controlled(t)
	for problem, page := range map[string]*query.PageRequest{
		"offset": {Offset: 1}, "count total": {CountTotal: true}, "long key": {Key: make([]byte, 1000)},
	} {
		_, err := f.query.InstitutionTrail(f.ctx, &types.QueryInstitutionTrailRequest{Institution: lender.String(), Pagination: page})
		require.Equal(t, codes.InvalidArgument, status.Code(err), problem)
		_, err = f.query.InstitutionDays(f.ctx, &types.QueryInstitutionDaysRequest{Institution: lender.String(), Pagination: page})
		require.Equal(t, codes.InvalidArgument, status.Code(err), problem)
	}
	_, err := f.query.InstitutionDays(f.ctx, &types.QueryInstitutionDaysRequest{
		Institution: lender.String(), Pagination: &query.PageRequest{Key: []byte{1}},
	})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	_, err = f.query.InstitutionTrail(f.ctx, &types.QueryInstitutionTrailRequest{Institution: "x"})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	_, err = f.query.InstitutionDays(f.ctx, &types.QueryInstitutionDaysRequest{Institution: "x"})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
}
