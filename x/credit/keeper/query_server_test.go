package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
)

func TestQueryOne(t *testing.T) {
	f := rich(t)
	gs := f.export()
	hex := func(bz []byte) string { return types.ID(bz).String() }
	sub, err := f.query.Subject(f.ctx, &types.QuerySubjectRequest{Subject: hex(subject)})
	require.NoError(t, err)
	require.Equal(t, alice.String(), sub.Subject.Controller)
	line, err := f.query.Tradeline(f.ctx, &types.QueryTradelineRequest{Subject: hex(subject), Id: hex(gs.Tradelines[0].Id)})
	require.NoError(t, err)
	require.Equal(t, gs.Tradelines[0], line.Tradeline)
	consent, err := f.query.Consent(f.ctx, &types.QueryConsentRequest{Subject: hex(subject), Id: hex(gs.Consents[0].Id)})
	require.NoError(t, err)
	require.Equal(t, gs.Consents[0], consent.Consent)
	look, err := f.query.Inquiry(f.ctx, &types.QueryInquiryRequest{Id: hex(gs.Inquiries[0].Id)})
	require.NoError(t, err)
	require.Equal(t, gs.Inquiries[0], look.Inquiry)
	params, err := f.query.Params(f.ctx, &types.QueryParamsRequest{})
	require.NoError(t, err)
	require.Equal(t, gs.Params, params.Params)

	unknown := hex(testutil.Bytes("unknown"))
	for text, want := range map[string]codes.Code{unknown: codes.NotFound, "": codes.InvalidArgument, "zz" + unknown[2:]: codes.InvalidArgument} {
		for name, ask := range map[string]func() error{
			"subject": func() error {
				_, err := f.query.Subject(f.ctx, &types.QuerySubjectRequest{Subject: text})
				return err
			},
			"tradeline": func() error {
				_, err := f.query.Tradeline(f.ctx, &types.QueryTradelineRequest{Subject: hex(subject), Id: text})
				return err
			},
			"tradeline of": func() error {
				_, err := f.query.Tradeline(f.ctx, &types.QueryTradelineRequest{Subject: text, Id: unknown})
				return err
			},
			"consent": func() error {
				_, err := f.query.Consent(f.ctx, &types.QueryConsentRequest{Subject: hex(subject), Id: text})
				return err
			},
			"inquiry": func() error {
				_, err := f.query.Inquiry(f.ctx, &types.QueryInquiryRequest{Id: text})
				return err
			},
		} {
			require.Equal(t, want, status.Code(ask()), "%s %q", name, text)
		}
	}
}

// list asks for a page and returns its length and what comes next.
type list func(subject string, page *query.PageRequest) (int, *query.PageResponse, error)

func (f *fixture) lists() map[string]list {
	return map[string]list{
		"tradelines": func(s string, p *query.PageRequest) (int, *query.PageResponse, error) {
			res, err := f.query.Tradelines(f.ctx, &types.QueryTradelinesRequest{Subject: s, Pagination: p})
			return len(res.GetTradelines()), res.GetPagination(), err
		},
		"consents": func(s string, p *query.PageRequest) (int, *query.PageResponse, error) {
			res, err := f.query.Consents(f.ctx, &types.QueryConsentsRequest{Subject: s, Pagination: p})
			return len(res.GetConsents()), res.GetPagination(), err
		},
		"trail": func(s string, p *query.PageRequest) (int, *query.PageResponse, error) {
			res, err := f.query.Trail(f.ctx, &types.QueryTrailRequest{Subject: s, Pagination: p})
			return len(res.GetEntries()), res.GetPagination(), err
		},
	}
}

func TestQueryLists(t *testing.T) {
	f := controlled(t)
	const total = 120
	for i := range total - 1 {
		msg := f.batch(i, 1)
		must(f, f.msg.FurnishBatch, msg)
		grant := f.grant()
		grant.Nonce = testutil.Bytes("%d", i)[:types.NonceSize]
		must(f, f.msg.GrantConsent, grant)
	}
	grant := f.grant()
	must(f, f.msg.GrantConsent, grant)
	sub := types.ID(subject).String()
	entries := map[string]int{"tradelines": total, "consents": total, "trail": 3 + 2*total}
	for name, ask := range f.lists() {
		for _, reverse := range []bool{false, true} {
			seen, pages := 0, 0
			page := &query.PageRequest{Limit: 5000, Reverse: reverse}
			for {
				n, next, err := ask(sub, page)
				require.NoError(t, err, name)
				require.LessOrEqual(t, n, 100, "a page has a bound whatever is asked")
				seen, pages = seen+n, pages+1
				if page.Key = next.NextKey; len(page.Key) == 0 {
					break
				}
			}
			require.Equal(t, entries[name], seen, name)
			require.Equal(t, (entries[name]+99)/100, pages, name)
		}
		for problem, page := range map[string]*query.PageRequest{
			"offset": {Offset: 1}, "count total": {CountTotal: true}, "long key": {Key: make([]byte, 1000)},
		} {
			_, _, err := ask(sub, page)
			require.Equal(t, codes.InvalidArgument, status.Code(err), "%s: %s", name, problem)
		}
		_, _, err := ask("x", nil)
		require.Equal(t, codes.InvalidArgument, status.Code(err), name)
		n, _, err := ask(types.ID(testutil.Bytes("nobody")).String(), nil)
		require.NoError(t, err)
		require.Zero(t, n, "about a pseudonym that is unknown there is nothing")
		n, _, err = ask(sub, &query.PageRequest{Key: []byte("\xff\xff\xff"), Limit: 1})
		require.NoError(t, err)
		require.Zero(t, n, "a key of one's own making does not leave the subject")
	}
}

// The trail is read in the order of blocks, and a page costs what the page has, however long the trail is.
func TestTrailPage(t *testing.T) {
	f := controlled(t)
	sub := types.ID(subject).String()
	read := func(reverse bool) (entries []types.TrailEntry, gas uint64) {
		ctx := f.ctx.WithGasMeter(storetypes.NewInfiniteGasMeter())
		res, err := f.query.Trail(ctx, &types.QueryTrailRequest{Subject: sub, Pagination: &query.PageRequest{Limit: 3, Reverse: reverse}})
		require.NoError(t, err)
		require.Len(t, res.Entries, 3)
		return res.Entries, ctx.GasMeter().GasConsumed()
	}
	_, short := read(true)
	for i := range 200 {
		f.next(time.Second)
		must(f, f.msg.FurnishBatch, f.batch(i, 1))
	}
	newest, long := read(true)
	require.LessOrEqual(t, long, short+short/10)
	require.Equal(t, f.ctx.BlockHeight(), newest[0].Height)
	require.Equal(t, f.ctx.BlockHeight()-1, newest[1].Height)
	require.Equal(t, f.ctx.BlockTime(), newest[0].Time)
	oldest, _ := read(false)
	require.Equal(t, int64(1), oldest[0].Height)
}
