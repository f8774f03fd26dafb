package store

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// testStore is what every engine must pass.
func testStore(t *testing.T, open opener) {
	for name, test := range map[string]func(t *testing.T, s *SQL, reopen func() *SQL){
		"settings": testSettings, "records": testRecords, "staging is atomic": testStagingIsAtomic, "pages": testPages,
		"large batches": testLargeBatches, "subjects": testSubjects, "imports": testImports, "nonces": testNonces,
		"access log": testAccessLog, "writes together": testWritesTogether, "changed access log": testChangedAccessLog, "two writers": testTwoWriters,
		"wrapped keys": testWrappedKeys, "retired keys": testRetiredKeys, "shred": testShred, "changed shred log": testChangedShredLog,
		"dump is of one moment": testDumpIsOfOneMoment, "load": testLoad, "load refuses": testLoadRefuses,
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

func testSettings(t *testing.T, s *SQL, reopen func() *SQL) {
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

func testRecords(t *testing.T, s *SQL, reopen func() *SQL) {
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

func testStagingIsAtomic(t *testing.T, s *SQL, _ func() *SQL) {
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

func testPages(t *testing.T, s *SQL, _ func() *SQL) {
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

func testImports(t *testing.T, s *SQL, _ func() *SQL) {
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

func testNonces(t *testing.T, s *SQL, reopen func() *SQL) {
	ctx := t.Context()
	now := time.Unix(1000, 0)
	until := now.Add(time.Minute)
	order := func(requester string, nonce byte, now, until time.Time) error {
		return s.LogOrder(ctx, Access{Requester: requester, Time: now, Outcome: "given"}, Nonce{[]byte{nonce}, until}, &Receipt{Inquiry: [32]byte{requester[0], nonce}, Digest: [32]byte{byte(now.Unix() % 251)}})
	}
	require.NoError(t, order("a", 1, now, until))
	s = reopen()
	require.ErrorIs(t, order("a", 1, now, until), ErrNonceUsed)
	counts, err := s.Count(ctx)
	require.NoError(t, err)
	require.Equal(t, [2]int{1, 1}, [2]int{counts.Accesses, counts.ReceiptsOwed}, "what is refused leaves nothing")
	require.NoError(t, order("b", 1, now, until), "each requester has its own")
	require.NoError(t, order("a", 2, now, until))
	require.NoError(t, order("a", 1, until.Add(time.Second), until.Add(time.Hour)), "it is forgotten when its order is stale")
}

func testAccessLog(t *testing.T, s *SQL, reopen func() *SQL) {
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

// Of writes that share a transaction, one that fails is undone alone; each of the others is there when its call returns.
func testWritesTogether(t *testing.T, s *SQL, reopen func() *SQL) {
	const n = 100
	ctx, now := t.Context(), time.Unix(1000, 0)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	all := make([]*member, 0, n)
	for i := range n {
		m := &member{ctx: ctx, done: make(chan struct{})}
		switch {
		case i%10 == 3: // what it wrote before it failed is undone
			m.write = func(ctx context.Context, tx *tx) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO nonces VALUES (?, ?, ?)`, "failed", []byte{byte(i)}, 1)
				return errors.Join(err, ErrNonceUsed)
			}
		case i%10 == 5: // the database refuses it
			m.write = func(ctx context.Context, tx *tx) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO nonces VALUES (?, ?, NULL)`, "refused", []byte{byte(i)})
				return err
			}
		default:
			if i%10 == 7 {
				m.ctx = gone
			}
			m.write = func(ctx context.Context, tx *tx) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO nonces VALUES (?, ?, ?)`, "written", []byte{byte(i)}, 1)
				return err
			}
		}
		all = append(all, m)
	}
	s.writeAll(ctx, all)
	for i, m := range all {
		switch i % 10 {
		case 3:
			require.ErrorIs(t, m.err, ErrNonceUsed)
		case 5:
			require.Error(t, m.err)
		case 7:
			require.ErrorIs(t, m.err, context.Canceled)
		default:
			require.NoError(t, m.err)
		}
	}
	s = reopen()
	written, others := 0, 0
	require.NoError(t, s.db.QueryRowContext(ctx, `SELECT count(*) FROM nonces WHERE requester = 'written'`).Scan(&written))
	require.NoError(t, s.db.QueryRowContext(ctx, `SELECT count(*) FROM nonces WHERE requester <> 'written'`).Scan(&others))
	require.Equal(t, n*7/10, written)
	require.Zero(t, others)

	var callers sync.WaitGroup
	var replayed atomic.Int64
	for i := range n { // each nonce twice
		callers.Go(func() {
			owed := &Receipt{Inquiry: [32]byte{byte(i)}}
			err := s.LogOrder(ctx, Access{Requester: "lender", Time: now, Outcome: "given"}, Nonce{[]byte{byte(i / 2)}, now.Add(time.Minute)}, owed)
			if errors.Is(err, ErrNonceUsed) {
				replayed.Add(1)
				err = s.LogAccess(ctx, Access{Requester: "lender", Time: now, Outcome: "REPLAYED"}, owed)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	require.EqualValues(t, n/2, replayed.Load())
	s = reopen()
	_, err := VerifyAccessLog(ctx, s)
	require.NoError(t, err)
	counts, err := s.Count(ctx)
	require.NoError(t, err)
	require.Equal(t, n, counts.Accesses)
	require.Equal(t, n, counts.ReceiptsOwed)
	owed, err := s.ReceiptsOwed(ctx, n)
	require.NoError(t, err)
	require.NoError(t, s.ReceiptLeft(ctx, owed[:n-1]...))
	owed, err = s.ReceiptsOwed(ctx, n)
	require.NoError(t, err)
	require.Len(t, owed, 1)
}

// A batch is larger than what one statement inserts or looks up.
func testLargeBatches(t *testing.T, s *SQL, _ func() *SQL) {
	ctx := t.Context()
	const count = 3*lookupIDs + 5
	var records []Record
	var attestations, tradelines [][32]byte
	for i := range count {
		r := record(0, 0, 1)
		binary.BigEndian.PutUint32(r.Attestation[:], uint32(i))
		binary.BigEndian.PutUint32(r.Tradeline[:], uint32(i/2))
		r.Version = uint32(i%2 + 1)
		r.Subject = r.Tradeline
		records = append(records, r)
		attestations = append(attestations, r.Attestation)
		tradelines = append(tradelines, r.Tradeline)
	}
	require.NoError(t, s.Stage(ctx, records))
	all, err := s.Records(ctx, nil, count)
	require.NoError(t, err)
	require.Equal(t, records, all)
	latest, err := s.Latest(ctx, tradelines)
	require.NoError(t, err)
	require.Len(t, latest, count/2+1)
	require.Equal(t, records[1], latest[tradelines[0]])
	require.NoError(t, s.Commit(ctx, attestations[:count-1]))
	staged, err := s.Staged(ctx, nil, count)
	require.NoError(t, err)
	require.Equal(t, records[count-1:], staged)
	require.NoError(t, s.Stage(ctx, nil), "nothing to do")
	require.NoError(t, s.Commit(ctx, nil))
}

func testSubjects(t *testing.T, s *SQL, _ func() *SQL) {
	ctx := t.Context()
	none, err := s.Subjects(ctx, nil, 10)
	require.NoError(t, err)
	require.Empty(t, none)
	zero, last := record(9, 9, 1), record(8, 8, 1)
	zero.Subject, last.Subject = [32]byte{}, [32]byte{255, 1}
	require.NoError(t, s.Stage(ctx, []Record{last, record(3, 30, 1), record(1, 20, 1), record(2, 20, 2), zero}))
	var all [][32]byte
	var after *[32]byte
	for {
		page, err := s.Subjects(ctx, after, 2)
		require.NoError(t, err)
		all = append(all, page...)
		if len(page) < 2 {
			break
		}
		after = &page[1]
	}
	require.Equal(t, [][32]byte{{}, {20}, {30}, {255, 1}}, all)
}

func testChangedAccessLog(t *testing.T, s *SQL, _ func() *SQL) {
	ctx := t.Context()
	for range 3 {
		require.NoError(t, s.LogAccess(ctx, Access{Requester: "lender", Outcome: "given"}, nil))
	}
	_, err := VerifyAccessLog(ctx, s)
	require.NoError(t, err)
	for _, change := range []string{
		`UPDATE accesses SET requester = 'nobody' WHERE seq = 2`, `DELETE FROM accesses WHERE seq = 2`, `DELETE FROM accesses WHERE seq = 1`,
	} {
		_, err = s.db.ExecContext(ctx, change)
		require.NoError(t, err)
		_, err = VerifyAccessLog(ctx, s)
		require.ErrorIs(t, err, ErrBroken)
	}
}

// Two processes, here two handles, may write at once.
func testTwoWriters(t *testing.T, s *SQL, reopen func() *SQL) {
	ctx := t.Context()
	second, err := Open(ctx, s.Where(), Options{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = second.Close() })
	var writers sync.WaitGroup
	for i, handle := range []*SQL{s, second, s, second} {
		writers.Go(func() {
			for j := range byte(25) {
				if err := handle.LogAccess(ctx, Access{Requester: "lender", Outcome: "given"}, nil); err != nil {
					t.Error(err)
				}
				if err := handle.Stage(ctx, []Record{record(byte(i)*25+j, byte(i)*25+j, 1)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	s = reopen()
	_, err = VerifyAccessLog(ctx, s)
	require.NoError(t, err)
	counts, err := s.Count(ctx)
	require.NoError(t, err)
	require.Equal(t, 100, counts.Accesses)
	require.Equal(t, 100, counts.Staged)
}
