package tree_test

import (
	"bytes"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/poseidon"
	"github.com/creditd/creditd/privacy/tree"
)

func leaf(n byte) tree.Node { return tree.Node{31: n} }

// plain computes a root from all leaves.
func plain(t *testing.T, leaves []tree.Node) tree.Node {
	t.Helper()
	level := make([]poseidon.Element, len(leaves))
	for i := range leaves {
		e, err := poseidon.Parse(leaves[i][:])
		require.NoError(t, err)
		level[i] = e
	}
	for len(level) > 1 {
		for i := range len(level) / 2 {
			level[i] = poseidon.Compress(level[2*i], level[2*i+1])
		}
		level = level[:len(level)/2]
	}
	return level[0].Bytes()
}

// TestAgainstAllLeaves: after random changes the tree is what its leaves say, and the store is empty when it is.
func TestAgainstAllLeaves(t *testing.T) {
	const depth = 4
	store := tree.Memory{}
	tr, err := tree.New(store, depth)
	require.NoError(t, err)
	leaves := make([]tree.Node, 1<<depth)
	r := rand.New(rand.NewSource(1))
	for range 100 {
		index := uint64(r.Intn(len(leaves)))
		leaves[index] = leaf(byte(r.Intn(3)))
		set, err := tr.Set(index, leaves[index])
		require.NoError(t, err)
		root, err := tr.Root()
		require.NoError(t, err)
		require.Equal(t, plain(t, leaves), root)
		require.Equal(t, root, set)
		for i := range leaves {
			path, err := tr.Path(uint64(i))
			require.NoError(t, err)
			got, err := tree.RootOf(leaves[i], uint64(i), path)
			require.NoError(t, err)
			require.Equal(t, root, got)
		}
	}
	for i := range leaves {
		_, err := tr.Set(uint64(i), tree.Node{})
		require.NoError(t, err)
	}
	require.Empty(t, store)
	root, err := tr.Root()
	require.NoError(t, err)
	require.Equal(t, tree.EmptyRoot(depth), root)
}

func TestOrderDoesNotMatter(t *testing.T) {
	one, err := tree.New(tree.Memory{}, 20)
	require.NoError(t, err)
	other, err := tree.New(tree.Memory{}, 20)
	require.NoError(t, err)
	for _, index := range []uint64{0, 1, 1<<20 - 1, 77_777} {
		_, err = one.Set(index, leaf(byte(index)|1))
		require.NoError(t, err)
	}
	for _, index := range []uint64{77_777, 1<<20 - 1, 1, 0} {
		_, err = other.Set(index, leaf(byte(index)|1))
		require.NoError(t, err)
	}
	a, err := one.Root()
	require.NoError(t, err)
	b, err := other.Root()
	require.NoError(t, err)
	require.Equal(t, a, b)
}

func TestRefusals(t *testing.T) {
	for _, depth := range []uint8{0, 33} {
		_, err := tree.New(tree.Memory{}, depth)
		require.Error(t, err)
	}
	tr, err := tree.New(tree.Memory{}, 3)
	require.NoError(t, err)
	for _, index := range []uint64{8, 1 << 63} {
		_, err = tr.Set(index, leaf(1))
		require.ErrorContains(t, err, "depth 3")
		_, err = tr.Path(index)
		require.ErrorContains(t, err, "depth 3")
		_, err = tr.Leaf(index)
		require.ErrorContains(t, err, "depth 3")
	}
	_, err = tr.Set(1, tree.Node(bytes.Repeat([]byte{0xff}, 32)))
	require.ErrorContains(t, err, "modulus")
	_, err = tree.RootOf(leaf(1), 8, make([]tree.Node, 3))
	require.Error(t, err)
	_, err = tree.RootOf(leaf(1), 0, nil)
	require.Error(t, err)
	_, err = tree.RootOf(leaf(1), 0, []tree.Node{tree.Node(bytes.Repeat([]byte{0xff}, 32))})
	require.Error(t, err)
}

func BenchmarkSet(b *testing.B) {
	tr, err := tree.New(tree.Memory{}, 20)
	require.NoError(b, err)
	n := uint64(0)
	for b.Loop() {
		n++
		if _, err := tr.Set(n%(1<<20), leaf(byte(n)|1)); err != nil {
			b.Fatal(err)
		}
	}
}
