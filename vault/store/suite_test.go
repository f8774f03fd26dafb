package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// testStore is what every engine must pass. open gives an empty store and a way to open the same again.
func testStore(t *testing.T, open func(t *testing.T) (s Store, reopen func() Store)) {
	for name, test := range map[string]func(t *testing.T, s Store, reopen func() Store){
		"settings": testSettings, "records": testRecords, "staging is atomic": testStagingIsAtomic, "pages": testPages,
		"imports": testImports, "nonces": testNonces, "access log": testAccessLog,
	} {
		t.Run(name, func(t *testing.T) {
			s, reopen := open(t)
			test(t, s, reopen)
		})
	}
}

func record(attestation, tradeline byte, version uint32) Record {
	return Record{
		Attestation: [32]byte{attestation}, Tradeline: [32]byte{tradeline}, Version: version, Schema: [32]byte{1}, Subject: [32]byte{tradeline},
		Digest: [32]byte{attestation, 1}, Import: 1, WrappedKey: []byte{1, 2}, Nonce: []byte{3}, Ciphertext: []byte{4, 5, 6},
	}
}

func testSettings(t *testing.T, s Store, reopen func() Store) {
	ctx := t.Context()
	value, err := s.Setting(ctx, "a")
	require.NoError(t, err)
	require.Nil(t, value)
	require.NoError(t, s.SetSettings(ctx, map[string][]byte{"a": {1}, "b": {2}}))
	require.NoError(t, s.SetSettings(ctx, map[string][]byte{"a": {9}}))
	s = reopen()
	for name, want := range map[string][]byte{"a": {9}, "b": {2}} {
		value, err := s.Setting(ctx, name)
		require.NoError(t, err)
		require.Equal(t, want, value)
	}
}

func testRecords(t *testing.T, s Store, reopen func() Store) {
	ctx := t.Context()
	first, second, other := record(1, 10, 1), record(2, 10, 2), record(3, 11, 1)
	require.NoError(t, s.Stage(ctx, []Record{first, other}))
	require.NoError(t, s.Commit(ctx, [][32]byte{first.Attestation}))
	require.NoError(t, s.Commit(ctx, [][32]byte{first.Attestation}), "again is the same")
	require.NoError(t, s.Stage(ctx, []Record{second}))
	s = reopen()

	latest, err := s.Latest(ctx, [][32]byte{{10}, {11}, {12}})
	require.NoError(t, err)
	require.Equal(t, map[[32]byte]Record{{10}: second, {11}: other}, latest)
	first.State = Committed
	versions, err := s.OfSubject(ctx, [32]byte{10}, 2)
	require.NoError(t, err)
	require.Equal(t, []Record{first, second}, versions)
	_, err = s.OfSubject(ctx, [32]byte{10}, 1)
	require.ErrorContains(t, err, "more than 1")
	counts, err := s.Count(ctx)
	require.NoError(t, err)
	require.Equal(t, Counts{Staged: 2, Committed: 1, Tradelines: 2, Subjects: 2}, counts)
	require.ErrorIs(t, s.Commit(ctx, [][32]byte{{99}}), ErrBroken)
}

func testStagingIsAtomic(t *testing.T, s Store, _ func() Store) {
	ctx := t.Context()
	require.NoError(t, s.Stage(ctx, []Record{record(1, 10, 1)}))
	require.Error(t, s.Stage(ctx, []Record{record(2, 11, 1), record(1, 12, 1)}), "an attestation twice")
	require.Error(t, s.Stage(ctx, []Record{record(3, 13, 1), record(4, 10, 1)}), "a version twice")
	require.Error(t, s.Commit(ctx, [][32]byte{{1}, {99}}))
	all, err := s.Records(ctx, nil, 10)
	require.NoError(t, err)
	require.Equal(t, []Record{record(1, 10, 1)}, all)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	require.ErrorIs(t, s.Stage(cancelled, []Record{record(5, 15, 1)}), context.Canceled)
}

func testPages(t *testing.T, s Store, _ func() Store) {
	ctx := t.Context()
	var records []Record
	for i := range byte(10) {
		// Ids descend, so that order by id would show.
		records = append(records, record(200-i, 100-i, 1))
	}
	require.NoError(t, s.Stage(ctx, records))
	require.NoError(t, s.Commit(ctx, [][32]byte{records[4].Attestation}))
	walk := func(page func(context.Context, *[32]byte, int) ([]Record, error)) (ids []byte) {
		var after *[32]byte
		for {
			batch, err := page(ctx, after, 3)
			require.NoError(t, err)
			for _, r := range batch {
				ids = append(ids, r.Attestation[0])
			}
			if len(batch) < 3 {
				return ids
			}
			after = &batch[len(batch)-1].Attestation
		}
	}
	require.Equal(t, []byte{200, 199, 198, 197, 196, 195, 194, 193, 192, 191}, walk(s.Records))
	require.Equal(t, []byte{200, 199, 198, 197, 195, 194, 193, 192, 191}, walk(s.Staged))
}

func testImports(t *testing.T, s Store, _ func() Store) {
	ctx := t.Context()
	run := Import{Book: [32]byte{5}, Format: "sba", Started: time.Unix(100, 0).UTC()}
	id, err := s.SaveImport(ctx, run)
	require.NoError(t, err)
	run.ID, run.Position, run.Finished = id, 77, time.Unix(200, 5).UTC()
	run.Counts = ImportCounts{Rows: 5, Furnished: 1, Corrected: 1, Unchanged: 2, Rejected: 1}
	again, err := s.SaveImport(ctx, run)
	require.NoError(t, err)
	require.Equal(t, id, again)
	second, err := s.SaveImport(ctx, Import{Format: "card"})
	require.NoError(t, err)
	require.NotEqual(t, id, second)
	runs, err := s.Imports(ctx, 10)
	require.NoError(t, err)
	require.Len(t, runs, 2)
	require.Equal(t, "card", runs[0].Format)
	require.Equal(t, run, runs[1])
}

func testNonces(t *testing.T, s Store, reopen func() Store) {
	ctx := t.Context()
	now := time.Unix(1000, 0)
	until := now.Add(time.Minute)
	require.NoError(t, s.UseNonce(ctx, "a", []byte{1}, now, until))
	s = reopen()
	require.ErrorIs(t, s.UseNonce(ctx, "a", []byte{1}, now, until), ErrNonceUsed)
	require.NoError(t, s.UseNonce(ctx, "b", []byte{1}, now, until), "each requester has its own")
	require.NoError(t, s.UseNonce(ctx, "a", []byte{2}, now, until))
	require.NoError(t, s.UseNonce(ctx, "a", []byte{1}, until.Add(time.Second), until.Add(time.Hour)), "it is forgotten when its order is stale")
}

func testAccessLog(t *testing.T, s Store, reopen func() Store) {
	ctx := t.Context()
	head, err := VerifyAccessLog(ctx, s)
	require.NoError(t, err)
	require.Zero(t, head)
	owed := Receipt{Inquiry: [32]byte{1}, Digest: [32]byte{2}, Records: 3}
	entry := Access{Time: time.Unix(50, 7).UTC(), Requester: "lender", Inquiry: owed.Inquiry, Outcome: "given", Records: 3, Digest: owed.Digest}
	require.NoError(t, s.LogAccess(ctx, entry, &owed))
	require.NoError(t, s.LogAccess(ctx, Access{Time: time.Unix(51, 0), Requester: "other", Outcome: "REPLAYED"}, nil))
	s = reopen()
	entries, err := s.AccessLog(ctx, 0, 10)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, entries[0].Hash, entries[1].Previous)
	require.Equal(t, entry.Time, entries[0].Time)
	head, err = VerifyAccessLog(ctx, s)
	require.NoError(t, err)
	require.Equal(t, entries[1].Hash, head)

	receipts, err := s.ReceiptsOwed(ctx, 10)
	require.NoError(t, err)
	require.Equal(t, []Receipt{owed}, receipts)
	require.NoError(t, s.ReceiptLeft(ctx, owed))
	receipts, err = s.ReceiptsOwed(ctx, 10)
	require.NoError(t, err)
	require.Empty(t, receipts)
}
