package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// memory is a sink that keeps what it is given.
type memory struct {
	tables []memoryTable
	each   func() // called at each row
}

type memoryTable struct {
	name    string
	columns []string
	count   int64
	rows    [][]any
}

func (m *memory) Table(name string, columns []string, rows int64) error {
	m.tables = append(m.tables, memoryTable{name: name, columns: slices.Clone(columns), count: rows})
	return nil
}

func (m *memory) Row(values []any) error {
	kept := slices.Clone(values)
	for i, value := range kept {
		if b, ok := value.([]byte); ok {
			kept[i] = append([]byte{}, b...)
		}
	}
	last := &m.tables[len(m.tables)-1]
	last.rows = append(last.rows, kept)
	if m.each != nil {
		m.each()
	}
	return nil
}

// replay gives the content to another sink.
func (m *memory) replay(sink Sink) error {
	for _, table := range m.tables {
		if err := sink.Table(table.name, table.columns, table.count); err != nil {
			return err
		}
		for _, row := range table.rows {
			if err := sink.Row(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillStore puts something into every table.
func fillStore(t *testing.T, s Store) {
	ctx := t.Context()
	require.NoError(t, s.SetSettings(ctx, map[string][]byte{"a": {1}, "b": {}}))
	require.NoError(t, s.Stage(ctx, []Record{record(2, 20, 1), record(1, 10, 1), record(3, 10, 2)}))
	require.NoError(t, s.Commit(ctx, [][32]byte{{1}}))
	_, err := s.SaveImport(ctx, Import{Book: [32]byte{1}, Format: "sba", Started: time.Unix(5, 6).UTC(), Position: 7})
	require.NoError(t, err)
	require.NoError(t, s.LogOrder(ctx, Access{Requester: "lender", Outcome: "given", Records: 1, Inquiry: [32]byte{4}},
		Nonce{[]byte{1, 2}, time.Unix(100, 0)}, &Receipt{Inquiry: [32]byte{4}, Records: 1}))
	require.NoError(t, s.LogAccess(ctx, Access{Requester: "other", Outcome: "REPLAYED"}, nil))
	_, err = s.Shred(ctx, Shredding{Time: time.Unix(1, 0), Tradeline: [32]byte{77}})
	require.NoError(t, err)
}

// A dump does not see what is written while it runs, and does not keep others from writing.
func testDumpIsOfOneMoment(t *testing.T, s *SQL, _ func() *SQL) {
	ctx := t.Context()
	fillStore(t, s)
	id := byte(100)
	during := &memory{}
	during.each = func() {
		id++
		require.NoError(t, s.Stage(ctx, []Record{record(id, id, 1)}))
		require.NoError(t, s.LogAccess(ctx, Access{Requester: "lender", Outcome: "given"}, nil))
	}
	require.NoError(t, s.Dump(ctx, during))
	rows := map[string]int{}
	for _, table := range during.tables {
		require.Len(t, table.rows, int(table.count), table.name)
		rows[table.name] = len(table.rows)
	}
	require.Equal(t, map[string]int{
		"settings": 2, "records": 3, "staged": 2, "imports": 1, "nonces": 1, "accesses": 2, "receipts": 1, "shreds": 1,
	}, rows)
}

// A store that is loaded is the one that was dumped, to every method.
func testLoad(t *testing.T, s *SQL, reopen func() *SQL) {
	ctx := t.Context()
	original, _ := openAt(t, t.TempDir()+"/store.db")
	fillStore(t, original)
	dumped := &memory{}
	require.NoError(t, original.Dump(ctx, dumped))
	require.NoError(t, s.Load(ctx, dumped.replay))
	s = reopen()
	again := &memory{}
	require.NoError(t, s.Dump(ctx, again))
	require.Equal(t, dumped.tables, again.tables)
	_, err := VerifyAccessLog(ctx, s)
	require.NoError(t, err)

	require.NoError(t, s.Stage(ctx, []Record{record(9, 9, 1)}), "and it goes on from there")
	require.NoError(t, s.LogAccess(ctx, Access{Requester: "lender", Outcome: "given"}, &Receipt{Inquiry: [32]byte{5}}))
	_, err = s.SaveImport(ctx, Import{Format: "card"})
	require.NoError(t, err)
	staged, err := s.Staged(ctx, nil, 10)
	require.NoError(t, err)
	require.Equal(t, []Record{record(2, 20, 1), record(3, 10, 2), record(9, 9, 1)}, staged)
	require.ErrorIs(t, s.Load(ctx, dumped.replay), ErrNotEmpty)
}

// What is wrong in a backup leaves an empty store.
func testLoadRefuses(t *testing.T, s *SQL, _ func() *SQL) {
	ctx := t.Context()
	original, _ := openAt(t, t.TempDir()+"/store.db")
	fillStore(t, original)
	interrupted := errors.New("interrupted")
	for name, test := range map[string]struct {
		change func(m *memory)
		want   error // nil: the database's own
	}{
		"unknown table":  {func(m *memory) { m.tables[1].name = "other" }, ErrUnknownContent},
		"migrations":     {func(m *memory) { m.tables[1].name = "migrations" }, ErrUnknownContent},
		"a table twice":  {func(m *memory) { m.tables[2].name = "records" }, ErrUnknownContent},
		"unknown column": {func(m *memory) { m.tables[1].columns[3] = "id) VALUES (1); --" }, ErrUnknownContent},
		"a column twice": {func(m *memory) { m.tables[1].columns[3] = "id" }, ErrUnknownContent},
		"no columns":     {func(m *memory) { m.tables[1].columns = nil }, ErrUnknownContent},
		"wrong type":     {func(m *memory) { m.tables[1].rows[0][1] = "text" }, ErrUnknownContent},
		"no type":        {func(m *memory) { m.tables[1].rows[0][1] = 1.5 }, ErrUnknownContent},
		"wrong width":    {func(m *memory) { m.tables[1].rows[0] = m.tables[1].rows[0][:4] }, ErrUnknownContent},
		"short id":       {func(m *memory) { m.tables[1].rows[0][1] = []byte{1} }, ErrUnknownContent},
		"a record twice": {func(m *memory) { m.tables[1].rows[1] = m.tables[1].rows[0] }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := &memory{}
			require.NoError(t, original.Dump(ctx, m))
			test.change(m)
			err := s.Load(ctx, m.replay)
			require.Error(t, err)
			if test.want != nil {
				require.ErrorIs(t, err, test.want)
			}
		})
	}
	require.ErrorIs(t, s.Load(ctx, func(sink Sink) error {
		m := &memory{}
		return errors.Join(original.Dump(ctx, m), m.replay(sink), interrupted)
	}), interrupted)
	empty := &memory{}
	require.NoError(t, s.Dump(ctx, empty))
	for _, table := range empty.tables {
		require.Empty(t, table.rows, table.name)
	}
}
