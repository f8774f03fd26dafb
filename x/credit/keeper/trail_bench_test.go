package keeper_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
)

// A page of a trail costs what the page has, however long the trail is: 50 lines out of 100,000 beside 50 out of 1,000, pages
// in turn all along both, newest first. The metric `ratio` is the time of the one by the time of the other.
//
//	go test ./x/credit/keeper -run '^$' -bench TrailPage -benchtime 2000x
func BenchmarkTrailPage(b *testing.B) {
	f := blank(b)
	require.NoError(b, f.k.InitGenesis(f.ctx, types.DefaultGenesis()))
	short := f.lines(testutil.Bytes("short"), 1_000)
	long := f.lines(testutil.Bytes("long"), 100_000)
	f.ctx.MultiStore().(storetypes.CommitMultiStore).Commit()
	var ofShort, ofLong time.Duration
	for b.Loop() {
		start := b.Elapsed()
		short.page(b, f)
		middle := b.Elapsed()
		long.page(b, f)
		ofShort, ofLong = ofShort+middle-start, ofLong+b.Elapsed()-middle
	}
	b.ReportMetric(float64(ofShort.Nanoseconds())/float64(b.N), "ns/page-of-1000")
	b.ReportMetric(float64(ofLong.Nanoseconds())/float64(b.N), "ns/page-of-100000")
	b.ReportMetric(float64(ofLong)/float64(ofShort), "ratio")
}

// Page by page the whole trail is read, each line once, newest first.
func TestTrailInPages(t *testing.T) {
	f := blank(t) // the invariants want lines of enrolled subjects
	require.NoError(t, f.k.InitGenesis(f.ctx, types.DefaultGenesis()))
	const lines = 120
	trail := f.lines(testutil.Bytes("paged"), lines)
	var heights []int64
	for range 3 {
		for _, entry := range trail.page(t, f) {
			heights = append(heights, entry.Height)
		}
	}
	require.Len(t, heights, lines)
	require.Empty(t, trail.next, "it is at the end")
	for i, height := range heights {
		require.EqualValues(t, lines-i, height)
	}
}

// pages of a trail, where one goes on.
type pages struct {
	subject types.ID
	next    []byte
}

// lines writes a trail with a line at each height from 1.
func (f *fixture) lines(subject []byte, count int) *pages {
	f.t.Helper()
	store := f.store.OpenKVStore(f.ctx)
	line := types.TrailEntry{Time: f.ctx.BlockTime(), Purpose: types.PURPOSE_CREDIT_APPLICATION}
	value, err := line.Marshal()
	require.NoError(f.t, err)
	for height := 1; height <= count; height++ {
		key := types.FromHeight(types.TrailStateKey(types.ID(subject)), int64(height))
		key = append(key, testutil.Bytes("ref")...)
		key = append(key, byte(types.TRAIL_KIND_INQUIRY_OPENED))
		require.NoError(f.t, store.Set(append(key, lender...), value))
	}
	return &pages{subject: types.ID(subject)}
}

// page reads the next 50 lines, or the first ones after the last.
func (p *pages) page(tb testing.TB, f *fixture) []types.TrailEntry {
	res, err := f.query.Trail(f.ctx, &types.QueryTrailRequest{
		Subject: p.subject.String(), Pagination: &query.PageRequest{Key: p.next, Limit: 50, Reverse: true},
	})
	require.NoError(tb, err)
	p.next = res.Pagination.NextKey
	return res.Entries
}

// Proofs are asked for under these bytes: they are the keys of the collections.
func TestTrailStateKeys(t *testing.T) {
	height := binary.BigEndian.AppendUint64(nil, 258)
	require.Equal(t, join([]byte{0x0a}, subject, height), types.FromHeight(types.TrailStateKey(types.ID(subject)), 258))
	require.Equal(t, join([]byte{0x16, 20}, bank, height), types.FromHeight(types.InstitutionTrailStateKey(bank), 258))

	f := enrolled(t)
	store := f.store.OpenKVStore(f.ctx)
	for name, key := range map[string][]byte{
		"subject": join(types.FromHeight(types.TrailStateKey(types.ID(subject)), f.ctx.BlockHeight()), subject, []byte{byte(types.TRAIL_KIND_ENROLLED)}, bank),
	} {
		has, err := store.Has(key)
		require.NoError(t, err)
		require.True(t, has, name)
	}
}
