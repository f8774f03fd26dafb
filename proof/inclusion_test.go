package proof_test

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/cosmos/iavl"
	dbm "github.com/cosmos/iavl/db"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/proof"
)

// entries are a store's tree, and what is in it.
type entries struct {
	tree   *iavl.MutableTree
	values map[string]string
	root   []byte
}

func newEntries() *entries {
	return &entries{tree: iavl.NewMutableTree(dbm.NewMemDB(), 1000, true, iavl.NewNopLogger()), values: map[string]string{}}
}

func entryKey(i int) []byte { return binary.BigEndian.AppendUint32([]byte("key"), uint32(i)) }

func (e *entries) set(tb testing.TB, key []byte, value string) {
	tb.Helper()
	_, err := e.tree.Set(key, []byte(value))
	require.NoError(tb, err)
	e.values[string(key)] = value
}

func (e *entries) remove(tb testing.TB, key []byte) {
	tb.Helper()
	_, _, err := e.tree.Remove(key)
	require.NoError(tb, err)
	delete(e.values, string(key))
}

func (e *entries) commit(tb testing.TB) {
	tb.Helper()
	root, _, err := e.tree.SaveVersion()
	require.NoError(tb, err)
	e.root = root
}

// prove an entry as a node does.
func (e *entries) prove(tb testing.TB, key []byte) []byte {
	tb.Helper()
	proven, err := e.tree.GetProof(key)
	require.NoError(tb, err)
	encoded, err := proven.Marshal()
	require.NoError(tb, err)
	return encoded
}

func (e *entries) inclusion(tb testing.TB, key []byte) *proof.Inclusion {
	tb.Helper()
	encoded := e.prove(tb, key)
	_, err := proof.VerifyEntry(encoded, e.root, key)
	require.NoError(tb, err)
	inclusion, err := proof.ParseInclusion(encoded)
	require.NoError(tb, err)
	return inclusion
}

// Whatever becomes of a tree, what is renewed is what it has, and what it no longer has is never renewed.
func TestRenewedIsWhatTheTreeHas(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4)) // the same history each time
	e := newEntries()
	for i := range 300 {
		e.set(t, entryKey(random.IntN(1000)), string(rune('a'+i%26)))
	}
	e.commit(t)
	earlier := map[string]*proof.Inclusion{}
	for key := range e.values {
		earlier[key] = e.inclusion(t, []byte(key))
	}
	renewed := 0
	for block := range 30 {
		for range 1 + random.IntN(4) {
			if key := entryKey(random.IntN(1000)); random.IntN(3) == 0 && e.values[string(key)] != "" {
				e.remove(t, key)
			} else {
				e.set(t, key, string(rune('A'+block)))
			}
		}
		e.commit(t)
		tree := proof.NewTree(e.root)
		for key := range e.values { // some questions to the node
			if random.IntN(10) == 0 {
				tree.Learn(e.inclusion(t, []byte(key)))
			}
		}
		for key, kept := range earlier {
			again, value, ok := tree.Renew(kept)
			if !ok {
				continue
			}
			renewed++
			require.Equal(t, e.values[key], string(value))
			require.Equal(t, key, string(again.Key()))
			earlier[key] = again
		}
	}
	require.Greater(t, renewed, 30*len(earlier)/2, "most need no question")
}

// An unverified proof may be learnt, renewed and renewed under by mistake: nothing that the tree does not have follows from it.
func FuzzInclusion(f *testing.F) {
	e := newEntries()
	for i := range 40 {
		e.set(f, entryKey(i), "old")
	}
	e.commit(f)
	f.Add(e.prove(f, entryKey(3)), uint8(7))
	f.Add(e.prove(f, entryKey(1000)), uint8(7)) // of absence
	kept := make([]*proof.Inclusion, 40)
	for i := range kept {
		kept[i] = e.inclusion(f, entryKey(i))
	}
	e.set(f, entryKey(3), "new")
	e.commit(f)
	f.Add(e.prove(f, entryKey(3)), uint8(3))
	f.Fuzz(func(t *testing.T, encoded []byte, other uint8) {
		read, err := proof.ParseInclusion(encoded)
		if err != nil || read == nil {
			return
		}
		tree := proof.NewTree(e.root)
		for _, inclusion := range []*proof.Inclusion{read, kept[int(other)%len(kept)]} {
			tree.Learn(inclusion)
		}
		for _, inclusion := range []*proof.Inclusion{read, kept[int(other)%len(kept)], kept[3]} {
			if again, value, ok := tree.Renew(inclusion); ok {
				require.Equal(t, e.values[string(again.Key())], string(value))
			}
		}
	})
}
