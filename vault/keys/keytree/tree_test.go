package keytree

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

func id(n uint64) [32]byte { return sha256.Sum256(binary.BigEndian.AppendUint64(nil, n)) }

func key(t *testing.T, tree *Tree, n uint64) Seed {
	t.Helper()
	k, ok := tree.Key(id(n))
	require.True(t, ok, n)
	return k
}

// The vector pins the construction; it is that of an implementation in Python.
func TestVector(t *testing.T) {
	tree := New(Seed(bytes.Repeat([]byte{7}, 32)))
	k := key(t, tree, 0)
	require.Equal(t, "2e21675a487cbb5e37b3e768cbcc675c5d7fb66f8dc0191db622b261215bf848", hex.EncodeToString(k[:]))
}

func TestPuncture(t *testing.T) {
	tree := New(Seed{1})
	fresh := tree.Clone()
	const n = 300
	for i := uint64(0); i < n; i += 3 {
		done, err := tree.Puncture(id(i))
		require.NoError(t, err)
		require.True(t, done)
		again, err := tree.Puncture(id(i))
		require.NoError(t, err)
		require.False(t, again)
	}
	require.LessOrEqual(t, tree.Nodes(), 1+n/3*depth)
	parsed, err := Parse(tree.Marshal())
	require.NoError(t, err)
	require.Equal(t, tree, parsed)
	for i := range uint64(n) {
		k, ok := parsed.Key(id(i))
		require.Equal(t, i%3 != 0, ok, i)
		if ok {
			require.Equal(t, key(t, fresh, i), k, "nobody else's key changes")
		}
	}
}

// Nothing that is kept leads to what was taken away: no node covers it, and none is on its path.
func TestNothingLeadsBack(t *testing.T) {
	tree := New(Seed{1})
	path := map[Seed]bool{}
	for n := (node{seed: Seed{1}}); ; n = n.child(bit(leafOf(id(5)), n.depth)) {
		path[n.seed] = true
		if n.depth == depth {
			break
		}
	}
	require.Len(t, path, depth+1)
	_, err := tree.Puncture(id(5))
	require.NoError(t, err)
	for _, n := range tree.nodes {
		require.False(t, path[n.seed])
		require.False(t, n.covers(leafOf(id(5))))
	}
	encoded := tree.Marshal()
	for seed := range path {
		require.False(t, bytes.Contains(encoded, seed[:]))
	}
}

func TestEdges(t *testing.T) {
	for _, leaf := range []uint64{0, 1, 1<<63 - 1, 1 << 63, 1<<64 - 1} {
		var at [32]byte
		binary.BigEndian.PutUint64(at[:], leaf)
		tree := New(Seed{2})
		_, ok := tree.Key(at)
		require.True(t, ok)
		_, err := tree.Puncture(at)
		require.NoError(t, err)
		_, ok = tree.Key(at)
		require.False(t, ok)
		require.Equal(t, depth, tree.Nodes())
		parsed, err := Parse(tree.Marshal())
		require.NoError(t, err)
		require.Equal(t, tree, parsed)
	}
	tree := New(Seed{2})
	tree.Clear()
	_, ok := tree.Key(id(1))
	require.False(t, ok)
}

func TestParseRefuses(t *testing.T) {
	tree := New(Seed{1})
	_, err := tree.Puncture(id(1))
	require.NoError(t, err)
	good := tree.Marshal()
	swapped := bytes.Clone(good)
	copy(swapped[1:], good[1+nodeBytes:1+2*nodeBytes])
	copy(swapped[1+nodeBytes:], good[1:1+nodeBytes])
	for name, bad := range map[string][]byte{
		"nothing": nil, "another version": append([]byte{9}, good[1:]...), "cut": good[:len(good)-1], "unordered": swapped,
		"twice": append(bytes.Clone(good), good[1:1+nodeBytes]...), "too deep": append([]byte{version, 65}, make([]byte, nodeBytes-1)...),
		"bits below": append([]byte{version, 0, 0, 0, 0, 0, 0, 0, 0, 1}, make([]byte, 32)...),
		"after all":  append(New(Seed{1}).Marshal(), New(Seed{2}).Marshal()[1:]...),
	} {
		_, err := Parse(bad)
		require.ErrorIs(t, err, ErrMalformed, name)
	}
	_, err = Parse(append([]byte{version - 1}, good[1:]...))
	require.ErrorIs(t, err, ErrEarlier)
}

func FuzzParse(f *testing.F) {
	tree := New(Seed{1})
	f.Add(tree.Marshal())
	_, _ = tree.Puncture(id(1))
	f.Add(tree.Marshal())
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := Parse(data)
		if err != nil {
			return
		}
		require.Equal(t, data, tree.Marshal(), "one encoding")
		if _, had := tree.Key(id(3)); had {
			done, err := tree.Puncture(id(3))
			require.NoError(t, err)
			require.True(t, done)
			_, has := tree.Key(id(3))
			require.False(t, has)
		}
	})
}

func BenchmarkKey(b *testing.B) {
	tree := New(Seed{1})
	for b.Loop() {
		_, _ = tree.Key(id(7))
	}
}
